"""How a proof looks: the table of its arms, the worst pairs side by side, and the report as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.formats import find_images
from headroom_nb.rendering import figures, markup, plain
from headroom_nb.rendering.figures import many
from headroom_nb.rendering.tables import Cell, Column, Table
from headroom_nb.rendering.thumbnails import thumbnail
from headroom_nb.runtime.files import expanded, write_file

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from headroom_nb.records.proof import Arm, Proof, ProvenCase

MOST_ANSWER = 400
"""Characters of an answer that are shown."""

MOST_IMAGES = 4
PREVIEW_BYTES = 60_000

SUFFIXES = (".html", ".json")


def proof_table(proof: Proof) -> Table:
    """Return what each arm kept as a table."""
    count = many(len(proof.cases), "question")
    verdicts = [f"{arm.name}: {arm.verdict}" for arm in proof.arms if arm.verdict]
    spent = "" if proof.spent_usd is None else f", {figures.usd(proof.spent_usd)}"
    return Table(
        headline=f"{count} to {proof.model}: {'; '.join(verdicts)}",
        columns=(
            Column("Images", most=40),
            Column("Same answer", figure=True),
            Column("95 % interval", figure=True),
            Column("Contradicts", figure=True),
            Column("Abstains", figure=True),
            Column("Refuses", figure=True),
            Column("Lost – gained", figure=True),
            Column("p", figure=True),
            Column("Tokens, our bill", figure=True),
            Column("Tokens, billed", figure=True),
            Column("Saved per 1,000", figure=True),
        ),
        rows=tuple(_row(arm) for arm in proof.arms),
        caption="What each way to send the images kept of the answers, against the first answer with the original",
        lines=(f"{many(proof.asked, 'request')}{spent}; {many(proof.reused, 'answer')} of earlier runs used again.",),
        warnings=proof.notes,
        footnotes=(
            "Lost – gained: kept by asking the original again alone, and by this arm alone.",
            "p: chance of so many losses if nothing were harmed (McNemar, exact, one-sided).",
            f"Harmful: p < 0.05. Harmless: below {figures.percent(proof.margin)} of the answers lost, 95 % confidence.",
            "No image: what is answered then needs no image.",
        ),
    )


def _row(arm: Arm) -> tuple[str, ...]:
    return (
        arm.name,
        f"{arm.kept} of {arm.cases}",
        f"{figures.percent(arm.low)} – {figures.percent(arm.high)}",
        str(arm.contradicted),
        str(arm.abstained),
        str(arm.refused),
        f"{arm.lost} – {arm.gained}",
        f"{arm.p_value:.2g}",
        "–" if arm.estimated is None else f"≈{arm.estimated:,.0f}",
        "–" if arm.billed is None else f"{arm.billed:,.0f}",
        figures.usd(arm.saved_usd),
    )


def pairs_table(proof: Proof, count: int = 5, *, prompts: bool = True, images: bool = True) -> Table:
    """Return the worst pairs side by side."""
    columns = (Column("Where", most=60), Column("Verdict"), Column("With the original"), Column("As it was sent"))
    asked = (Column("Question", below=True),) if prompts else ()
    rows = []
    for case, arm in proof.worst(count):
        shown_pair = [_answer(case, name, images=images) for name in ("original", arm)]
        question = (plain.shorten(case.question, MOST_ANSWER),) if prompts else ()
        rows.append((f"{case.place}, {arm}", str(case.verdicts[arm]), *shown_pair, *question))
    headline = f"Worst first: {many(len(rows), 'pair')} of answers" if rows else "No answer was lost"
    return Table(headline=headline, columns=(*columns, *asked), rows=tuple(rows), caption="Answers side by side")


def _answer(case: ProvenCase, name: str, *, images: bool) -> Cell:
    text = plain.shorten(case.answers[name].text, MOST_ANSWER)
    html = markup.escape(text)
    if images:
        slots = find_images(case.sent[name])[:MOST_IMAGES]
        uris = [thumbnail(slot.load(), PREVIEW_BYTES) for slot in slots if slot.reference is None]
        html = "".join(f'<img src="{markup.attribute(uri)}" alt="image as sent"><br>' for uri in uris if uri) + html
    return Cell(text, html)


def save_proof(
    proof: Proof, path: str | os.PathLike[str], *, prompts: bool = False, images: bool = False, force: bool = False
) -> Path:
    """Write a proof as HTML or JSON; prompts and images only where asked for."""
    target = expanded(path)
    if target.suffix not in SUFFIXES:
        raise OptionError(f"a proof is saved as {' or '.join(SUFFIXES)}, and not as {target.suffix or 'a bare name'}")
    if target.suffix == ".json":
        data: dict[str, Any] = proof.to_dict()
        if prompts:
            data["questions"] = {case.place: case.question for case in proof.cases}
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    else:
        pairs = pairs_table(proof, prompts=prompts, images=images)
        bodies = [table.to_mimebundle()["text/html"] for table in (proof_table(proof), pairs)]
        text = markup.page(f"Proof: {proof.model}", "\n".join(bodies))
    write_file(target, text.encode("utf-8"), force=force)
    return target
