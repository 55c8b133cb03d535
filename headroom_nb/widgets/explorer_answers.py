"""What the kernel says when a page asks: the models, and of an image the file, its text, the region of a question."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from headroom_nb.pictures import encode
from headroom_nb.widgets.base import Answer

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture

_OPAQUE = {"L", "RGB", "CMYK"}
_QUICK_BYTES = 500_000
_SCREEN = 1600
_SHOWN_BY_BROWSERS = {"JPEG", "PNG", "WEBP"}


def catalog() -> Answer:
    """Return the billing terms of every model, the user's own too, and the names of the providers' defaults."""
    from headroom_nb.costs import find_model, model_names
    from headroom_nb.costs.front_end import model_row
    from headroom_nb.costs.table import load_table

    defaults = [provider["default_model"] for provider in load_table()["providers"].values()]
    return Answer({"models": [model_row(find_model(name)) for name in model_names()], "defaults": defaults})


def picture_file(picture: Picture) -> Answer:
    """Return the file itself where a browser shows it as we do, else one of the same pixels."""
    header = picture.header
    upright = header.orientation == 1 or header.format == "JPEG"
    if header.format in _SHOWN_BY_BROWSERS and header.mode in _OPAQUE and upright and header.frames == 1:
        return Answer({"media_type": header.media_type}, (picture.data,))
    encoded = encode(picture.rgb(), mark=None)
    return Answer({"media_type": encoded.media_type}, (encoded.data,))


def preview(picture: Picture) -> Answer:
    """Return the image no larger than a screen needs; nothing where the file itself is as quick to send."""
    if len(picture.data) <= _QUICK_BYTES:
        return Answer({})
    out = BytesIO()
    picture.small(_SCREEN).save(out, "JPEG", quality=85)
    return Answer({"media_type": "image/jpeg"}, (out.getvalue(),))


def text_height(picture: Picture) -> Answer:
    """Return the font size of the smallest text, in pixels of the image (None without text), and the limits."""
    from headroom_nb.routing import load_router
    from headroom_nb.signals.legibility import SMALLEST_FONT, text_decides
    from headroom_nb.signals.text_size import smallest_font

    signals = load_router("embedded").analyze_image(picture)
    font = smallest_font(picture, signals) if text_decides(signals) else None
    return Answer({"font": font, "limits": SMALLEST_FONT})


def region(picture: Picture, question: str, model: str, detail: str) -> Answer:
    """Return the region a question names: its box in pixels and the words that say why.

    Raises
    ------
    TechniqueRefusedError
        No region stands out.
    OcrError
        Text has to be looked for and there is no OCR engine.
    """
    from headroom_nb.costs import find_model
    from headroom_nb.errors import TechniqueRefusedError
    from headroom_nb.ocr.base import engines_of
    from headroom_nb.ocr.registry import get_ocr
    from headroom_nb.routing import load_router
    from headroom_nb.signals.text_size import measure_text_size
    from headroom_nb.techniques.base import Job, Reading
    from headroom_nb.techniques.locate import place_region, text_region

    def read() -> Reading:
        engine = get_ocr()
        page = engine.read(picture.rgb())
        return Reading(page, engines_of(engine.name, page))

    job = Job(
        picture=picture,
        question=question,
        model=find_model(model),
        detail=detail,
        signals=load_router("embedded").analyze_image(picture),
        text=measure_text_size(picture),
        label="",
        read=read,
    )
    found = place_region(job) or text_region(job, job.read().page)
    if found is None:
        raise TechniqueRefusedError("the question names no place, and no text in the image answers to it")
    return Answer({"box": list(found.box), "words": found.words})
