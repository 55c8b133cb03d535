"""A line that was read, and what it may look at: the user's variables, the settings, the cell below."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis import inputs as shown
from headroom_nb.errors import MessageError, OptionError
from headroom_nb.notebook import targets
from headroom_nb.notebook.settings import SETTINGS, options_of
from headroom_nb.notebook.verb_table import CHOSEN
from headroom_nb.options import CHOICES, Options
from headroom_nb.records import CompressionResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.analysis.inputs import Shown
    from headroom_nb.costs import ModelSpec
    from headroom_nb.notebook.grammar import Command
    from headroom_nb.notebook.settings import Value


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
    resolve
        Gives the settings.
    assign
        Sets a setting for the session.
    """

    command: Command
    body: str | None
    namespace: Mapping[str, Any]
    resolve: Callable[[], dict[str, Value]]
    assign: Callable[[str, str], None]

    @cached_property
    def settings(self) -> dict[str, Value]:
        """Every setting, resolved once."""
        return self.resolve()

    @cached_property
    def options(self) -> Options:
        """Every choice: the settings, changed by the options on the line."""
        values = self.command.values
        given = {name: CHOICES[name].read(values[at.name]) for name, at in CHOSEN.items() if at.name in values}
        return Options.of(options_of(self.settings), **given)

    def switch(self, name: str) -> bool:
        """Return whether a switch is on, on the line or in the setting of the same name."""
        return self.option(name) == "on"

    def option(self, name: str) -> str | None:
        """Return an option's value off the line; else the setting's of the same name, where there is one."""
        given = self.command.values.get(f"--{name}")
        if given is not None or name not in SETTINGS:
            return given
        return self.settings[name].value

    def value(self) -> Any:
        """Return what the verb works on."""
        if self.body is not None:
            return targets.read_body(self.body, self.namespace)
        if not self.command.target:
            verb = self.command.verb
            raise OptionError(f"%headroom {verb.name} needs {verb.target}, such as: %headroom {verb.examples[0]}")
        return result_of(targets.evaluate(self.command.target, self.namespace))

    def images(self) -> tuple[list[Shown], Any]:
        """Return the images the verb looks at, and the document they stand in (None for files and single pictures)."""
        target = self.command.target
        if self.body is None and target and target not in self.namespace:
            files = shown.find_pictures(target)
            if files:
                return shown.of_files(files), None
            if targets.looks_like_path(target) or targets.is_folder(target):
                raise MessageError(f"there is no picture at {target}")
        value = self.value()
        document = value.messages if isinstance(value, CompressionResult) else value
        images = shown.of_value(value, target or "the cell")
        return images, document if isinstance(document, (Mapping, list)) else None

    def document(self) -> Any:
        """Return a message list or request body."""
        try:
            value = self.value()
        except OptionError as error:
            target = self.command.target
            if self.body is not None or not targets.names_file(target):
                raise
            raise MessageError(
                f"%headroom {self.command.verb.name} takes messages, not the file {target}: "
                "headroom_nb.user_message(question, file) makes a message of a picture, "
                "and %headroom batch compresses files of conversations"
            ) from error
        if isinstance(value, CompressionResult):
            return value.messages
        if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, (str, bytes))):
            return value
        what = self.command.target or "the cell"
        raise MessageError(
            f"{what} is of type {type(value).__name__}, not a message list or request body; "
            "headroom_nb.user_message(question, image) makes a message of an image"
        )


def result_of(value: Any) -> Any:
    """Return a view's current result, and any other value as it is."""
    module = sys.modules.get("headroom_nb.widgets.compression_view")  # no view was made without it
    return value.result if module is not None and isinstance(value, module.CompressionView) else value


def priced_model(call: Call, document: Any) -> tuple[ModelSpec, str]:
    """Return the model whose bill is asked for, and why that one."""
    from headroom_nb.formats.model_choice import choose_model

    options = call.options
    spec, why = choose_model(
        document, model=options.model, provider=options.provider, default_model=options.default_model
    )
    return spec, f"{why}; --model names another" if why.startswith("assumed") else why
