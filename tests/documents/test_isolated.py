from __future__ import annotations

import math
import subprocess
import sys
import threading
import time

import pytest

from headroom_nb import Limits
from headroom_nb.demo.pdf import report
from headroom_nb.documents import isolated
from headroom_nb.documents.isolated import IsolatedPdf, open_document
from headroom_nb.documents.pdf import open_pdf
from headroom_nb.documents.read import read_document
from headroom_nb.errors import DocumentError, WorkStoppedError
from headroom_nb.runtime.stopping import Stop, stopping


def test_another_process_gives_the_same_answers():
    here, there = open_pdf(report()), open_document(report(), Limits(), isolated=True)
    assert isinstance(there, IsolatedPdf)
    assert (there.pages, there.has_form) == (here.pages, here.has_form)
    assert [there.read(number) for number in range(1, 7)] == [here.read(number) for number in range(1, 7)]
    assert there.render(2, 300).tobytes() == here.render(2, 300).tobytes()
    assert there.cut([2, 4]) == here.cut([2, 4])
    assert there.size(1) == here.size(1)
    here.close()
    there.close()
    assert read_document(report(), Limits(), isolated=True) == read_document(report(), Limits())


def test_errors_come_back_as_they_are():
    with pytest.raises(DocumentError, match="cannot be read"):
        IsolatedPdf(b"%PDF-1.7 broken", Limits())
    opened = IsolatedPdf(report(), Limits())
    with pytest.raises(DocumentError, match="page 9"):
        opened.read(9)


def test_a_process_that_dies_or_hangs_is_an_error_of_ours(monkeypatch):
    monkeypatch.setattr(isolated, "command", lambda *_: [sys.executable, "-c", "import os; os.abort()"])
    with pytest.raises(DocumentError, match="crashed"):
        IsolatedPdf(report(), Limits())
    monkeypatch.setattr(isolated, "STARTING", 0.2)
    monkeypatch.setattr(isolated, "command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(DocumentError, match="took longer"):
        IsolatedPdf(report(), Limits())


def test_a_process_that_nobody_waits_for_any_more_is_ended_at_once(monkeypatch):
    started = []

    class Started(subprocess.Popen):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Started)
    monkeypatch.setattr(isolated, "command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"])
    stop, begun = Stop(), time.monotonic()
    threading.Timer(0.3, stop.set).start()
    with stopping(stop), pytest.raises(WorkStoppedError):
        IsolatedPdf(report(), Limits())
    assert time.monotonic() - begun < 10
    assert [each.poll() is None for each in started] == [False]


def test_a_time_without_an_end_is_waited_for():
    opened = open_document(report(), Limits(max_page_seconds=math.inf), isolated=True)
    assert opened.read(1).text
