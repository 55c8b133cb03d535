"""See every decision of a compression, overrule it, and take the result away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.errors import OptionError
from headroom_nb.pictures import encode, open_picture
from headroom_nb.records import CompressionResult, format_path
from headroom_nb.rendering import display, report
from headroom_nb.rendering.export import FORMATS, render
from headroom_nb.rendering.report import crop_box, sent_picture, sent_text
from headroom_nb.rendering.thumbnails import preview
from headroom_nb.widgets import labels
from headroom_nb.widgets.base import Answer, HeadroomWidget
from headroom_nb.widgets.explorer_answers import picture_file
from headroom_nb.widgets.overruling import Overruling

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from headroom_nb.records import BlockPath, Box, ImageResult, Technique
    from headroom_nb.widgets.tile_explorer import TileExplorer

MOST_ROWS = 200
"""Images that get a row; the others are counted below the table."""

MOST_QUESTION = 2_000
"""Columns of a question in its field."""

PREVIEW_SIDE = 144
"""Longest side of a row's previews, in pixels: twice the size shown."""

NO_BYTES = "this image is not available: it was sent by reference, or could not be read"

NO_TEXT = {"zip"}
"""Formats that cannot be copied as text."""


class CompressionView(HeadroomWidget):
    """One row per image: what was decided and why, what it costs; every decision can be changed.

    Parameters
    ----------
    result
        What ``compress`` gave. It stays as it is.

    Attributes
    ----------
    result
        The current result, with everything changed here or in the page.
    overruled
        The techniques chosen by hand, by path.

    Raises
    ------
    OptionError
        The argument is no result, or anywidget is missing.
    """

    kind = traitlets.Unicode("compression").tag(sync=True)
    questions: Mapping[str, str] = {
        "choose": "_choose",
        "form": "_form",
        "box": "_box",
        "question": "_question",
        "undo": "_undo",
        "redo": "_redo",
        "preview": "_preview",
        "picture": "_picture",
        "seen": "_seen",
        "text": "_text",
        "export": "_export",
    }

    report: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    """The report without images; see :mod:`headroom_nb.rendering.report`."""
    steps = traitlets.Tuple(default_value=(0, 0)).tag(sync=True)
    """Changes that can be undone, and done again."""
    formats: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    """What can be exported."""

    def __init__(self, result: CompressionResult) -> None:
        if not isinstance(result, CompressionResult):
            raise OptionError(f"CompressionView shows what compress gives, not {type(result).__name__}")
        self._overruling = Overruling(result)
        formats = [
            {"name": name, "about": made.about, "file": made.file, "text": name not in NO_TEXT}
            for name, made in FORMATS.items()
        ]
        super().__init__(report=_report(self._overruling), formats=formats)

    @property
    def result(self) -> CompressionResult:
        """The current result."""
        return self._overruling.result

    @property
    def messages(self) -> Any:
        """The smaller messages of the current result."""
        return self.result.messages

    @property
    def overruled(self) -> dict[BlockPath, Technique]:
        """Techniques chosen by hand, by path."""
        return dict(self._overruling.chosen)

    def override(
        self,
        path: BlockPath | str,
        technique: Technique | str | None = None,
        *,
        form: str | None = None,
        box: Box | None = None,
    ) -> None:
        """Treat one image as said, or (nothing said) as the router says; it shows at once.

        Parameters
        ----------
        path
            Which image.
        technique
            What to do with it.
        form
            The label of the form to send, one of ``result.images[0].forms``.
        box
            The region to cut out: left, top, right, bottom in pixels of the original.

        Raises
        ------
        OptionError
            When there is no such image, technique, form or region, more than one choice is given, or the result came
            without its compressor.
        """
        if sum(choice is not None for choice in (technique, form, box)) > 1:
            raise OptionError("override takes one of technique, form and box")
        with self._lock:
            if form is not None:
                self._overruling.take(path, form)
            elif box is not None:
                self._overruling.cut(path, box)
            else:
                self._overruling.choose([path], technique)
            self._show()

    def undo(self) -> None:
        """Take the last change back; raises OptionError where there is none."""
        with self._lock:
            self._overruling.undo()
            self._show()

    def redo(self) -> None:
        """Make the change that was undone last again; raises OptionError where there is none."""
        with self._lock:
            self._overruling.redo()
            self._show()

    def explore(self, place: int | str | BlockPath) -> TileExplorer:
        """Return an explorer of one image; its button *Use this box* makes the box drawn there the crop here.

        Raises
        ------
        OptionError
            When there is no such image, or its bytes are not there.
        """
        from headroom_nb.widgets.tile_explorer import TileExplorer

        image = self.result.image_at(place)
        original = image.original
        if not original:
            raise OptionError(NO_BYTES)
        box = crop_box(image)

        def use(drawn: Box) -> str:
            self.override(image.path, box=drawn)
            now = self.result.image_at(image.path)
            return f"{format_path(image.path)}: {now.note}"

        return TileExplorer(
            original,
            self.result.model,
            question=image.question,
            crop_box=box,
            label=self.result.names.get(image.path) or format_path(image.path),
            use=use,
            undo=self.undo,
        )

    def ask(self, path: BlockPath | str, question: str) -> None:
        """Decide one image by another question; what is sent keeps its own. Raises OptionError as `override` does."""
        with self._lock:
            self._overruling.ask(path, question)
            self._show()

    def save_labels(self, path: str | os.PathLike[str]) -> Path:
        """Add the techniques chosen by hand to a file of labelled examples (JSON lines), and return where.

        They hold the question, the image's digest and measurements, what the router said and what was chosen; never the
        image. The scripts in ``training/`` read them as questions.

        Raises
        ------
        OptionError
            When the file holds something else or cannot be written.
        """
        with self._lock:
            return labels.add_labels(labels.label_rows(self._overruling), path)

    def static_forms(self) -> dict[str, Any]:
        """Return the table that stands for the widget where nothing runs, and the report for viewers."""
        forms = display.mimebundle(self.result)
        return {name: form for name, form in forms.items() if name != "text/markdown"}

    def _show(self) -> None:
        with self.hold_sync():
            self.report = _report(self._overruling)
            self.steps = self._overruling.steps

    def _choose(self, request: Mapping[str, Any]) -> Answer:
        paths = [self._image(place).path for place in _list(request.get("images"))]
        self._overruling.choose(paths, request.get("technique"))
        self._show()
        return Answer({})

    def _form(self, request: Mapping[str, Any]) -> Answer:
        self.override(self._image(request.get("image")).path, form=str(request.get("form", "")))
        return Answer({})

    def _box(self, request: Mapping[str, Any]) -> Answer:
        left, top, right, bottom = (*_list(request.get("box")), *[None] * 4)[:4]
        self.override(self._image(request.get("image")).path, box=(left, top, right, bottom))
        return Answer({})

    def _undo(self, _request: Mapping[str, Any]) -> Answer:
        self.undo()
        return Answer({})

    def _redo(self, _request: Mapping[str, Any]) -> Answer:
        self.redo()
        return Answer({})

    def _question(self, request: Mapping[str, Any]) -> Answer:
        self.ask(self._image(request.get("image")).path, str(request.get("question", "")))
        return Answer({})

    def _preview(self, request: Mapping[str, Any]) -> Answer:
        media_type, data = preview(self._bytes(request), PREVIEW_SIDE)
        return Answer({"media_type": media_type}, [data])

    def _picture(self, request: Mapping[str, Any]) -> Answer:
        return picture_file(open_picture(self._bytes(request)))

    def _seen(self, request: Mapping[str, Any]) -> Answer:
        image = self._image(request.get("image"))
        part = sent_picture(image) if request.get("which") == "compressed" else None
        own = self.report["images"][request["image"]]["detail"]
        detail = own if part is None or part.detail is None else part.detail
        encoded = encode(provider_view(self._bytes(request), self.result.model, detail), mark=None)
        return Answer({"media_type": encoded.media_type}, [encoded.data])

    def _text(self, request: Mapping[str, Any]) -> Answer:
        return Answer({"text": sent_text(self._image(request.get("image")))})

    def _export(self, request: Mapping[str, Any]) -> Answer:
        name = str(request.get("to", ""))
        content = render(self.result, name)
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        return Answer({"file": FORMATS[name].file}, [data])

    def _bytes(self, request: Mapping[str, Any]) -> bytes:
        """Return an image's bytes: the original, or what is sent instead."""
        image = self._image(request.get("image"))
        if request.get("which") != "compressed":
            original = image.original
            if not original:
                raise OptionError(NO_BYTES)
            return original
        picture = sent_picture(image)
        if picture is None:
            raise OptionError("no other image is sent instead of this one")
        return picture.data

    def _image(self, place: object) -> ImageResult:
        if not isinstance(place, int) or not 0 <= place < len(self.result.images):
            raise OptionError("this image is no longer in the result; run the cell again")
        return self.result.images[place]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _report(overruling: Overruling) -> dict[str, Any]:
    """Return the report as the page shows it: no images, whole questions, the router's word kept."""
    result = overruling.result
    rows = [report.Previews()] * min(len(result.images), MOST_ROWS)
    made = display.report_of(result, rows, display.MOST_TEXT)
    for image, entry in zip(result.images, made["images"], strict=False):
        entry["question"] = image.question[:MOST_QUESTION]
        entry["text"] = ""  # asked for when it is looked at
        if image.path in overruling.chosen:
            entry.update(report.routing_facts(overruling.routed(image.path), display.MOST_TEXT))
    return made
