"""A router that takes a while, so that there is time to stop it."""

from __future__ import annotations

import time
from typing import Any

from headroom_nb.results import RouteDecision, Technique
from tests.support import FixedRouter


class SlowRouter(FixedRouter):
    def __init__(self, seconds: float) -> None:
        super().__init__(Technique.FULL_LOW)
        self.seconds = seconds

    def classify(self, image: Any, query: str, *, quality: str = "balanced") -> RouteDecision:
        time.sleep(self.seconds)
        return super().classify(image, query, quality=quality)
