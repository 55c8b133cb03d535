"""Images as objects of other libraries, recognised by the names of their classes: none of them is imported for it."""

from __future__ import annotations

import base64
from importlib.util import find_spec
from io import BytesIO, TextIOBase
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError, OptionError, UnreadablePictureError
from headroom_nb.pictures.arrays import array_to_image
from headroom_nb.pictures.given import KINDS, of_link
from headroom_nb.pictures.header import read_header
from headroom_nb.pictures.plugins import DECODE_ERRORS, quiet
from headroom_nb.runtime.files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL.Image import Image


def kind_of(value: Any, table: Mapping[tuple[str, str], Callable[[Any], Any]]) -> Callable[[Any], Any] | None:
    """Return the entry for a value's class or a base of it, by the name of its library and its own."""
    for base in type(value).__mro__:
        found = table.get((base.__module__.partition(".")[0], base.__name__))
        if found is not None:
            return found
    return None


def _of_pil(image: Image) -> bytes | Image:
    """Return the bytes of the file that an unchanged PIL image was opened from, else the image."""
    name = getattr(image, "filename", "")
    data = _unchanged_file(image, name) if name else None
    return image if data is None else data


def _unchanged_file(image: Image, name: Any) -> bytes | None:
    """Return the file's bytes where they still show the pixels that the image holds; None where they do not."""
    import PIL.Image

    try:
        data = read_file(name)
        if sorted(read_header(data).size) != sorted(image.size):
            return None
        with quiet(), PIL.Image.open(BytesIO(data)) as stored:
            stored.load()
            return data if _looks(stored) == _looks(image) else None
    except (HeadroomError, *DECODE_ERRORS):
        return None  # the file is gone or another one; the image in memory is what counts


def _looks(image: Image) -> tuple[object, ...]:
    image.load()
    palette = image.getpalette() if image.mode in ("P", "PA") else None
    return image.size, image.mode, palette, image.info.get("transparency"), image.tobytes()


def _of_tensor(tensor: Any) -> bytes | Image:
    there = tensor.detach().cpu()
    return array_to_image((there.float() if there.is_floating_point() else there).numpy())  # NumPy has no bfloat16


def _of_array_like(value: Any) -> bytes | Image:
    import numpy as np

    return array_to_image(np.asarray(value))


def figure_of(value: Any) -> Any:
    """Return the Matplotlib figure that axes or a part of a figure belong to."""
    while not hasattr(value, "savefig"):
        value = value.figure
    return value


def _of_matplotlib(value: Any) -> bytes:
    out = BytesIO()
    figure_of(value).savefig(out, format="png", bbox_inches="tight")
    return out.getvalue()


def _of_plotly(figure: Any) -> bytes:
    if find_spec("kaleido") is None:
        raise OptionError("plotly needs kaleido to draw a figure as an image; run: pip install 'kaleido>=1'")
    try:
        return bytes(figure.to_image(format="png"))
    except (ValueError, RuntimeError, OSError) as error:
        raise OptionError(f"plotly could not draw the figure: {error}") from error


def _of_altair(chart: Any) -> bytes:
    if find_spec("vl_convert") is None:
        raise OptionError("Altair needs vl-convert to draw a chart as an image; run: pip install vl-convert-python")
    out = BytesIO()
    try:
        chart.save(out, format="png")
    except (ValueError, RuntimeError, OSError) as error:
        raise OptionError(f"Altair could not draw the chart: {error}") from error
    return out.getvalue()


def _of_ipython(image: Any) -> bytes:
    if isinstance(image.data, bytes):
        return image.data
    return of_link(image.url if image.data is None else image.data, "an IPython Image")


def _of_widget(widget: Any) -> bytes:
    value = bytes(widget.value)
    return of_link(value.decode("utf-8", "replace"), "an image widget") if widget.format == "url" else value


def _of_part(part: Any) -> bytes:
    """Return the image of a ``google.genai.types.Part``."""
    inline = part.inline_data
    if inline is not None and inline.data:
        return bytes(inline.data)
    link = None if part.file_data is None else part.file_data.file_uri
    return of_link(link, "a Part")


def _of_google_image(image: Any) -> bytes:
    return bytes(image.image_bytes) if image.image_bytes else of_link(image.gcs_uri, "a google.genai Image")


def _of_stream(stream: Any) -> bytes:
    """Return all of an open file, wherever it stands; it stands there again afterwards."""
    if isinstance(stream, TextIOBase):
        raise OptionError("the image's file was opened as text; open it with mode 'rb'")
    seekable = getattr(stream, "seekable", None)
    place = stream.tell() if callable(seekable) and seekable() else None
    if place is not None:
        stream.seek(0)
    data = stream.read()
    if place is not None:
        stream.seek(place)
    if not isinstance(data, (bytes, bytearray)):
        raise OptionError(f"reading the image gave {type(data).__name__}, not bytes; open the file with mode 'rb'")
    return bytes(data)


def _of_shown(value: Any) -> bytes:
    """Return what an object shows in a notebook: PNG or JPEG, as bytes or as base64 text, alone or with metadata."""
    for name in ("_repr_png_", "_repr_jpeg_"):
        show = getattr(value, name, None)
        shown_as = show() if callable(show) else None
        data = shown_as[0] if isinstance(shown_as, tuple) else shown_as
        if isinstance(data, bytes):
            return data
        if isinstance(data, str):
            try:
                return base64.b64decode(data)
            except ValueError as error:
                raise UnreadablePictureError(f"{type(value).__name__} shows broken base64: {error}") from error
    raise OptionError(f"{type(value).__name__} shows no image; pass {KINDS}")


AXES = ("matplotlib", "_AxesBase")

READERS: dict[tuple[str, str], Callable[[Any], bytes | Image]] = {
    ("PIL", "Image"): _of_pil,
    ("numpy", "ndarray"): array_to_image,
    ("torch", "Tensor"): _of_tensor,
    ("matplotlib", "FigureBase"): _of_matplotlib,
    AXES: _of_matplotlib,
    ("plotly", "BaseFigure"): _of_plotly,
    ("altair", "TopLevelMixin"): _of_altair,
    ("IPython", "Image"): _of_ipython,
    ("ipywidgets", "Image"): _of_widget,
    ("google", "Part"): _of_part,
    ("google", "Image"): _of_google_image,
    ("dspy", "Image"): lambda image: of_link(image.url, "a dspy Image"),
}
"""How an object of a library is read, by the library and the name of its class or of a base of it."""

BY_METHOD: dict[str, Callable[[Any], bytes | Image]] = {
    "_repr_png_": _of_shown,
    "_repr_jpeg_": _of_shown,
    "read": _of_stream,
    "__array__": _of_array_like,
}
"""How any other object is read, by what it can do."""
