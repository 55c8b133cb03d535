"""Lag of an event loop under wrapped asynchronous clients, and how soon the work of a cancelled call ends.

    python -m benchmarks.speed.async_lag [--requests 64] [--cancelled 24] [--out FILE]

For 64 requests at once with a page of text each, through the clients of OpenAI and of Google, the largest and the 99th
percentile lag of the loop (milliseconds), the CPU time of the loop's own thread in its longest turn, the seconds until
the first and the last answer, and how long a call in the loop's own executor took meanwhile. The provider answers at
once. The same of clients that are not wrapped: what the SDKs do themselves in the first turn, where all requests begin.
Then calls that are cancelled at random moments: the seconds from the cancellation to the end of the work. Last the
first image of a process, where native libraries are loaded and Python collects its garbage, and the same where one
image was compressed before the loop began: the largest lag of each, the median of several processes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import headroom_nb
from headroom_nb import ImageCompressor
from headroom_nb.formats import user_message
from tests.support import png, text_image

EVERY = 0.005

FIRST_ROUNDS = 5
"""Processes whose first image is measured."""

OPENAI = {
    "id": "answer",
    "object": "chat.completion",
    "created": 0,
    "model": "gpt-4o",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
}
GOOGLE = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Yes."}]}, "finishReason": "STOP"}]}


def page(number: int) -> bytes:
    """Return a page of text like no other."""
    return png(text_image([f"Invoice {number}-{line}: total {line * 7}.00" for line in range(24)]))


def openai_client(compressor: ImageCompressor | None = None, *, wrapped: bool = True) -> Any:
    """Return what sends a message through a client of OpenAI's."""
    import httpx
    from openai import AsyncOpenAI

    answers = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=OPENAI)))
    client = AsyncOpenAI(api_key="none", http_client=answers, max_retries=0)
    if wrapped:
        headroom_nb.wrap(client, compressor=compressor)

    async def ask(message: Any) -> None:
        await client.chat.completions.create(model="gpt-4o", messages=[message])

    return ask


def google_client(*, wrapped: bool = True) -> Any:
    """Return what sends a message through the asynchronous side of a client of Google's."""
    import httpx
    from google import genai

    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=GOOGLE))
    options = genai.types.HttpOptions(api_version="v1beta", async_client_args={"transport": transport})
    client = genai.Client(api_key="none", http_options=options)
    if wrapped:
        headroom_nb.wrap(client)

    async def ask(message: Any) -> None:
        await client.aio.models.generate_content(model="gemini-2.5-flash", contents=[message])

    return ask


def message(number: int, provider: str = "openai") -> Any:
    """Return a message with a page, as a server has it before it asks."""
    return user_message("Read the text", page(number), provider=provider)


async def measure(ask: Any, provider: str, requests: int, before: Any = None) -> dict[str, float]:
    """Return the figures of requests at once, after one message; see the module."""
    messages = [message(number, provider) for number in range(requests)]
    await ask(before or message(-1, provider))  # models are loaded once
    lags: list[float] = []
    turns: list[float] = []
    lookups: list[float] = []
    done: list[float] = []
    begun = time.perf_counter()

    async def watch() -> None:
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(EVERY)
            lags.append(time.perf_counter() - before - EVERY)
            turns.append(time.thread_time() - worked)

    async def look_up() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.to_thread(time.sleep, 0)
            lookups.append(time.perf_counter() - before)
            await asyncio.sleep(0.05)

    async def timed(each: Any) -> None:
        await ask(each)
        done.append(time.perf_counter() - begun)

    watchers = [asyncio.ensure_future(watch()), asyncio.ensure_future(look_up())]
    await asyncio.gather(*map(timed, messages))
    await asyncio.sleep(2 * EVERY)  # the watcher had no turn where all was done in one
    for watcher in watchers:
        watcher.cancel()
    lags.sort()
    return {
        "requests": requests,
        "largest_lag_ms": round(1000 * lags[-1], 1),
        "p99_lag_ms": round(1000 * lags[int(0.99 * len(lags))], 1),
        "longest_turn_cpu_ms": round(1000 * max(turns), 1),
        "first_s": round(done[0], 2),
        "last_s": round(done[-1], 2),
        "slowest_lookup_ms": round(1000 * max(lookups, default=0.0), 1),
    }


class Timed(ImageCompressor):
    """Notes when its last call ended."""

    ended = 0.0

    def run(self, *given: Any, **named: Any) -> Any:
        """Compress."""
        try:
            return super().run(*given, **named)
        finally:
            self.ended = time.perf_counter()


async def cancel(calls: int, seed: int = 1) -> dict[str, float]:
    """Return how long the work of cancelled calls went on."""
    chance, compressor = random.Random(seed), Timed(model="gpt-4o", cache="off")
    ask = openai_client(compressor)
    whole = 0.0
    for number in (-1, -2):  # the second one without loading models
        begun = time.perf_counter()
        await ask(message(number))
        whole = time.perf_counter() - begun
    late: list[float] = []
    for number in range(calls):
        data, before = message(1000 + number), compressor.ended
        task = asyncio.ensure_future(ask(data))
        await asyncio.sleep(chance.uniform(0.05, 0.9) * whole)
        task.cancel()
        at = time.perf_counter()
        await asyncio.gather(task, return_exceptions=True)
        while compressor.ended == before:
            await asyncio.sleep(0.001)
        late.append(max(0.0, compressor.ended - at))
    late.sort()
    return {
        "calls": calls,
        "whole_call_s": round(whole, 2),
        "median_s": round(late[len(late) // 2], 3),
        "largest_s": round(late[-1], 3),
    }


def first_image(*, prepared: bool) -> float:
    """Return the largest lag in milliseconds while this process compresses its first image for a client."""
    if prepared:
        headroom_nb.compress([message(-1)], model="gpt-4o")
    text = {"role": "user", "content": "Hello"}  # what the SDK loads at its first request is not ours
    return asyncio.run(measure(openai_client(), "openai", 1, text))["largest_lag_ms"]


def first_images() -> dict[str, float]:
    """Return the median of the largest lags in fresh processes, without and with an image before."""
    found = {}
    for how in ("as it is", "one image compressed before"):
        command = [sys.executable, "-m", "benchmarks.speed.async_lag", "--first", how]
        runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(FIRST_ROUNDS)]
        found[how] = statistics.median(float(run.stdout) for run in runs)
    return found


def main() -> None:
    """Print the figures, and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=64)
    parser.add_argument("--cancelled", type=int, default=24)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--first", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.first is not None:
        print(first_image(prepared=asked.first != "as it is"))
        return
    outcome = {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "openai": asyncio.run(measure(openai_client(), "openai", asked.requests)),
        "google": asyncio.run(measure(google_client(), "google", asked.requests)),
        "not wrapped": {
            "openai": asyncio.run(measure(openai_client(wrapped=False), "openai", asked.requests)),
            "google": asyncio.run(measure(google_client(wrapped=False), "google", asked.requests)),
        },
        "cancelled": asyncio.run(cancel(asked.cancelled)),
        "largest lag of the first image, ms": first_images(),
    }
    text = json.dumps(outcome, indent=1)
    print(text)
    if asked.out is not None:
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
