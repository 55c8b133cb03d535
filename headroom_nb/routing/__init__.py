"""Stage 2: which technique an image gets, from its pixels and the question asked of it."""

from __future__ import annotations

from headroom_nb.routing.base import Router
from headroom_nb.routing.loading import CHAINS, PickedRouter, load_router
from headroom_nb.routing.needs import from_decision, needs_of

__all__ = ["CHAINS", "PickedRouter", "Router", "from_decision", "load_router", "needs_of"]
