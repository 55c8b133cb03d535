"""``%headroom models`` and ``headroom-nb models``: list the models, take a newer table over, go back to the own one.

Nothing is fetched but the one address that is named, and nothing is used before it was shown and confirmed.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from headroom_nb.costs import newer_table
from headroom_nb.costs.outside_table import LARGEST, read_table
from headroom_nb.costs.table import newest, table_in_use
from headroom_nb.errors import HeadroomError, MessageError, OptionError
from headroom_nb.rendering import figures, plain
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.runtime.files import read_file
from headroom_nb.runtime.words import hint, unquote

if TYPE_CHECKING:
    from headroom_nb.notebook.call import Call

UPDATE, RESET = "update", "reset"
SECONDS = 30.0
"""Time to fetch a table."""


def models(call: Call) -> Table:
    """List the models that can be priced; or take over a newer table, or drop it."""
    word, _, rest = call.command.target.partition(" ")
    confirmed = call.switch("yes")
    if word == UPDATE:
        return update(
            unquote(rest.strip()), confirmed=confirmed, remedy=f"%headroom models {UPDATE} {rest.strip()} --yes"
        )
    if rest or confirmed:
        raise OptionError(f"%headroom models takes a filter, {UPDATE} FILE|URL [--yes] or {RESET}")
    return reset() if word == RESET else listed(word)


def update(source: str, *, confirmed: bool, remedy: str) -> Table:
    """Show what a newer table changes; use it from now on where that is confirmed.

    Parameters
    ----------
    source
        A path, or an ``https`` address.
    confirmed
        Whether to use it.
    remedy
        What confirms it, as a command.

    Raises
    ------
    OptionError, FileAccessError, ImageFetchError
        It cannot be had, or is no table to be trusted; nothing changed then.
    """
    if not source:
        raise OptionError(f"models {UPDATE} needs a file or an https address")
    data = _bytes_of(source)
    newer = read_table(data)
    found = newer_table.changes(newer)
    days = f"as of {newest(newer)}; in use is {table_in_use()}"
    if confirmed:
        newer_table.keep_table(data)
        headline = f"In use from now on: {table_in_use()}"
    else:
        headline = f"Not used yet: {remedy}"
    return Table(
        headline=headline,
        columns=(Column("What"), Column("Name"), Column("Before", most=50), Column("After", most=50)),
        rows=tuple((change.what, change.name, change.before or "–", change.after or "–") for change in found),
        lines=(f"{len(found):,} changes. The table that was given is {days}.",),
        caption="What the newer table of models changes",
        footnotes=(f"%headroom models {RESET} goes back to the table of this release.",),
    )


def reset() -> Table:
    """Use the table of this release again."""
    dropped = newer_table.drop_table()
    says = "The newer table is dropped" if dropped else "There was no other table"
    return Table(headline=f"{says}; in use is {table_in_use()}", columns=(), rows=())


def _bytes_of(source: str) -> bytes:
    if "://" not in source:
        return read_file(source)
    from headroom_nb.fetching.fetcher import TableFetcher

    return TableFetcher(max_bytes=LARGEST, seconds=SECONDS).fetch(source).data


def listed(wanted: str) -> Table:
    """List the models whose name, provider or rule holds a text."""
    from headroom_nb.costs import find_model, model_names

    wanted = wanted.lower()
    known = [find_model(name) for name in model_names()]
    found = [model for model in known if wanted in f"{model.name} {model.provider} {model.rule}".lower()]
    if not found:
        advice = hint(wanted, model_names()) or "; leave the name out to list all"
        raise MessageError(f"there is no model {wanted}{advice}")
    return Table(
        headline=f"{len(found)} of {len(known)} models",
        columns=(
            Column("Model"),
            Column("Provider"),
            Column("Billing rule"),
            Column("Detail levels"),
            Column("$ per million tokens", figure=True),
            Column("Exact"),
            Column("Note", below=True),
        ),
        rows=tuple(
            (
                model.name,
                model.provider,
                model.rule,
                ", ".join(model.details),
                figures.usd(model.usd_per_million_tokens),
                "yes" if model.exact else "estimate",
                "; ".join(filter(None, (model.note, model.price_note))),
            )
            for model in found
        ),
        caption="Models in the price table",
        footnotes=("Dated names, cloud ids and provider prefixes are understood too.", f"In use is {table_in_use()}."),
    )


def main(arguments: list[str]) -> int:
    """Run ``headroom-nb models …``; return the exit status."""
    parser = argparse.ArgumentParser(prog="headroom-nb models", description="List models; take over a newer table.")
    parser.add_argument("action", nargs="?", default="", help=f"a filter, {UPDATE} or {RESET}")
    parser.add_argument("source", nargs="?", default="", help="file or https address of a table")
    parser.add_argument("--yes", action="store_true", help="use the table without being asked")
    options = parser.parse_args(arguments)
    try:
        if options.action == UPDATE:
            _update_and_ask(options.source, confirmed=options.yes)
        elif options.action == RESET:
            _say(reset())
        else:
            _say(listed(options.action))
    except HeadroomError as error:
        sys.stderr.write(f"headroom-nb: {plain.one_line(error)}\n")
        return 2
    return 0


def _update_and_ask(source: str, *, confirmed: bool) -> None:
    shown = update(source, confirmed=confirmed, remedy=f"headroom-nb models {UPDATE} {source} --yes")
    _say(shown)
    if not confirmed and shown.rows and sys.stdin is not None and sys.stdin.isatty():
        sys.stdout.write("Use it from now on? [y/N] ")
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() in {"y", "yes"}:
            sys.stdout.write(f"{update(source, confirmed=True, remedy='').headline}\n")


def _say(table: Table) -> None:
    sys.stdout.write(f"{table}\n")
