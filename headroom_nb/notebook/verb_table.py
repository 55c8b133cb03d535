"""The verbs of ``%headroom`` and their options, as a table: what is read, explained and completed goes by it."""

from __future__ import annotations

from dataclasses import dataclass

from headroom_nb.options import CHOICES


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
        What completion offers for its value: words separated by spaces, ``models`` for the names of all models.
    closed
        Whether its value is one of these words.
    """

    name: str
    value: str
    about: str
    offers: str = ""
    closed: bool = False


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
        ``"picture"`` (messages, an image, a table, or files: paths, a folder or a pattern), ``"batch"`` (a file or
        folder of conversations), ``"notebook"``, ``"result"``, ``"word"`` or ``""``.
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


def _option(name: str) -> Option:
    """Return an option of the package as one on a line."""
    choice = CHOICES[name]
    about = choice.about[:1].lower() + choice.about[1:].removesuffix(".")
    if choice.value and choice.words:
        about = f"{about} ({', '.join(choice.words)})"
    offers = " ".join((*choice.offers, *choice.texts))
    closed = choice.accepts is None
    return Option(f"--{name.replace('_', '-')}", choice.value, about, offers, closed=closed)


CHOSEN = {name: _option(name) for name, choice in CHOICES.items() if choice.on_a_line}
"""The options of the package, which every verb that compresses takes."""

MODEL, PROVIDER, QUALITY, ROUTER = (CHOSEN[name] for name in ("model", "provider", "quality", "router"))
WIDGET = Option("--widget", "", "show the decisions in a widget in which they can be changed")
DETAIL = Option(
    "--detail", "DETAIL", "the detail level asked for", "auto low medium high ultra_high original", closed=True
)
QUESTION = Option("--question", "TEXT", "what is asked of images that stand alone")
IMAGE = Option("--image", "NUMBER|NAME", "which of several images: its number in the tables, from 0, or its name")
PAGE = Option("--page", "N", "which page of a PDF or TIFF, from 1; view takes several, such as 3-5,9")
IMAGE_COLUMN = Option("--image-column", "NAME", "the column of a table that holds images or their paths")
QUESTION_COLUMN = Option("--question-column", "NAME", "the column of a table that holds the questions")
CLIENT = Option("--client", "CLIENT", "the variable that holds your SDK client")
YES = Option("--yes", "", "do not ask before paying")
MAX_USD = Option("--max-usd", "DOLLARS", "stop before more is spent, and do not ask")
CALLS = Option("--calls", "N/day", "how often it is sent, such as 1000/day: shows what that costs a month")
EXPORTS = "json python curl openai-batch anthropic-batch gemini-jsonl zip md html report"

VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "compress",
            "Make the images of a conversation cheaper, and show what was decided and why.",
            "MESSAGES|IMAGE|FILES",
            "picture",
            (QUESTION, *CHOSEN.values(), WIDGET, CALLS, IMAGE_COLUMN, QUESTION_COLUMN),
            (
                "compress messages",
                'compress photo.png receipt.jpg --question "What is the total?"',
                "compress messages --model gpt-4o --quality safe -o smaller",
            ),
        ),
        Verb(
            "route",
            "Show how each image would be sent, and change nothing.",
            "MESSAGES|IMAGE|FILES",
            "picture",
            (MODEL, QUALITY, ROUTER, CHOSEN["budget"], QUESTION, IMAGE_COLUMN, QUESTION_COLUMN),
            ("route messages", 'route page.png --question "What is the total?"', "route messages --budget 2000"),
        ),
        Verb(
            "estimate",
            "Count what images cost before they are sent.",
            "MESSAGES|IMAGE|FILES",
            "picture",
            (MODEL, PROVIDER, DETAIL, IMAGE_COLUMN, CALLS),
            (
                "estimate messages --model claude-opus-4-8",
                "estimate page.png --calls 1000/day",
                "estimate photos/*.png --model gpt-4o",
                "estimate requests.jsonl",
            ),
        ),
        Verb(
            "compare",
            "Compare what images cost on many models.",
            "MESSAGES|IMAGE|FILES",
            "picture",
            (
                Option("--models", "A,B,…", "models to compare, or all; current ones if left out", "models"),
                DETAIL,
                CALLS,
            ),
            ("compare messages", "compare page.png --models gpt-4o,claude-opus-4-8"),
        ),
        Verb(
            "check",
            "Check messages against the provider's limits before they are sent.",
            "MESSAGES|FILES",
            "picture",
            (MODEL, PROVIDER),
            ("check messages --model gpt-4o", "check request.json"),
        ),
        Verb(
            "bill",
            "Count what the images in a notebook's outputs would cost if it were given to a model.",
            "[NOTEBOOK.ipynb]",
            "notebook",
            (MODEL, CALLS),
            ("bill", "bill analysis.ipynb --model claude-opus-5-5"),
        ),
        Verb(
            "view",
            "Show an image as the model sees it, after the provider's own resize.",
            "MESSAGES|IMAGE|FILES",
            "picture",
            (MODEL, PROVIDER, DETAIL, IMAGE, PAGE),
            ("view page.png --model gpt-4o --detail low", "view report.pdf --page 2-3"),
        ),
        Verb(
            "tiles",
            "Explore the tiles or patches an image is billed by: try sizes, crops, models and detail levels.",
            "MESSAGES|IMAGE|FILES",
            "picture",
            (
                MODEL,
                PROVIDER,
                DETAIL,
                QUESTION,
                IMAGE,
                PAGE,
            ),
            ("tiles page.png --model gpt-4o", "tiles messages --image receipt.png"),
        ),
        Verb(
            "models",
            "List the models that can be priced; take over a newer table of them, or drop it.",
            "[FILTER | update FILE|URL | reset]",
            "word",
            (Option("--yes", "", "use the table that update shows, from now on"),),
            ("models", "models claude", "models update models.json", "models reset"),
        ),
        Verb(
            "export",
            "Write the payload, a call, batch lines, the images or a report, as the file's name ends.",
            "RESULT [PATH]",
            "result",
            (
                Option("--to", "FORMAT", EXPORTS.replace(" ", ", "), EXPORTS, closed=True),
                Option("--base-url", "URL", "where a script of python or curl sends its request"),
                Option("--force", "", "write over an existing file"),
            ),
            (
                "export r payload.json",
                "export r report.html",
                "export r --to curl --base-url https://api.groq.com/openai/v1",
            ),
            path=True,
        ),
        Verb(
            "batch",
            "Compress a file or folder of conversations into another; a run that was stopped goes on.",
            "IN OUT",
            "batch",
            (
                *CHOSEN.values(),
                Option("--workers", "N|CLIENT", "processes that work, or a variable that holds a Dask client"),
                Option("--column", "NAME", "the key or Parquet column that holds the conversation"),
                Option(
                    "--on-error", "WHAT", "what becomes of an item that cannot be read", "keep skip raise", closed=True
                ),
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
                *CHOSEN.values(),
                Option("--audit", "", "measure, and send every request as it came"),
                Option("--check", "", "show each estimate beside the provider's bill"),
            ),
            ("auto on", "auto", "auto --check", "auto off"),
        ),
        Verb(
            "prove",
            "Ask your own model your own questions with and without compression, and compare the answers.",
            "NAME|FILE",
            "document",
            (
                CLIENT,
                *CHOSEN.values(),
                Option("--questions", "N", "questions at most; 20 if left out"),
                Option("--qualities", "A,B,…", "qualities to compare, such as balanced,max"),
                YES,
                MAX_USD,
            ),
            ("prove messages --client client --model gpt-5.6-sol", "prove requests.jsonl --client client --max-usd 1"),
        ),
        Verb(
            "calibrate",
            "Measure what your own model still reads, by size, so that compression goes by it.",
            "",
            "",
            (
                CLIENT,
                MODEL,
                YES,
                MAX_USD,
                Option("--show", "", "show what was measured"),
                Option("--forget", "", "take the profile of a model away"),
                Option("--save", "FILE", "write the profile of a model, to be shared"),
                Option("--load", "FILE", "take a profile that someone shared"),
            ),
            ("calibrate --client client --model gpt-5.6-sol", "calibrate --show"),
        ),
        Verb(
            "verify",
            "Compare our bill with the provider's own count; with --probe, learn how an unknown model bills.",
            "[MESSAGES]",
            "document",
            (
                CLIENT,
                *CHOSEN.values(),
                Option("--probe", "", "learn the rule of the model from blank images"),
                Option("--paid", "", "where nothing counts for free, pay for answers of one token"),
                Option("--own-images", "", "count your own images, and not blank ones of the same sizes"),
                YES,
            ),
            ("verify messages --client client --model gpt-5.6-sol", "verify --client client --model my-vision --probe"),
        ),
        Verb(
            "config",
            "Show the settings and where each comes from, set one for this session, or trust the project's file.",
            "[NAME [VALUE] | trust]",
            "word",
            (),
            ("config", "config model gpt-4o", "config trust"),
        ),
        Verb("doctor", "Report versions, what is in use, and what is missing.", "", "", (), ("doctor",)),
        Verb("help", "Explain a verb.", "[VERB]", "word", (), ("help", "help compress")),
    )
}

OUTPUT = Option("-o", "NAME", "also store the result under this name")

HELP = ("--help", "-h")
"""What people type for help elsewhere; understood as ``help VERB``."""
