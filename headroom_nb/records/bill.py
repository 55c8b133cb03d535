"""What the images in a notebook's outputs cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import format_path
from headroom_nb.records.comparison import in_words
from headroom_nb.records.frames import data_frame
from headroom_nb.records.money import Priced
from headroom_nb.rendering_hook import Rendered

if TYPE_CHECKING:
    from headroom_nb.errors import BlockPath
    from headroom_nb.records.images import Size


@dataclass(frozen=True)
class BillLine:
    """One image of a notebook.

    Attributes
    ----------
    path
        Where it stands in the file, such as ``("cells", 3, "outputs", 0, "data", "image/png")``.
    cell
        The cell's number as one counts them, from 1.
    size
        Pixels; None where it could not be read.
    tokens, compressed_tokens
        What it costs, and what is left after compression without a question asked of it.
    exact, compressed_exact
        Whether these figures are exact.
    technique
        What compression would do.
    note
        What a person should know; why it could not be counted, for one.
    document
        Whether it is a document, such as a PDF.
    """

    path: BlockPath
    cell: int
    size: Size | None
    tokens: int
    compressed_tokens: int
    technique: str
    note: str
    exact: bool = True
    compressed_exact: bool = True
    document: bool = False


@dataclass(frozen=True)
class NotebookBill(Priced, Rendered):
    """The images of a notebook, the most expensive first.

    ``usd_per_million_tokens`` is None where the table has no price for the model; ``calls`` is how often the
    notebook is sent a month, where a use was given.
    """

    notebook: str
    model: str
    lines: tuple[BillLine, ...]
    usd_per_million_tokens: float | None
    calls: float | None = None

    @property
    def counted(self) -> str:
        """What was counted, in words, such as ``"4 images and 1 document"``."""
        documents = sum(line.document for line in self.lines)
        return in_words(len(self.lines) - documents, documents)

    @property
    def tokens(self) -> int:
        """What all images and documents cost, tokens."""
        return sum(line.tokens for line in self.lines)

    @property
    def compressed_tokens(self) -> int:
        """What is left after compression, tokens."""
        return sum(line.compressed_tokens for line in self.lines)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per image."""
        rows: list[dict[str, Any]] = self.to_dict()["lines"]
        return rows

    def to_dataframe(self, library: str | None = None) -> Any:
        """Return the images as a data frame of pandas or polars; raises OptionError where neither is installed."""
        return data_frame(self.to_rows(), library)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return {**asdict(self), "lines": [{**asdict(line), "path": format_path(line.path)} for line in self.lines]}
