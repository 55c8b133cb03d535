"""The verbs of ``%headroom`` as a table, and how a line is read.

A line is ``VERB NAME-OR-EXPRESSION [options]``. It splits at spaces outside quotes and brackets: ``messages[:2]`` and
``[m for m in log if m["role"] == "user"]`` need no quoting. Option values lose their quotes as in a POSIX shell.
"""

from __future__ import annotations

import keyword
import shlex
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Option:
    """One option of a verb.

    Attributes
    ----------
    name
        With its dashes, such as ``"--model"``.
    value
        What its value is, as help shows it; empty for a switch.
    about
        One phrase for help.
    offers
        Where its values come from, for checks and completion: ``"models"``, ``"path"`` or words separated by spaces.
    """

    name: str
    value: str
    about: str
    offers: str = ""


@dataclass(frozen=True)
class Verb:
    """One verb.

    Attributes
    ----------
    name, about
        The word, and one sentence.
    target
        What it works on, as help shows it; in square brackets when it may be left out, empty when there is none.
    takes
        ``"document"``, ``"picture"`` (a document, an image, a path, a folder or a glob), ``"batch"`` (a file or folder
        of conversations), ``"notebook"``, ``"result"``, ``"word"`` or ``""``.
    options
        Besides ``-o NAME``.
    examples
        Lines after ``%headroom``.
    path
        Whether a path may follow the target.
    """

    name: str
    about: str
    target: str
    takes: str
    options: tuple[Option, ...]
    examples: tuple[str, ...]
    path: bool = False


@dataclass(frozen=True)
class Command:
    """A line that was read; ``values`` holds options by name, switches as ``"yes"``."""

    verb: Verb
    target: str
    path: str | None
    values: dict[str, str]
    output: str | None


PROVIDERS = "openai anthropic google bedrock"
MODEL = Option("--model", "MODEL", "whose bill it is; any name of %headroom models", "models")
PROVIDER = Option("--provider", "PROVIDER", "openai, anthropic, google …; read off the messages if left out", PROVIDERS)
QUALITY = Option("--quality", "QUALITY", "how much detail may be given up: safe, balanced, max", "safe balanced max")
ROUTER = Option("--router", "ROUTER", "who chooses the technique", "auto embedded onnx torch rules")
OCR = Option("--ocr", "ENGINE", "which OCR engine reads text; isolated: in a process of its own", "auto isolated")
FETCH = Option("--fetch-urls", "", "fetch pictures behind https addresses, from the public internet alone")
CACHE = Option("--cache", "CACHE", "where results are remembered: memory, disk, off or a folder", "memory disk off")
DUPLICATES = Option(
    "--duplicates", "HOW", "a picture shown before: keep it, or point at the first (exact, near)", "keep exact near"
)
WIDGET = Option("--widget", "", "show the decisions in a widget in which they can be changed")
KEEP = Option("--keep-low-view", "", "keep a small view beside a transcript, where both still cost less")
DETAIL = Option("--detail", "DETAIL", "the detail level asked for", "auto low medium high ultra_high original")
EXPORTS = "json python curl openai-batch anthropic-batch gemini-jsonl zip md html report"

VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "compress",
            "Make the images of a conversation cheaper, and show what was decided and why.",
            "MESSAGES",
            "document",
            (MODEL, PROVIDER, QUALITY, ROUTER, OCR, FETCH, KEEP, CACHE, DUPLICATES, WIDGET),
            ("compress messages", "compress messages --model gpt-4o --quality safe -o smaller"),
        ),
        Verb(
            "route",
            "Show which technique the router would choose for each image, without carrying it out.",
            "MESSAGES",
            "picture",
            (
                Option("--question", "TEXT", "what is asked, for an image that stands alone"),
                QUALITY,
                ROUTER,
            ),
            ("route messages", 'route page.png --question "What is the total?"'),
        ),
        Verb(
            "estimate",
            "Count what images cost before they are sent.",
            "NAME|PATH",
            "picture",
            (MODEL, PROVIDER, DETAIL),
            ("estimate messages --model claude-opus-4-8", "estimate photos/*.png --model gpt-4o"),
        ),
        Verb(
            "compare",
            "Compare what images cost on many models.",
            "NAME|PATH",
            "picture",
            (
                Option("--models", "A,B,…", "models to compare, or all; current ones if left out", "models"),
                DETAIL,
            ),
            ("compare messages", "compare page.png --models gpt-4o,claude-opus-4-8"),
        ),
        Verb(
            "check",
            "Check messages against the provider's limits before they are sent.",
            "MESSAGES",
            "document",
            (MODEL, PROVIDER),
            ("check messages --model gpt-4o",),
        ),
        Verb(
            "bill",
            "Count what the pictures in a notebook's outputs would cost if it were given to a model.",
            "[NOTEBOOK.ipynb]",
            "notebook",
            (MODEL,),
            ("bill", "bill analysis.ipynb --model claude-opus-5-5"),
        ),
        Verb(
            "view",
            "Show an image as the model sees it, after the provider's own resize.",
            "NAME|PATH",
            "picture",
            (MODEL, PROVIDER, DETAIL),
            ("view page.png --model gpt-4o --detail low", "view messages --model claude-opus-4-8"),
        ),
        Verb(
            "tiles",
            "Explore the tiles or patches an image is billed by: try sizes, crops, models and detail levels.",
            "NAME|PATH",
            "picture",
            (
                MODEL,
                PROVIDER,
                DETAIL,
                Option("--question", "TEXT", "what is asked; the region it names can be looked for"),
                Option("--image", "NUMBER", "which image, where there are several; the first is 1"),
            ),
            ("tiles page.png --model gpt-4o", "tiles messages --image 2"),
        ),
        Verb(
            "models",
            "List the models that can be priced.",
            "[FILTER]",
            "word",
            (),
            ("models", "models claude"),
        ),
        Verb(
            "export",
            "Write a result to a file: the payload, a call, a batch line, the pictures or a report.",
            "RESULT [PATH]",
            "result",
            (
                Option("--to", "FORMAT", EXPORTS.replace(" ", ", "), EXPORTS),
                Option("--force", "", "write over an existing file"),
            ),
            ("export r --to json payload.json", "export r --to html"),
            path=True,
        ),
        Verb(
            "batch",
            "Compress a file or folder of conversations into another; a run that was stopped goes on.",
            "IN OUT",
            "batch",
            (
                MODEL,
                PROVIDER,
                QUALITY,
                ROUTER,
                OCR,
                FETCH,
                Option("--workers", "N|CLIENT", "processes that work, or a variable that holds a Dask client"),
                Option("--column", "NAME", "the key or Parquet column that holds the conversation"),
                Option("--on-error", "WHAT", "what becomes of an item that cannot be read", "keep skip raise"),
                Option("--overwrite", "", "replace what stands at OUT"),
            ),
            ("batch requests.jsonl smaller.jsonl", "batch chats.parquet out.parquet --workers 4 --column conversation"),
            path=True,
        ),
        Verb(
            "auto",
            "Compress the images of every request of the SDK clients among your variables, and show the totals.",
            "[on|off]",
            "word",
            (
                MODEL,
                QUALITY,
                Option("--audit", "", "measure, and send every request as it came"),
                Option("--check", "", "show each estimate beside the provider's bill"),
            ),
            ("auto on", "auto", "auto --check", "auto off"),
        ),
        Verb(
            "config",
            "Show the settings and where each comes from, or set one for this session.",
            "[NAME [VALUE]]",
            "word",
            (),
            ("config", "config model gpt-4o"),
        ),
        Verb("doctor", "Report versions, what is in use, and what is missing.", "", "", (), ("doctor",)),
        Verb("help", "Explain a verb.", "[VERB]", "word", (), ("help", "help compress")),
    )
}

OUTPUT = Option("-o", "NAME", "also store the result under this name")

HELP = ("--help", "-h")
"""What people type for help elsewhere; understood as ``help VERB``."""


def read(line: str) -> Command:
    """Read a line.

    Raises
    ------
    OptionError
        With the fix in it: an unknown verb or option with the closest known one, a missing or unwanted part.
    """
    words = split(line.strip().removesuffix(";"))
    if not words or words[0] in HELP:
        return Command(VERBS["help"], "", None, {}, None)
    verb = _verb(words[0])
    if words[1:] in ([word] for word in HELP) or HELP[0] in words:
        return Command(VERBS["help"], verb.name, None, {}, None)
    plain_words, values = _options(words[1:], verb)
    output = values.pop("-o", None)
    if output is not None and (not output.isidentifier() or keyword.iskeyword(output)):
        raise OptionError(f"-o {output} is not a name a variable can have")
    path = None
    if verb.path and len(plain_words) > 1:
        path = unquote(plain_words.pop())
    if verb.path and len(plain_words) > 1:
        raise OptionError(f"%headroom {verb.name} takes {verb.target}: put an expression with spaces in parentheses")
    target = " ".join(plain_words)
    if target and not verb.takes:
        raise OptionError(f"%headroom {verb.name} takes nothing else, but was given {target}")
    return Command(verb, target, path, values, output)


def split(line: str) -> list[str]:
    """Return the line's words with their quotes; spaces inside quotes or brackets do not separate.

    Raises
    ------
    OptionError
        When a quote or bracket is not closed.
    """
    words: list[str] = []
    word, quote, depth, escaped = "", "", 0, False
    for character in line:
        if character.isspace() and not quote and depth == 0 and not escaped:
            if word:
                words.append(word)
            word = ""
            continue
        word += character
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
    if quote or depth:
        raise OptionError(f"a {'quote' if quote else 'bracket'} is not closed in: {line}")
    return [*words, word] if word else words


def unquote(word: str) -> str:
    """Return a word without its quotes and escapes, as a POSIX shell would read it."""
    try:
        return " ".join(shlex.split(word)) if word else ""
    except ValueError:  # an escape at the very end, which a shell would continue on the next line
        return word


def hint(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean X?"``, or nothing when no known word is close."""
    close = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _verb(word: str) -> Verb:
    verb = VERBS.get(word)
    if verb is None:
        fix = hint(word, VERBS) or f"; the verbs are {', '.join(VERBS)}"
        raise OptionError(f"%headroom has no verb {word}{fix}")
    return verb


def _options(words: list[str], verb: Verb) -> tuple[list[str], dict[str, str]]:
    """Return the words that are no options, and the options' values by name."""
    known = {option.name: option for option in (*verb.options, OUTPUT)}
    rest: list[str] = []
    values: dict[str, str] = {}
    pending = iter(words)
    for word in pending:
        if not (word == OUTPUT.name or (word.startswith("--") and word[2:3].isalpha())):
            rest.append(word)
            continue
        name, equals, value = word.partition("=")
        option = known.get(name)
        if option is None:
            fix = hint(name, known) or f"; it takes {', '.join(known)}"
            raise OptionError(f"%headroom {verb.name} has no option {name}{fix}")
        if name in values:
            raise OptionError(f"{name} is given twice")
        values[name] = _value(option, value if equals else None, pending)
    return rest, values


def _value(option: Option, given: str | None, pending: Iterable[str]) -> str:
    if not option.value:
        if given is not None:
            raise OptionError(f"{option.name} is a switch and takes no value")
        return "yes"
    value = unquote(given if given is not None else next(iter(pending), ""))
    if not value:
        raise OptionError(f"{option.name} needs a value: {option.name} {option.value}")
    words = option.offers.split()
    if option.name in {"--quality", "--to", "--detail", "--on-error"} and value not in words:
        raise OptionError(f"{option.name} {value} is not known{hint(value, words)}; use one of {', '.join(words)}")
    return value
