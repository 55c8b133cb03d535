from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from headroom_nb.checks.check import check
from tests.support import gradient, openai_message

if TYPE_CHECKING:
    import pytest


def encoded(size: tuple[int, int], kind: str) -> bytes:
    buffer = io.BytesIO()
    gradient(400, 300).resize(size, Image.Resampling.NEAREST).save(buffer, kind)
    return buffer.getvalue()


def test_counting_decodes_nothing_and_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args, **kwargs):
        raise AssertionError("decoded or connected")

    data = encoded((4000, 3000), "PNG")
    monkeypatch.setattr(Image.Image, "load", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)

    messages = [openai_message("?", data)]
    messages[0]["content"].append({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}})
    assert check(messages).images == 2
