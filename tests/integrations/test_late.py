"""A request whose reading itself takes too long, or fails: it goes out as it was, and the loop is not held up."""

import asyncio
import threading
import time

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.integrations.metering import Meter
from headroom_nb.integrations.outgoing import Outgoing, Route
from headroom_nb.integrations.sending import Sender
from tests.support import FixedRouter, gradient, openai_message, png

MESSAGES = [openai_message("What is it?", png(gradient(1400, 1000)))]
DOCUMENT = {"model": "gpt-4o", "messages": MESSAGES}


def sender():
    return Sender(ImageCompressor(router=FixedRouter(Technique.FULL_LOW)), Meter(), max_seconds=0.2)


class Reading:
    """Reads a request slowly, every time it is asked; ``raises`` after that."""

    def __init__(self, raises=None):
        self.threads = []
        self.go = threading.Event()
        self.raises = raises

    def __call__(self, request):
        self.threads.append(threading.get_ident())
        self.go.wait(3)
        if self.raises:
            raise self.raises
        return [Outgoing("chat", request, "test")]


def sent(one, route):
    """Send a request in every way there is; return what went out, and the longest pause of the loop."""
    went, pauses = [], [0.0]

    async def do(request):
        went.append(request)
        return iter_of(request)

    async def iter_of(request):
        yield request

    async def watch():
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            pauses.append(now - before)
            before = now

    async def run():
        watcher = asyncio.ensure_future(watch())
        await one.send_async(route, DOCUMENT, do)
        async for _ in one.stream_async(route, DOCUMENT, do):
            pass
        watcher.cancel()

    asyncio.run(run())
    one.send(route, DOCUMENT, went.append)
    list(one.stream(route, DOCUMENT, lambda request: iter([went.append(request)])))
    return went, max(pauses)


@pytest.mark.parametrize("raises", [None, ValueError("no"), RecursionError(), MemoryError()])
def test_reading_that_is_slow_or_fails_late_sends_the_request_as_it_was_and_never_in_the_loop(raises):
    one, reading = sender(), Reading(raises)
    went, pause = sent(one, Route(reading, lambda request, documents: documents[0]))
    reading.go.set()
    assert went == [DOCUMENT] * 4
    assert all(each is DOCUMENT for each in went)
    assert threading.get_ident() not in reading.threads
    assert pause < 0.5
    assert one.meter.requests == 4
    assert len([each for each in one.meter.failures if "0.2 seconds" in each]) == 4
    time.sleep(0.3)
    assert one.meter.requests == 4, "what failed later was counted once more"
