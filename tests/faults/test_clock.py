"""Clocks that jump: deadlines and short memories run on one that cannot."""

import re
import time
from pathlib import Path

import headroom_nb
from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from headroom_nb.resource_limits import Limits
from tests.faults.bad_engines import LINES
from tests.support import FixedRouter, openai_message, png, text_image

WALL_CLOCK = re.compile(r"\btime\.(?:time|localtime|gmtime|ctime)\(|\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(")

MAY_TELL_THE_TIME = {
    "costs/rows.py",  # the day on which a price of the user's own was written down
    "costs/spec.py",  # the price of a model changes on a date
    "proof/calibrate.py",  # the day of a measurement
    "proof/verify.py",
    "caching/disk_store.py",  # when an entry was last used: processes that share it have no other clock in common
}


def test_nothing_is_timed_by_a_clock_that_can_be_set():
    package = Path(headroom_nb.__file__).parent
    found = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if WALL_CLOCK.search(re.sub(r'"[^"\n]*"', "", file.read_text("utf-8")))
    }
    assert found <= MAY_TELL_THE_TIME


def test_a_clock_that_jumps_about_changes_no_result(monkeypatch, tmp_path):
    document = [openai_message("Read the text", png(text_image(LINES, size=24)))]

    def compressor(cache):
        return ImageCompressor(
            "gpt-4o",
            FixedRouter(Technique.TRANSCODE),
            ocr=FakeOcr(LINES),
            limits=Limits(max_ocr_seconds=5),
            cache=cache,
        )

    expected = compressor("off").run(document).messages
    jumps = iter([0.0, 4e9, -1e9, 1.7e9, 1e12, 5.0] * 1000)
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    one = compressor(tmp_path / "cache")
    for _ in range(5):
        assert one.run(document).messages == expected
        one.close()
