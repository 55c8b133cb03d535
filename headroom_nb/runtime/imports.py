"""Do something right after a library was imported, whenever that is; the library is not imported for it."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.machinery import ModuleSpec
    from types import ModuleType


def after_import(names: Iterable[str], act: Callable[[], None]) -> None:
    """Call ``act`` now where one of the libraries is loaded, and after the import of each that is loaded later."""
    wanted = set(names)
    if wanted & sys.modules.keys():
        act()
    missing = wanted - sys.modules.keys()
    known = any(isinstance(finder, _AfterImport) and finder.names >= missing for finder in sys.meta_path)
    if missing and not known:
        sys.meta_path.insert(0, _AfterImport(missing, act))


class _AfterImport(MetaPathFinder):
    """Finds a module as all others do, and has its loader call back when the module is there."""

    def __init__(self, names: set[str], act: Callable[[], None]) -> None:
        self.names = names
        self._act = act
        self._finding = False

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        if fullname not in self.names or self._finding:
            return None
        self._finding = True  # the next question is for the other finders
        try:
            spec = find_spec(fullname)
        finally:
            self._finding = False
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        load = spec.loader.exec_module

        def load_and_act(module: ModuleType) -> None:
            load(module)
            self._act()

        spec.loader.exec_module = load_and_act  # type: ignore[method-assign]
        return spec
