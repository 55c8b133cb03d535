from __future__ import annotations

import io
import time

import pytest
from PIL import Image

from headroom_nb.check_limits import check
from headroom_nb.costs import estimate
from headroom_nb.pictures import read_header
from tests.support import gradient, openai_message


def encoded(size: tuple[int, int], kind: str) -> bytes:
    buffer = io.BytesIO()
    gradient(400, 300).resize(size, Image.Resampling.NEAREST).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_thousand_pictures_of_12_megapixels_are_counted_in_a_second(kind: str) -> None:
    pictures = [encoded((4000 + step, 3000), kind) for step in range(2)]
    estimate((10, 10), "claude-opus-5-5")

    start = time.perf_counter()
    for data in pictures * 500:
        assert estimate(read_header(data).size, "claude-opus-5-5").tokens > 4000
    assert time.perf_counter() - start < 1


def test_counting_decodes_nothing_and_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args, **kwargs):
        raise AssertionError("decoded or connected")

    data = encoded((4000, 3000), "PNG")
    monkeypatch.setattr(Image.Image, "load", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)

    messages = [openai_message("?", data)]
    messages[0]["content"].append({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}})
    assert check(messages).images == 2
