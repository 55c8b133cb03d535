"""Records with rows, and rows as a data frame of the library that is installed."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.rendering_hook import Rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

LIBRARIES = ("pandas", "polars")


def data_frame(rows: Sequence[dict[str, Any]], library: str | None = None) -> Any:
    """Return the rows as a data frame.

    Parameters
    ----------
    library
        One of :data:`LIBRARIES`; None takes the one that is loaded, else the one that is installed.

    Raises
    ------
    OptionError
        Neither is installed, or another name was given.
    """
    if library is not None and library not in LIBRARIES:
        raise OptionError(f"no data frame library {library!r}; use {' or '.join(LIBRARIES)}")
    wanted = LIBRARIES if library is None else (library,)
    found = next((name for name in wanted if name in sys.modules), None)
    found = found or next((name for name in wanted if find_spec(name) is not None), None)
    if found is None:
        raise OptionError(f"{' or '.join(wanted)} is not installed")
    return import_module(found).DataFrame(list(rows))


class Tabular(Rendered):
    """A record whose rows can be had as a data frame."""

    def to_rows(self) -> list[dict[str, Any]]:
        """Return flat records."""
        raise NotImplementedError

    def to_dataframe(self, library: str | None = None) -> Any:
        """Return the rows as a data frame of pandas or polars.

        Parameters
        ----------
        library
            ``"pandas"`` or ``"polars"``; None takes the one that is loaded, else the one that is installed.

        Raises
        ------
        OptionError
            Neither is installed, or ``library`` is another name.
        """
        return data_frame(self.to_rows(), library)
