"""What was done with an image in plain words: the same in tables, reports and widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.records import ImagePart, Technique, TextPart, format_path
from headroom_nb.rendering import figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.records import CompressionResult, DocumentResult, ImageResult


TECHNIQUES = {
    "transcode": "as text (transcode)",
    "crop": "part cut out (crop)",
    "full_low": "smaller (full_low)",
    "preserve": "unchanged (preserve)",
}
"""Techniques in words, with their names."""


def done(image: ImageResult) -> str:
    """Return what was done, such as ``"as text + small view"`` or ``"smaller, 512×341 px"``."""
    words = _done(image)
    return f"{words} (manual)" if is_manual(image) else words


HISTORY = {
    "changed": "changed part alone",
    "scrolled": "what a scroll brought",
    "smaller": "smaller, as it is old",
    "text": "as text, as it is old",
    "line": "one line, as it is old",
}
"""What a policy for long conversations did."""


def _done(image: ImageResult) -> str:
    if image.duplicate_of is not None:
        return "repeat: points to the same image above"
    if image.history in HISTORY:
        return HISTORY[image.history]
    if not image.parts:
        return "unchanged"
    if image.technique is Technique.TRANSCODE:
        return "as text + small view" if image.sizes else "as text"
    if image.technique is Technique.CROP:
        return "part cut out + small view" if len(image.sizes) > 1 else "part cut out"
    tiles = sum(isinstance(part, ImagePart) and part.box is not None for part in image.parts)
    if tiles:
        return f"whole, in {tiles} tiles" + (" + small view" if len(image.sizes) > tiles else "")
    size = image.sizes[0] if image.sizes else image.original_size
    if image.technique is Technique.PRESERVE:
        return "same to the model" if size == image.original_size else f"same to the model, {figures.pixels(size)}"
    detail = next((part.detail for part in image.parts if isinstance(part, ImagePart) and part.detail), None)
    smaller = f"smaller, {figures.pixels(size)}" if size != image.original_size else f"smaller, {detail} detail"
    return f"{smaller} + exact text" if any(isinstance(part, TextPart) for part in image.parts) else smaller


def is_manual(image: ImageResult) -> bool:
    """Return whether a person chose what was done."""
    return image.decision is not None and image.decision.by == "user"


def is_unknown(image: ImageResult) -> bool:
    """Return whether nobody knows what an image costs: it could not be read, or stands elsewhere."""
    return image.original_size is None and not image.original_tokens


def is_unknown_document(document: DocumentResult) -> bool:
    """Return whether nobody knows what a document costs: it could not be read, or stands elsewhere."""
    return document.page_count is None and not document.original_tokens


def tokens(image: ImageResult) -> str:
    """Return an image's tokens before and after, or that they are not known."""
    if is_unknown(image):
        return "not known"
    before, after = image.original_tokens, image.compressed_tokens
    return figures.change(before, after, exact=image.exact, before_exact=image.original_exact)


def saved(image: ImageResult | DocumentResult) -> str:
    """Return the share of the tokens that was saved; an en dash where there was nothing to save."""
    if not image.original_tokens:
        return "–"
    share = image.saved_tokens / image.original_tokens
    return f"−{figures.percent(share)}" if share > 0 else "0 %"


def kinds_of(images: Sequence[ImageResult]) -> str:
    """Return how many images were treated in which way, as a phrase."""
    words = {
        "full_low": "sent smaller",
        "transcode": "sent as text",
        "crop": "cut to the part asked for",
        "preserve": "unchanged or the same to the model",
        "repeat": "repeated and sent once",
        "changed": "sent as the part that changed",
        "scrolled": "sent as what a scroll brought",
        "smaller": "sent smaller, as they are old",
        "text": "sent as text, as they are old",
        "line": "sent as one line, as they are old",
    }
    kinds = {said: sum(image.done == done for image in images) for done, said in words.items()}
    return ", ".join(f"{count} {words}" for words, count in kinds.items() if count)


def summary_of(images: Sequence[ImageResult]) -> str:
    """Return how many images were treated in which way, and what was given up, in one or two sentences."""
    count = len(images)
    traded = [image for image in images if image.traded_tokens]
    risks = [image.risk for image in traded if image.risk is not None]
    given = "Detail was given up in none."
    if traded:
        highest = f"; highest risk of losing an answer {figures.risk(max(risks))}" if risks else ""
        given = f"Detail was given up in {len(traded)} of {count}{highest}."
    return f"{count} image{'' if count == 1 else 's'}: {kinds_of(images)}. {given}"


def summary_of_documents(result: CompressionResult) -> str:
    """Return how many documents are sent in another form, and the highest risk of that."""
    made = [document for document in result.documents if document.parts]
    kinds = {"sent in another form": len(made), "unchanged": len(result.documents) - len(made)}
    parts = ", ".join(f"{count} {words}" for words, count in kinds.items() if count)
    risk = max((document.risk for document in made), default=0.0)
    highest = f"; highest risk of losing an answer {figures.risk(risk)}" if risk else ""
    count = len(result.documents)
    return f"{count} document{'' if count == 1 else 's'}: {parts}{highest}."


def details(image: ImageResult) -> list[tuple[str, str]]:
    """Return what else is known of an image, as titles and texts."""
    sizes = " + ".join(figures.pixels(size) for size in image.sizes)
    size = figures.pixels(image.original_size)
    bytes_ = figures.data(image.original_bytes) if image.original_bytes else ""
    if image.parts and image.compressed_bytes:
        bytes_ = f"{bytes_} → {figures.data(image.compressed_bytes)}"
    chosen = image.decision is not None and image.decision.technique != image.technique
    technique = f"{image.technique} (router: {image.decision.technique})" if chosen and image.decision else None
    free, traded = image.free_tokens, image.traded_tokens
    kinds = ((free, "the model sees the same"), (traded, "detail given up"))
    rows = [
        ("Question", image.question),
        ("Why", "" if image.decision is None else image.decision.reason),
        ("Note", image.note),
        ("Error", "" if image.error is None or image.error in image.note else image.error),
        ("Technique", image.done if image.history else technique or image.done),
        ("Saved", ", ".join(f"{count:,} tokens: {words}" for count, words in kinds if count)),
        ("Risk", "" if image.risk is None else f"{figures.risk(image.risk)} chance that the answer is lost"),
        ("Size", f"{size} → {sizes}" if sizes and sizes != size else size),
        ("Bytes", bytes_),
        ("Place", format_path(image.path)),
    ]
    return [(title, text) for title, text in rows if text and text != "–"]
