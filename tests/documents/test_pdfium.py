"""Calls of PDFium: whatever becomes of one, the next one gets its own answer, and in time."""

import gc
import sys
import threading
import time

import pypdfium2
import pytest

from headroom_nb.demo.pdf import Page, make_pdf
from headroom_nb.documents import pdfium
from headroom_nb.documents.pdf import open_pdf
from headroom_nb.errors import DocumentError, WorkStoppedError
from headroom_nb.runtime.stopping import Stop, stopping
from tests.faults.test_interrupts import InterruptAfter, lines_run

LIMIT = 60.0
"""Seconds after which a test takes a call for one that hangs."""


def answers_soon(what="next"):
    """Return whether another call is answered."""
    found = []
    thread = threading.Thread(target=lambda: found.append(pdfium.call("another", lambda: what, LIMIT)), daemon=True)
    thread.start()
    thread.join(LIMIT)
    return found == [what]


def busy(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_an_answer_that_comes_too_late_is_discarded_and_never_that_of_the_next_call():
    discarded, go = [], threading.Event()

    def late():
        busy(0.2)
        go.wait(LIMIT)
        return "late"

    with pytest.raises(DocumentError, match="not read in"):
        pdfium.call("page 1", late, 0.05, discard=discarded.append)
    threading.Timer(0.3, go.set).start()
    assert pdfium.call("page 2", lambda: "own", LIMIT, patience=LIMIT) == "own"
    assert discarded == ["late"]


def test_what_was_left_over_may_fail_and_the_next_call_works():
    go, done = threading.Event(), []

    def fails():
        raise OSError("no longer there")

    with pytest.raises(WorkStoppedError), stopping(gone()):
        pdfium.call("page 1", lambda: go.wait(LIMIT), LIMIT)
    pdfium.close(lambda: done.append(1))
    pdfium.close(fails)
    pdfium.close(lambda: done.append(2))
    assert not done
    go.set()
    assert answers_soon()
    assert sorted(done) == [1, 2]


def gone():
    """Return a stop of work that nobody waits for any more."""
    stop = Stop()
    threading.Timer(0.1, stop.set).start()
    return stop


def test_closing_may_fail_and_the_next_call_works():
    def fails():
        raise OSError("no longer there")

    pdfium.close(fails)
    assert answers_soon()


def test_a_thread_that_cannot_be_started_holds_up_nothing(monkeypatch):
    real = threading.Thread.start

    def refuse(thread):
        if thread.name == "headroom-nb-pdfium":
            raise RuntimeError("can't start new thread")
        real(thread)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(DocumentError, match="thread"):
            pdfium.call("page 1", lambda: "own", LIMIT)
    assert answers_soon()


def test_a_call_that_is_given_up_before_its_turn_is_never_made_and_refuses_nobody():
    go, made = threading.Event(), []
    first = threading.Thread(target=lambda: pdfium.call("page 1", lambda: go.wait(LIMIT), LIMIT))
    first.start()
    with pytest.raises(WorkStoppedError), stopping(gone()):
        pdfium.call("page 2", lambda: made.append(2), 0.0)
    third = []
    thread = threading.Thread(target=lambda: third.append(pdfium.call("page 3", lambda: "own", LIMIT)))
    thread.start()
    thread.join(0.3)
    go.set()
    thread.join(LIMIT)
    first.join(LIMIT)
    assert third == ["own"]
    assert not made


@pytest.mark.filterwarnings("error")
def test_an_interrupt_at_any_line_of_the_caller_holds_up_nothing_and_loses_no_answer():
    for work in (lambda: "own", lambda: time.sleep(0.12) or "own"):
        steps = lines_run(lambda work=work: pdfium.call("page 1", work, LIMIT))
        for step in range(1, steps + 1):
            discarded, found = [], []
            sys.settrace(InterruptAfter(step))
            try:
                found.append(pdfium.call("page 1", work, LIMIT, discard=discarded.append))
            except KeyboardInterrupt:
                pass
            finally:
                sys.settrace(None)
            assert answers_soon(), f"a lock is held after an interrupt at line {step} of {steps}"
            assert not (found and discarded)


def test_an_interrupt_while_the_work_is_under_way_throws_its_answer_away(monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    discarded = []
    with monkeypatch.context() as patched:
        patched.setattr(pdfium, "checkpoint", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pdfium.call("page 1", lambda: time.sleep(0.3) or "own", LIMIT, discard=discarded.append)
    assert answers_soon()
    assert discarded == ["own"]


@pytest.mark.filterwarnings("error")
def test_an_interrupt_while_closing_holds_up_nothing():
    steps = lines_run(lambda: pdfium.close(lambda: None))
    for step in range(1, steps + 1):
        closed = []
        sys.settrace(InterruptAfter(step))
        try:
            pdfium.close(lambda closed=closed: closed.append(1))
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        assert answers_soon(), f"a lock is held after an interrupt at line {step} of {steps}"
        assert len(closed) <= 1


def test_a_file_that_was_never_closed_is_closed_by_the_next_call():
    opened = open_pdf(make_pdf([Page(("One page",))]))
    document = opened._document
    del opened
    gc.collect()
    assert document.raw, "the binding must not close it while another call may be under way"
    assert answers_soon()
    assert not document.raw


def test_a_file_that_fails_while_it_is_opened_is_closed_in_the_same_call(monkeypatch):
    made = []

    def fails(document):
        made.append(document)
        raise pypdfium2.PdfiumError("no forms")

    monkeypatch.setattr(pypdfium2.PdfDocument, "get_formtype", fails)
    with pytest.raises(DocumentError, match="no forms"):
        open_pdf(make_pdf([Page(("One page",))]))
    assert not made[0].raw
