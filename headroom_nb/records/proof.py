"""What ``prove`` gives: every answer, what each arm kept and what it was billed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from headroom_nb.records.frames import Tabular
from headroom_nb.rendering_hook import render

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path


class Verdict(str, Enum):
    """How an answer compares with the reference.

    Attributes
    ----------
    SAME, AGREES
        The same words; the same in other words.
    ABSTAINS, REFUSES
        It says that it cannot tell; it declines to answer.
    CONTRADICTS
        It says something else, as if it were sure.
    """

    SAME = "same"
    AGREES = "agrees"
    ABSTAINS = "abstains"
    REFUSES = "refuses"
    CONTRADICTS = "contradicts"

    def __str__(self) -> str:
        return self.value

    @property
    def kept(self) -> bool:
        """Whether the answer is still there."""
        return self in {Verdict.SAME, Verdict.AGREES}


@dataclass(frozen=True)
class Answer:
    """One answer: its text, and the tokens that were billed for request and answer; why there is none, in ``error``."""

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    error: str = ""


@dataclass(frozen=True)
class ProvenCase:
    """One question: its answers by arm, how each compares with the first, and what was sent.

    ``place`` says which conversation and turn it is.
    """

    place: str
    question: str = field(repr=False)
    answers: Mapping[str, Answer] = field(repr=False)
    verdicts: Mapping[str, Verdict]
    sent: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Arm:
    """What one way to send the images kept, over all cases that were answered in it.

    Attributes
    ----------
    name
        ``"original again"``, ``"compressed balanced"``, ``"no image"`` …
    cases, kept
        Cases compared with the first answer, and those in which the answer is still there.
    low, high
        The 95 % interval of the share kept (Wilson).
    abstained, refused, contradicted
        How the others went.
    lost, gained
        Cases kept by asking the original again and not here, and the other way around.
    p_value
        Exact McNemar test of these two, one-sided: the chance of so many losses if nothing were harmed.
    most_lost
        Upper bound of the share lost less the share gained, with 95 % confidence (Tango's score interval, one-sided).
    verdict
        ``"harmful"``, ``"harmless"`` or ``"undecided"``; empty for the arms that are only compared with.
    estimated, billed
        Input tokens of one request on average, by our bill and by the usage; None where no usage was sent.
    saved_usd
        Dollars saved per 1,000 requests against the original, by what was billed; None without price or usage.
    """

    name: str
    cases: int
    kept: int
    low: float
    high: float
    abstained: int
    refused: int
    contradicted: int
    lost: int
    gained: int
    p_value: float
    most_lost: float
    verdict: str
    estimated: float | None
    billed: float | None
    saved_usd: float | None

    @property
    def share(self) -> float | None:
        """Share of the answers kept; None of no case."""
        return self.kept / self.cases if self.cases else None


@dataclass(frozen=True)
class Proof(Tabular):
    """Whether a model still answers.

    Attributes
    ----------
    model
        Who was asked.
    cases
        Each question with its answers.
    arms
        Each way the images were sent; the original asked again is the noise of the model itself.
    margin
        Share of answers that a harmless arm loses less than.
    spent_usd
        What this run was billed, by the table's prices; None where no price is known. Answers of earlier runs are free.
    asked, reused
        Requests sent now, and answers taken from an earlier run.
    notes
        What was left out, and why.
    complete
        Whether every question was asked in every arm.
    """

    model: str
    cases: tuple[ProvenCase, ...]
    arms: tuple[Arm, ...]
    margin: float
    spent_usd: float | None
    asked: int
    reused: int
    notes: tuple[str, ...] = ()
    complete: bool = True

    def __getitem__(self, name: str) -> Arm:
        """Return an arm by its name or the end of it, such as ``"balanced"``."""
        return next(arm for arm in self.arms if name in {arm.name, arm.name.rpartition(" ")[2]})

    def worst(self, count: int = 5) -> tuple[tuple[ProvenCase, str], ...]:
        """Return the cases that lost most, with the arm: contradictions first; cases of the blind arm are none."""
        order = (Verdict.CONTRADICTS, Verdict.REFUSES, Verdict.ABSTAINS)
        named = [arm.name for arm in self.arms if arm.verdict]
        found = [
            (case, name)
            for case in self.cases
            for name in named
            if name in case.verdicts and not case.verdicts[name].kept
        ]
        return tuple(sorted(found, key=lambda each: order.index(each[0].verdicts[each[1]]))[:count])

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per case and arm: the verdict, the answer and what was billed; no prompt."""
        return [
            {
                "case": case.place,
                "arm": name,
                "verdict": str(case.verdicts[name]) if name in case.verdicts else None,
                "answer": answer.text,
                "input_tokens": answer.input_tokens,
                "output_tokens": answer.output_tokens,
                "error": answer.error or None,
            }
            for case in self.cases
            for name, answer in case.answers.items()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON; neither prompts nor images."""
        head = {name: getattr(self, name) for name in ("model", "margin", "spent_usd", "asked", "reused", "complete")}
        arms = [{**asdict(arm), "share": arm.share} for arm in self.arms]
        return {**head, "arms": arms, "answers": self.to_rows(), "notes": list(self.notes)}

    def save(
        self, path: str | os.PathLike[str], *, prompts: bool = False, images: bool = False, force: bool = False
    ) -> Path:
        """Write the report as HTML or JSON, as the name ends, and return where.

        Parameters
        ----------
        path
            A name that ends in ``.html`` or ``.json``.
        prompts, images
            Whether the questions, and the images as they were sent, of the worst pairs stand in it.
        force
            Whether a file that is there may be replaced.

        Raises
        ------
        OptionError
            The name ends otherwise, or the file exists and is not to be replaced, or cannot be written.
        """
        written: Path = render(self, "save", path, prompts=prompts, images=images, force=force)
        return written

    def pairs(self, count: int = 5) -> Any:
        """Return the worst pairs side by side, with questions and images as they were sent, to be shown."""
        return render(self, "pairs", count)
