"""What a batch did, in figures, and how that looks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.items import cut
from headroom_nb.batch.sources import SHAPES, suffix
from headroom_nb.rendering.figures import many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.rendering.tables import Table

MOST_ERRORS = 1000
"""Errors a summary holds; the report file has them all."""

SHOWN_ERRORS = 10
LONGEST_SHOWN = 200
SHOWN_NAMES = 3


@dataclass(frozen=True)
class ItemError:
    """An item that was left as it was, or out.

    Attributes
    ----------
    source
        The file.
    item, line
        Its number in the batch and its line in the file, from 1; None where that is not known yet (a run that was
        interrupted before), and no line where a file has none.
    offset
        Byte at which it begins; for Parquet the row, from 0.
    message
        One sentence.
    kind
        The error's type.
    """

    source: str
    item: int | None
    line: int | None
    offset: int
    message: str
    kind: str

    def __str__(self) -> str:
        return f"{self.source}, {self.place}: {self.message}"

    @property
    def place(self) -> str:
        """Where in its file it stands, in words."""
        if self.line is not None:
            return f"line {self.line:,}"
        return f"row {self.offset:,}" if SHAPES.get(suffix(self.source)) == "rows" else f"byte {self.offset:,}"


@dataclass(frozen=True)
class BatchSummary:
    """What a batch did.

    Attributes
    ----------
    source, sink, report
        Paths; ``report`` holds one line of JSON per item.
    items, images, documents
        How many.
    original_tokens, compressed_tokens
        Tokens of all images and documents before, and of what stands in their place.
    original_bytes, compressed_bytes
        Encoded bytes of all images and documents before, and of those that are sent.
    savings_usd
        Dollars saved each time all of it is sent, at list prices; None where no price is known.
    unpriced
        Items whose model has no price.
    exact
        Whether the tokens are.
    techniques, models
        Images by technique, items with images or documents by model.
    errors, error_count
        Items that were kept or left out (at most 1,000 of them), and how many.
    failed_images
        Images and documents that were left as they were because of an error; the report says which.
    warned
        Items whose result has warnings, such as a limit of the provider that they are over; the report has them.
    skipped_files
        Names in a source folder that were not read: links that lead out of it or nowhere, packed files.
    seconds
        Time of this call.
    resumed_items
        Items that an earlier call had done.
    interrupted
        Whether the run was stopped; the same call goes on with it. The sink is not written then.
    done
        Share of the source that is done, 0 to 1.
    """

    source: str
    sink: str
    report: str
    items: int
    images: int
    original_tokens: int
    compressed_tokens: int
    savings_usd: float | None
    unpriced: int
    exact: bool
    techniques: Mapping[str, int]
    models: Mapping[str, int]
    errors: tuple[ItemError, ...]
    error_count: int
    failed_images: int
    warned: int = 0
    original_bytes: int = 0
    compressed_bytes: int = 0
    skipped_files: tuple[str, ...] = ()
    seconds: float = 0.0
    resumed_items: int = 0
    interrupted: bool = False
    done: float = 1.0
    documents: int = 0

    @property
    def saved_tokens(self) -> int:
        """Tokens saved."""
        return self.original_tokens - self.compressed_tokens

    @property
    def savings_percent(self) -> float:
        """Share of the image tokens saved, in percent."""
        return 100.0 * self.saved_tokens / self.original_tokens if self.original_tokens else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> BatchSummary:
        """Return the summary that :meth:`to_dict` gave."""
        errors = tuple(ItemError(**error) for error in values["errors"])
        return cls(**{**values, "errors": errors, "skipped_files": tuple(values["skipped_files"])})

    def __str__(self) -> str:
        return str(_table(self))

    def __repr__(self) -> str:
        kind = "tokens" if self.documents else "image tokens"
        return f"<BatchSummary: {self.items:,} items, {self.original_tokens:,} → {self.compressed_tokens:,} {kind}>"

    def _repr_html_(self) -> str:
        return str(_table(self).to_mimebundle()["text/html"])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        return _table(self).to_mimebundle()


def _told(found: BatchSummary) -> list[str]:
    """Return the errors in sentences, those of one file that say the same in one."""
    alike: dict[tuple[str, str], list[ItemError]] = {}
    for error in found.errors:
        alike.setdefault((error.source, error.message), []).append(error)
    told = []
    for (source, message), errors in list(alike.items())[:SHOWN_ERRORS]:
        more = f" and {len(errors) - 1:,} more, the last {errors[-1].place}" if len(errors) > 1 else ""
        told.append(f"{source}, {errors[0].place}{more}: {cut(message, LONGEST_SHOWN)}")
    shown = sum(len(errors) for errors in list(alike.values())[:SHOWN_ERRORS])
    if found.error_count > shown:
        told.append(f"… and {found.error_count - shown:,} more in summary.errors and the report")
    return told


def _models(found: BatchSummary) -> str:
    """Return which models the tokens were counted for."""
    what = "images or documents" if found.documents else "images"
    *most, last = [f"{name} ({many(items, 'item')} with {what})" for name, items in found.models.items()]
    return f"Counted for {', '.join(most)}{' and ' if most else ''}{last}"


def _skipped(names: tuple[str, ...]) -> str:
    """Return which files of a folder were passed over."""
    what = (
        "1 file or link of the folder was" if len(names) == 1 else f"{len(names):,} files or links of the folder were"
    )
    return f"{what} not read: {', '.join(names[:SHOWN_NAMES])}{', …' if len(names) > SHOWN_NAMES else ''}"


def _short(path: str) -> str:
    """Return a path below the working folder as it stands there, and any other, such as a URL, as it is."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the working folder is gone
        return path


def _table(found: BatchSummary) -> Table:
    """Return the summary as a table of techniques, with totals above and errors below."""
    from headroom_nb.records.comparison import in_words
    from headroom_nb.rendering import figures, wording
    from headroom_nb.rendering.tables import Column, Table

    state = f"Stopped at {figures.percent(found.done)}" if found.interrupted else "Done"
    tokens = figures.change(found.original_tokens, found.compressed_tokens, exact=found.exact)
    saved = f", {figures.percent(found.saved_tokens / found.original_tokens)} saved" if found.original_tokens else ""
    lines = [
        f"{many(found.items, 'item')}, {in_words(found.images, found.documents)} in {found.seconds:.1f} s"
        + (f"; {many(found.resumed_items, 'item')} done before" if found.resumed_items else ""),
        "Run the same call again to go on; nothing is written to the sink before all is done."
        if found.interrupted
        else f"Written to {_short(found.sink)}; one line per item in {_short(found.report)}",
    ]
    if found.original_bytes:
        kinds = "images and documents" if found.documents else "images"
        lines.insert(1, f"Bytes of the {kinds}: {figures.data_change(found.original_bytes, found.compressed_bytes)}")
    if found.models:
        lines.insert(1, _models(found))
    if found.savings_usd is not None and (found.images or found.documents):
        unknown = f" ({many(found.unpriced, 'item')} of models without a price not counted)" if found.unpriced else ""
        lines.insert(1, f"{figures.usd(found.savings_usd)} saved each time it is sent, at list prices{unknown}")
    warnings = []
    if found.failed_images:
        what = many(found.failed_images, "image or document" if found.documents else "image")
        stayed = "it was" if found.failed_images == 1 else "they were"
        warnings.append(f"{what} could not be read and stayed as {stayed}; see the report")
    if found.warned:
        warnings.append(f"{many(found.warned, 'item')} came with warnings; see the report")
    if found.skipped_files:
        warnings.append(_skipped(found.skipped_files))
    if found.error_count:
        warnings.append(f"{many(found.error_count, 'item')} could not be compressed:")
        warnings += _told(found)
    total, words = max(1, found.images), wording.TECHNIQUES
    return Table(
        headline=f"{state}: {tokens} {'' if found.documents else 'image '}tokens{saved}",
        columns=(Column("Sent"), Column("Images", figure=True), Column("Share", figure=True)),
        rows=tuple(
            (words.get(name, name), f"{count:,}", figures.percent(count / total))
            for name, count in sorted(found.techniques.items())
        ),
        caption="How the images are sent",
        lines=tuple(lines),
        warnings=tuple(warnings),
    )
