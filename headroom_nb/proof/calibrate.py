"""An eye test for the user's own model, and the profile that compression then goes by."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import ModelSpec, estimate, model_or_default
from headroom_nb.errors import OptionError
from headroom_nb.formats import user_message
from headroom_nb.proof.answers import normal, word_overlap
from headroom_nb.proof.asking import AnswerStore, Ask, Asker, Purse
from headroom_nb.proof.charts import sheets
from headroom_nb.proof.clients import Caller, body_of, door_for
from headroom_nb.proof.consent import ProgressLine, may_spend
from headroom_nb.proof.statistics import wilson
from headroom_nb.records.calibration import READS, Calibration, MeasuredPoint
from headroom_nb.rendering.figures import many
from headroom_nb.survival import Profile, own, shipped_profile
from headroom_nb.survival.profiles import CURVES

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from headroom_nb.proof.charts import Row, Sheet

BY_SIZE = ("exact", "prose", "marks")
"""Needs whose curves go by the size of what is read: what was measured replaces the shipped curve."""

BY_VIEW = ("count", "detail")
"""Needs whose curves go by the size of the view: what was lost lowers the shipped curve, and nothing raises it, as dots
and rings on plain ground are the easiest of all images."""

VIEW = 32
"""Longer side of a view as a multiple of the details in it: the finest that questions are usually about."""

NEEDS_TESTED = (*BY_SIZE, *BY_VIEW)

ANSWER_TOKENS = 700
"""Tokens of the answer to a sheet, about."""

PRIOR = 2.0
"""How many rows the shipped profile counts for, at each level of the fit."""

PROSE_OVERLAP = 0.85
"""Share of a sentence's words that must be right."""

_LINE = re.compile(r"^[\s*`|-]*(\d{1,2})\s*[:.)|](.*)$")


def calibrate(
    client: Any,
    model: str,
    *,
    yes: bool = False,
    max_usd: float | None = None,
    store: bool = True,
    concurrency: int = 4,
    resume: bool = True,
    progress: bool = True,
    seed: int = 1,
) -> Calibration:
    """Measure what your own model still reads and sees, by size, and let compression go by it from now on.

    Twelve sheets with rows of known content are sent: strings, numbers and sentences at 6 to 20 px, marks, dots and
    rings. First it says what that costs, and asks. The profile is kept in the user's config folder.

    Parameters
    ----------
    client
        Any client that can be asked; see :func:`headroom_nb.wrap`.
    model
        Whom to ask, by the name that requests use.
    yes
        Do not ask before paying.
    max_usd
        Stop before more than so many dollars are spent, and do not ask.
    store
        Whether to keep the profile, so that :func:`headroom_nb.compress` uses it.
    concurrency
        Requests under way at the same time.
    resume
        Keep answers in the user's cache folder, and use those that are there.
    progress
        Whether to write a line with the answers and the cost so far.
    seed
        Of the rows.

    Raises
    ------
    OptionError
        It is no client, it may not be spent, or too little was answered to measure anything.
    """
    found, door = door_for(client)
    spec = model_or_default(model)
    drawn = sheets(seed)
    asks = [
        Ask(
            sheet.name,
            body_of([user_message(sheet.question, sheet.data, provider=door.wire)], door, model),
            estimate(sheet.size, spec).tokens + ANSWER_TOKENS // 10,
        )
        for sheet in drawn
    ]
    purse = Purse(spec.usd_per_million_tokens, max_usd, ANSWER_TOKENS)
    usd = sum(purse.price(ask.tokens, ANSWER_TOKENS) for ask in asks) if purse.usd_per_million is not None else None
    tokens = sum(ask.tokens for ask in asks)
    said = f"{len(asks)} sheets of an eye test to {model}, {many(tokens, 'input token')}; no image of yours."
    may_spend(said, usd, yes=yes, max_usd=max_usd)
    with Caller(found, door) as caller:
        answers = AnswerStore.of_user() if resume else AnswerStore(None)
        line = ProgressLine() if progress else None
        run = Asker(caller, answers, purse, concurrency=concurrency, tell=line).run(asks)
    told = {name: answer.text for name, answer in run.answers.items() if not answer.error}
    if not any(sheet.name in told for sheet in drawn if sheet.name.startswith("text")):
        errors = ", ".join(sorted({answer.error for answer in run.answers.values() if answer.error})) or run.stopped
        raise OptionError(f"{model} answered no sheet of text ({errors}), so nothing was measured")
    notes = [f"not answered: {sheet.name}" for sheet in drawn if sheet.name not in told]
    mute = [sheet.name for sheet in drawn if sheet.name in told and not read_lines(told[sheet.name])]
    notes += [f"not answered row by row, so left out: {'; '.join(mute)}"] if mute else []
    notes += [answers.failure] if answers.failure else []
    made = measured(model, drawn, told, spec)
    made = replace(made, spent_usd=None if usd is None else round(purse.spent, 6), notes=tuple(notes))
    if not any(point.hits for point in made.points):
        # a wrong client or an answer in another form is likelier than a model that reads nothing at 20 px
        return replace(made, notes=(*notes, "nothing was read right, so the shipped profile stays in use"))
    return replace(made, stored=str(own.keep(made.row))) if store else made


def measured(model: str, drawn: Sequence[Sheet], told: Mapping[str, str], spec: ModelSpec) -> Calibration:
    """Return what answers to the sheets show.

    Parameters
    ----------
    model
        Who answered.
    drawn, told
        The sheets, and the answers by the name of the sheet.
    spec
        Whose resize the sheets go through.
    """
    hits: dict[tuple[str, float], list[bool]] = defaultdict(list)
    for sheet in drawn:
        lines = read_lines(told.get(sheet.name, ""))
        sent = estimate(sheet.size, spec).sent_size
        scale = min(1.0, sent[0] / sheet.size[0], sent[1] / sheet.size[1])
        for row in sheet.rows if lines else ():
            hits[row.need, round(row.px * scale, 2)].append(is_right(row, lines.get(row.number, "")))
    shipped = shipped_profile(spec.name)
    points = [point for need in NEEDS_TESTED for point in _points(need, hits, shipped)]
    today = datetime.now(tz=timezone.utc).date().isoformat()
    names = list(dict.fromkeys([model, spec.name]))
    curves = {name: [list(point) for point in shipped.curves[name]] for name in CURVES}
    for need in BY_SIZE:
        curve = [(point.px, point.fitted) for point in points if point.need == need]
        if len(curve) > 1:
            curves[need] = [[px, round(share, 4)] for px, share in curve]
    for need in BY_VIEW:
        curves[need] = _lowered(need, [point for point in points if point.need == need], shipped)
    as_shipped = [name for name in CURVES if curves[name] == [list(point) for point in shipped.curves[name]]]
    profile: dict[str, Any] = {
        "version": own.VERSION,
        "name": f"{model}, measured {today}",
        "models": names,
        "source": f"eye test by calibrate; {', '.join(sorted(as_shipped))} as in {shipped.name!r}",
        "date": today,
        "estimate": False,
        "curves": curves,
        "measured": [[point.need, point.px, point.hits, point.n] for point in points],
    }
    return Calibration(model, today, tuple(points), shipped.name, profile)


def read_lines(text: str) -> dict[int, str]:
    """Return what an answer says of each row, by its number."""
    found = (_LINE.match(line) for line in text.splitlines())
    return {int(match[1]): _bare(match[2]) for match in found if match}


def _bare(said: str) -> str:
    """Return what stands in a row of a table or between backticks."""
    return said.lstrip().removeprefix("`").rstrip(" \t|").removesuffix("`").strip()


def is_right(row: Row, said: str) -> bool:
    """Return whether what was said of a row is what stands there."""
    if row.need == "exact":
        return said.replace(" ", "") == row.truth
    if row.need == "prose":
        return word_overlap(normal(row.truth), normal(said)) >= PROSE_OVERLAP
    return normal(said) == row.truth


def _lowered(need: str, points: Sequence[MeasuredPoint], shipped: Profile) -> list[list[float]]:
    """Return a shipped curve by the size of the view, lowered where smaller details were lost.

    Shares count against that of the largest details: what is not seen at any size is no matter of the view.
    """
    curve = [list(point) for point in shipped.curves[need]]
    if not points or points[-1].fitted < READS:
        return curve
    kept = tuple((VIEW * point.px, point.fitted / points[-1].fitted) for point in points)
    seen = replace(shipped, curves={need: kept})
    sizes = sorted({size for size, _ in curve} | {size for size, _ in kept})
    lower = [[size, round(min(shipped.share(need, size), seen.share(need, size)), 4)] for size in sizes]
    return curve if all(share >= shipped.share(need, size) - 5e-4 for size, share in lower) else lower


def _points(need: str, hits: Mapping[tuple[str, float], list[bool]], shipped: Profile) -> list[MeasuredPoint]:
    sizes = sorted(px for each, px in hits if each == need)
    counts = [(sum(hits[need, px]), len(hits[need, px])) for px in sizes]
    known = [shipped.share(need, px if need in BY_SIZE else VIEW * px) for px in sizes]
    fitted = rising(counts, known)
    return [
        MeasuredPoint(need, px, right, n, *wilson(right, n), share, prior)
        for px, (right, n), share, prior in zip(sizes, counts, fitted, known, strict=True)
    ]


def rising(counts: Sequence[tuple[int, int]], prior: Sequence[float]) -> list[float]:
    """Return the shares that fit best and never fall, by pooling neighbours that do (isotonic regression).

    Each pool starts from what the prior says of its sizes, which counts for :data:`PRIOR` rows.

    Parameters
    ----------
    counts
        Right rows and all rows at each size, from small to large.
    prior
        The share expected at each size.
    """
    pools: list[list[float]] = []  # right, all, sum of priors, sizes
    for (hits, rows), share in zip(counts, prior, strict=True):
        pools.append([hits, rows, share, 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [one + two for one, two in zip(pools[-1], last, strict=True)]
    found: list[float] = []
    for right, n, priors, sizes in pools:
        share = (right + PRIOR * priors / sizes) / (n + PRIOR)
        found += [max([share, *found[-1:]])] * int(sizes)
    return found


def calibrations() -> list[Calibration]:
    """Return every stored profile of this user."""
    return [_of_row(row) for row in own.own_rows()]


def calibration_of(model: str) -> Calibration:
    """Return the stored profile of a model; raises OptionError where there is none."""
    found = next((row for row in own.own_rows() if model in row["models"]), None)
    if found is None:
        raise OptionError(f"{model} was not calibrated; headroom_nb.calibrate(client, {model!r}) does it")
    return _of_row(found)


def forget_calibration(model: str) -> None:
    """Remove the stored profile of a model; raises OptionError where there is none."""
    if not own.forget(calibration_of(model).model):
        raise OptionError(f"the profile of {model} could not be found any more")


def import_calibration(path: str | os.PathLike[str]) -> Calibration:
    """Store a profile that someone shared, and return it.

    Raises
    ------
    OptionError
        It is no profile.
    FileAccessError
        It cannot be read or stored.
    """
    row = own.read_row(path)
    return replace(_of_row(row), stored=str(own.keep(row)))


def _of_row(row: Mapping[str, Any]) -> Calibration:
    shipped = shipped_profile(row["models"][-1])
    hits: dict[tuple[str, float], list[bool]] = {}
    for need, px, right, n in row.get("measured", []):
        hits[need, px] = [True] * right + [False] * (n - right)
    points = tuple(point for need in NEEDS_TESTED for point in _points(need, hits, shipped))
    return Calibration(row["models"][0], row["date"], points, shipped.name, row)
