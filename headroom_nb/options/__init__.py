"""Every choice a user has, as one object.

A new option is one field of :class:`Options` and one use of it, in the stage that it concerns. All else is derived from
the fields: keyword arguments, checks, settings and their environment variables, the options of the verbs and their
completion, what batches, wrapped clients and smaller copies get, and the keys of caches.
"""

from __future__ import annotations

import os
from dataclasses import MISSING, dataclass, fields, replace
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, TypeVar

from headroom_nb import resource_limits
from headroom_nb.errors import OptionError
from headroom_nb.options.choice import (
    CONVERSATION,
    EVERYTHING,
    NOTHING,
    SWITCH,
    Choice,
    has,
    is_amount,
    is_history,
    is_pages,
    is_path,
    is_tokens,
    name_of,
    named_or_own,
    option,
    read_amount,
    short,
    switch,
)
from headroom_nb.records import QUALITIES
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from typing_extensions import Self

Function = TypeVar("Function", bound="Callable[..., Any]")

ROUTERS = ("auto", "embedded", "onnx", "torch", "rules")
"""Names of routers; :data:`headroom_nb.routing.CHAINS` says what each stands for."""

OCR_ENGINES = ("auto", "isolated", "rapidocr", "rapidocr-onnxruntime", "rapidocr-openvino")
"""Names of OCR engines; see :mod:`headroom_nb.ocr.registry`."""

CACHES = ("memory", "disk", "off")
"""Kinds of cache by name; the path of a folder is a cache on disk too."""

DUPLICATES = ("keep", "exact", "near")
"""What becomes of images that were shown before; see :mod:`headroom_nb.pipeline.repeats`."""

TEXT_IMAGES = ("report", "extract")
"""What becomes of images in base64 inside text; see :mod:`headroom_nb.formats.text_images`."""

HISTORY = ("keep", "auto")
"""What becomes of old images in long conversations, besides ``last=N`` and ``age=N``: :mod:`headroom_nb.history`."""

PLAIN = (str, int, Limits, type(None))
"""Types of choices that are compared by their value."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Options:
    """Every choice a user has; frozen, checked where it is made, hashable, and picklable where its objects are.

    Two are equal where every choice is; routers, OCR engines and fetchers of your own are compared by identity.

    Raises
    ------
    OptionError
        For a name that is no option, with the closest one, and for a value that an option cannot have.

    Examples
    --------
    >>> Options(quality="safe", router="rules")
    Options(quality='safe', router='rules')
    """

    model: str | None = name_of(
        "The model you send to; replaces the request's own.", "MODEL", offers=("models",), setting=""
    )
    default_model: str | None = name_of(
        "The model for requests that name none that is known, where the provider fits.",
        "MODEL",
        offers=("models",),
        setting="model",
        on_a_line=False,
    )
    provider: str | None = name_of(
        "The provider you send to: openai, anthropic, google …; read from the messages if left out.",
        "PROVIDER",
        offers=("openai", "anthropic", "google", "bedrock"),
    )
    strict: bool = switch(
        "An unknown model is an error; else it is counted like its provider's default.",
        changes=NOTHING,
    )
    quality: str = option("balanced", "How much detail may be given up.", words=QUALITIES, value="QUALITY")
    router: Any = named_or_own(
        "What chooses how each image is sent.", ROUTERS, "headroom_nb.routing.base.Router", "classify", "ROUTER"
    )
    ocr: Any = named_or_own(
        "The OCR engine; isolated runs it in its own process.", OCR_ENGINES, "headroom_nb.ocr.Ocr", "read", "ENGINE"
    )
    use_siglip: bool = switch("The onnx and torch routers also look at the image with SigLIP.", default=True)
    keep_low_view: bool = switch("Send a small view beside an image's text, where both still cost less.")
    duplicates: str = option(
        "keep",
        "Images that were shown before: keep them, or point to the first one.",
        words=DUPLICATES,
        changes=CONVERSATION,
        value="HOW",
    )
    history: str = option(
        "keep",
        "Old images of a long conversation: keep them, or keep the last=N images or age=N requests whole.",
        words=HISTORY,
        accepts=is_history,
        takes="keep, auto, last=N (images) or age=N (requests), such as last=3",
        changes=CONVERSATION,
        value="HOW",
        offers=("last=3", "age=5"),
    )
    text_images: str = option(
        "report",
        "Images in base64 inside text: report them, or make image blocks of them.",
        words=TEXT_IMAGES,
        changes=CONVERSATION,
        value="HOW",
    )
    budget: int | str | None = option(
        None,
        "What all images may cost together, in tokens, or in dollars such as $0.02.",
        accepts=is_amount,
        takes="a number of tokens, dollars such as $0.02, or None",
        changes=CONVERSATION,
        value="TOKENS|$",
    )
    max_tokens_per_image: int | None = option(
        None,
        "The most tokens that one image may cost.",
        accepts=is_tokens,
        takes="a number of tokens, or None",
        changes=CONVERSATION,
        value="TOKENS",
    )
    enforce_limits: bool = switch("Also resize images that the provider would still refuse.", changes=CONVERSATION)
    pages: str | None = option(
        None,
        "The pages of documents to send, such as 3-5,9; chosen by the question if left out.",
        accepts=is_pages,
        takes="page numbers such as 3-5,9, or None",
        changes=CONVERSATION,
        value="PAGES",
    )
    zoom: bool = switch(
        "Send images small, with a tool by which the model asks for parts of them.",
        changes=CONVERSATION,
    )
    fetch_urls: Any = switch(
        "Fetch images at https addresses, from the public internet only.",
        accepts=lambda value: isinstance(value, bool) or has("fetch")(value),
        takes="True, False or an ImageFetcher",
        changes=CONVERSATION,
    )
    cache: str | os.PathLike[str] = option(
        "memory",
        "Where results are cached; a folder's path is a cache on disk too.",
        words=CACHES,
        accepts=is_path,
        takes=f"{', '.join(CACHES)} or the path of a folder",
        changes=NOTHING,
        value="CACHE",
    )
    limits: Limits = option(
        None,  # becomes the environment's
        "Limits of time, memory and sizes, by the names of headroom_nb.Limits.",
        accepts=lambda value: isinstance(value, Limits),
        takes="headroom_nb.Limits(…)",
        changes=CONVERSATION,
        value="NAME=NUMBER,…",
        offers=tuple(f"{name}=" for name in resource_limits.NAMES),
        setting="",
    )

    def __new__(cls, *positional: object, **choices: object) -> Self:
        """Check the names before the values are."""
        if positional:
            raise OptionError("options are given by name, such as Options(quality='safe')")
        for name in choices:
            if name not in CHOICES:
                known = hint(name, CHOICES) or f"; the options are {', '.join(CHOICES)}"
                raise OptionError(f"there is no option {name}{known}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if self.limits is None:
            object.__setattr__(self, "limits", Limits.from_environment())
        for name, choice in CHOICES.items():
            choice.check(name, getattr(self, name))
        for name in ("budget", "max_tokens_per_image"):
            object.__setattr__(self, name, read_amount(getattr(self, name)))
        if isinstance(self.cache, os.PathLike):
            object.__setattr__(self, "cache", os.fspath(self.cache))

    @classmethod
    def of(cls, options: Options | None = None, /, **choices: Any) -> Options:
        """Return the options with some choices changed; the defaults for None.

        Raises
        ------
        OptionError
            As the class does, and where ``options`` are none.
        """
        if options is None:
            return cls(**choices)
        if not isinstance(options, cls):
            raise OptionError(f"options={short(options)} is not known; use headroom_nb.Options(…)")
        return cls(**{**vars(options), **choices}) if choices else options

    @classmethod
    def from_settings(cls, texts: Mapping[str, str | None]) -> Options:
        """Return the options that settings stand for, such as ``{"quality": "safe", "max_images": "20"}``.

        Raises
        ------
        OptionError
            A setting cannot have this value.
        """
        found: dict[str, Any] = {}
        limits: dict[str, str] = {}
        for name, text in texts.items():
            if text is None:
                continue
            if not isinstance(text, str):
                raise OptionError(f"setting {name} is given as text, not as {type(text).__name__}")
            if name in resource_limits.NAMES:
                limits[name] = text
            elif name in BY_SETTING:
                found[BY_SETTING[name]] = CHOICES[BY_SETTING[name]].read(text)
            else:
                raise OptionError(f"there is no setting {name}{hint(name, (*BY_SETTING, *resource_limits.NAMES))}")
        if limits:
            found["limits"] = Limits.from_text(limits)
        return cls(**found)

    def changing(self, *what: str) -> dict[str, Any]:
        """Return by name the choices that change one of :data:`IMAGE`, :data:`CONVERSATION` and :data:`NOTHING`."""
        return {name: getattr(self, name) for name, choice in CHOICES.items() if choice.changes in what}

    def key(self, *what: str) -> tuple[Hashable, ...]:
        """Return these choices as a key: plain values as they are, objects by their identity."""
        return tuple(value if isinstance(value, PLAIN) else id(value) for value in self.changing(*what).values())

    @property
    def has_budget(self) -> bool:
        """Whether a budget bounds what images may cost, together or one by one."""
        return self.budget is not None or self.max_tokens_per_image is not None

    @property
    def shareable(self) -> bool:
        """Whether all of it is plain values, and no object of the caller's own."""
        return isinstance(self.router, str) and isinstance(self.ocr, str)

    def __eq__(self, other: object) -> bool:
        return self.key(*EVERYTHING) == other.key(*EVERYTHING) if isinstance(other, Options) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key(*EVERYTHING))

    def __repr__(self) -> str:
        changed = {name: value for name, value in vars(self).items() if value != DEFAULTS[name]}
        return f"Options({', '.join(f'{name}={value!r}' for name, value in changed.items())})"


def _named(name: str, choice: Choice) -> Choice:
    return replace(choice, setting=name) if choice.setting is None else choice


CHOICES = {found.name: _named(found.name, found.metadata["choice"]) for found in fields(Options)}
"""What is known of each option, by name."""

DEFAULTS: dict[str, Any] = {found.name: found.default for found in fields(Options)} | {"limits": Limits()}

BY_SETTING = {choice.setting: name for name, choice in CHOICES.items() if choice.setting}
"""The option that each setting stands for."""

Options.__doc__ = "\n    ".join(
    [
        *(Options.__doc__ or "").rstrip().split("\n    "),
        "",
        "Attributes",
        "----------",
        *(f"{name}\n        {choice.about}" for name, choice in CHOICES.items()),
        "",
    ]
)


def takes_options(function: Function) -> Function:
    """Show every option in a function's signature, in place of its ``**choices``."""
    own = signature(function)
    kept = [each for each in own.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    more = [
        Parameter(found.name, Parameter.KEYWORD_ONLY, default=DEFAULTS[found.name], annotation=found.type)
        for found in fields(Options)
        if found.name not in own.parameters and found.default is not MISSING
    ]
    vars(function)["__signature__"] = own.replace(parameters=[*kept, *more])
    return function


def as_text(value: object) -> str | None:
    """Return a value as settings write it; None for none."""
    return SWITCH[value] if isinstance(value, bool) else None if value is None else str(value)
