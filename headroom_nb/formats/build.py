"""A user message with images from whatever a notebook holds."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import provider_name
from headroom_nb.errors import FileAccessError, OptionError, PictureError
from headroom_nb.formats import anthropic, bedrock, google, ollama, openai_chat, openai_responses
from headroom_nb.formats.document_block import PDF
from headroom_nb.formats.find import remember_name
from headroom_nb.records import ImagePart
from headroom_nb.runtime.files import is_file, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from headroom_nb.formats.base import WireFormat

SENT_AS_IS = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""Media types that every provider takes; files of other types are encoded anew."""


@dataclass(frozen=True)
class _Shape:
    """How a provider's message is put together: an empty image block, where blocks go, and what comes first."""

    wire: WireFormat
    image: dict[str, Any]
    key: str
    text_first: bool


_SHAPES = {
    "openai": _Shape(openai_chat.FORMAT, {"type": "image_url", "image_url": {}}, "content", text_first=True),
    "openai_responses": _Shape(
        openai_responses.FORMAT, {"type": "input_image", "detail": "auto"}, "content", text_first=True
    ),
    "anthropic": _Shape(anthropic.FORMAT, {"type": "image"}, "content", text_first=False),
    "google": _Shape(google.FORMAT, {}, "parts", text_first=False),
    "bedrock": _Shape(bedrock.FORMAT, {"image": {}}, "content", text_first=False),
}
"""Anthropic, Google and Amazon recommend images before the text; OpenAI's guide writes the text first."""

PROVIDERS = (*_SHAPES, "ollama")

_LONGEST_PATH = 1024


def _data(data: bytes) -> str:
    return b64encode(data).decode("ascii")


_DOCUMENTS: dict[str, Callable[[bytes, str], dict[str, Any]]] = {
    "openai": lambda data, name: {
        "type": "file",
        "file": {"filename": name, "file_data": f"data:{PDF};base64,{_data(data)}"},
    },
    "openai_responses": lambda data, name: {
        "type": "input_file",
        "filename": name,
        "file_data": f"data:{PDF};base64,{_data(data)}",
    },
    "anthropic": lambda data, name: {
        "type": "document",
        "source": {"type": "base64", "media_type": PDF, "data": _data(data)},
        "title": name,
    },
    "google": lambda data, _: {"inlineData": {"mimeType": PDF, "data": _data(data)}},
    "bedrock": lambda data, name: {
        # Converse takes letters, digits, spaces, hyphens and brackets in a name
        "document": {"format": "pdf", "name": re.sub(r"[^\w\s()\[\]-]+|_", "-", name), "source": {"bytes": data}}
    },
}
"""A block of each provider with a PDF in it."""

_SPOKEN = {
    "amazon": "bedrock",
    "vertex": "google",
    **dict.fromkeys(("deepseek", "meta", "mistral", "moonshot", "qwen", "together", "xai"), "openai"),
}
"""Whose format a provider without one of its own speaks."""


def user_message(text: str, *images: Any, provider: str = "openai", detail: str | None = None) -> dict[str, Any]:
    """Return one user message in a provider's format.

    Parameters
    ----------
    text
        The question; empty for none.
    images
        Each an image of any kind, or a list or column of them: a path, a ``file://`` URL, bytes, an open file, base64
        text, a data URL, a PIL image, an array or tensor of pixels (height × width, with 1, 3 or 4 channels last or
        first), a Matplotlib, plotly or Altair figure, an IPython or ipywidgets ``Image``, a row or column of a Hugging
        Face data set, a pandas Series of paths, a google-genai ``Part``, a dspy ``Image``, or an object that IPython
        can show as PNG. Files that the providers take are sent byte for byte, and so is a PIL image that was opened
        from one and not changed. A PDF (a path that ends in ``.pdf``, or its bytes) becomes the provider's own document
        block.
    provider
        ``"openai"`` (Chat Completions), ``"openai_responses"``, ``"anthropic"``, ``"google"``, ``"bedrock"`` or
        ``"ollama"``, or another name for one of these, such as ``"azure"``, ``"gemini"`` or ``"vertex"``.
    detail
        Detail level to ask for, such as ``"low"``; None says nothing.

    Raises
    ------
    OptionError
        When the provider, the detail level or the kind of an image is not one we know.
    PictureError
        When a file is not an image or a PDF.
    FileAccessError
        When a file cannot be read.
    """
    if images and _swapped(text, images):
        raise OptionError("the question comes first, then the images: user_message(question, image, …)")
    if not isinstance(text, str):
        raise OptionError(
            f"the question is text, not {type(text).__name__}; it comes first: user_message(question, image, …)"
        )
    if not images and Path(text).suffix and is_file(Path(text)):
        raise OptionError(f"{text!r} is a file, and no question came with it: user_message(question, {text!r})")
    asked = provider
    provider = _wire_of(provider) if isinstance(provider, str) else provider
    if provider not in PROVIDERS:
        raise OptionError(f"provider={asked!r} is not known; use one of {', '.join(PROVIDERS)}")
    wire = ollama.FORMAT if provider == "ollama" else _SHAPES[provider].wire
    if detail is not None and (not isinstance(detail, str) or detail not in wire.details):
        known = ", ".join(wire.details) or "none; leave it out"
        raise OptionError(f"detail={detail!r} cannot be asked of {provider}; it takes: {known}")
    papers, images = _split(images)
    parts = _parts(images, detail)
    if provider == "ollama" and papers:
        raise OptionError("ollama takes no PDF; send its pages as images")
    if provider == "ollama":
        written = {"images": [ollama.write_image("", part) for part in parts]} if parts else {}
        return {"role": "user", "content": text, **written}
    shape = _SHAPES[provider]
    blocks = [_DOCUMENTS[provider](data, name) for data, name in papers]
    blocks += [shape.wire.write_image(shape.image, part) for part in parts]
    texts = [shape.wire.write_text({}, text)] if text and shape.wire.write_text else []
    return {"role": "user", shape.key: [*texts, *blocks] if shape.text_first else [*blocks, *texts]}


def message_provider(model: str | None, provider: str | None) -> str:
    """Return in whose format a message for a model is written; OpenAI's for those without one of their own."""
    from headroom_nb.formats.model_choice import choose_model

    wanted = _wire_of(provider or choose_model(None, model=model, strict=False)[0].provider)
    return wanted if wanted in PROVIDERS else "openai"


def _wire_of(provider: str) -> str:
    """Return whose format a provider speaks; ``openai-responses`` is a format of its own, not OpenAI's first."""
    spelled = provider.strip().lower().replace("-", "_")
    known = spelled if spelled in PROVIDERS else provider_name(provider)
    return _SPOKEN.get(known, known)


def _parts(images: tuple[Any, ...], detail: str | None) -> list[ImagePart]:
    """Return images of any kind, and lists of them, as files to send."""
    if not images:
        return []
    from headroom_nb.pictures import images_in

    single = images_in(images)
    parts = []
    for number, image in enumerate(single, 1):
        try:
            parts += _of_image(image, detail)
        except (OptionError, FileAccessError, PictureError) as error:
            if len(single) == 1:
                raise
            raise type(error)(f"image {number} of {len(single)}: {error}") from error
    return parts


def _split(images: Iterable[Any], depth: int = 0) -> tuple[list[tuple[bytes, str]], tuple[Any, ...]]:
    """Return the PDFs among what was given, with their names, and all else; ``depth`` is how many lists it is in."""
    if depth > 1:  # so that a plain call loads nothing of images
        from headroom_nb.pictures.anything import check_depth

        check_depth(depth)
    papers: list[tuple[bytes, str]] = []
    others: list[Any] = []
    for each in images:
        if isinstance(each, (list, tuple)):
            inner, rest = _split(each, depth + 1)
            papers += inner
            others += [list(rest)] if rest else []
        elif isinstance(each, (bytes, bytearray)) and b"%PDF-" in each[:1024]:
            papers.append((bytes(each), "document.pdf"))
        elif isinstance(each, (str, PathLike)) and str(each)[-4:].lower() == ".pdf" and len(str(each)) <= _LONGEST_PATH:
            papers.append((read_file(each), Path(each).name))
        else:
            others.append(each)
    return papers, tuple(others)


def _of_image(image: Any, detail: str | None) -> list[ImagePart]:
    """Return an image as a file to send, a page of a TIFF as one each; errors name the file, where there is one."""
    try:
        return _files_of(image, detail)
    except PictureError as error:
        if isinstance(image, PathLike) or (isinstance(image, str) and is_file(Path(image))):
            raise type(error)(f"{image}: {error}") from error
        raise


def _files_of(image: Any, detail: str | None) -> list[ImagePart]:
    from headroom_nb.pictures import encode, image_file, open_picture, pages_of_tiff, read_header

    data = image_file(image)
    remember_name(data, image)
    header = read_header(data)
    if header.media_type in SENT_AS_IS:
        return [ImagePart(data, header.media_type, header.size, detail)]
    several = header.format == "TIFF" and header.frames > 1
    pages = pages_of_tiff(data) if several else [open_picture(data).rgb()]
    encoded = [encode(page, mark=None) for page in pages]
    if several and isinstance(image, (str, PathLike)) and len(str(image)) <= _LONGEST_PATH:
        for number, each in enumerate(encoded, 1):
            remember_name(each.data, f"{Path(image).name}, page {number}")
    return [ImagePart(each.data, each.media_type, each.size, detail) for each in encoded]


def _swapped(text: Any, images: tuple[Any, ...]) -> bool:
    """Return whether an image stands where the question belongs, and the question after it."""
    if not isinstance(text, str):
        return any(isinstance(image, str) for image in images)
    return isinstance(images[0], str) and not is_file(Path(images[0])) and is_file(Path(text))
