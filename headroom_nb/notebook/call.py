"""A line that was read, and what it may look at: the user's variables, the settings, the cell below."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.files import find_files
from headroom_nb.analysis.inputs import sources_of
from headroom_nb.analysis.tables import table_column
from headroom_nb.errors import MessageError, OptionError
from headroom_nb.formats.build import message_provider
from headroom_nb.notebook import targets
from headroom_nb.notebook.settings import SETTINGS, options_of
from headroom_nb.notebook.verb_table import CHOSEN
from headroom_nb.options import CHOICES, Options
from headroom_nb.records import calls_a_month

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headroom_nb.analysis.shown import Shown, Source
    from headroom_nb.costs import ModelSpec
    from headroom_nb.notebook.grammar import Command
    from headroom_nb.notebook.settings import Value

MOST_NAMED = 5
"""Images that an error lists."""


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
        values, options = self.command.values, options_of(self.settings)
        given = {name: CHOICES[name].read(values[at.name]) for name, at in CHOSEN.items() if at.name in values}
        if "limits" in given:
            given["limits"] = options.limits.changed(_limits(given["limits"]))
        return Options.of(options, **given)

    def switch(self, name: str) -> bool:
        """Return whether a switch is on, on the line or in the setting of the same name."""
        return self.option(name) == "on"

    def option(self, name: str) -> str | None:
        """Return an option's value off the line; else the setting's of the same name, where there is one."""
        given = self.command.values.get(f"--{name}")
        if given is not None or name not in SETTINGS:
            return given
        return self.settings[name].value

    @property
    def calls(self) -> float | None:
        """Calls a month, where the line says how often something is sent; raises OptionError for what is no use."""
        given = self.command.values.get("--calls")
        return None if given is None else calls_a_month(given)

    def value(self) -> Any:
        """Return what the verb works on."""
        if self.body is not None:
            return targets.read_body(self.body, self.namespace)
        if not self.command.target:
            verb = self.command.verb
            raise OptionError(f"%headroom {verb.name} needs {verb.target}, such as: %headroom {verb.examples[0]}")
        return result_of(targets.evaluate(self.command.target, self.namespace))

    def given(self) -> Any:
        """Return what the verb works on: the files that are named, else the value of a variable, expression or cell."""
        try:
            return self._given()
        except (MessageError, OptionError) as error:
            begun = self.command.values.get("--question", "")
            first, _, rest = self.command.target.partition(" ")
            no_code = isinstance(error.__cause__, SyntaxError) if first in self.namespace else bool(find_files(first))
            if isinstance(error, OptionError) and not begun and rest and no_code:
                raise OptionError(f'{error}; is it a question? {first} --question "{rest}"') from error
            if not begun or " " in begun or not rest:
                raise
            advice = f'a question of several words needs quotes: --question "{begun} …"'
            alone = first in self.namespace or find_files(first)  # then it is the quotes alone that are missing
            raise OptionError(advice if alone else f"{error}; {advice}") from error

    def _given(self) -> Any:
        target = self.command.target
        if self.body is None and target and target not in self.namespace:
            files = find_files(target)
            if files:
                return files
            missing = targets.missing_file(target)
            if missing:
                if missing.startswith(("http://", "https://")):
                    raise MessageError(f"{missing} is a URL, which is not fetched: save the image, and name its file")
                if targets.is_folder(missing):
                    raise MessageError(f"there is no image and no PDF in {missing}")
                raise MessageError(f"there is no file at {missing}{targets.near(missing)}")
        return self.value()

    def sources(self) -> list[Source]:
        """Return the images the verb looks at, those of each request by themselves."""
        column = self.command.values.get("--image-column")
        value = self.given()
        return sources_of(value if column is None else table_column(value, column), self.label)

    def images(self) -> tuple[list[Shown], Any]:
        """Return the images the verb looks at, and the document they stand in; None where there is not just one."""
        sources = self.sources()
        document = sources[0].document if len(sources) == 1 else None
        return [image for source in sources for image in source.images], document

    def place(self, images: list[Shown]) -> int | None:
        """Return the index of the image that ``--image`` names, by its number in the tables or its name; None without.

        Raises OptionError where there is no such image, or where several have the name.
        """
        wanted = self.option("image")
        if wanted is None:
            return None
        found = [index for index, image in enumerate(images) if wanted in {str(index), image.label, image.place}]
        if len(found) == 1:
            return found[0]
        if found:
            raise OptionError(f"{len(found)} images are called {wanted}: name one by its number, such as {found[0]}")
        names = ", ".join(f"{index} ({image.label})" for index, image in enumerate(images[:MOST_NAMED]))
        raise OptionError(f"there is no image {wanted}; there are {names}{', …' * (len(images) > MOST_NAMED)}")

    def document(self) -> tuple[Any, tuple[str, ...]]:
        """Return a message list or request body, made of images where these are named, and what was left out."""
        from headroom_nb.notebook.targets import Asked, conversation  # loads the libraries of images

        values, options = self.command.values, self.options
        asked = Asked(
            values.get("--question"),
            values.get("--image-column"),
            values.get("--question-column"),
            message_provider(options.model or options.default_model, options.provider),
        )
        return conversation(self.given(), asked, self.label)

    @property
    def label(self) -> str:
        """What the target is called in an error."""
        return self.command.target or "the cell"


def _limits(text: str) -> dict[str, str]:
    """Return by name the limits of a text such as ``max_images=20,max_ocr_seconds=5``."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    for name, equals, _ in pairs:
        if not equals:
            raise OptionError(f"--limits takes names with their numbers, such as max_images=20, not {name}")
    return {name.strip(): number.strip() for name, _, number in pairs}


def result_of(value: Any) -> Any:
    """Return a view's current result, and any other value as it is."""
    module = sys.modules.get("headroom_nb.widgets.compression_view")  # no view was made without it
    return value.result if module is not None and isinstance(value, module.CompressionView) else value


def priced_model(call: Call, document: Any) -> tuple[ModelSpec, str]:
    """Return the model whose bill is asked for, and why that one."""
    from headroom_nb.formats.model_choice import choose_model

    options = call.options
    spec, why = choose_model(
        document,
        model=options.model,
        provider=options.provider,
        default_model=options.default_model,
        strict=options.strict or None,
    )
    return spec, f"{why}; --model names another" if why.startswith("assumed") else why
