"""Half an hour of mixed calls, and what becomes of the memory.

    python -m benchmarks.weight.soak --minutes 30 --out benchmarks/results/soak.json

Every kind of call takes its turn: compression of each wire format with the shipped router and OCR engine, broken images
and bombs, choices by hand, exports, displays, checks, threads and asyncio. Pictures are new ones all the time, so that
the caches drop old ones. Before the clock starts, they are filled to their bounds (128 MiB each) and everything is
done once from several threads, as a long session would have. Resident memory, threads and open files are sampled every
few seconds. The allocator keeps pages that nothing uses, so memory is sampled before and after it has given them back
(glibc's malloc_trim); the slope is the least-squares line of the latter over the last two thirds.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import ctypes
import gc
import io
import json
import os
import platform
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

import headroom_nb
from headroom_nb import HeadroomError
from headroom_nb.rendering.export import FORMATS, render

SAMPLE_SECONDS = 5.0
FLAT_SHARE = 0.01
"""Memory that grows by less than this share of itself in ten minutes is called flat."""

WARM_PICTURES = 150
"""Pictures of 3 MB each: three times what the caches hold."""

WARM_ROUNDS = 4

MODELS = {
    "openai": "gpt-4o",
    "openai_responses": "gpt-5.6-sol",
    "anthropic": "claude-haiku-4-5",
    "google": "gemini-2.5-flash",
    "bedrock": "claude-haiku-4-5",
    "ollama": "gpt-4o",
}
QUESTIONS = ("What is the total?", "Is it sunny?", "What stands at the top right?", "Read every line.", "")


class Calls:
    """The kinds of calls, each with inputs of its own."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.folder = Path(tempfile.mkdtemp())
        self.kinds = {
            name.removeprefix("call_"): getattr(self, name) for name in sorted(dir(self)) if name.startswith("call_")
        }

    def picture(self) -> bytes:
        """Return a new picture: a page of text, a drawing or noise, in one of four formats."""
        width, height = self.chance.choice([(640, 480), (900, 500), (513, 513), (1400, 700)])
        image = Image.new("RGB", (width, height), "white")
        draw = ImageDraw.Draw(image)
        kind = self.chance.randrange(3)
        if kind == 0:
            font = ImageFont.load_default(22)
            for row in range(20, min(height, 130), 36):
                draw.text((20, row), f"Item {self.chance.randrange(10**6)}: {self.chance.random():.3f}", "black", font)
        elif kind == 1:
            for _ in range(40):
                spot = [self.chance.randrange(width), self.chance.randrange(height)]
                draw.ellipse([*spot, spot[0] + 60, spot[1] + 40], fill=self.chance.randrange(2**24))
        else:
            image = Image.effect_noise((width, height), 60).convert("RGB")
        buffer = io.BytesIO()
        image.save(buffer, self.chance.choice(["PNG", "JPEG", "WEBP", "BMP"]))
        return buffer.getvalue()

    def messages(self, count: int = 1) -> tuple[list[dict[str, Any]], str]:
        """Return a conversation of any format, and a model it is for."""
        provider = self.chance.choice(sorted(MODELS))
        pictures = [self.picture() for _ in range(count)]
        return [
            headroom_nb.user_message(self.chance.choice(QUESTIONS), *pictures, provider=provider),
            {"role": "assistant", "content": "answer"},
        ], MODELS[provider]

    def call_compress(self) -> None:
        """Compress new pictures."""
        messages, model = self.messages(self.chance.randint(1, 3))
        headroom_nb.compress(messages, model=model)

    def call_repeat(self) -> None:
        """Compress the same twice, which must give the same."""
        messages, model = self.messages()
        assert headroom_nb.compress_images(messages, model=model) == headroom_nb.compress_images(messages, model=model)

    def call_errors(self) -> None:
        """Send broken images, a bomb, and options that are none."""
        broken = bytearray(self.picture())
        for _ in range(20):
            broken[self.chance.randrange(len(broken))] ^= 0xFF
        text = base64.b64encode(bytes(broken)).decode()
        bomb = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0\x08\2\0\0\0" + bytes(60)).decode()
        for data in (text, text[:99], bomb, "%%%"):
            block = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
            headroom_nb.compress([{"role": "user", "content": [block]}], model="gpt-4o")
        for wrong in ({"quality": "best"}, {"router": "no-such-router"}, {"provider": 3}):
            try:
                headroom_nb.compress([], **wrong)
            except HeadroomError:
                continue
            raise AssertionError(wrong)

    def call_by_hand(self) -> None:
        """Choose every technique by hand, and take it back."""
        messages, model = self.messages(2)
        result = headroom_nb.compress(messages, model=model)
        for image in result.images:
            for technique in headroom_nb.Technique:
                result = result.override(image.path, technique)
            result = result.revert(image.path)

    def call_export(self) -> None:
        """Write a result in every format."""
        messages, model = self.messages()
        result = headroom_nb.compress(messages, model=model)
        for to in FORMATS:
            try:
                render(result, to)
            except HeadroomError:
                continue
        headroom_nb.export(result, "zip", self.folder / "pictures.zip", force=True)

    def call_display(self) -> None:
        """Show a result in every form, and a comparison."""
        messages, model = self.messages(2)
        result = headroom_nb.compress(messages, model=model)
        json.dumps(result._repr_mimebundle_())
        str(headroom_nb.compare(messages, ["gpt-4o", "claude-haiku-4-5"], legibility=False))

    def call_check(self) -> None:
        """Check, fit, optimise and view."""
        messages, model = self.messages(2)
        headroom_nb.check(messages, model)
        headroom_nb.fit_limits(messages, model)
        headroom_nb.optimize_images_in_messages(messages, "openai")
        headroom_nb.provider_view(self.picture(), "gpt-4o")

    def call_threads(self) -> None:
        """Compress from four threads."""
        work = [self.messages() for _ in range(6)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda pair: headroom_nb.compress(pair[0], model=pair[1]), work))

    def call_asyncio(self) -> None:
        """Compress from an event loop."""
        work = [self.messages() for _ in range(3)]

        async def all_of_them() -> None:
            await asyncio.gather(*(asyncio.to_thread(headroom_nb.compress, each, model=model) for each, model in work))

        asyncio.run(all_of_them())

    def call_own_compressor(self) -> None:
        """Build a compressor, use it and close it."""
        compressor = headroom_nb.ImageCompressor("gpt-4o", router="rules")
        compressor.run(self.messages()[0])
        compressor.close()


def warm_up(calls: Calls) -> int:
    """Fill the caches past their bounds and load everything there is; returns the calls made."""
    made = 0
    for _ in range(WARM_PICTURES):
        noise = Image.effect_noise((1400, 700), calls.chance.randint(40, 90)).convert("RGB")
        buffer = io.BytesIO()
        noise.save(buffer, "BMP")
        headroom_nb.compress([headroom_nb.user_message("Is it sunny?", buffer.getvalue())], model="gpt-4o")
        made += 1
    for _ in range(WARM_ROUNDS):
        for call in calls.kinds.values():
            call()
            made += 1
    return made


def resident_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Let the allocator return what is free, where it is glibc's."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def slope(samples: list[dict[str, float]], key: str) -> float:
    """Least-squares slope of a column, per second."""
    mean_x = sum(sample["seconds"] for sample in samples) / len(samples)
    mean_y = sum(sample[key] for sample in samples) / len(samples)
    spread = sum((sample["seconds"] - mean_x) ** 2 for sample in samples)
    return sum((sample["seconds"] - mean_x) * (sample[key] - mean_y) for sample in samples) / spread if spread else 0.0


def main() -> None:
    """Run, print the outcome and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    calls, counts, samples = Calls(asked.seed), Counter(), []
    started = time.monotonic()
    warm = warm_up(calls)
    begun = time.monotonic()
    sampled = -SAMPLE_SECONDS
    while (passed := time.monotonic() - begun) < asked.minutes * 60:
        kind = calls.chance.choice(sorted(calls.kinds))
        calls.kinds[kind]()
        counts[kind] += 1
        if passed - sampled >= SAMPLE_SECONDS:
            sampled = passed
            gc.collect()
            resident = resident_bytes()
            give_back()
            samples.append(
                {
                    "seconds": round(passed, 1),
                    "resident_mb": round(resident / 1e6, 2),
                    "used_mb": round(resident_bytes() / 1e6, 2),
                    "threads": threading.active_count(),
                    "open_files": len(list(Path("/proc/self/fd").iterdir())),
                    "calls": sum(counts.values()),
                }
            )
    settled = samples[len(samples) // 3 :]
    per_hour = slope(settled, "used_mb") * 3600
    mean = sum(sample["used_mb"] for sample in settled) / len(settled)
    outcome = {
        "minutes": asked.minutes,
        "warm_up": {"calls": warm, "minutes": round((begun - started) / 60, 1)},
        "calls": sum(counts.values()),
        "calls_by_kind": dict(sorted(counts.items())),
        "resident_mb": {
            "first": samples[0]["resident_mb"],
            "last": samples[-1]["resident_mb"],
            "most": max(sample["resident_mb"] for sample in samples),
            "slope_per_hour": round(slope(settled, "resident_mb") * 3600, 2),
        },
        "used_mb": {"first": samples[0]["used_mb"], "settled_mean": round(mean, 1), "last": samples[-1]["used_mb"]},
        "slope_mb_per_hour": round(per_hour, 2),
        "growth_per_10_minutes": round(per_hour / 6 / mean, 5),
        "flat": per_hour / 6 / mean < FLAT_SHARE,
        "threads_at_the_end": samples[-1]["threads"],
        "open_files": {"first": samples[0]["open_files"], "last": samples[-1]["open_files"]},
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "samples": samples[:: max(1, len(samples) // 120)],
    }
    text = json.dumps(outcome, indent=1)
    print(json.dumps({key: value for key, value in outcome.items() if key != "samples"}, indent=1))
    if asked.out is not None:
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
