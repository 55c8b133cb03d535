"""Where the weights are: inside the wheels of the two RapidOCR generations.

Only the ONNX files are used; the sessions, the resizing and the decoding are ours (see the sibling modules), which is
what makes reading fast. Nothing is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from headroom_nb.errors import OcrError, OptionError


@dataclass(frozen=True)
class Source:
    """A package that ships OCR weights.

    Attributes
    ----------
    name
        What users call it.
    module
        The package to look in; found without importing it.
    detector, recogniser
        Patterns of the files in its ``models`` folder.
    reads
        What its characters cover; part of the engine's name, which stands in every transcript's note.
    install
        What to run when it is missing.
    """

    name: str
    module: str
    detector: str
    recogniser: str
    reads: str
    install: str


SOURCES = (
    Source(
        "rapidocr",
        "rapidocr",
        "*det*.onnx",
        "*rec*.onnx",
        "European languages, Chinese and Japanese",
        "pip install 'rapidocr>=3.4,<4'",
    ),
    Source(
        "rapidocr-onnxruntime",
        "rapidocr_onnxruntime",
        "*det*.onnx",
        "*rec*.onnx",
        "English and Chinese, accents are lost",
        "pip install rapidocr-onnxruntime==1.4.4",
    ),
)
"""In order of preference: 3.x reads English several times better than the 1.4 line."""


@dataclass(frozen=True)
class Weights:
    """Two ONNX files and a name that tells them apart from others (it goes into cache keys)."""

    name: str
    detector: Path
    recogniser: Path


def find_weights(name: str = "auto") -> Weights:
    """Return the weights of an installed source.

    Raises
    ------
    OptionError
        ``name`` is none of the sources.
    OcrError
        It is not installed, or its wheel has no weights; says what to install.
    """
    sources = SOURCES if name == "auto" else tuple(source for source in SOURCES if source.name == name)
    if not sources:
        known = ", ".join(["auto", *(source.name for source in SOURCES)])
        raise OptionError(f"There is no OCR engine {name!r}; known are {known}.")
    for source in sources:
        weights = _look_in(source)
        if weights is not None:
            return weights
    raise OcrError(f"No OCR engine with its weights is installed; run: {sources[0].install}")


def _look_in(source: Source) -> Weights | None:
    spec = util.find_spec(source.module)
    if spec is None or spec.origin is None:
        return None
    models = Path(spec.origin).parent / "models"
    detectors, recognisers = sorted(models.glob(source.detector)), sorted(models.glob(source.recogniser))
    if not detectors or not recognisers:
        return None
    try:
        version = metadata.version(source.name)
    except metadata.PackageNotFoundError:
        version = "unknown"
    return Weights(f"{source.name} {version} ({recognisers[-1].stem}: {source.reads})", detectors[-1], recognisers[-1])
