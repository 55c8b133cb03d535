"""The names of what read a page."""

from headroom_nb.ocr import OcrLine, OcrPage
from headroom_nb.ocr.base import engines_of

BOX = ((0, 0), (9, 0), (9, 9), (0, 9))


def page(*readers: str) -> OcrPage:
    return OcrPage(tuple(OcrLine("text", BOX, 1.0, reader=reader) for reader in readers), len(readers), (9, 9))


def test_only_the_readers_that_lines_came_from_are_named():
    name = "rapidocr 3; Tesseract (rus+ukr); Tesseract (kor)"
    assert engines_of(name, page("", "")) == "rapidocr 3"
    assert engines_of(name, page("", "Tesseract (kor)")) == "rapidocr 3; Tesseract (kor)"


def test_an_engine_of_someones_own_keeps_its_name():
    assert engines_of("mine", page("")) == "mine"
