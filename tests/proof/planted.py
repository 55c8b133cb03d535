"""A fast planted reader: it knows the sheets of the eye test and reads a row where its size is at least ``k``."""

from __future__ import annotations

import base64
import random
from types import SimpleNamespace

from headroom_nb.proof.charts import sheets


class PlantedReader:
    """A client as OpenAI's, that answers the eye test by what is planted: ``k`` pixels, and a share of slips."""

    def __init__(self, k, *, seed=1, slips=0.0, chance=0):
        self._known = {sheet.data: sheet for sheet in sheets(seed)}
        self._k, self._slips, self._chance = k, slips, random.Random(chance)
        self.asked = 0
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=self._create))

    def _create(self, *, model, messages):
        self.asked += 1
        url = messages[0]["content"][1]["image_url"]["url"]
        sheet = self._known[base64.b64decode(url.partition(",")[2])]
        lines = [f"{row.number}: {self._read(row)}" for row in sheet.rows]
        usage = SimpleNamespace(prompt_tokens=900, completion_tokens=300)
        message = SimpleNamespace(content="\n".join(lines), tool_calls=None)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], usage=usage)

    def _read(self, row):
        right = row.px >= self._k
        if self._chance.random() < self._slips:
            right = not right
        return row.truth if right else "?"
