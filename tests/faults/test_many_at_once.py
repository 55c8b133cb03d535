"""Threads and tasks on one compressor at the same time: what each gets is what it would get alone."""

import asyncio
import copy
import threading
from concurrent.futures import ThreadPoolExecutor

from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from tests.faults.bad_engines import LINES
from tests.support import FixedRouter, gradient, openai_message, png, text_image

THREADS = 16


class ByQuestion(FixedRouter):
    """Chooses by the question, so that threads do different things at the same time."""

    def classify(self, image, query, *, quality="balanced"):
        self.technique = None
        return FixedRouter(list(Technique)[int(query.split()[-1]) % 4]).classify(image, query, quality=quality)


def compressor():
    return ImageCompressor("gpt-4o", ByQuestion(Technique.PRESERVE), ocr=FakeOcr(LINES))


def conversations(count):
    pictures = [png(gradient(500 + 8 * n, 400)) for n in range(4)] + [png(text_image(LINES, size=20))]
    return [
        [openai_message(f"Look, number {n}", pictures[n % 5], pictures[(n + 1) % 5]), {"role": "assistant"}]
        for n in range(count)
    ]


def alone(documents):
    return [compressor().run(document).messages for document in documents]


def test_sixteen_threads_and_as_many_tasks_get_what_each_would_get_alone():
    documents = conversations(THREADS)
    before = copy.deepcopy(documents)
    expected = alone(documents)
    shared = compressor()
    together = threading.Barrier(THREADS)

    def work(document):
        together.wait()
        return shared.run(document).messages

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(work, documents)) == expected
        both = [pool.submit(shared.run, document) for document in documents]

        async def tasks():
            return await asyncio.gather(*(asyncio.to_thread(shared.run, document) for document in documents))

        assert [result.messages for result in asyncio.run(tasks())] == expected
        assert [future.result().messages for future in both] == expected
    assert documents == before


def test_forgetting_while_others_work_disturbs_nobody():
    documents = conversations(12)
    expected = alone(documents)
    shared = compressor()
    stop = threading.Event()

    def forget():
        while not stop.is_set():
            shared.close()

    other = threading.Thread(target=forget)
    other.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            assert [result.messages for result in pool.map(shared.run, documents)] == expected
    finally:
        stop.set()
        other.join()


def test_a_task_that_is_cancelled_leaves_the_compressor_usable():
    documents = conversations(4)
    shared = compressor()

    async def cancelled():
        task = asyncio.create_task(asyncio.to_thread(shared.run, documents[0]))
        await asyncio.sleep(0)
        task.cancel()
        return await asyncio.gather(task, return_exceptions=True)

    (outcome,) = asyncio.run(cancelled())
    assert isinstance(outcome, asyncio.CancelledError)
    assert [shared.run(document).messages for document in documents] == alone(documents)
