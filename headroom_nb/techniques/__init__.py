"""The forms in which one image can be sent: each module makes those of one kind from a ``Job``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.forms import Form

MORE: list[Callable[[Job], list[Form]]] = []
"""Makers of forms of your own, offered beside the package's: they are rated, priced and chosen in the same way."""
