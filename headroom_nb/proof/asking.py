"""Asking many questions: a few at a time, within a budget, waiting where the server asks to, never paying twice.

Every answer is written to a file in the user's own cache folder as soon as it is there, under the checksum of what was
asked: a run that was stopped or killed finds it again. Nothing of what was asked is written.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from headroom_nb.caching.disk_store import open_store
from headroom_nb.errors import MessageError
from headroom_nb.formats.replies import read_reply
from headroom_nb.proof.consent import OUTPUT_RATIO
from headroom_nb.records.proof import Answer
from headroom_nb.runtime.files import cache_folder
from headroom_nb.runtime.json_text import read_json
from headroom_nb.runtime.statuses import status_of, wait_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from headroom_nb.proof.clients import Caller

BUSY = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
"""HTTP statuses after which the same request is sent again."""

TRIES = 6
LONGEST_WAIT, LONGEST_ASKED = 120.0, 3600.0
"""Times a request is sent at most, and seconds that are waited at most: where the server does not say how long, and
where it does. One that asks for more is not waited for."""


@dataclass(frozen=True)
class Ask:
    """One request: what it is called, its body, the input tokens that we expect, and which of equal ones it is."""

    name: Any
    body: Mapping[str, Any]
    tokens: int = 0
    repeat: int = 0

    def key(self, method: str) -> str:
        """Return the checksum of everything that the answer depends on; raises MessageError for what is no JSON."""
        try:
            asked = json.dumps(self.body, sort_keys=True, default=repr, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            raise MessageError("a request that cannot be written as JSON cannot be asked") from None
        return hashlib.sha256(f"{method}\n{self.repeat}\n{asked}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Purse:
    """What may be spent, and what was.

    Attributes
    ----------
    usd_per_million
        Input price; None where it is not known.
    max_usd
        What may be spent at most; None sets no bound.
    answer_tokens
        Tokens that an answer takes at most, about.
    """

    usd_per_million: float | None
    max_usd: float | None = None
    answer_tokens: int = 300
    spent: float = 0.0
    _held: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def price(self, input_tokens: float, output_tokens: float) -> float:
        """Return dollars; 0 where no price is known."""
        return (input_tokens + OUTPUT_RATIO * output_tokens) * (self.usd_per_million or 0.0) / 1e6

    def take(self, ask: Ask) -> bool:
        """Hold back what a request may cost; False where that is more than is left."""
        cost = self.price(ask.tokens, self.answer_tokens)
        with self._lock:
            if self.max_usd is not None and self.spent + self._held + cost > self.max_usd:
                return False
            self._held += cost
            return True

    def pay(self, ask: Ask, answer: Answer | None) -> None:
        """Put in place of what was held back what was billed."""
        with self._lock:
            self._held -= self.price(ask.tokens, self.answer_tokens)
            if answer is not None and not answer.error:
                billed = ask.tokens if answer.input_tokens is None else answer.input_tokens
                self.spent += self.price(billed, answer.output_tokens or 0)


class AnswerStore:
    """Answers of earlier runs, for this user alone; None in place of a folder keeps nothing.

    An entry carries a MAC with the user's secret key, as those of the cache on disk: an answer that somebody changed or
    planted is asked for again.
    """

    def __init__(self, folder: Path | None) -> None:
        self._store = None if folder is None else open_store(folder)
        self._known = 0 if self._store is None else len(self._store.notes)

    @classmethod
    def of_user(cls) -> AnswerStore:
        """Return the store in the user's cache folder."""
        return cls(cache_folder() / "proofs")

    @property
    def failure(self) -> str:
        """Why an answer could not be kept or used again; empty where each was."""
        return "" if self._store is None else self._store.off or "; ".join(self._store.notes[self._known :])

    def get(self, key: str) -> Answer | None:
        """Return an answer that was paid for before; None where there is none."""
        stored = None if self._store is None else self._store.get(key.encode())
        if stored is None:
            return None
        try:
            record = read_json(stored.decode())
            text, figures = record["text"], (record["input_tokens"], record["output_tokens"])
        except (ValueError, KeyError, TypeError):
            return None
        known = all(each is None or (type(each) is int and each >= 0) for each in figures)
        return Answer(text, *figures) if known and isinstance(text, str) else None

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; what was paid for is used all the same where that fails."""
        if self._store is not None:
            self._store.put(key.encode(), json.dumps(asdict(answer)).encode())


@dataclass
class Run:
    """What came of asking.

    Attributes
    ----------
    answers
        By the name of each request; those that were not asked are missing.
    asked, reused
        Requests sent, and answers of earlier runs.
    stopped
        Why not everything was asked; empty where it was.
    """

    answers: dict[Any, Answer] = field(default_factory=dict)
    asked: int = 0
    reused: int = 0
    stopped: str = ""


class Asker:
    """Asks with one client.

    Parameters
    ----------
    caller
        The client.
    store
        Answers of earlier runs.
    purse
        What may be spent.
    concurrency
        Requests under way at the same time.
    tell
        Called with answers so far, requests in all and dollars so far.
    """

    def __init__(
        self,
        caller: Caller,
        store: AnswerStore,
        purse: Purse,
        *,
        concurrency: int = 4,
        tell: Callable[[int, int, float], None] | None = None,
    ) -> None:
        self._caller, self._store, self.purse = caller, store, purse
        self._concurrency, self._tell = max(1, concurrency), tell
        self._stop = threading.Event()
        self._not_before = 0.0

    def run(self, asks: Iterable[Ask]) -> Run:
        """Ask everything, in order; an interrupt ends it with what is there."""
        run, fresh = Run(), []
        waiting = list(asks)
        for ask in waiting:
            known = self._store.get(ask.key(self._caller.door.method))
            if known is None:
                fresh.append(ask)
            else:
                run.answers[ask.name] = known
                run.reused += 1
        pool = ThreadPoolExecutor(self._concurrency, "headroom_nb-ask")
        pending: dict[Future[Answer], Ask] = {}
        queue = iter(fresh)
        try:
            while self._fill(pool, pending, queue, run):
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    self._settle(run, pending.pop(future), future)
                    if self._tell is not None:
                        self._tell(len(run.answers), len(waiting), self.purse.spent)
        except KeyboardInterrupt:
            run.stopped = "interrupted"
            self._stop.set()
            for future, ask in pending.items():  # what is under way is paid for: wait for it
                if not future.cancel():
                    self._settle(run, ask, future)
        finally:
            self._stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
        return run

    def _fill(
        self, pool: ThreadPoolExecutor, pending: dict[Future[Answer], Ask], queue: Iterator[Ask], run: Run
    ) -> bool:
        """Start as many requests as may be under way; False when there is nothing to wait for any more."""
        while len(pending) < self._concurrency and not run.stopped:
            ask = next(queue, None)
            if ask is None:
                break
            if self.purse.take(ask):
                pending[pool.submit(self._ask, ask)] = ask
            else:
                run.stopped = f"max_usd={self.purse.max_usd:g} would have been passed"
        return bool(pending)

    def _settle(self, run: Run, ask: Ask, future: Future[Answer]) -> None:
        answer = future.result()
        run.answers[ask.name] = answer
        run.asked += 1
        self.purse.pay(ask, answer)

    def _ask(self, ask: Ask) -> Answer:
        for left in range(TRIES - 1, -1, -1):
            self._wait(self._not_before - time.monotonic())
            try:
                reply = read_reply(self._caller.ask(ask.body))
            except Exception as error:  # noqa: BLE001 - SDKs raise classes of their own; the answer says what it was
                if not left or self._stop.is_set() or not _may_pass(error):
                    return Answer("", error=_named(error))
                seconds = wait_of(error)
                if seconds is not None and seconds > LONGEST_ASKED:
                    return Answer("", error=f"{_named(error)}, asks to wait {seconds:,.0f} seconds")
                pause = min(LONGEST_WAIT, 2.0 ** (TRIES - left) / 2 if seconds is None else seconds)
                self._not_before = max(self._not_before, time.monotonic() + pause)  # the others wait as well
                continue
            answer = Answer(reply.text, reply.input_tokens, reply.output_tokens)
            self._store.put(ask.key(self._caller.door.method), answer)
            return answer
        return Answer("", error="not asked")

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._stop.wait(seconds)


def _may_pass(error: Exception) -> bool:
    """Return whether the same request may be taken later."""
    status = status_of(error)
    if status is not None:
        return status in BUSY
    return any(word in type(error).__name__ for word in ("Connection", "Timeout"))


def _named(error: Exception) -> str:
    """Return an error without what may be the user's: its class and status, and the first words of the server."""
    status = status_of(error)
    return " ".join(filter(None, (type(error).__name__, "" if status is None else str(status))))
