"""Every choice a user has, as one object.

A new option is one field of :class:`Options` and one use of it, in the stage that it concerns. All else is derived from
the fields: keyword arguments, checks, settings and their environment variables, the options of the verbs and their
completion, what batches, wrapped clients and smaller copies get, and the keys of caches.
"""

from __future__ import annotations

import os
import re
from dataclasses import MISSING, dataclass, field, fields
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, SupportsFloat, TypeVar

from headroom_nb import resource_limits
from headroom_nb.errors import OptionError
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

SWITCH = ("off", "on")
"""How a switch is written as text."""

IMAGE, CONVERSATION, NOTHING = "image", "conversation", "nothing"
"""What an option changes: the result of each image, only what is made of the results together, or no output at all."""

EVERYTHING = (IMAGE, CONVERSATION, NOTHING)

_PAGES = re.compile(r"\s*\d+(?:\s*[-–]\s*\d+)?(?:\s*,\s*\d+(?:\s*[-–]\s*\d+)?)*\s*")
"""Page numbers and ranges of them."""

_AMOUNT = re.compile(
    r"(\$?)\s{0,9}(\d[\d_,]{0,30}(?:\.\d{1,30})?|\.\d{1,30})\s{0,9}(\$|usd|dollars?|k(?: ?tokens?)?|tokens?)?",
    re.IGNORECASE | re.ASCII,
)
"""Tokens (``2k``, ``2,000 tokens``), or dollars with their sign; ``0.02usd`` needs no quotes in a shell."""

MOST = 10**15
"""Tokens, or dollars, of the largest budget: numbers of thousands of digits cannot be shown."""

_HISTORY = re.compile(r"(last|age)=([1-9]\d{0,3})")
"""A number of images, or of requests, that old images are counted by."""

PLAIN = (str, int, Limits, type(None))
"""Types of choices that are compared by their value."""


@dataclass(frozen=True)
class Choice:
    """What is known of one option besides its default.

    Attributes
    ----------
    about
        What it does, in one sentence; shown by help, settings and the documentation.
    words
        Texts it may be.
    accepts
        Says yes to other values it may have.
    takes
        What it may be, as the end of a sentence.
    changes
        :data:`IMAGE`, :data:`CONVERSATION` or :data:`NOTHING`; it decides which cache keys the option is part of.
    value
        What its value is called on a line of ``%headroom``; empty for a switch.
    offers
        What completion offers there, besides the words; ``"models"`` stands for the names of all models.
    setting
        Its name among the settings; empty where it is none.
    on_a_line
        Whether it is an option of the verbs that compress.
    """

    about: str
    words: tuple[str, ...] = ()
    accepts: Callable[[object], bool] | None = None
    takes: str = ""
    changes: str = IMAGE
    value: str = ""
    offers: tuple[str, ...] = ()
    setting: str = ""
    on_a_line: bool = True

    def takes_value(self, value: object) -> bool:
        """Return whether the option can have a value."""
        return (isinstance(value, str) and value in self.words) or (self.accepts is not None and self.accepts(value))

    def check(self, name: str, value: object) -> None:
        """Raise OptionError for a value that the option cannot have."""
        if self.takes_value(value):
            return
        near = hint(value, self.words) if isinstance(value, str) else ""
        takes = self.takes or f"one of {', '.join(self.words)}"
        raise OptionError(f"{name}={_short(value)} is not known{near}; use {takes}")

    def read(self, text: str) -> Any:
        """Return the value that a text stands for; what it may be is checked later."""
        return SWITCH.index(text) == 1 if not self.value and text in SWITCH else text

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts it may be, where they are all."""
        return self.words if self.value else SWITCH


def _known(about: str, **known: Any) -> dict[str, Choice]:
    return {"choice": Choice(about, **known)}


def _name(about: str, value: str, **known: Any) -> dict[str, Choice]:
    return _known(about, accepts=_is_name, takes="its name, or None", value=value, changes=CONVERSATION, **known)


def _switch(about: str, **known: Any) -> dict[str, Choice]:
    return _known(about, **{"accepts": _is_switch, "takes": "True or False", **known})


def _is_name(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_pages(value: object) -> bool:
    return value is None or (isinstance(value, str) and _PAGES.fullmatch(value) is not None)


def _is_amount(value: object) -> bool:
    """Return whether this is a budget: a positive number of tokens, or of dollars as text such as ``$0.02``."""
    read = _amount(value)
    if isinstance(read, str):
        found = _AMOUNT.fullmatch(read)
        return found is not None and read.startswith("$") and not found[3] and 0 < float(read[1:]) <= MOST
    return _is_tokens(read)


def _is_tokens(value: object) -> bool:
    read = _amount(value)
    return read is None or (type(read) is int and 0 < read <= MOST)


def _amount(value: object) -> object:
    """Return a budget in its one spelling, tokens as a number and dollars as text; what is none comes back as it is."""
    if isinstance(value, SupportsFloat) and not isinstance(value, int) and float(value).is_integer():
        return int(float(value))  # 1e3, and whole numbers of NumPy
    found = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    sign, unit, figure = found[1], (found[3] or "").lower(), found[2].replace(",", "").replace("_", "")
    if unit.startswith(("k", "t")):  # tokens, or thousands of them
        tokens = round(float(figure) * (1000 if unit.startswith("k") else 1), 3)
        return value if sign or not tokens.is_integer() else int(tokens)
    if sign or unit:
        return f"${figure}"
    return int(figure) if figure.isdigit() else value


def _is_history(value: object) -> bool:
    return isinstance(value, str) and _HISTORY.fullmatch(value) is not None


def read_history(value: str) -> tuple[str, int]:
    """Return the policy that a value of ``history`` names, and its number; 0 where it has none."""
    found = _HISTORY.fullmatch(value)
    return (value, 0) if found is None else (found[1], int(found[2]))


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _has(method: str) -> Callable[[object], bool]:
    return lambda value: callable(getattr(value, method, None))


def _is_path(value: object) -> bool:
    text = isinstance(value, str) and (value.startswith(("~", ".")) or "/" in value or os.sep in value)
    return text or isinstance(value, os.PathLike)


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

    model: str | None = field(
        default=None,
        metadata=_name("Model whose bill is cut; goes before the request's own.", "MODEL", offers=("models",)),
    )
    default_model: str | None = field(
        default=None,
        metadata=_name(
            "Model whose bill is cut where the request names none that is known, and the provider fits.",
            "MODEL",
            offers=("models",),
            setting="model",
            on_a_line=False,
        ),
    )
    provider: str | None = field(
        default=None,
        metadata=_name(
            "Provider whose bill it is: openai, anthropic, google …; read off the messages if left out.",
            "PROVIDER",
            offers=("openai", "anthropic", "google", "bedrock"),
            setting="provider",
        ),
    )
    strict: bool = field(
        default=False,
        metadata=_switch(
            "Whether a model that nobody knows is an error; else it is counted like its provider's default.",
            changes=NOTHING,
            setting="strict",
        ),
    )
    quality: str = field(
        default="balanced",
        metadata=_known("How much detail may be given up.", words=QUALITIES, value="QUALITY", setting="quality"),
    )
    router: Any = field(
        default="auto",
        metadata=_known(
            "Who chooses the technique.",
            words=ROUTERS,
            accepts=_has("classify"),
            takes=f"one of {', '.join(ROUTERS)}, or an object with the methods of headroom_nb.routing.base.Router",
            value="ROUTER",
            setting="router",
        ),
    )
    ocr: Any = field(
        default="auto",
        metadata=_known(
            "Which OCR engine reads text; isolated: in its own process.",
            words=OCR_ENGINES,
            accepts=_has("read"),
            takes=f"one of {', '.join(OCR_ENGINES)}, or an object with the methods of headroom_nb.ocr.Ocr",
            value="ENGINE",
            setting="ocr",
        ),
    )
    use_siglip: bool = field(
        default=True,
        metadata=_switch(
            "Whether the onnx and torch routers also look at the image with SigLIP.", setting="use_siglip"
        ),
    )
    keep_low_view: bool = field(
        default=False,
        metadata=_switch("Keep a small view beside a transcript, where both still cost less.", setting="keep_low_view"),
    )
    duplicates: str = field(
        default="keep",
        metadata=_known(
            "What becomes of an image that was shown before: keep it, or point at the first.",
            words=DUPLICATES,
            changes=CONVERSATION,
            value="HOW",
            setting="duplicates",
        ),
    )
    history: str = field(
        default="keep",
        metadata=_known(
            "What becomes of old images in a long conversation: last=N images or age=N requests stay whole.",
            words=HISTORY,
            accepts=_is_history,
            takes="keep, auto, last=N (images) or age=N (requests), such as last=3",
            changes=CONVERSATION,
            value="HOW",
            offers=("last=3", "age=5"),
            setting="history",
        ),
    )
    text_images: str = field(
        default="report",
        metadata=_known(
            "What becomes of images in base64 inside text: report them, or make image blocks of them.",
            words=TEXT_IMAGES,
            changes=CONVERSATION,
            value="HOW",
            setting="text_images",
        ),
    )
    budget: int | str | None = field(
        default=None,
        metadata=_known(
            "What the images may cost together, in tokens or dollars such as $0.02: least risk within it.",
            accepts=_is_amount,
            takes="a number of tokens, dollars such as $0.02, or None",
            changes=CONVERSATION,
            value="TOKENS|$",
            setting="budget",
        ),
    )
    max_tokens_per_image: int | None = field(
        default=None,
        metadata=_known(
            "Most tokens that one image may cost.",
            accepts=_is_tokens,
            takes="a number of tokens, or None",
            changes=CONVERSATION,
            value="TOKENS",
            setting="max_tokens_per_image",
        ),
    )
    enforce_limits: bool = field(
        default=False,
        metadata=_switch(
            "Also resize what the provider would still refuse, by the whole request.",
            changes=CONVERSATION,
            setting="enforce_limits",
        ),
    )
    pages: str | None = field(
        default=None,
        metadata=_known(
            "Pages of documents to send, such as 3-5,9; the question decides if left out.",
            accepts=_is_pages,
            takes="page numbers such as 3-5,9, or None",
            changes=CONVERSATION,
            value="PAGES",
            setting="pages",
        ),
    )
    zoom: bool = field(
        default=False,
        metadata=_switch(
            "Send images small where that pays, with a tool by which the model asks for parts of them.",
            changes=CONVERSATION,
            setting="zoom",
        ),
    )
    fetch_urls: Any = field(
        default=False,
        metadata=_switch(
            "Fetch images behind https addresses, from the public internet alone.",
            accepts=lambda value: isinstance(value, bool) or _has("fetch")(value),
            takes="True, False or an ImageFetcher",
            changes=CONVERSATION,
            setting="fetch_urls",
        ),
    )
    cache: str | os.PathLike[str] = field(
        default="memory",
        metadata=_known(
            "Where results are cached; a folder's path is a cache on disk too.",
            words=CACHES,
            accepts=_is_path,
            takes=f"{', '.join(CACHES)} or the path of a folder",
            changes=NOTHING,
            value="CACHE",
            setting="cache",
        ),
    )
    limits: Limits = field(
        default=None,  # type: ignore[assignment] # becomes the environment's
        metadata=_known(
            "What a call may use up: the limits of headroom_nb.Limits; the environment's if left out.",
            accepts=lambda value: isinstance(value, Limits),
            takes="headroom_nb.Limits(…)",
            changes=CONVERSATION,
            value="NAME=NUMBER,…",
            offers=tuple(f"{name}=" for name in resource_limits.NAMES),
        ),
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
            object.__setattr__(self, name, _amount(getattr(self, name)))
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
            raise OptionError(f"options={_short(options)} is not known; use headroom_nb.Options(…)")
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


CHOICES: dict[str, Choice] = {found.name: found.metadata["choice"] for found in fields(Options)}
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


def _short(value: object) -> str:
    return repr(value)[:60]
