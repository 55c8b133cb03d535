"""What each verb does: a thin shell over the public function of the same name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.integrations.session import SESSION
from headroom_nb.notebook.auto import auto
from headroom_nb.notebook.batch_verb import batch
from headroom_nb.notebook.desk import check, compare, estimate, route, view
from headroom_nb.notebook.doctor import doctor
from headroom_nb.notebook.help import explain, overview
from headroom_nb.notebook.models_verb import models
from headroom_nb.notebook.own_bill import bill
from headroom_nb.notebook.project_file import TRUST, trust
from headroom_nb.notebook.proof_verbs import calibrate, prove, verify
from headroom_nb.notebook.settings import PRECEDENCE, SETTINGS
from headroom_nb.notebook.settings import check as check_setting
from headroom_nb.notebook.tiles import tiles
from headroom_nb.notebook.verb_table import VERBS
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.runtime.files import working_folder
from headroom_nb.runtime.words import hint, unquote

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.notebook.call import Call
    from headroom_nb.records import CompressionResult
    from headroom_nb.rendering.export import Written
    from headroom_nb.widgets.compression_view import CompressionView


def compress(call: Call) -> CompressionResult | CompressionView:
    """Compress a conversation."""
    from headroom_nb.compressor import compress as compress_messages

    document, without = call.document()
    result = compress_messages(document, options=call.options)
    if without:
        result = replace(result, warnings=(*result.warnings, *without))
    result = replace(result, calls=call.calls)
    SESSION.add_compressed(result)
    if call.switch("widget"):
        from headroom_nb.widgets.compression_view import CompressionView

        return CompressionView(result)
    return result


def export(call: Call) -> Written:
    """Write a result to a file."""
    from headroom_nb.rendering.export import export as write

    values = call.command.values
    return write(
        call.value(),
        values.get("--to"),
        call.command.path,
        force=call.switch("force"),
        base_url=values.get("--base-url"),
    )


def config(call: Call) -> Table:
    """Show the settings, set one for the session, or trust the project's file."""
    headline = "Settings of %headroom"
    name, value = _assignment(call.command.target)
    if name == TRUST and not value:
        headline = trust(working_folder(), SETTINGS)
    elif name:
        if name not in SETTINGS:
            raise OptionError(f"there is no setting {name}{hint(name, SETTINGS) or '; see %headroom config'}")
        if value:
            check_setting(name, value, "this line")
            call.assign(name, value)
    rows = tuple(
        (name, found.value or "–", found.source, " ".join((SETTINGS[name].about, ", ".join(SETTINGS[name].values))))
        for name, found in call.settings.items()
    )
    return Table(
        headline=headline,
        columns=(Column("Setting"), Column("Value"), Column("From"), Column("What it does", below=True)),
        rows=rows,
        footnotes=(PRECEDENCE,),
    )


def _assignment(target: str) -> tuple[str, str]:
    """Return a setting's name and its new value, empty where there is none: ``NAME VALUE`` or ``NAME = VALUE``."""
    name, value = (*re.split(r"\s*=\s*|\s+", target, maxsplit=1), "")[:2]
    return name, unquote(value)


def show_help(call: Call) -> Table:
    """Explain a verb, or list them."""
    name = call.command.target
    if not name:
        return overview()
    if name not in VERBS:
        raise OptionError(f"%headroom has no verb {name}{hint(name, VERBS) or '; the verbs are ' + ', '.join(VERBS)}")
    return explain(VERBS[name])


RUN: dict[str, Callable[[Call], Any]] = {
    "auto": auto,
    "batch": batch,
    "bill": bill,
    "calibrate": calibrate,
    "check": check,
    "compare": compare,
    "compress": compress,
    "config": config,
    "doctor": doctor,
    "estimate": estimate,
    "export": export,
    "help": show_help,
    "models": models,
    "prove": prove,
    "route": route,
    "tiles": tiles,
    "verify": verify,
    "view": view,
}
