"""Transcripts of images that the tests draw."""

from __future__ import annotations

import io

import numpy as np

from headroom_nb.pictures import open_picture
from headroom_nb.signals.marks import Marks
from headroom_nb.techniques.transcript import transcribe
from headroom_nb.techniques.transcript.layout import to_text
from tests.techniques.ocr_pages import engine


def picture_of(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return open_picture(file.getvalue())


def transcript(image, *found, strong=None):
    kinds = tuple(dict.fromkeys(mark.kind for mark in found if mark.strong)) if strong is None else strong
    return transcribe(engine().read(image), picture_of(image), Marks(strong=kinds, found=found))


def read_text(image):
    return to_text(engine().read(image), np.asarray(image))
