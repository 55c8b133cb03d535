"""What bytes from outside go through: a function for each kind of file or text; it raises on a broken promise only.

The same functions are run by atheris (``python -m tests.fuzz.run_atheris``), and by the tests over the seed corpus and
seeded mutations of it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
import zipfile
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import headroom_nb
from headroom_nb import HeadroomError, Limits, Technique
from headroom_nb.costs import models
from headroom_nb.documents.pages import page_facts
from headroom_nb.documents.pdf import open_pdf
from headroom_nb.notebook import grammar
from headroom_nb.notebook.completion import suggest
from headroom_nb.ocr import FakeOcr
from headroom_nb.pictures import open_picture, read_header
from headroom_nb.rendering import display
from headroom_nb.rendering.export import render
from tests.fuzz.entry_points import WordRouter, same
from tests.fuzz.wires import image_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SMALL = Limits(max_image_pixels=250_000, max_image_bytes=2**20)
"""So that a lucky header costs a few milliseconds, not half a second."""

QUESTIONS = ("", "Read it", "Top?", "What is it")
"""One for each technique, by :class:`WordRouter`."""


@dataclass(frozen=True)
class Target:
    """What is run on bytes, and the folder of the corpus it starts from."""

    run: Callable[[bytes], None]
    seeds: str


@cache
def _compressor() -> headroom_nb.ImageCompressor:
    return headroom_nb.ImageCompressor(
        "gpt-4o", WordRouter(Technique.PRESERVE), ocr=FakeOcr(["TOTAL 3.55"]), limits=SMALL
    )


def picture(data: bytes) -> None:
    """Read a picture's header, decode it, and compress a message that shows it."""
    with contextlib.suppress(HeadroomError):
        header = read_header(data)
        assert min(header.size) > 0
        opened = open_picture(data, SMALL)
        assert opened.rgb().size == header.size
        assert max(opened.small(16).size) <= 16
    question = QUESTIONS[len(data) % len(QUESTIONS)]
    block = image_block("anthropic", data)
    messages = [{"role": "user", "content": [{"type": "text", "text": question}, block]}]
    _compressed(messages)


def pdf(data: bytes) -> None:
    """Read a PDF, count it, and compress a message that holds it; broken ones stay as they are."""
    encoded = base64.b64encode(data).decode("ascii")
    source = {"type": "base64", "media_type": "application/pdf", "data": encoded}
    question = ("", "What does page 2 say?", "When was the harbour dredged?")[len(data) % 3]
    messages = [
        {"role": "user", "content": [{"type": "document", "source": source}, {"type": "text", "text": question}]}
    ]
    before = deepcopy(messages)
    with contextlib.suppress(HeadroomError):
        opened = open_pdf(data, SMALL)
        try:
            for number in range(1, min(opened.pages, 3) + 1):
                with contextlib.suppress(HeadroomError):
                    page_facts(opened.read(number))
                with contextlib.suppress(HeadroomError):
                    opened.render(number, 200)
        finally:
            opened.close()
    result = _readers().run(messages)
    assert messages == before
    (document,) = result.documents
    assert 0 <= document.compressed_tokens <= document.original_tokens or not document.parts
    assert document.error is None or (not document.parts and result.messages == before)
    assert _readers().run(result.messages).messages == result.messages
    json.dumps(display.to_json(result))
    display.to_html(result)
    headroom_nb.check(messages)


@cache
def _readers() -> headroom_nb.ImageCompressor:
    return headroom_nb.ImageCompressor(
        "claude-opus-5-5", WordRouter(Technique.PRESERVE), ocr=FakeOcr(["TOTAL 3.55"]), limits=SMALL
    )


def message(data: bytes) -> None:
    """Compress, check and write out what JSON says; what is no JSON stands as text in a message."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        text = data.decode("utf-8", "replace")
        document = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": text}}, text]}]
    _compressed(document)
    before = deepcopy(document) if not _deep(data) else None
    for call in (headroom_nb.check, headroom_nb.fit_limits):
        with contextlib.suppress(HeadroomError):
            call(document)
    with contextlib.suppress(HeadroomError):
        headroom_nb.optimize_images_in_messages(document, "openai")
    assert before is None or same(document, before)


def model_table(data: bytes) -> None:
    """Read a TOML file of models, and count with each model that it adds."""
    with _own_models(), _file(data) as path, contextlib.suppress(HeadroomError):
        for spec in headroom_nb.load_models(path):
            for level in ("auto", *spec.details):
                with contextlib.suppress(HeadroomError):
                    headroom_nb.estimate_tokens(640, 480, spec.name, level)


def notebook(data: bytes) -> None:
    """Count the pictures of a notebook file."""
    with _file(data) as path, contextlib.suppress(HeadroomError):
        str(headroom_nb.bill(path, model="gpt-4o"))


def line(data: bytes) -> None:
    """Read a line of the magic, and complete it."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(HeadroomError):
        command = grammar.read(text)
        assert command.verb.name in grammar.VERBS
    suggest(text, {"messages": []})


def export_path(data: bytes) -> None:
    """Write a result to a path of anyone's choosing; the file is whole, or there is none."""
    name = os.fsdecode(data.replace(b"/", b"_"))
    with _folder() as folder, contextlib.suppress(HeadroomError):
        written = headroom_nb.export(_result(), "json", f"{folder}/{name}")
        assert json.loads(Path(written).read_bytes())
        assert [entry.name for entry in folder.iterdir()] == [Path(written).name]


def archive(data: bytes) -> None:
    """Write a zip of a conversation whose keys and media types are anyone's; its members stay in their folder."""
    text = data.decode("utf-8", "replace")
    block = image_block("anthropic", b"GIF89a" if len(data) % 2 else _tiny())
    block["source"]["media_type"] = text
    with contextlib.suppress(HeadroomError):
        result = _compressor().run({"body": {"messages": [{"role": text, "content": [block]}]}, text: text})
        members = zipfile.ZipFile(BytesIO(render(result, "zip"))).namelist()
        for member in members:
            assert not {"..", ""} & set(member.split("/")), member
            assert "\\" not in member
            assert ":" not in member


def remembered(data: bytes) -> None:
    """Read what another process, or another user, may have left in the cache on disk."""
    from headroom_nb.caching import record_codec
    from headroom_nb.formats import find_images
    from headroom_nb.ocr.base import unpack_page
    from headroom_nb.pipeline.remember_on_disk import StoredTexts
    from headroom_nb.signals.measure import unpack_measurement

    (slot,) = find_images([{"role": "user", "content": [image_block("anthropic", _tiny())]}])
    for unpack in (
        lambda: record_codec.unpack_result(data, slot, StoredTexts()),
        lambda: unpack_page(data),
        lambda: unpack_measurement(data),
    ):
        with contextlib.suppress(ValueError):
            unpack()


def batch(data: bytes) -> None:
    """Run a batch over a file; the source stays, and every line of it is accounted for."""
    with _folder() as folder, contextlib.suppress(HeadroomError):
        source, sink = folder / "in.jsonl", folder / "out.jsonl"
        source.write_bytes(data)
        router, ocr = WordRouter(Technique.PRESERVE), FakeOcr(["TOTAL 3.55"])
        done = headroom_nb.compress_batch(source, sink, model="gpt-4o", router=router, ocr=ocr, progress=False)
        assert source.read_bytes() == data
        assert done.items >= done.error_count
        str(done)


TARGETS = {
    "picture": Target(picture, "pictures"),
    "pdf": Target(pdf, "pdfs"),
    "message": Target(message, "messages"),
    "model_table": Target(model_table, "models"),
    "notebook": Target(notebook, "notebooks"),
    "line": Target(line, "lines"),
    "export_path": Target(export_path, "paths"),
    "archive": Target(archive, "paths"),
    "batch": Target(batch, "batches"),
    "remembered": Target(remembered, "records"),
}


def _compressed(document: Any) -> None:
    try:
        result = _compressor().run(document)
    except HeadroomError:
        return
    for image in result.images:
        assert 0 <= image.compressed_tokens <= image.original_tokens
        assert image.error is None or not image.parts
    json.dumps(display.to_json(result))
    display.to_html(result)


def _deep(data: bytes) -> bool:
    return data.count(b"[") + data.count(b"{") > 200


@cache
def _result() -> headroom_nb.CompressionResult:
    return _compressor().run([{"role": "user", "content": [image_block("openai_chat", _tiny())]}])


def _tiny() -> bytes:
    from tests.fuzz.corpus import pictures

    return pictures()["palette.png"]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextlib.contextmanager
def _file(data: bytes) -> Iterator[Path]:
    with _folder() as folder:
        path = folder / "file"
        path.write_bytes(data)
        yield path


@contextlib.contextmanager
def _own_models() -> Iterator[None]:
    """Forget afterwards which models were added."""
    headroom_nb.estimate_tokens(1, 1)
    before = dict(models._models), dict(models._names)
    try:
        yield
    finally:
        for table, rows in zip((models._models, models._names), before, strict=True):
            table.clear()
            table.update(rows)
        models.forget_models()
