"""What each verb does: a thin shell over the public function of the same name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import MessageError, OptionError
from headroom_nb.notebook import targets
from headroom_nb.notebook.grammar import VERBS, hint
from headroom_nb.notebook.help import explain, overview
from headroom_nb.notebook.settings import SETTINGS, check
from headroom_nb.notebook.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.notebook.grammar import Command
    from headroom_nb.notebook.settings import Value
    from headroom_nb.results import CompressionResult


@dataclass(frozen=True)
class Call:
    """A line that was read, and what it may look at.

    Attributes
    ----------
    command
        The line.
    body
        The cell under ``%%headroom``, or None.
    namespace
        The user's variables.
    settings
        Resolves the settings on first need.
    assign
        Sets a setting for the session.
    """

    command: Command
    body: str | None
    namespace: Mapping[str, Any]
    settings: Callable[[], dict[str, Value]]
    assign: Callable[[str, str], None]

    def option(self, name: str) -> str | None:
        """Return an option's value off the line; else the setting's of the same name, where there is one."""
        given = self.command.values.get(f"--{name}")
        if given is not None or name not in SETTINGS:
            return given
        return self.settings()[name].value

    def value(self) -> Any:
        """Return what the verb works on."""
        if self.body is not None:
            return targets.read_body(self.body, self.namespace)
        if not self.command.target:
            verb = self.command.verb
            raise OptionError(f"%headroom {verb.name} needs {verb.target}, such as: %headroom {verb.examples[0]}")
        return targets.evaluate(self.command.target, self.namespace)

    def document(self) -> Any:
        """Return a message list or request body."""
        value = self.value()
        if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, (str, bytes))):
            return value
        what = self.command.target or "the cell"
        raise MessageError(
            f"{what} is of type {type(value).__name__}, not a message list or request body; "
            "headroom_nb.user_message(question, image) makes a message of an image"
        )


def compress(call: Call) -> CompressionResult:
    """Compress a conversation."""
    import headroom_nb

    document = call.document()
    provider = call.option("provider")
    model, why = _model(call, document, provider)
    result = headroom_nb.compress(
        document,
        provider=provider,
        model=model,
        quality=call.option("quality") or "balanced",
        router=call.option("router") or "auto",
        ocr=call.option("ocr") or "auto",
    )
    return replace(result, model_note=why) if why else result


def _model(call: Call, document: Any, provider: str | None) -> tuple[str | None, str]:
    """Return the model off the line or the settings, and why; a setting gives way to the request's own model."""
    given = call.command.values.get("--model")
    setting = call.settings()["model"]
    if given is not None or setting.value is None:
        return given, ""
    from headroom_nb.costs import find_model
    from headroom_nb.formats import detect_provider, request_model

    if request_model(document) is not None:
        return None, ""
    wanted = provider or detect_provider(document)
    if wanted is not None and find_model(setting.value).provider != wanted:
        return None, ""
    return setting.value, f"setting from {setting.source}"


def config(call: Call) -> Table:
    """Show the settings, or set one for the session."""
    name, _, value = call.command.target.replace("=", " ").partition(" ")
    if name:
        if name not in SETTINGS:
            raise OptionError(f"there is no setting {name}{hint(name, SETTINGS) or '; see %headroom config'}")
        if value.strip():
            check(name, value.strip(), "this line")
            call.assign(name, value.strip())
    rows = tuple(
        (name, found.value or "–", found.source, " ".join((SETTINGS[name].about, ", ".join(SETTINGS[name].values))))
        for name, found in call.settings().items()
    )
    return Table(
        headline="Settings of %headroom",
        columns=(Column("Setting"), Column("Value"), Column("From"), Column("What it does", below=True)),
        rows=rows,
        footnotes=(
            "First found wins: option on the line, %config HeadroomMagics.NAME, HEADROOM_NB_NAME in the environment, "
            "[tool.headroom_nb] in pyproject.toml, default.",
        ),
    )


def show_help(call: Call) -> Table:
    """Explain a verb, or list them."""
    name = call.command.target
    if not name:
        return overview()
    if name not in VERBS:
        raise OptionError(f"%headroom has no verb {name}{hint(name, VERBS) or '; the verbs are ' + ', '.join(VERBS)}")
    return explain(VERBS[name])


RUN: dict[str, Callable[[Call], Any]] = {
    "compress": compress,
    "config": config,
    "help": show_help,
}
