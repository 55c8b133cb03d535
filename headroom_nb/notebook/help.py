"""Help written from the table of verbs."""

from __future__ import annotations

from textwrap import fill

from headroom_nb.notebook.verb_table import OUTPUT, VERBS, Verb
from headroom_nb.rendering.tables import Column, Table

MANNERS = """\
r = %headroom … keeps the result, -o NAME stores it too, a ; at the end shows nothing. \
%%headroom compress takes the cell below it: JSON or one Python expression."""


def usage(verb: Verb) -> str:
    """Return a verb's line in short, such as ``%headroom compress MESSAGES [options]``."""
    return " ".join(filter(None, ("%headroom", verb.name, verb.target, "[options]" if verb.options else "")))


def overview() -> Table:
    """Return the list of verbs."""
    return Table(
        headline="%headroom VERB NAME-OR-EXPRESSION [options]",
        columns=(Column("Verb"), Column("What it does", most=130), Column("Try", most=70)),
        rows=tuple((verb.name, verb.about, f"%headroom {verb.examples[0]}") for verb in VERBS.values()),
        lines=(MANNERS,),
        footnotes=("%headroom help VERB explains one of them.",),
    )


def explain(verb: Verb) -> Table:
    """Return the help of one verb."""
    rows = tuple((f"{option.name} {option.value}".strip(), option.about) for option in (*verb.options, OUTPUT))
    return Table(
        headline=usage(verb),
        columns=(Column("Option"), Column("What it does", most=130)),
        rows=rows,
        lines=(verb.about,),
        footnotes=tuple(f"%headroom {example}" for example in verb.examples),
    )


def docstring() -> str:
    """Return what ``%headroom?`` shows."""
    widest = max(map(len, VERBS))
    verbs = "\n".join(f"    {verb.name:<{widest}}  {verb.about}" for verb in VERBS.values())
    return (
        "Cut what images cost in LLM chat messages.\n\n"
        "    %headroom VERB NAME-OR-EXPRESSION [options]\n\n"
        f"Verbs:\n\n{verbs}\n\n"
        f"{fill(MANNERS, 100)}\n"
        "%headroom help VERB explains a verb and its options.\n"
    )
