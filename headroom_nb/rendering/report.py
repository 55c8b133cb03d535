"""The JSON form of a compression result, from which richer front ends draw.

Its MIME type is ``application/vnd.headroom.report+json``; its fields are described in ``report.schema.json`` beside
this file, which :func:`schema` returns. Texts are cut to what a table shows, images are small previews within a
budget. Stored by itself, as ``NAME.headroom.json``, it has room for more images and larger previews. A version-1
report may lack the fields that the schema does not require: they came later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.pipeline.choice import ALLOWED
from headroom_nb.records import ImagePart, TextPart, format_path
from headroom_nb.rendering import figures, plain, wording
from headroom_nb.rendering.paged import paged_files
from headroom_nb.rendering.tables import MOST_WARNINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.records import (
        BlockPath,
        Box,
        BudgetReport,
        CompressionResult,
        FormOffer,
        ImageResult,
        ImageSignals,
        RouteDecision,
    )


def sent_picture(image: ImageResult) -> ImagePart | None:
    """Return the image sent instead; None where the image stays or text is sent.

    Of a crop and its overview that is the crop, of tiles and their overview the overview.
    """
    parts = [part for part in image.parts if isinstance(part, ImagePart)]
    crops = sum(part.role == "crop" for part in parts)
    return min(parts, key=lambda part: (part.role == "overview") == (crops <= 1), default=None)


def sent_text(image: ImageResult) -> str:
    """Return the text sent instead, or beside the image; empty where there is none."""
    return "\n".join(part.text for part in image.parts if isinstance(part, TextPart))


def crop_box(image: ImageResult) -> Box | None:
    """Return where in the original the image sent instead was cut out, in pixels; None where it was not."""
    shown = sent_picture(image)
    return None if shown is None else shown.box


JSON_MIME = "application/vnd.headroom.report+json"
SIGNALS = ("has_text", "is_document", "is_complex", "has_small_details", "text_coverage", "detail_loss")
"""The signals that are shares between 0 and 1."""

MOST_TRANSCRIPT = 1_200
"""Characters of the text sent instead of one image that a report holds."""

ALL_TRANSCRIPTS = 12_000
"""Characters of all of them."""


MOST_FORMS, LEAST_FORMS = 12, 3
"""Forms of one image that a report holds: those of least tokens for their risk, thinned out."""

ALL_FORMS = 120
"""Forms of all images together, as far as each may have fewer."""

MOST_WHY_NOT = 120
MOST_NAME = 60

MOST_DOCUMENTS = 20
"""Documents that a report holds."""

UNCHANGED = "unchanged"
"""The label of the image as it is."""


@dataclass(frozen=True)
class Previews:
    """Data URIs of an image before, and of the image sent instead; empty where there is none."""

    original: str = ""
    sent: str = ""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every report fits."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("report.schema.json").read_text("utf-8"))
    return loaded


def build(
    result: CompressionResult, previews: Sequence[Previews], most_text: int, summary: str, lines: Sequence[str]
) -> dict[str, Any]:
    """Return a result's JSON form.

    Parameters
    ----------
    result
        What ``compress`` gave.
    previews
        One for each image that gets a row; the others are counted in ``hidden_images``.
    most_text
        Characters of a question, reason or note that are kept.
    summary, lines
        The totals in one sentence, and what else is to be said of all images together.
    """
    shown = result.images[: len(previews)]
    details = _details(result)
    forms = max(LEAST_FORMS, min(MOST_FORMS, ALL_FORMS // max(1, len(shown))))
    transcript = min(MOST_TRANSCRIPT, ALL_TRANSCRIPTS // max(1, len(shown)))
    return {
        "version": 1,
        "kind": "compression",
        "model": result.model,
        "provider": result.provider,
        "model_note": plain.one_line(result.model_note),
        "quality": result.quality,
        "allowed_risk": ALLOWED.get(result.quality),
        "usd_per_million_tokens": result.usd_per_million_tokens,
        "summary": plain.one_line(summary),
        "lines": [plain.one_line(line) for line in lines],
        "totals": {
            "images": len(result.images),
            "documents": len(result.documents) + len(paged_files(result)),
            "original_tokens": result.original_tokens,
            "compressed_tokens": result.compressed_tokens,
            "original_bytes": result.original_bytes,
            "compressed_bytes": result.compressed_bytes,
            "free_tokens": sum(image.free_tokens for image in result.images),
            "traded_tokens": sum(image.traded_tokens for image in result.images)
            + sum(document.saved_tokens for document in result.documents),
            "savings_percent": round(result.savings_percent, 2),
            "savings_usd": result.savings_usd,
            "exact": result.exact,
            "original_exact": result.original_exact,
        },
        "images": [
            {
                **_facts(image, most_text),
                "forms": _forms(image, forms),
                "name": plain.shorten(result.name_of(image), MOST_NAME),
                "detail": details.get(image.path, "auto"),
                "text": plain.shorten_lines(sent_text(image), transcript),
                "thumbnail": preview.original,
                "compressed_thumbnail": preview.sent,
            }
            for image, preview in zip(shown, previews, strict=True)
        ],
        "documents": _documents(result, most_text),
        "budget": None if result.budget is None else _budget(result.budget),
        "hidden_images": len(result.images) - len(shown),
        "warnings": _warnings(result),
    }


def _budget(found: BudgetReport) -> dict[str, Any]:
    breaks = None if found.breaks is None else format_path(found.breaks)
    return {**vars(found), "breaks": breaks, "met": found.met, "said": str(found)}


def _documents(result: CompressionResult, most_text: int) -> list[dict[str, Any]]:
    """Return the documents, those first whose pages are images of the result."""
    files = paged_files(result)
    if not result.documents and not files:
        return []
    from headroom_nb.rendering.documents import to_json

    found = [to_json(file.record, most_text, file.images) for file in files]
    return [*found, *(to_json(document, most_text) for document in result.documents)][:MOST_DOCUMENTS]


def _warnings(result: CompressionResult) -> list[str]:
    """Return as many warnings as a table shows, and how many more there are."""
    shown = [plain.one_line(warning) for warning in result.warnings[:MOST_WARNINGS]]
    more = len(result.warnings) - len(shown)
    return [*shown, f"… and {more:,} more: see .warnings"] if more else shown


def alternative_text(image: ImageResult) -> str:
    """Return what a preview shows in words, from facts alone."""
    return f"{format_path(image.path)}, {figures.pixels(image.original_size)}, {wording.tokens(image)} tokens"


def routing_facts(decision: RouteDecision | None, most_text: int) -> dict[str, Any]:
    """Return the fields that say what the router chose; none where it was not asked."""
    return {
        "routed": None if decision is None else str(decision.technique),
        "router": None if decision is None else decision.router,
        "confidence": None if decision is None else round(decision.confidence, 4),
        "reason": None if decision is None else plain.shorten(decision.reason, most_text),
        "signals": _signals(None if decision is None else decision.signals),
    }


def _facts(image: ImageResult, most_text: int) -> dict[str, Any]:
    decision, picture, box = image.decision, sent_picture(image), crop_box(image)
    return {
        "path": format_path(image.path),
        "question": plain.shorten(image.question, most_text),
        **routing_facts(decision, most_text),
        "chosen": str(decision.technique) if decision is not None and decision.by == "user" else None,
        "technique": str(image.technique),
        "did": wording.done(image),
        "original_tokens": image.original_tokens,
        "compressed_tokens": image.compressed_tokens,
        "free_tokens": image.free_tokens,
        "traded_tokens": image.traded_tokens,
        "exact": image.exact,
        "original_exact": image.original_exact,
        "original_size": None if image.original_size is None else list(image.original_size),
        "sizes": [list(size) for size in image.sizes],
        "sent_detail": None if picture is None else picture.detail,
        "crop_box": None if box is None else list(box),
        "original_bytes": image.original_bytes,
        "compressed_bytes": image.compressed_bytes,
        "kept_pixels": round(image.kept_pixels, 4),
        "needs": {} if image.needs is None else {name: round(share, 3) for name, share in image.needs.items()},
        "risk": None if image.risk is None else round(image.risk, 4),
        "note": plain.shorten(image.note, most_text),
        "error": None if image.error is None else plain.shorten(image.error, most_text),
        "alt": plain.one_line(alternative_text(image)),
    }


def _forms(image: ImageResult, most: int) -> list[dict[str, Any]]:
    """Return the forms of fewest tokens for their risk, the one sent and the unchanged one, from cheap to expensive."""
    best: list[FormOffer] = []
    for form in image.forms:
        if _always(form) or not best or form.risk < min(each.risk for each in best):
            best.append(form)
    spare = max(1, len(best) // most + 1)
    return [
        {
            "label": form.label,
            "technique": str(form.technique),
            "tokens": form.tokens,
            "bytes": form.bytes,
            "risk": form.risk,
            "why_not": plain.shorten(form.why_not, MOST_WHY_NOT),
            "taken": form.taken,
        }
        for index, form in enumerate(best)
        if _always(form) or index % spare == 0
    ]


def _always(form: FormOffer) -> bool:
    return form.taken or form.label == UNCHANGED


def _signals(signals: ImageSignals | None) -> dict[str, float]:
    return {} if signals is None else {name: round(getattr(signals, name), 3) for name in SIGNALS}


def _details(result: CompressionResult) -> dict[BlockPath, str]:
    """Return the detail level that each block asks for."""
    if result.original is None:
        return {}
    from headroom_nb.formats import find_images

    return {slot.path: slot.detail for slot in find_images(result.original)}
