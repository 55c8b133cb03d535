"""See every decision of a compression, overrule it, and take the result away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.errors import OptionError
from headroom_nb.pictures import encode, open_picture
from headroom_nb.records import CompressionResult
from headroom_nb.rendering import display, report
from headroom_nb.rendering.export import FORMATS, render
from headroom_nb.rendering.sent import sent_picture, sent_text
from headroom_nb.rendering.thumbnails import preview
from headroom_nb.widgets import labels
from headroom_nb.widgets.base import Answer, HeadroomWidget
from headroom_nb.widgets.explorer_answers import picture_file
from headroom_nb.widgets.overruling import Overruling

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from headroom_nb.records import BlockPath, ImageResult, Technique

MOST_ROWS = 200
"""Images that get a row; the others are counted below the table."""

MOST_QUESTION = 2_000
"""Columns of a question in its field."""

PREVIEW_SIDE = 144
"""Longest side of a row's previews, in pixels: twice the size shown."""

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
        "question": "_question",
        "preview": "_preview",
        "picture": "_picture",
        "seen": "_seen",
        "text": "_text",
        "export": "_export",
    }

    report: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    """The report without images; see :mod:`headroom_nb.rendering.report`."""
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

    def override(self, path: BlockPath | str, technique: Technique | str | None) -> None:
        """Treat one image as said, or (None) as the router says; it shows at once.

        Raises
        ------
        OptionError
            When there is no such image or technique, or the result came without its compressor.
        """
        self._change([path], technique)

    def ask(self, path: BlockPath | str, question: str) -> None:
        """Decide one image by another question; what is sent keeps its own. Raises OptionError as `override` does."""
        with self._lock:
            self._overruling.ask(path, question)
            self.report = _report(self._overruling)

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

    def _change(self, paths: Iterable[BlockPath | str], technique: Technique | str | None) -> None:
        with self._lock:
            self._overruling.choose(paths, technique)
            self.report = _report(self._overruling)

    def _choose(self, request: Mapping[str, Any]) -> Answer:
        self._change([self._image(place).path for place in _list(request.get("images"))], request.get("technique"))
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
            if not image.original:
                raise OptionError("this image is not at hand: it was sent by reference, or could not be read")
            return image.original
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
    made = report.build(result, rows, display.MOST_TEXT)
    for image, entry in zip(result.images, made["images"], strict=False):
        entry["question"] = image.question[:MOST_QUESTION]
        entry["text"] = ""  # asked for when it is looked at
        if image.path in overruling.chosen:
            entry.update(report.routing_facts(overruling.routed(image.path), display.MOST_TEXT))
    return made
