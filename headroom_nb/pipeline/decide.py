"""The decision for one image: look, ask what the question needs, offer every form, choose, make.

Text is read only where its price, guessed from what was measured, says that a form with text could win.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_nb.errors import ImageRejectedError, OcrError, TechniqueRefusedError
from headroom_nb.formats import FORMATS
from headroom_nb.pipeline.choice import ALLOWED, is_unsure, preference, risk, sentence, why_not
from headroom_nb.pipeline.guard import Made, make
from headroom_nb.records import FormOffer, ImagePart, Needs, RouteDecision, Technique
from headroom_nb.runtime.stopping import checkpoint
from headroom_nb.survival import find_profile
from headroom_nb.techniques import MORE
from headroom_nb.techniques.crop import crop_forms
from headroom_nb.techniques.regions import find_place
from headroom_nb.techniques.tiles import tile_forms
from headroom_nb.techniques.transcode import could_win, is_literal, text_forms
from headroom_nb.techniques.whole import whole_forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.costs.pricing import Price
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pictures import Picture
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.records import ImageResult
    from headroom_nb.signals.marks import Marks
    from headroom_nb.techniques.base import FontSize, Job
    from headroom_nb.techniques.forms import Facts, Form
    from headroom_nb.techniques.locate import Region

MANUAL_VIEW = 512
"""Long side in pixels of the smaller image that a person gets who asks for one: the providers' own low view."""

STRONG_MARKS, WEAK_MARKS = 0.12, 0.03
"""Least share of ``marks`` among the needs where an image shows such signs."""

RAISED = 0.7
"""Font size of raised and lowered characters as a share of the others'."""

PAGE = 0.5
"""Score of ``is_document`` from which the text is most of what an image shows."""

WORTH_READING = 0.85
"""Text is read where a form with text could cost at most this share of the best form without."""


ASKED = 0.25
"""Share of the needs that are about text from which it is looked for where none was measured."""


@dataclass(frozen=True)
class NoText:
    """The font size where the router is sure that there is no text."""

    smallest: float | None = None
    median: float | None = None
    sure: bool = True


@dataclass(frozen=True)
class Look:
    """What is known of an image before its forms are made."""

    decision: RouteDecision
    needs: Needs
    text: FontSize


@dataclass(frozen=True)
class Rated:
    """A form, the risk of sending it, and why it is not to be sent: empty where it may be, or too risky alone."""

    form: Form
    risk: float
    why_not: str
    too_risky: bool


def look(picture: Picture, question: str, context: DecisionContext, tools: Tools) -> Look:
    """Return what the question needs and how large the image's text is; raises PictureError."""
    from headroom_nb.routing import from_decision

    checkpoint()
    router = tools.router()
    decision = router.classify(picture, question, quality=context.options.quality)
    needs = from_decision(decision, question)
    manual = _manual(context)
    if manual is not None:
        measured = decision.signals or router.analyze_image(picture)
        decision = RouteDecision(
            manual, 1.0, "chosen manually", "user", {manual: 1.0}, signals=measured, needs=needs, by="user"
        )
    elif decision.signals is None:
        decision = replace(decision, signals=router.analyze_image(picture))
    signals = decision.signals
    if signals is not None and not signals.has_text:
        return Look(decision, needs, NoText())
    from headroom_nb.signals.text_size import measure_text_size  # needs NumPy, which takes longer to load than all else

    return Look(decision, needs, measure_text_size(picture))


def decide_form(
    result: ImageResult, before: Price, job: Job, slot: ImageSlot, context: DecisionContext, seen: Look
) -> ImageResult:
    """Return the result of one image with the form that is sent, and all that were considered."""
    notes = [result.note]
    of_text: list[str] = []
    forms, needs = offers(job, seen, context, notes, of_text)
    rated = rate(forms, needs, context, seen.decision)
    made, refused = _first_that_can_be_made(rated, job, slot, before, context)
    form = made.form
    chosen = next(each for each in rated if each.form is form)
    pictures = [part for part in made.parts if isinstance(part, ImagePart)]
    if form.technique is Technique.TRANSCODE:
        notes += of_text
    manual = _manual(context)
    wanted = context.form or manual
    if wanted is not None and wanted not in {form.label, form.technique}:
        notes.append(f"{wanted} not done: {_why_not_done(wanted, rated, refused)}")
    said = sentence(form, needs, job.picture.size, better_known=len(rated) > 1)
    detail = FORMATS[slot.format].detail_note if any(part.detail is not None for part in pictures) else ""
    result = replace(
        result,
        needs=needs,
        risk=chosen.risk,
        forms=tuple(_offer(each, made, refused) for each in rated),
        note="; ".join(note for note in [said.rstrip("."), *notes, detail] if note),
    )
    if not made.parts:
        return result
    return replace(
        result,
        technique=form.technique,
        compressed_tokens=made.price.tokens,
        exact=before.exact and made.price.exact,
        sizes=tuple(part.size for part in pictures),
        compressed_bytes=made.bytes,
        free_tokens=before.tokens - made.price.tokens if form.free else 0,
        kept_pixels=form.kept_pixels,
        parts=made.parts,
    )


def offers(
    job: Job, seen: Look, context: DecisionContext, notes: list[str], of_text: list[str]
) -> tuple[list[Form], Needs]:
    """Return every form of an image, the unchanged one first, and the needs, which marks that were found raise.

    Why its text was not used is added to the notes, what is to be known of the text itself to ``of_text``.
    """
    job = replace(job, literal=_may_be_code(job))
    more = [form for make_forms in MORE for form in make_forms(job)]
    forms = [*whole_forms(job), *tile_forms(job), *more]
    manual = _manual(context)
    if manual in {Technique.PRESERVE, Technique.FULL_LOW}:
        if context.form is None:
            return forms, seen.needs
        manual = None  # one form was chosen among those of every technique: the others stay to be chosen
    if job.box is not None:
        return [*forms, *crop_forms(job, job.box, "the region you chose", 1.0)], seen.needs
    region = _place(job)
    if region is not None:
        forms += crop_forms(job, region.box, region.words, region.confidence)
    rated = rate(forms, seen.needs, replace(context, forced=None, box=None, form=None), seen.decision)
    best = min((each.form.tokens for each in rated if not each.why_not), default=forms[0].tokens)
    if manual is None and not _worth_reading(job, forms, WORTH_READING * best, seen, context):
        return forms, seen.needs
    try:
        return _with_text(job, more, seen.needs, of_text, region)
    except (OcrError, TechniqueRefusedError) as reason:
        notes.append(f"text not used: {reason}")
        return forms, seen.needs


def _may_be_code(job: Job) -> bool:
    """Return whether text that was not read may be code or keys: on a screen or a page, not on the signs of a scene."""
    from headroom_nb.signals.drawn import is_drawn

    signals = job.signals
    measured = signals is not None and signals.size == job.picture.size
    return (signals is not None and signals.is_document >= PAGE) or is_drawn(job.picture, measured=measured)


def _worth_reading(job: Job, forms: Sequence[Form], tokens: float, seen: Look, context: DecisionContext) -> bool:
    """Return whether reading the text could lead to a form of at most so many tokens: with text, or a smaller view."""
    asked = seen.needs.exact + seen.needs.prose + seen.needs.marks
    if asked >= ASKED and (job.literal if job.text.smallest is None else not job.text.sure):
        return True  # what the first look found may not be the smallest text: only reading finds the labels of a screen
    if could_win(job, tokens, lambda facts: _within(facts, forms, seen, context)):
        return True
    plain = [*whole_forms(replace(job, literal=False)), *tile_forms(replace(job, literal=False), ())]
    return any(form.tokens <= tokens and _within(form.facts, plain, seen, context) for form in plain)


def _place(job: Job) -> Region | None:
    """Return the region whose place the question names, or None."""
    if find_place(job.question) is None:
        return None
    from headroom_nb.techniques.locate import place_region  # needs NumPy

    return place_region(job)


def _with_text(
    job: Job, others: list[Form], needs: Needs, of_text: list[str], region: Region | None
) -> tuple[list[Form], Needs]:
    """Return the forms anew, with what reading the text says: its size, its marks, the text itself."""
    from headroom_nb.pipeline.page_analysis import analyse_page
    from headroom_nb.techniques.locate import text_region

    checkpoint()
    reading = job.read()
    checkpoint()
    analysis = analyse_page(reading.page, job.picture)
    size, marks, transcript = analysis.size, analysis.marks, analysis.transcript
    job = replace(job, mark=marks.smallest, literal=is_literal(transcript.text))
    if size.smallest is not None:
        raised = any(mark.kind in {"raised", "lowered"} for mark in marks.found)
        job = replace(job, text=replace(size, smallest=RAISED * size.smallest) if raised else size)
    of_text += transcript.notes
    region = region or text_region(job, reading.page)
    if region is not None:
        others = [*others, *crop_forms(job, region.box, region.words, region.confidence)]
    page = job.signals is not None and job.signals.is_document >= PAGE
    text = text_forms(job, transcript, marks, reading.engine, page=page)
    return [*whole_forms(job), *tile_forms(job, reading.page.lines), *others, *text], _raised(needs, marks)


def _raised(needs: Needs, marks: Marks) -> Needs:
    """Return the needs where marks were seen: a question may be about them whatever its words."""
    least = STRONG_MARKS if marks.strong else WEAK_MARKS if marks.weak else 0.0
    if needs.marks >= least:
        return needs
    others = {need: share for need, share in needs.items() if need != "marks"}
    scale = (1 - least) / sum(others.values())
    return Needs.from_mapping({**{need: scale * share for need, share in others.items()}, "marks": least})


def rate(forms: Sequence[Form], needs: Needs, context: DecisionContext, decision: RouteDecision) -> list[Rated]:
    """Return the forms with their risk, and why each may not be sent, in the order in which they are tried."""
    profile = find_profile(context.model.name)
    before = forms[0]
    rated = []
    for form in sorted(forms, key=preference):
        risk_of_form = risk(form.facts, needs, profile, before.facts)
        why_not = _why_not(form, risk_of_form, context, decision, before, needs)
        too_risky = bool(why_not) and not _why_not(form, 0.0, context, decision, before, needs)
        rated.append(Rated(form, risk_of_form, why_not, too_risky))
    return rated


def _why_not(
    form: Form, risk: float, context: DecisionContext, decision: RouteDecision, before: Form, needs: Needs
) -> str:
    """Return why a form is not to be sent: by the choice, or by what a person or a router of their own said."""
    manual = _manual(context)
    if manual is None and decision.needs is None and decision.technique is Technique.PRESERVE:
        manual = Technique.PRESERVE  # a router that only says techniques wants it kept
    if manual is None:
        return why_not(
            form,
            risk,
            context.options.quality,
            before.tokens,
            keep_low_view=context.options.keep_low_view,
            unsure=is_unsure(needs),
        )
    if form.free and (context.form is None or form.label in {"unchanged", context.form}):
        return ""
    if context.form is not None and form.label != context.form:
        return f"you chose {context.form}"
    if form.technique is not manual:
        return f"you chose {manual}" if _manual(context) else f"the router chose {manual}"
    if (
        context.form is None
        and manual is Technique.FULL_LOW
        and form.facts.view < min(MANUAL_VIEW, before.facts.view) * 0.97
    ):
        return "smaller than the low view"
    return form.refused


def _manual(context: DecisionContext) -> Technique | None:
    """Return the technique that a person chose; a region of one's own is a crop."""
    return context.forced or (Technique.CROP if context.box is not None else None)


def _within(facts: Facts, forms: Sequence[Form], seen: Look, context: DecisionContext) -> bool:
    """Return whether a form that keeps this would be within the risk allowed."""
    profile = find_profile(context.model.name)
    return risk(facts, seen.needs, profile, forms[0].facts) <= ALLOWED[context.options.quality]


def _first_that_can_be_made(
    rated: Sequence[Rated], job: Job, slot: ImageSlot, before: Price, context: DecisionContext
) -> tuple[Made, dict[str, str]]:
    """Return the first allowed form that can be sent, and why others before it could not."""
    refused: dict[str, str] = {}
    order = [each.form for each in rated if not each.why_not]
    if _manual(context) not in {None, Technique.PRESERVE}:
        order.sort(key=lambda form: (form.free, preference(form)))
    for form in order:
        checkpoint()
        try:
            made = make(form, job, slot, before)
        except (TechniqueRefusedError, OcrError, ImageRejectedError) as reason:
            made = str(reason)
        if isinstance(made, Made):
            return made, refused
        refused[form.label] = made
    unchanged = next(each.form for each in rated if each.form.label == "unchanged")
    return Made(unchanged, (), before), refused


def _why_not_done(wanted: str, rated: Sequence[Rated], refused: dict[str, str]) -> str:
    """Return why no form of a label or a technique was sent."""
    forms = [each for each in rated if wanted in {each.form.label, each.form.technique}]
    reasons = [refused.get(each.form.label, each.why_not) for each in forms]
    return next(filter(None, reasons), "there is no such form of this image")


def _offer(rated: Rated, made: Made, refused: dict[str, str]) -> FormOffer:
    form, taken = rated.form, rated.form is made.form
    return FormOffer(
        form.label,
        form.technique,
        made.price.tokens if taken else form.tokens,
        made.bytes if taken and made.parts else form.bytes,
        round(rated.risk, 4),
        "" if taken else refused.get(form.label, rated.why_not),
        taken=taken,
        box=form.box,
        too_risky=rated.too_risky and form.label not in refused,
    )
