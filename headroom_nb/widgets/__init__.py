"""Widgets for notebooks; they need anywidget, which is imported when one is first used.

Each is a class on one built ES module (``static/widgets.js``, made from ``labextension/``). Where anywidget is missing,
the class can still be imported; making one raises OptionError and says what to install.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {"CompressionView": "compression_view", "TileExplorer": "tile_explorer"}


def __getattr__(name: str) -> Any:
    """Load a widget class on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'headroom_nb.widgets' has no attribute {name!r}")
    try:
        return getattr(import_module(f"headroom_nb.widgets.{_HOME[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in {"anywidget", "traitlets"}:  # traitlets comes with it
            raise
        return _stand_in(name)


def _stand_in(name: str) -> type:
    def refuse(self: object, *args: object, **keywords: object) -> None:  # noqa: ARG001 - takes what the widget takes
        from headroom_nb.errors import OptionError

        raise OptionError(f"{name} needs anywidget: pip install 'headroom-nb[lab]'")

    return type(name, (), {"__init__": refuse, "__doc__": f"Stands for {name} where anywidget is not installed."})
