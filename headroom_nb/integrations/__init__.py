"""Compression on the way out of the providers' own SDK clients; loaded when a name is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.lazy import lazy_names

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
    __getattr__ = lazy_names(__name__, _HOME)
