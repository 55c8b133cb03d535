"""A compressed conversation and the result of each image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from headroom_nb.errors import OptionError
from headroom_nb.records.images import ImageResult, Technique, format_path
from headroom_nb.rendering_hook import render

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.axes import Axes

    from headroom_nb.errors import BlockPath


class Recompress(Protocol):
    """Compresses a conversation again."""

    def __call__(
        self, techniques: Mapping[BlockPath, Technique], questions: Mapping[BlockPath, str] | None = None, /
    ) -> CompressionResult:
        """Return the result with these techniques chosen by hand, and decided by these questions, by path."""
        ...

    def revert(self, result: CompressionResult, path: BlockPath | str, /) -> CompressionResult:
        """Return a result in which the image at a path is sent as it came in."""
        ...


@dataclass(frozen=True)
class CompressionResult:
    """A compressed conversation and its account.

    Attributes
    ----------
    messages
        The smaller document, in the format that came in (a message list or a whole request body).
    images
        One account per image, in order of appearance.
    model, provider
        What was priced.
    model_note
        Why this model: given, read off the request, or the provider's default.
    quality
        ``"safe"``, ``"balanced"`` or ``"max"``.
    usd_per_million_tokens
        Input price used, or None where the table has none.
    warnings
        Limits of the provider that the result still breaks, each with the block's path.
    original
        The document that came in, unchanged.
    recompress
        Compresses the original again with techniques chosen by hand and other questions, both by path.
    """

    messages: Any
    images: tuple[ImageResult, ...]
    model: str
    provider: str
    model_note: str
    quality: str
    usd_per_million_tokens: float | None
    warnings: tuple[str, ...] = ()
    original: Any = field(default=None, repr=False)
    recompress: Recompress | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return str(render(self, "text"))

    def __repr__(self) -> str:
        return (
            f"<CompressionResult: {self.original_tokens:,} → {self.compressed_tokens:,} image tokens on {self.model}>"
        )

    def _repr_html_(self) -> str:
        return str(render(self, "html"))

    def _repr_markdown_(self) -> str:
        return str(render(self, "markdown"))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        bundle: dict[str, Any] = render(self, "mimebundle")
        return bundle

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw tokens before and after by image, coloured by technique; raises OptionError without Matplotlib."""
        drawn: Axes = render(self, "plot", ax)
        return drawn

    def save_report(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the report with small previews, as JSON, and return where; ``.headroom.json`` is added to a bare name.

        Raises
        ------
        OptionError
            When the file exists and is not to be replaced (``force``), or cannot be written.
        """
        written: Path = render(self, "report", path, force=force)
        return written

    def override(
        self, path: BlockPath | str, technique: Technique | str | None = None, *, question: str | None = None
    ) -> CompressionResult:
        """Return a new result in which one image is treated as you say; this one stays as it is.

        Parameters
        ----------
        path
            The image's path, as in ``images[0].path`` or written out, such as ``"messages[0].content[1]"``.
        technique
            What to do with it; ``"preserve"`` keeps it. None asks the router.
        question
            What to decide it by instead of the question in its turn; what is sent keeps its own.

        Raises
        ------
        OptionError
            When there is no such image or technique, or neither technique nor question is given.
        """
        image = self.image_at(path)
        if technique is None and question is None:
            raise OptionError("override takes a technique, a question, or both")
        if technique is not None and technique not in tuple(Technique):
            raise OptionError(f"technique {technique!r} is not known; use one of {', '.join(Technique)}")
        return self._again()(
            {} if technique is None else {image.path: Technique(technique)},
            {} if question is None else {image.path: question},
        )

    def revert(self, path: BlockPath | str) -> CompressionResult:
        """Return a new result in which one image is sent as it came in; raises OptionError for no such image."""
        return self._again().revert(self, path)

    def _again(self) -> Recompress:
        if self.recompress is None:
            raise OptionError("this result was loaded without its compressor; compress the messages again")
        return self.recompress

    def image_at(self, path: BlockPath | str) -> ImageResult:
        """Return the account of the image at a path; raises OptionError when there is none."""
        for image in self.images:
            if path in (image.path, format_path(image.path)):
                return image
        places = ", ".join(format_path(image.path) for image in self.images) or "none"
        raise OptionError(f"there is no image at {path!r}; images stand at: {places}")

    @property
    def original_tokens(self) -> int:
        """Tokens of all images before."""
        return sum(image.original_tokens for image in self.images)

    @property
    def compressed_tokens(self) -> int:
        """Tokens of what stands in their place."""
        return sum(image.compressed_tokens for image in self.images)

    @property
    def original_bytes(self) -> int:
        """Encoded bytes of all images before."""
        return sum(image.original_bytes for image in self.images)

    @property
    def compressed_bytes(self) -> int:
        """Encoded bytes of the images that are sent."""
        return sum(image.compressed_bytes for image in self.images)

    @property
    def exact(self) -> bool:
        """Whether both sums are exact."""
        return all(image.exact for image in self.images)

    @property
    def original_exact(self) -> bool:
        """Whether the sum before is exact."""
        return all(image.original_exact for image in self.images)

    @property
    def savings_percent(self) -> float:
        """Share of the image tokens saved, in percent."""
        before = self.original_tokens
        return 100.0 * (before - self.compressed_tokens) / before if before else 0.0

    @property
    def savings_usd(self) -> float | None:
        """Dollars saved each time this is sent, at the list price; None where the price is not known."""
        if self.usd_per_million_tokens is None:
            return None
        return (self.original_tokens - self.compressed_tokens) * self.usd_per_million_tokens / 1e6
