"""Compression on the way out of the providers' own SDK clients; loaded when a name is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headroom_nb.integrations.metering import BillCheck as BillCheck
    from headroom_nb.integrations.metering import Meter as Meter
    from headroom_nb.integrations.wrapping import is_wrapped as is_wrapped
    from headroom_nb.integrations.wrapping import meter as meter
    from headroom_nb.integrations.wrapping import unwrap as unwrap
    from headroom_nb.integrations.wrapping import wrap as wrap

_HOME = {
    "BillCheck": "metering",
    "Meter": "metering",
    "is_wrapped": "wrapping",
    "meter": "wrapping",
    "unwrap": "wrapping",
    "wrap": "wrapping",
}
"""Where each name stands; no module bears the name of a function, which it would hide once it is loaded."""

__all__ = [*_HOME]  # noqa: PLE0604 - the table above is the list


if not TYPE_CHECKING:  # or a type checker would take any name for one of these

    def __getattr__(name: str) -> Any:
        """Load a name from its module on first use."""
        if name not in _HOME:
            raise AttributeError(f"module 'headroom_nb.integrations' has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"headroom_nb.integrations.{_HOME[name]}"), name)
        return value
