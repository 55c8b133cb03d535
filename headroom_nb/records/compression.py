"""A compressed conversation and the result of each image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from headroom_nb.errors import IndexedImageError, OptionError, format_path
from headroom_nb.records.documents import PageChoices, PageForm
from headroom_nb.records.frames import Tabular
from headroom_nb.records.images import ImageResult, Technique
from headroom_nb.records.money import Priced
from headroom_nb.records.origins import origins
from headroom_nb.records.rows import row_of_document, row_of_image
from headroom_nb.records.totals import Summed, Totals
from headroom_nb.rendering_hook import render

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from matplotlib.axes import Axes

    from headroom_nb.errors import BlockPath
    from headroom_nb.records.budget import BudgetReport
    from headroom_nb.records.documents import DocumentResult
    from headroom_nb.records.history import HistoryReport
    from headroom_nb.records.images import Box

    Place = int | str | BlockPath


class Recompress(Protocol):
    """Compresses a conversation again."""

    def __call__(
        self,
        techniques: Mapping[BlockPath, Technique],
        questions: Mapping[BlockPath, str] | None = None,
        boxes: Mapping[BlockPath, Box] | None = None,
        forms: Mapping[BlockPath, str] | None = None,
        documents: Mapping[BlockPath, PageChoices] | None = None,
        /,
    ) -> CompressionResult:
        """Return the result with these techniques, regions, forms and pages chosen manually, by these questions."""
        ...

    def revert(self, result: CompressionResult, path: BlockPath | str, /) -> CompressionResult:
        """Return a result in which the image at a path is sent as it came in."""
        ...


@dataclass(frozen=True)
class CompressionResult(Summed, Priced, Tabular):
    """A compressed conversation and the result of each image.

    Attributes
    ----------
    messages
        The smaller document, in the format that came in (a message list or a whole request body).
    images
        One result per image, in order of appearance.
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
        The document that came in, as it was then: lists and dictionaries of its own, and what they hold shared.
    profile
        Name of the profile of what the model still reads, by which the forms were chosen; see ``calibrate``.
    zoom_ids
        Ids of the images that the model can look at closer, by path.
    tools
        The tool for that, as it stands in ``messages`` where they are a request body; to be sent with a message list.
    names
        File names of the images that have one, by path.
    documents
        One result per document, in order of appearance.
    budget
        What a budget did, in tokens and risk; None where none was given.
    calls
        Calls a month, where a use was given.
    history
        What ``history=`` did, what that breaks and what it has cost so far; None where images are kept.
    recompress
        Compresses the original again with techniques, questions and regions chosen manually, by path.
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
    profile: str = ""
    zoom_ids: Mapping[BlockPath, str] = field(default_factory=dict, repr=False)
    tools: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    names: Mapping[BlockPath, str] = field(default_factory=dict, repr=False, compare=False)
    recompress: Recompress | None = field(default=None, repr=False, compare=False)
    documents: tuple[DocumentResult, ...] = ()
    budget: BudgetReport | None = None
    calls: float | None = None
    history: HistoryReport | None = None

    def __repr__(self) -> str:
        kind = "tokens" if self.documents else "image tokens"
        return f"<CompressionResult: {self.original_tokens:,} → {self.compressed_tokens:,} {kind} on {self.model}>"

    def _repr_html_(self) -> str:
        return str(render(self, "html"))

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

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

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, place: Place) -> ImageResult:
        return self.image_at(place)

    def __iter__(self) -> Iterator[ImageResult]:
        return iter(self.images)

    def __bool__(self) -> bool:
        return True  # a result without images is a result all the same

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per image, then one per document."""
        images = [row_of_image(image, self.name_of(image)) for image in self.images]
        return images + [row_of_document(document) for document in self.documents]

    def name_of(self, image: ImageResult) -> str:
        """Return the name of an image's file, or where it came from in words, such as ``"message 3, tool result"``."""
        name = self.names.get(image.path)
        if name:
            return name
        return origins([one.path for one in self.images if one.path not in self.names])[image.path]

    def table(self, sort: str | None = None, *, given_up: bool = False) -> Any:
        """Return the table that is shown, sorted and filtered.

        Parameters
        ----------
        sort
            ``"tokens"``, ``"saved"`` or ``"risk"``, the largest first; None keeps the order of the messages.
        given_up
            Leave out the images in which no detail was given up.

        Raises
        ------
        OptionError
            ``sort`` is another word.
        """
        return render(self, "rows", sort, given_up=given_up)

    def override(
        self,
        place: Place,
        technique: Technique | str | None = None,
        *,
        question: str | None = None,
        box: Box | None = None,
        form: str | None = None,
    ) -> CompressionResult:
        """Return a new result in which one image is treated as you say; this one stays as it is.

        Parameters
        ----------
        place
            Which image: its index, its file name where it has one (``"receipt.png"``), or its path, as in
            ``images[0].path`` or written out (``"messages[0].content[1]"``).
        technique
            What to do with it; ``"preserve"`` keeps it. None asks the router.
        question
            What to decide it by instead of the question in its turn; what is sent keeps its own.
        box
            The region to cut out: left, top, right, bottom in pixels of the original.
        form
            The label of the form to send, one of ``images[0].forms``.

        Raises
        ------
        OptionError
            When there is no such image, technique, region or form, or none of them is given.
        """
        image = self.image_at(place)
        if technique is None and question is None and box is None and form is None:
            raise OptionError("override takes a technique, a question, a box or a form")
        if form is not None:
            if box is not None or technique not in {None, image.form_of(form).technique}:
                raise OptionError(f"form {form!r} is a choice of its own: leave technique and box out")
            technique = image.form_of(form).technique
        if box is not None:
            image.check_box(box)
            if technique not in {None, Technique.CROP}:
                raise OptionError(f"a box is cut out: leave technique={str(technique)!r} out")
        if technique is not None and technique not in tuple(Technique):
            known = "transcode (as text), crop (a part), full_low (smaller), preserve (unchanged)"
            raise OptionError(f"technique {technique!r} is not known; use one of {known}")
        return self._again()(
            {} if technique is None else {image.path: Technique(technique)},
            {} if question is None else {image.path: question},
            {} if box is None else {image.path: box},
            {} if form is None else {image.path: form},
        )

    def override_document(
        self,
        place: Place = 0,
        *,
        pages: str | None = None,
        forms: Mapping[int, str] | None = None,
        question: str | None = None,
    ) -> CompressionResult:
        """Return a new result in which one document is treated as you say; this one stays as it is.

        Parameters
        ----------
        place
            Which document: its index in ``documents``, its file name where it has one, or its path.
        pages
            The pages to send, such as ``"3-5,9"``.
        forms
            How single pages are sent, by number: ``{3: "page", 4: "text", 9: "left out"}``; see
            :class:`headroom_nb.records.PageForm`.
        question
            What to decide it by instead of the question in its turn; what is sent keeps its own.

        Raises
        ------
        OptionError
            There is no such document, page or form, or nothing was chosen.
        """
        document = self.document_at(place)
        if pages is None and not forms and question is None:
            raise OptionError("override_document takes pages, forms of pages or a question")
        for number, form in (forms or {}).items():
            if number not in {page.number for page in document.pages}:
                raise OptionError(
                    f"there is no page {number!r}; the document has {document.page_count or 'no known'} pages"
                )
            if form not in tuple(PageForm):
                raise OptionError(f"form {form!r} of a page is not known; use one of {', '.join(PageForm)}")
        chosen = PageChoices(pages, {number: PageForm(form) for number, form in (forms or {}).items()}, question)
        return self._again()({}, None, None, None, {document.path: chosen})

    def document_at(self, place: Place) -> DocumentResult:
        """Return the result of a document by its index, name or path; raises OptionError when there is none."""
        if isinstance(place, int) and -len(self.documents) <= place < len(self.documents):
            return self.documents[place]
        for document in self.documents:
            if not isinstance(place, int) and place in {document.path, format_path(document.path), document.name}:
                return document
        named = (" ".join(filter(None, (format_path(one.path), one.name))) for one in self.documents)
        raise OptionError(f"there is no document {place!r}; documents stand at: {', '.join(named) or 'none'}")

    def revert(self, place: Place) -> CompressionResult:
        """Return a new result in which one image is sent as it came in; raises OptionError for no such image."""
        return self._again().revert(self, self.image_at(place).path)

    def _again(self) -> Recompress:
        if self.recompress is None:
            raise OptionError("this result was loaded without its compressor; compress the messages again")
        return self.recompress

    def image_at(self, place: Place) -> ImageResult:
        """Return the result of an image by its index, file name or path; raises OptionError when there is none."""
        if isinstance(place, int) and -len(self.images) <= place < len(self.images):
            return self.images[place]
        if not isinstance(place, int):
            found = [image for image in self.images if place in (image.path, format_path(image.path))]
            found = found or [image for image in self.images if place == self.name_of(image)]
            if len(found) > 1:
                raise OptionError(f"{len(found)} images are called {place!r}; name one by its index or path")
            if found:
                return found[0]
        if isinstance(place, int):
            raise IndexedImageError(f"there is no image {place}; there are {len(self.images)}")
        known = [f"{self.name_of(image)} ({format_path(image.path)})" for image in self.images]
        raise OptionError(f"there is no image {place!r}; they are called: {', '.join(known) or 'none'}")

    def _each(self) -> Iterator[ImageResult | DocumentResult]:
        yield from self.images
        yield from self.documents

    @property
    def totals(self) -> Totals:
        """The sums over the images and documents."""
        before = sum(each.original_tokens for each in self._each())
        after = sum(each.compressed_tokens for each in self._each())
        price = self.usd_per_million_tokens
        return Totals(
            conversations=1,
            images=len(self.images),
            documents=len(self.documents),
            original_tokens=before,
            compressed_tokens=after,
            original_bytes=sum(each.original_bytes for each in self._each()),
            compressed_bytes=sum(each.compressed_bytes for each in self._each()),
            usd=(before - after) * (price or 0.0) / 1e6,
            unpriced=int(price is None),
            exact=all(each.exact for each in self._each()),
        )

    @property
    def exact(self) -> bool:
        """Whether both sums are exact."""
        return self.totals.exact

    @property
    def original_exact(self) -> bool:
        """Whether the sum before is exact."""
        return all(image.original_exact for image in self.images) and all(one.exact for one in self.documents)

    @property
    def savings_percent(self) -> float:
        """Share of the image tokens saved, in percent."""
        totals = self.totals
        return 100.0 * totals.saved_tokens / totals.original_tokens if totals.original_tokens else 0.0

    @property
    def savings_usd(self) -> float | None:
        """Dollars saved each time this is sent, at the list price; None where the price is not known."""
        return self.totals.savings_usd
