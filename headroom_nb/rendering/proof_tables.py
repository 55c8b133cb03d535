"""How verified bills, learned rules and calibrations look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_nb.rendering import figures
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.runtime.files import expanded, write_file

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from headroom_nb.records.calibration import Calibration
    from headroom_nb.records.verification import LearnedRule, Verification

NAMES = {"strings": "exact", "prose": "prose", "marks": "marks", "dots": "count", "gaps": "detail"}
"""What each need was tested with."""


def verification_table(found: Verification) -> Table:
    """Return our bill beside the provider's as a table."""
    count = figures.many(len(found.images), "image")
    off = [image for image in found.images if image.difference]
    verdict = "counted as we do" if found.exact else f"{len(off):,} counted otherwise"
    lines = [f"Counted by {found.how}."]
    for sent in ("original", "compressed"):
        ours, theirs = found.total(sent)
        lines.append(f"{sent.capitalize()}: {ours:,} tokens by our bill, {theirs:,} by the provider's count.")
    return Table(
        headline=f"{count} on {found.model}: {verdict}",
        columns=(
            Column("Image", most=60),
            Column("Sent"),
            Column("Size, px", figure=True),
            Column("Our bill", figure=True),
            Column("Their count", figure=True),
            Column("Difference", figure=True),
        ),
        rows=tuple(
            (
                image.path,
                image.sent,
                figures.pixels(image.size).removesuffix(" px"),
                f"{image.estimated:,}",
                "–" if image.counted is None else f"{image.counted:,}",
                "–" if image.difference is None else f"{image.difference:+,}",
            )
            for image in found.images
        ),
        caption="Tokens of each image, by our bill and by the provider",
        lines=tuple(lines),
        warnings=found.notes,
    )


def rule_table(found: LearnedRule) -> Table:
    """Return a learned rule as a table of its constants."""
    constants = found.row["details"]["auto"]
    sure = (
        f"{found.agreed} of {found.checked} other sizes are counted rightly by it"
        if found.checked
        else "no known kind of rule fits; the counts themselves are in the row"
    )
    counts = figures.many(len(found.probes), "count")
    rivals = f"As well fits: {figures.many(found.rivals, 'rule')} with other constants." if found.rivals else ""
    return Table(
        headline=f"{found.row['name']}: {found.row['rule']}, learned from {counts}; {sure}",
        columns=(Column("Constant"), Column("Value", figure=True)),
        rows=tuple((name, str(value)[:80]) for name, value in constants.items()),
        caption="Constants of the rule",
        lines=("headroom_nb.register_model(**learned.row) adds it to the table of models.", *filter(None, (rivals,))),
    )


def calibration_table(found: Calibration) -> Table:
    """Return what a model reads and sees as a table, beside the shipped profile."""
    floors = [
        f"{name} from {size:g} px" for name, need in NAMES.items() if (size := found.reads_from(need)) is not None
    ]
    spent = "" if found.spent_usd is None else f" It cost {figures.usd(found.spent_usd)}."
    stored = "compress uses it from now on" if found.stored else "not stored"
    return Table(
        headline=f"{found.model} reads {', '.join(floors) or 'nothing of the test'}",
        columns=(
            Column("Need"),
            Column("Size, px", figure=True),
            Column("Right", figure=True),
            Column("95 % interval", figure=True),
            Column("Fitted", figure=True),
            Column("Shipped", figure=True),
        ),
        rows=tuple(
            (
                point.need,
                f"{point.px:g}",
                f"{point.hits} of {point.n}",
                f"{figures.percent(point.low)} – {figures.percent(point.high)}",
                figures.percent(point.fitted),
                figures.percent(point.shipped),
            )
            for point in found.points
        ),
        caption="Rows that were right, by need and size",
        lines=(f"Measured on {found.date}; it replaces the shipped profile {found.shipped!r}: {stored}.{spent}",),
        warnings=found.notes,
        footnotes=(
            "Shipped: what the profile of its family says; of counts and detail, in a view of 32 times the size.",
            "Counts and detail are lowered where dots or gaps were lost, and never raised: real images are harder.",
        ),
    )


def save_calibration(found: Calibration, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a profile as JSON."""
    target = expanded(path)
    text = json.dumps(dict(found.row), ensure_ascii=False, indent=1) + "\n"
    write_file(target, text.encode("utf-8"), force=force)
    return target
