"""What a page says is worked out once for its content, whatever is asked of it and for whom."""

import pytest

import headroom_nb
from headroom_nb import ImageCompressor
from headroom_nb.ocr import FakeOcr
from headroom_nb.ocr.ocr_reader import MAX_BYTES, OcrReader
from headroom_nb.pictures import open_picture
from headroom_nb.pipeline import page_analysis
from headroom_nb.pipeline.page_analysis import analyse_page
from headroom_nb.records import Technique
from headroom_nb.runtime.lru import clear_all
from tests.support import FixedRouter, openai_message, png, text_image

LINES = ["Invoice 4711", "Paid on 3 May", "Total 19.40"]


@pytest.fixture(autouse=True)
def _empty():
    clear_all()
    yield
    clear_all()


@pytest.fixture
def looks(monkeypatch):
    """The pages whose marks were looked for."""
    seen = []
    work = page_analysis._analysed

    def counted(page, picture):
        seen.append(picture.digest)
        return work(page, picture)

    monkeypatch.setattr(page_analysis, "_analysed", counted)
    return seen


def reader():
    return OcrReader(FakeOcr(LINES), max_bytes=MAX_BYTES)


def read_for(engine, models, **options):
    page = openai_message("What does it say, word for word?", png(text_image(LINES)))
    return [
        ImageCompressor(router=FixedRouter(Technique.TRANSCODE), ocr=engine, **options).run([page], model=model)
        for model in models
    ]


def test_models_and_qualities_share_what_a_page_says(looks):
    engine = reader()
    read_for(engine, ["gpt-4o", "claude-opus-4-8", "gemini-2.5-flash"])
    read_for(engine, ["gpt-4o"], quality="max")
    assert len(looks) == 1


def test_what_is_remembered_gives_the_same_messages(looks):
    engine = reader()
    first, again = read_for(engine, ["gpt-4o", "gpt-4o"])
    clear_all()
    alone = read_for(engine, ["gpt-4o"])[0]
    assert first.messages == again.messages == alone.messages
    assert len(looks) == 2


def test_nothing_of_it_stays_with_the_cache_off(looks):
    engine = reader()
    read_for(engine, ["gpt-4o", "gpt-4o"], cache="off")
    assert len(looks) == 2
    assert not len(page_analysis._cache)


def test_release_and_clear_cache_forget_it(looks):
    engine = reader()
    for forget in (headroom_nb.release, headroom_nb.clear_cache):
        read_for(engine, ["gpt-4o"])
        assert len(page_analysis._cache) == 1
        forget()
        assert not len(page_analysis._cache)


def test_what_another_engine_read_is_looked_at_anew(looks):
    picture = open_picture(png(text_image(LINES)))
    one, other = (FakeOcr(lines).read(picture.rgb()) for lines in (LINES, LINES[:1]))
    assert analyse_page(one, picture).transcript.lines == 3
    assert analyse_page(other, picture).transcript.lines == 1
    assert len(looks) == 2


def test_what_is_kept_is_bounded(looks, monkeypatch):
    page, picture = FakeOcr(LINES).read(text_image(LINES)), open_picture(png(text_image(LINES)))
    monkeypatch.setattr(page_analysis._cache, "max_bytes", 100)
    analyse_page(page, picture)
    analyse_page(page, picture)
    assert len(looks) == 2
