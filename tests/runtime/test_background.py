"""Asynchronous callers have threads of their own."""

import asyncio
import contextvars
import os
import signal
import threading

import pytest

from headroom_nb.runtime.background import MOST_THREADS, Background


def default_executor_is_idle(coroutine):
    """Run a coroutine on a loop whose default executor must not be used."""

    class Refusing:
        def submit(self, *_):
            raise AssertionError("the loop's default executor was used")

        def shutdown(self, **_):
            pass

    async def run():
        loop = asyncio.get_running_loop()
        loop._default_executor = Refusing()
        return await coroutine()

    found = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(run())))
    thread.start()
    thread.join()
    return found[0]


def test_many_calls_share_a_few_threads_and_never_those_of_the_loop():
    background, used = Background(), set()
    running = threading.Semaphore(0)

    def work(number):
        used.add(threading.get_ident())
        running.release()
        return number

    async def all_of_them():
        return await asyncio.gather(*(background.run(work, number) for number in range(64)))

    assert default_executor_is_idle(all_of_them) == list(range(64))
    assert 1 <= len(used) <= MOST_THREADS


def test_the_context_of_the_caller_comes_along():
    place = contextvars.ContextVar("place", default="nowhere")

    async def ask():
        place.set("here")
        return await Background().run(place.get)

    assert default_executor_is_idle(ask) == "here"


def test_a_call_that_is_cancelled_while_it_waits_is_never_begun():
    background, begun = Background(), []
    held, go = threading.Semaphore(0), threading.Event()

    def hold():
        held.release()
        go.wait(60)

    async def cancel():
        holders = [asyncio.ensure_future(background.run(hold)) for _ in range(MOST_THREADS)]
        late = asyncio.ensure_future(background.run(begun.append, 1))
        await asyncio.sleep(0)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        go.set()
        await asyncio.gather(*holders)

    default_executor_is_idle(cancel)
    assert begun == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_starts_threads_of_its_own():
    background = Background()

    async def ask():
        return await background.run(os.getpid)

    assert asyncio.run(ask()) == os.getpid()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os._exit(asyncio.run(ask()) != os.getpid())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
