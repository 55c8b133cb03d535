"""What a compressor remembers on disk: results of images, and the expensive steps behind them.

Three kinds of values, so that another question about an image finds what does not depend on the question:

- the result of an image, by its :class:`~headroom_nb.pipeline.context.CacheKey`;
- the text an OCR engine read, by the image's pixels and the engine's weights;
- what was measured in an image, by its bytes.

Every key begins with a fingerprint of this package's files and of the libraries that decode, encode, measure and
count: after any of them changed, nothing older is found. What rests on objects of the caller's own (a router, an OCR
engine), or on models of the hub, is not kept.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.caching import record_codec
from headroom_nb.costs.table import load_table
from headroom_nb.costs.vocabulary import vocabulary_source
from headroom_nb.errors import OcrError
from headroom_nb.ocr.base import pack_page, unpack_page
from headroom_nb.records import ImagePart, format_path
from headroom_nb.runtime.lru import on_clear
from headroom_nb.techniques.crop import caption
from headroom_nb.techniques.fence import inside, label_text
from headroom_nb.techniques.tiles import tiles_caption

if TYPE_CHECKING:
    from headroom_nb.caching.disk_store import DiskStore
    from headroom_nb.ocr.base import Ocr, OcrPage
    from headroom_nb.options import Options
    from headroom_nb.pipeline.context import CacheKey
    from headroom_nb.records import Box, ImageResult, Size


OWN_ROUTERS = {"auto": "embedded", "embedded": "embedded", "rules": "rules"}
"""Names of routers whose files are all in the package, and the router each stands for."""

LIBRARIES = (
    "numpy",
    "pillow",
    "onnxruntime",
    "tokenizers",
    "rapidocr",
    "rapidocr-onnxruntime",
    "openvino",
    "tiktoken",
    "bpe-openai",
)
"""Distributions that a result may depend on, down to its last byte."""


VOCABULARIES = ("o200k_base", "cl100k_base")
"""Vocabularies that count text where they are available."""


class DiskResults:
    """The values of one compressor in a store.

    Parameters
    ----------
    store
        Where they are.
    options
        The compressor's.
    """

    def __init__(self, store: DiskStore, options: Options) -> None:
        self.store = store
        self._options = options

    def result(self, key: CacheKey) -> ImageResult | None:
        """Return the result of an image; None where it is not known.

        Raises
        ------
        ImageSourceError
            The image's bytes cannot be had.
        """
        if not self._keeps_results():
            return None
        data = self.store.get(self._key(key))
        if data is None:
            return None
        try:
            return record_codec.unpack_result(data, key.slot, StoredTexts())
        except ValueError:
            return None

    def keep_result(self, key: CacheKey, result: ImageResult) -> None:
        """Remember the result of an image, unless another router stood in for the one that was named."""
        decision = result.decision
        named = decision is None or decision.by == "user" or decision.router == OWN_ROUTERS.get(self._options.router)
        if named and self._keeps_results():
            with suppress(ValueError):  # a text that is not made here
                self.store.put(self._key(key), record_codec.pack_result(result, StoredTexts()))

    def recall_measurements(self, image: bytes) -> set[str]:
        """Let the process know what was measured in an image; returns the detectors whose measurements are kept."""
        from headroom_nb.signals import measure as signals

        digest = hashlib.sha256(image).hexdigest()
        kept = set()
        for detector in signals.DETECTORS:
            data = self.store.get(_key("measured", digest, detector))
            try:
                found = None if data is None else signals.unpack_measurement(data)
            except ValueError:
                found = None
            if found is not None:
                kept.add(detector)
                signals.learn(digest, detector, found)
        return kept

    def keep_measurements(self, image: bytes, but: set[str]) -> None:
        """Remember what has been measured in an image since :meth:`recall_measurements` gave ``but``."""
        from headroom_nb.signals import measure as signals

        digest = hashlib.sha256(image).hexdigest()
        for detector in set(signals.DETECTORS) - but:
            found = signals.known(digest, detector)
            if found is not None:
                self.store.put(_key("measured", digest, detector), signals.pack_measurement(found))

    def reader(self, engine: Ocr) -> Ocr:
        """Return an engine that also looks here for what was read before."""
        from headroom_nb.ocr.ocr_reader import OcrReader

        ocr = self._options.ocr
        weights = _ocr_weights(ocr) if isinstance(ocr, str) else None
        if weights is None or not isinstance(engine, OcrReader):
            return engine
        return OcrReader(engine, _Pages(self.store, weights))

    def _keeps_results(self) -> bool:
        return self._options.shareable and self._options.router in OWN_ROUTERS

    def _key(self, key: CacheKey) -> bytes:
        return _key("result", key.facts, _ocr_weights(str(self._options.ocr)))


class _Pages:
    """Pages of text in a store, for :class:`~headroom_nb.ocr.ocr_reader.OcrReader`."""

    def __init__(self, store: DiskStore, weights: str) -> None:
        self._store = store
        self._weights = weights

    def get(self, pixels: str) -> OcrPage | None:
        data = self._store.get(_key("read", pixels, self._weights))
        try:
            return None if data is None else unpack_page(data)
        except ValueError:
            return None

    def put(self, pixels: str, page: OcrPage) -> None:
        self._store.put(_key("read", pixels, self._weights), pack_page(page))


def _key(*facts: object) -> bytes:
    """Return the key of a value that depends on these facts."""
    return hashlib.sha256(json.dumps([fingerprint(), *facts], sort_keys=True).encode("ascii")).digest()


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return a digest of this package's code, tables and weights, and of the versions of the libraries it rests on."""
    package = Path(__file__).parents[1]
    found = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        found.update(hashlib.sha256(file.read_bytes()).digest())
    found.update(hashlib.sha256((package / "routing" / "weights" / "manifest.json").read_bytes()).digest())
    found.update(json.dumps(load_table(), sort_keys=True).encode("ascii"))
    counted = {name: vocabulary_source(name) for name in VOCABULARIES}
    found.update(json.dumps([{name: _version(name) for name in LIBRARIES}, counted]).encode("ascii"))
    return found.hexdigest()


on_clear(fingerprint.cache_clear)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@lru_cache(maxsize=8)
def _ocr_weights(name: str) -> str | None:
    """Return a digest of the OCR engine's weights; None when it is not installed."""
    from headroom_nb.ocr.many_scripts import all_readers, name_with
    from headroom_nb.ocr.registry import ISOLATED
    from headroom_nb.ocr.weights import find_weights

    try:
        weights = find_weights("auto" if name == ISOLATED else name)
        engine = name_with(weights.name, all_readers())
        files = [file.read_bytes() for file in (weights.detector, weights.recogniser)]
    except (OcrError, OSError):
        return None
    found = hashlib.sha256(engine.encode())
    for data in files:
        found.update(hashlib.sha256(data).digest())
    return found.hexdigest()


READ, BOXES, WHOLE = "read", "boxes", "whole"


class StoredTexts:
    """Knows the texts that stand in an image's place: what was read in it, and the caption of a crop or of tiles."""

    def bare(self, text: str, result: ImageResult) -> dict[str, Any]:
        """Return what a text is made from; raises ValueError for one that is not made here."""
        size = result.original_size or (0, 0)
        read = inside(text)
        found: list[dict[str, Any]] = [] if read is None else [{READ: read}]
        boxes = [part.box for part in result.parts if isinstance(part, ImagePart) and part.box is not None]
        found += [{BOXES: boxes, WHOLE: whole} for whole in (True, False) if boxes]
        for record in found:
            if self.made(record, format_path(result.path), size) == text:
                return record
        raise ValueError("this text is not made here")

    def made(self, record: dict[str, Any], label: str, size: Size) -> str:
        """Return the text anew; raises ValueError, KeyError or TypeError for anything else."""
        if READ in record:
            return label_text(_text(record[READ]), label, size)
        boxes: list[Box] = [
            (int(left), int(top), int(right), int(bottom)) for left, top, right, bottom in record[BOXES]
        ]
        whole = bool(record[WHOLE])
        return tiles_caption(boxes, size, whole=whole) if len(boxes) > 1 else caption(boxes[0], size, whole=whole)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("this is not text")
    return value
