"""A router that takes a while, so that there is time to stop it."""

from __future__ import annotations

import time
from typing import Any

from headroom_nb.records import RouteDecision, Technique
from tests.support import FixedRouter


class SlowRouter(FixedRouter):
    """Takes ``seconds`` a picture, and much longer after the first few."""

    def __init__(self, seconds: float, later: float = 0.0) -> None:
        super().__init__(Technique.FULL_LOW)
        self.seconds, self.later = seconds, later

    def classify(self, image: Any, query: str, *, quality: str = "balanced") -> RouteDecision:
        time.sleep(self.later if self.later and len(self.questions) > 4 else self.seconds)
        return super().classify(image, query, quality=quality)
