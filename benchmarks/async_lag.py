"""Lag of an event loop while a wrapped asynchronous client sends requests with text to read.

    python -m benchmarks.async_lag [REQUESTS]

Prints, for 64 requests at once, the largest and the 99th percentile lag of the loop (milliseconds), the seconds until
the first and the last answer, and how long a call in the loop's own executor took meanwhile. The client answers at
once; each request has a page of text of its own.
"""

from __future__ import annotations

import asyncio
import sys
import time

import headroom_nb
from headroom_nb.formats import user_message
from tests.support import png, text_image

EVERY = 0.005


ANSWER = {
    "id": "answer",
    "object": "chat.completion",
    "created": 0,
    "model": "gpt-4o",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
}


async def measure(requests: int) -> dict[str, float]:
    """Return the figures; see the module."""
    import httpx
    from openai import AsyncOpenAI

    answers = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=ANSWER)))
    client = AsyncOpenAI(api_key="none", http_client=answers, max_retries=0)
    headroom_nb.wrap(client)
    pages = [
        png(text_image([f"Invoice {number}-{line}: total {line * 7}.00" for line in range(24)]))
        for number in range(requests)
    ]
    lags: list[float] = []
    lookups: list[float] = []
    done: list[float] = []
    begun = time.perf_counter()

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(EVERY)
            lags.append(time.perf_counter() - before - EVERY)

    async def look_up() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.to_thread(time.sleep, 0)
            lookups.append(time.perf_counter() - before)
            await asyncio.sleep(0.05)

    async def ask(page: bytes) -> None:
        await client.chat.completions.create(model="gpt-4o", messages=[user_message("Read the text", page)])
        done.append(time.perf_counter() - begun)

    watchers = [asyncio.ensure_future(watch()), asyncio.ensure_future(look_up())]
    await asyncio.gather(*(ask(page) for page in pages))
    for watcher in watchers:
        watcher.cancel()
    lags.sort()
    return {
        "largest_lag_ms": round(1000 * lags[-1], 1),
        "p99_lag_ms": round(1000 * lags[int(0.99 * len(lags))], 1),
        "first_s": round(done[0], 2),
        "last_s": round(done[-1], 2),
        "slowest_lookup_ms": round(1000 * max(lookups, default=0.0), 1),
    }


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 64)))
