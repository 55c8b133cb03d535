"""See the units an image is billed by, and try sizes, crops, models and detail levels on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from headroom_nb.analysis.inputs import of_value
from headroom_nb.analysis.shown import Shown, as_files
from headroom_nb.costs import estimate, find_model, resolve_detail
from headroom_nb.costs.front_end import model_row
from headroom_nb.errors import ImageRejectedError, MessageError, OptionError
from headroom_nb.pictures import open_picture, read_header, resize
from headroom_nb.pictures.pixels import to_rgb
from headroom_nb.runtime.words import public_part
from headroom_nb.widgets import explorer_answers
from headroom_nb.widgets.base import Answer, HeadroomWidget
from headroom_nb.widgets.explorer_table import explorer_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL.Image import Image

    from headroom_nb.pictures import Picture
    from headroom_nb.records import Box, Size, TokenEstimate


class TileExplorer(HeadroomWidget):
    """An image under the grid a model bills it by, with its cost at every size, crop and detail level.

    Parameters
    ----------
    image
        An image of any kind that :func:`headroom_nb.user_message` takes, a PDF, or messages, files or a list with
        several, which *Previous* and *Next* go through.
    model
        Whose bill it is; any name of ``%headroom models``. None stands for OpenAI's default.
    detail
        The detail level asked for.
    question
        What will be asked of the image; the kernel can look for the region it names.
    crop_box
        Left, top, right and bottom in pixels of the image; None for all of it.
    label
        How the image is named.
    place
        Which of several images is shown first, counted from 0.
    page
        Of a PDF or a TIFF with several: which page, counted from 1; that of a PDF is drawn as Claude's standard tier
        sees it.
    use, undo
        Called when *Use this box* and *Undo* are pressed; ``use`` takes the box and returns what to say. Without
        ``use`` there is no such button. ``CompressionView.explore`` gives both.

    Attributes
    ----------
    model, detail, crop_box, question
        As above; a change from Python shows at once, and what is changed in the page is read here.
    place, names
        Which image is shown, and what all of them are called; :meth:`go` shows another.
    size
        What would be sent: the crop, or the image, resized; ``(width, height)`` in pixels. May be set.
    tokens, cost
        What that costs: tokens (None where the provider refuses it), and the whole estimate.

    Raises
    ------
    OptionError
        An argument is not one we know, or anywidget is missing.
    PictureError
        The bytes are not an image.
    UnknownModelError
        The table has no such model.
    """

    kind = traitlets.Unicode("tiles").tag(sync=True)
    questions: Mapping[str, str] = {
        "go": "_go",
        "models": "_models",
        "picture": "_picture_file",
        "preview": "_preview",
        "region": "_region",
        "text": "_text_height",
        "use": "_use_box",
        "undo": "_undo_use",
    }

    usable = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the box can become the crop of an image in a result."""
    label = traitlets.Unicode().tag(sync=True)
    names: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    place = traitlets.Int(0).tag(sync=True)
    image_size = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(1, 1)).tag(sync=True)
    model = traitlets.Unicode("gpt-4o").tag(sync=True)
    detail = traitlets.Unicode("auto").tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    crop_box = traitlets.Tuple(allow_none=True, default_value=None).tag(sync=True)
    long_side = traitlets.Int(None, allow_none=True).tag(sync=True)
    """Longer side of what would be sent, pixels; None for no resize."""
    row: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    """Billing terms of the model, by which the page reckons."""

    def __init__(
        self,
        image: Any,
        model: str | None = None,
        detail: str = "auto",
        question: str = "",
        *,
        crop_box: Box | None = None,
        label: str | None = None,
        use: Callable[[Box], str] | None = None,
        undo: Callable[[], None] | None = None,
        place: int = 0,
        page: int = 1,
    ) -> None:
        several = isinstance(image, list) and all(isinstance(each, Shown) for each in image)
        self._images: list[Shown] = as_files(image if several else of_value(image, "the image"))
        self._page, self._label = page, label
        self._paged: set[int] = set()
        self._check_place(place)
        self._picture = self._open(place)
        spec = find_model(model, None if model else "openai")
        self._use, self._undo = use, undo
        super().__init__(
            usable=use is not None,
            label=self._name(place),
            names=[self._name(each) for each in range(len(self._images))],
            place=place,
            image_size=self._picture.size,
            model=spec.name,
            row=model_row(spec),
            detail=detail,
            question=question or self._images[place].question,
            crop_box=crop_box,
        )

    def go(self, place: int) -> None:
        """Show another of several images, counted from 0; its crop and size begin anew.

        Raises
        ------
        OptionError
            There is no such image.
        MessageError
            It is sent by reference, so it is not there.
        """
        self._check_place(place)
        picture = self._open(place)
        with self.hold_sync():  # the page redraws once, when all of it is there
            self.crop_box = None  # type: ignore[assignment]  # the trait allows it
            self.long_side = None
            self._picture = picture
            self.image_size = picture.size
            self.label = self._name(place)
            self.question = self._images[place].question or self.question
            self.place = place

    def _check_place(self, place: int) -> None:
        if not 0 <= place < len(self._images):
            raise OptionError(f"there is no image {place}: {len(self._images)} are here, counted from 0")

    def _open(self, place: int) -> Picture:
        image = self._images[place]
        if image.reference is not None:
            where = public_part(image.reference)
            raise MessageError(f"{image.label} is sent by reference ({where}): not fetched, so it is not shown")
        data = image.load()
        if image.paper is not None or self._is_tiff_with_pages(data):
            from headroom_nb.analysis.papers import page_image

            data = page_image(data, self._page)
            self._paged.add(place)
        return open_picture(data)

    def _is_tiff_with_pages(self, data: bytes) -> bool:
        header = read_header(data)
        return header.format == "TIFF" and header.frames > 1

    def _name(self, place: int) -> str:
        image = self._images[place]
        if self._label is not None and len(self._images) == 1:
            return self._label
        paged = image.paper is not None or place in self._paged
        return f"{image.label}, page {self._page}" if paged else image.label

    @property
    def size(self) -> Size:
        """What would be sent, in pixels."""
        whole = self._selected()
        longest = max(whole)
        if self.long_side is None or self.long_side >= longest:
            return whole
        short = max(min(whole) * self.long_side // longest, 1)
        return (self.long_side, short) if whole[0] >= whole[1] else (short, self.long_side)

    @size.setter
    def size(self, size: Size | None) -> None:
        whole = self._selected()
        if size is None:
            self.long_side = None
            return
        width, height = size
        if not (0 < width <= whole[0] and 0 < height <= whole[1]):
            raise OptionError(f"a size is at most the {whole[0]}×{whole[1]} px of what is selected, not {size!r}")
        if abs(width * whole[1] - height * whole[0]) > max(whole):
            raise OptionError(f"{width}×{height} px has another shape than the {whole[0]}×{whole[1]} px selected")
        self.long_side = max(width, height)

    @property
    def cost(self) -> TokenEstimate:
        """What it costs; raises ImageRejectedError where the provider would refuse it."""
        return estimate(self.size, self.model, self.detail)

    @property
    def tokens(self) -> int | None:
        """Tokens billed; None where the provider would refuse the image."""
        try:
            return self.cost.tokens
        except ImageRejectedError:
            return None

    def to_image(self) -> Image:
        """Return what would be sent: the crop, or the image, at ``size``, in RGB."""
        pixels = self._picture.rgb()
        cut = pixels if self.crop_box is None else pixels.crop(self.crop_box)
        return to_rgb(cut if cut.size == self.size else resize(cut, self.size))

    def static_forms(self) -> dict[str, Any]:
        """Return the table that stands for the widget where nothing runs."""
        table = explorer_table(self._picture, self.label, self.model, self.detail, self.size, self.crop_box)
        return {name: text for name, text in table.to_mimebundle().items() if name != "text/markdown"}

    def _selected(self) -> Size:
        if self.crop_box is None:
            width, height = self._picture.size
            return width, height
        left, top, right, bottom = self.crop_box
        return right - left, bottom - top

    @traitlets.validate("model")
    def _known_model(self, proposal: Mapping[str, Any]) -> str:
        spec = find_model(proposal["value"])
        self.row = model_row(spec)  # arrives before the name does
        return spec.name

    @traitlets.validate("detail")
    def _known_detail(self, proposal: Mapping[str, Any]) -> str:
        resolve_detail(find_model(self.model), proposal["value"])
        return str(proposal["value"])

    @traitlets.validate("crop_box")
    def _inside(self, proposal: Mapping[str, Any]) -> Box | None:
        box = proposal["value"]
        if box is None:
            return None
        width, height = self._picture.size
        whole = len(box) == 4 and all(isinstance(side, int) for side in box)
        if not whole or not (0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height):
            raise OptionError(
                f"crop_box is (left, top, right, bottom) in pixels inside {width}×{height}, not {tuple(box)!r}"
            )
        return (box[0], box[1], box[2], box[3])

    @traitlets.validate("long_side")
    def _positive(self, proposal: Mapping[str, Any]) -> int | None:
        side: int | None = proposal["value"]
        if side is not None and side < 1:
            raise OptionError(f"a side has at least one pixel, not {side}")
        return side

    def _go(self, request: Mapping[str, Any]) -> Answer:
        place = request.get("place")
        if not isinstance(place, int):
            raise OptionError(f"there is no image {place!r}")
        self.go(place)
        return Answer({})

    def _models(self, _request: Mapping[str, Any]) -> Answer:
        return explorer_answers.catalog()

    def _picture_file(self, _request: Mapping[str, Any]) -> Answer:
        return explorer_answers.picture_file(self._picture)

    def _preview(self, _request: Mapping[str, Any]) -> Answer:
        return explorer_answers.preview(self._picture)

    def _text_height(self, _request: Mapping[str, Any]) -> Answer:
        return explorer_answers.text_height(self._picture)

    def _use_box(self, _request: Mapping[str, Any]) -> Answer:
        if self._use is None or self.crop_box is None:
            raise OptionError("draw a box on the image first")
        return Answer({"said": self._use(self.crop_box)})

    def _undo_use(self, _request: Mapping[str, Any]) -> Answer:
        if self._undo is not None:
            self._undo()
        return Answer({"said": "Undone."})

    def _region(self, request: Mapping[str, Any]) -> Answer:
        return explorer_answers.region(self._picture, str(request.get("question", "")), self.model, self.detail)
