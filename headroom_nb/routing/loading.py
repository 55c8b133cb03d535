"""Picks a router by name, falls back to the next where one cannot be built, and says so."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import ModelFilesError, OptionError
from headroom_nb.routing.needs import needs_of
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.masking import masked

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, Needs, RouteDecision, Technique
    from headroom_nb.routing.base import Router

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class RouterEntry:
    """Where a router lives, and what it is in words."""

    module: str
    cls: str
    about: str
    hub: bool = False
    """Whether it uses hub models; its constructor then takes ``use_siglip`` and ``network``."""
    options: tuple[tuple[str, Any], ...] = ()
    """What else its constructor is given."""


ROUTERS: dict[str, RouterEntry] = {
    "embedded": RouterEntry("headroom_nb.routing.embedded", "EmbeddedRouter", "trained, weights in the package"),
    "onnx": RouterEntry(
        "headroom_nb.routing.onnx_router", "OnnxTechniqueRouter", "public hub models, ONNX Runtime", hub=True
    ),
    "torch": RouterEntry(
        "headroom_nb.routing.trained_router",
        "TrainedRouter",
        "public hub models, PyTorch",
        hub=True,
        options=(("fallback", False),),  # the chain below says what comes next
    ),
    "rules": RouterEntry("headroom_nb.routing.rules", "RulesRouter", "baseline: words and simple signals, no model"),
}
"""Every router that can be named."""

CHAINS: dict[str, tuple[str, ...]] = {
    "auto": ("embedded", "onnx", "torch", "rules"),
    "embedded": ("embedded", "rules"),
    "onnx": ("onnx", "torch", "embedded", "rules"),
    "torch": ("torch", "onnx", "embedded", "rules"),
    "rules": ("rules",),
}
"""What is tried for a name, in order. Under ``auto`` nothing is fetched: the hub models count only if they are here."""


class PickedRouter:
    """The router that was built for a name, with the story of the choice.

    Attributes
    ----------
    name
        Name of the router that decides.
    router
        The router itself.
    note
        One sentence: what was picked and why, with the failure of each router tried before it.
    stands_in_for
        What was asked for and could not be built, empty otherwise; every decision's reason then says so.
    """

    def __init__(self, name: str, router: Router, note: str, stands_in_for: str = "") -> None:
        self.name = name
        self.router = router
        self.note = note
        self.stands_in_for = stands_in_for

    def __repr__(self) -> str:
        return f"<PickedRouter {self.name}: {self.note}>"

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:
        """Return the router's decision; after a fallback its reason says so."""
        decision = self.router.classify(image, query, quality=quality)
        if not self.stands_in_for:
            return decision
        return replace(decision, reason=f"{decision.reason} [{self.name} stands in for {self.stands_in_for}]")

    def needs(self, image: bytes | Picture, query: str) -> Needs:
        """Return what the answer depends on; derived from the techniques of a router that only says those."""
        return needs_of(self.router, image, query)

    def classify_query(self, query: str) -> tuple[Technique, float]:
        """Return the technique the question alone suggests, with its probability."""
        return self.router.classify_query(query)

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Return what is measured in the image."""
        return self.router.analyze_image(image)


_built: dict[tuple[str, bool], PickedRouter] = {}
_lock = fork_safe(threading.RLock())


def load_router(name: str = "auto", *, use_siglip: bool = True) -> PickedRouter:
    """Return the process's router of that name; the next of its chain when it cannot be built.

    Parameters
    ----------
    name
        ``"auto"``, ``"embedded"``, ``"onnx"``, ``"torch"`` or ``"rules"``.
    use_siglip
        Whether the routers of hub models look at the image with SigLIP; the others have no use for it.

    Raises
    ------
    OptionError
        No such router.
    """
    if not isinstance(name, str) or name not in CHAINS:
        raise OptionError(f"there is no router {name!r}; choose one of {', '.join(CHAINS)}")
    with _lock:
        key = (name, use_siglip)
        if key not in _built:
            _built[key] = _build_chain(name, use_siglip=use_siglip)
        return _built[key]


def forget_routers() -> None:
    """Drop the routers built so far, so that the next call tries again (after files were put in place, for one)."""
    with _lock:
        _built.clear()


def _build_chain(name: str, *, use_siglip: bool) -> PickedRouter:
    failures: list[str] = []
    for candidate in CHAINS[name]:
        entry = ROUTERS[candidate]
        try:
            build = getattr(import_module(entry.module), entry.cls)
            hub = {"use_siglip": use_siglip, "network": name != "auto"} if entry.hub else {}
            router: Router = build(**hub, **dict(entry.options))
        except (ModelFilesError, ImportError) as error:
            failures.append(f"{candidate} could not be used: {masked(str(error))}")
            continue
        note = "; ".join([f"{candidate} router ({entry.about})", *failures])
        if failures:
            _LOG.warning("%s", note)
        return PickedRouter(candidate, router, note, CHAINS[name][0] if failures else "")
    raise ModelFilesError(f"no router could be built for {name!r}: {'; '.join(failures)}")
