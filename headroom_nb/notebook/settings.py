"""Settings of the magics, and where each value comes from.

First found wins: an option on the line, ``%config HeadroomMagics.NAME`` (or the IPython profile), the environment's
``HEADROOM_NB_NAME``, ``[tool.headroom_nb]`` in the project's ``pyproject.toml`` as far as it is trusted
(:mod:`~headroom_nb.notebook.project_file`), the default.
The Python functions take their arguments only from the caller; settings belong to the magics. The resource limits alone
(:class:`headroom_nb.Limits`) are also read from the environment by the functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb import resource_limits as limits
from headroom_nb.errors import OptionError
from headroom_nb.notebook.project_file import find_table
from headroom_nb.options import BY_SETTING, CHOICES, DEFAULTS, Options, as_text
from headroom_nb.options.choice import SWITCH
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENVIRONMENT_PREFIX = "HEADROOM_NB_"
OTHER_VARIABLES = frozenset({"CACHE_FOLDER", "HUB_FILES", "MODELS", "OCR_MODELS", "OFFLINE"})
"""Variables with our prefix that are no settings of the magics."""

PRECEDENCE = """\
First found wins: option on the line, %config HeadroomMagics.NAME, HEADROOM_NB_NAME in the environment, \
[tool.headroom_nb] in pyproject.toml, default."""


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes
    ----------
    default
        None where it is decided case by case.
    about
        What it does, in one sentence.
    values
        Its values, where they are few.
    of_package
        Whether it is one of :class:`headroom_nb.Options`; the others belong to the magics alone.
    """

    name: str
    default: str | None
    about: str
    values: tuple[str, ...] = ()
    of_package: bool = True


@dataclass(frozen=True)
class Value:
    """A setting's value, and where it was found."""

    value: str | None
    source: str


SETTINGS = {
    setting.name: setting
    for setting in (
        *(
            Setting(choice.setting, as_text(DEFAULTS[name]), choice.about, choice.texts)
            for name, choice in CHOICES.items()
            if choice.setting
        ),
        Setting(
            "widget",
            "off",
            "Show a widget in which decisions can be changed.",
            SWITCH,
            of_package=False,
        ),
        *(Setting(name, str(getattr(limits.DEFAULTS, name)), about) for name, about in limits.ABOUT.items()),
    )
}


def resolve(traits: Mapping[str, str | None], environment: Mapping[str, str], folder: Path | None) -> dict[str, Value]:
    """Return every setting's value and source.

    Parameters
    ----------
    traits
        What was set with ``%config``; None where it was not.
    environment
        Such as ``os.environ``.
    folder
        Where the search for ``pyproject.toml`` starts, upwards; None searches none.

    Raises
    ------
    OptionError
        For an unknown key or value in the environment or the file, with the closest known one.
    """
    file, table = find_table(folder, SETTINGS)
    from_environment = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name.removeprefix(ENVIRONMENT_PREFIX) not in OTHER_VARIABLES
    }
    from_config = {name: value for name, value in traits.items() if value is not None}
    for source, found in (("%config", from_config), ("the environment", from_environment), (str(file), table)):
        for name, value in found.items():
            check(name, value, source)
    layers: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("%config", from_config),
        ("environment", from_environment),
        (str(file), table),
    )
    return {
        name: next(
            (Value(as_text(layer[name]), source) for source, layer in layers if name in layer),
            Value(setting.default, "default"),
        )
        for name, setting in SETTINGS.items()
    }


def options_of(settings: Mapping[str, Value]) -> Options:
    """Return the choices that the settings stand for; raises OptionError as :class:`headroom_nb.Options` does."""
    return Options.from_settings({name: found.value for name, found in settings.items() if SETTINGS[name].of_package})


def check(name: str, value: object, source: str) -> None:
    """Raise OptionError when there is no such setting or value."""
    setting = SETTINGS.get(name)
    if setting is None:
        fix = hint(name, SETTINGS) or f"; the settings are {', '.join(SETTINGS)}"
        raise OptionError(f"there is no setting {name} (in {source}){fix}")
    if name in limits.NAMES:
        limits.number(name, str(value))
        return
    if isinstance(value, bool) and setting.values == SWITCH:
        return
    if not isinstance(value, str):
        raise OptionError(f"setting {name} in {source} is not text: {value!r}")
    if setting.values in (SWITCH, ()):
        known = not setting.values or value in SWITCH
    else:
        known = CHOICES[BY_SETTING[name]].takes_value(value)
    if not known:
        fix = hint(value, setting.values)
        raise OptionError(f"{name} = {value!r} (in {source}) is not known{fix}; use {', '.join(setting.values)}")
