"""What was done with a document: one record per document, with one per page in it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from headroom_nb.rendering_hook import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.errors import BlockPath
    from headroom_nb.records.images import FormOffer, ImagePart, TextPart


class PageForm(str, Enum):
    """How a page is sent.

    Attributes
    ----------
    PAGE
        As a page of a PDF, as it came.
    LOW
        As a page of a PDF, at the provider's low level.
    TEXT
        As the text of its text layer.
    TEXT_AND_IMAGES
        As that text, with images of what the text does not show.
    IMAGE
        As an image, or as what the stages for images made of it: its text by OCR, a smaller view.
    LEFT_OUT
        Not at all: the question is about other pages.
    """

    PAGE = "page"
    LOW = "page at low"
    TEXT = "text"
    TEXT_AND_IMAGES = "text + images"
    IMAGE = "image"
    LEFT_OUT = "left out"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class PageChoices:
    """What a person chose for one document.

    Attributes
    ----------
    pages
        Its pages to send, such as ``"3-5,9"``; None lets the question decide.
    forms
        How single pages are sent, by number.
    question
        What to decide by instead of the question in its turn.
    """

    pages: str | None = None
    forms: Mapping[int, PageForm] = field(default_factory=dict)
    question: str | None = None

    def and_then(self, later: PageChoices) -> PageChoices:
        """Return these choices, changed by later ones."""
        return PageChoices(
            self.pages if later.pages is None else later.pages,
            {**self.forms, **later.forms},
            self.question if later.question is None else later.question,
        )


@dataclass(frozen=True)
class DocumentPart:
    """A PDF that stands in the payload in place of the original.

    Attributes
    ----------
    data
        The file.
    pages
        Which pages of the original it holds, such as ``"3-5,9"``.
    detail
        The level to ask for; None leaves the block's own setting.
    """

    data: bytes = field(repr=False)
    pages: str
    detail: str | None = None

    @cached_property
    def base64(self) -> str:
        """The bytes in base64."""
        return b64encode(self.data).decode("ascii")


@dataclass(frozen=True)
class PageResult:
    """One page of a document.

    Attributes
    ----------
    number
        From 1.
    size
        Points (72 to the inch) as a person sees the page.
    form
        How it is sent.
    original_tokens, compressed_tokens
        What it costs, and what stands in its place does.
    why
        Why it is sent so, as a phrase.
    risk
        The chance that an answer is lost, 0 to 1.
    """

    number: int
    size: tuple[float, float]
    form: PageForm
    original_tokens: int
    compressed_tokens: int
    why: str
    risk: float = 0.0


@dataclass(frozen=True)
class DocumentResult:
    """One document of a conversation.

    Attributes
    ----------
    path
        Where its block stands.
    name
        Its file name or title; empty where it has none.
    question
        What its turn asks.
    pages
        One record per page; empty where the document could not be read, or is not a PDF.
    page_count
        Number of its pages; None where that is not known.
    original_tokens, compressed_tokens
        Before and after, by the model's own rule.
    original_bytes, compressed_bytes
        Bytes of the files before and after.
    exact
        Whether both counts are exact.
    bounds
        Fewest and most tokens before, where the sources differ.
    rule
        Name of the billing rule.
    note
        What a reader should know.
    error
        Why the document was left as it was; None where nothing went wrong.
    parts
        What replaced it; empty where the block was left as it was.
    original
        The file's bytes; empty where they are not known.
    forms
        Ways to send it, from few tokens to many; looked for only where a budget chooses among them.
    """

    path: BlockPath
    name: str
    question: str
    pages: tuple[PageResult, ...] = field(default=(), repr=False)
    page_count: int | None = None
    original_tokens: int = 0
    compressed_tokens: int = 0
    original_bytes: int = 0
    compressed_bytes: int = 0
    exact: bool = False
    bounds: tuple[int, int] | None = None
    rule: str = ""
    note: str = ""
    error: str | None = None
    parts: tuple[TextPart | ImagePart | DocumentPart, ...] = field(default=(), repr=False)
    original: bytes = field(default=b"", repr=False)
    forms: tuple[FormOffer, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return str(render(self, "text"))

    @property
    def saved_tokens(self) -> int:
        """Tokens saved on this document; never negative."""
        return self.original_tokens - self.compressed_tokens

    @property
    def risk(self) -> float:
        """The chance that an answer is lost, 0 to 1: that of the page where it is greatest."""
        return max((page.risk for page in self.pages), default=0.0)
