"""Asynchronous clients of the real SDKs over HTTP: few threads of our own do the work, and it ends with its call."""

import asyncio
import threading
import time

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.errors import WorkStoppedError
from headroom_nb.integrations import meter, wrap
from headroom_nb.runtime.background import MOST_THREADS
from headroom_nb.runtime.stopping import checkpoint
from tests.support import FixedRouter, gradient, png

AT_ONCE = 12


class WatchedRouter(FixedRouter):
    """Notes in which threads it was asked."""

    def __init__(self):
        super().__init__(Technique.FULL_LOW)
        self.threads = []

    def classify(self, image, query, *, quality="balanced"):
        self.threads.append(threading.current_thread())
        return super().classify(image, query, quality=quality)


class EndlessRouter(FixedRouter):
    """Decides until it is told to end."""

    def __init__(self):
        super().__init__(Technique.FULL_LOW)
        self.begun, self.ended = threading.Event(), threading.Event()

    def classify(self, image, query, *, quality="balanced"):
        self.begun.set()
        try:
            for _ in range(60_000):
                checkpoint()
                time.sleep(0.001)
        except WorkStoppedError:
            self.ended.set()
            raise
        return super().classify(image, query, quality=quality)


def openai(url):
    client = pytest.importorskip("openai").AsyncOpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0)

    def ask(data):
        return client.chat.completions.create(model="gpt-4o", messages=[user_message("Is it sunny?", data)])

    return client, ask, client.close


def anthropic(url):
    client = pytest.importorskip("anthropic").AsyncAnthropic(api_key="test", base_url=url, max_retries=0)

    def ask(data):
        message = user_message("Is it sunny?", data, provider="anthropic")
        return client.messages.create(model="claude-opus-5-5", max_tokens=9, messages=[message])

    return client, ask, client.close


def google(url):
    genai = pytest.importorskip("google.genai")
    client = genai.Client(api_key="test", http_options={"base_url": url, "api_version": "v1beta"})

    def ask(data):
        message = user_message("Is it sunny?", data, provider="google")
        return client.aio.models.generate_content(model="gemini-2.5-flash", contents=[message])

    async def close():
        await client.aio.aclose()
        client.close()

    return client, ask, close


CLIENTS = (openai, anthropic, google)


@pytest.mark.parametrize("make", CLIENTS, ids=lambda make: make.__name__)
def test_many_requests_at_once_are_prepared_in_few_threads_of_our_own(make, provider):
    router = WatchedRouter()

    async def run():
        client, ask, close = make(provider.url)
        wrap(client, compressor=ImageCompressor(router=router, quality="max"))
        await asyncio.gather(*(ask(png(gradient(900 + number, 700))) for number in range(AT_ONCE)))
        await close()
        return meter(client)

    assert asyncio.run(run()).requests == AT_ONCE
    assert len(router.threads) == AT_ONCE
    assert all(thread.name.startswith("headroom_nb_") for thread in router.threads)
    assert len(set(router.threads)) <= MOST_THREADS


@pytest.mark.parametrize("make", CLIENTS, ids=lambda make: make.__name__)
def test_a_cancelled_call_sends_nothing_and_ends_its_work(make, provider):
    router = EndlessRouter()

    async def run():
        client, ask, close = make(provider.url)
        wrap(client, compressor=ImageCompressor(router=router, quality="max"))
        task = asyncio.ensure_future(ask(png(gradient(900, 700))))
        while not router.begun.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await close()

    asyncio.run(run())
    assert router.ended.wait(30)
    assert provider.bodies == []
