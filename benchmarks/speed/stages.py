"""What each stage takes, for one size and file format, in one fresh process; run by the speed benchmark.

``python -m benchmarks.speed.stages WIDTH HEIGHT FORMAT`` prints a JSON object: wall and CPU milliseconds of each stage
(the best of several rounds, each on a picture of its own), and the most memory the process held, in MB.
"""

from __future__ import annotations

import json
import sys
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from benchmarks.speed.inputs import QUESTION, conversation, photograph, screenshot
from benchmarks.speed.worker import peak_mb

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 4
MODEL = "claude-opus-4-8"


class Stages:
    """Best wall and CPU milliseconds by stage."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, float]] = {}

    def run(self, name: str, stage: Callable[[], Any]) -> Any:
        """Run a stage once and keep its times where they are the best so far; returns what it returns."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = stage()
        taken = {"wall_ms": 1000 * (time.perf_counter() - wall), "cpu_ms": 1000 * (time.process_time() - cpu)}
        best = self.found.setdefault(name, taken)
        self.found[name] = {key: min(best[key], taken[key]) for key in taken}
        return result


def picture(width: int, height: int, kind: str, seed: int) -> bytes:
    """Return a photograph as JPEG, or a screenshot as PNG or lossless WebP."""
    if kind == "JPEG":
        return photograph((width, height), seed)
    data = screenshot((width, height), seed)
    if kind == "PNG":
        return data
    out = BytesIO()
    Image.open(BytesIO(data)).save(out, kind, lossless=True, method=0)
    return out.getvalue()


def measure(width: int, height: int, kind: str) -> dict[str, Any]:
    """Return the stages' times and the peak memory."""
    from headroom_nb import ImageCompressor, load_router
    from headroom_nb.costs import find_model
    from headroom_nb.costs.plan import plan
    from headroom_nb.formats import find_images, replace_images
    from headroom_nb.pictures import encode, open_picture, read_header
    from headroom_nb.records import ImagePart
    from headroom_nb.runtime.lru import clear_all
    from headroom_nb.signals import measure as signals

    model = find_model(MODEL)
    router = load_router("embedded")
    router.classify(screenshot((300, 200), 1), QUESTION)
    stages = Stages()
    drawn = picture(width, height, kind, 10)
    for number in range(ROUNDS):
        data = drawn + bytes([number])  # behind its end, where decoders do not look: another file, so nothing is known
        messages = conversation([data], "anthropic")
        slot = stages.run("find", lambda messages=messages: find_images(messages))[0]
        data = stages.run("base64", slot.load)
        header = stages.run("header", lambda data=data: read_header(data))
        stages.run("decode", lambda data=data: open_picture(data).rgb())
        stages.run("decode and measure", lambda data=data: signals.measure(data))
        stages.run("route", lambda data=data: router.classify(data, QUESTION))  # what was measured is known by now
        size = stages.run("plan", lambda header=header: plan(header.size, model, "auto", min_scale=0.5)).traded.size
        whole = open_picture(data)
        whole.rgb()
        small = stages.run("resize", lambda whole=whole, size=size: whole.resized(size))
        encoded = stages.run("encode", lambda small=small: encode(small, mark="benchmark"))
        part = ImagePart(encoded.data, encoded.media_type, encoded.size)
        stages.run("write", lambda m=messages, slot=slot, part=part: replace_images(m, {slot.path: (part,)}))
        clear_all()
        compressor = ImageCompressor(model=MODEL, ocr=NoOcr())
        stages.run("all, own router", lambda m=messages, c=compressor: c.run(m))
        stages.run("all, again", lambda m=messages, c=compressor: c.run(m))
    return {"stages": stages.found, "peak_mb": peak_mb()}


class NoOcr:
    """An engine that is not there: reading text is measured by ``ocr.py``."""

    name = "none"

    def read(self, *_arguments: object, **_options: object) -> Any:
        """Refuse."""
        from headroom_nb.errors import OcrError

        raise OcrError("this benchmark reads no text")


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
