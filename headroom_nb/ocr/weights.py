"""Where the weights are: inside the wheels of the two RapidOCR generations.

Only the ONNX files are used; the sessions, the resizing and the decoding are ours (see the sibling modules), which is
what makes reading fast. Nothing is downloaded.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass, replace
from importlib import metadata, util
from pathlib import Path

from headroom_nb.errors import OcrError, OptionError
from headroom_nb.runtime.files import sha256_of


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


OPENVINO = "rapidocr-openvino"
"""The name for the first source's weights on OpenVINO: only who asks for it gets it."""

BEST = ("auto", "isolated")
"""Names for the best that is installed: in this process, or in one of its own."""


@dataclass(frozen=True)
class Weights:
    """Two ONNX files, a name of their own, which goes into cache keys, and what runs them."""

    name: str
    detector: Path
    recogniser: Path
    runtime: str = "onnxruntime"


def find_weights(name: str = "auto") -> Weights:
    """Return the weights of an installed source.

    Raises
    ------
    OptionError
        ``name`` is none of the sources.
    OcrError
        It or its runtime is not installed, or its wheel has no weights; says what to install.
    """
    if name == OPENVINO:
        return _on_openvino(find_weights(SOURCES[0].name))
    sources = SOURCES if name in BEST else tuple(source for source in SOURCES if source.name == name)
    if not sources:
        known = ", ".join([*BEST, *(source.name for source in SOURCES), OPENVINO])
        raise OptionError(f"There is no OCR engine {name!r}; known are {known}.")
    for source in sources:
        weights = _look_in(source)
        if weights is not None:
            return weights
    raise OcrError(f"No OCR engine with its weights is installed; run: {sources[0].install}")


def _on_openvino(weights: Weights) -> Weights:
    if util.find_spec("openvino") is None:
        raise OcrError("OpenVINO is not installed; run: pip install 'headroom-nb[openvino]'")
    name = weights.name.replace(SOURCES[0].name, OPENVINO, 1)
    return replace(weights, name=f"{name[:-1]}, on OpenVINO {metadata.version('openvino')})", runtime="openvino")


def check_weights(path: Path) -> None:
    """Hold a file of weights to the checksum that its package was installed with.

    Raises
    ------
    OcrError
        It is damaged or was changed; says what to reinstall.
    """
    source = next((source for source in SOURCES if source.module == path.parent.parent.name), None)
    expected = None if source is None else _installed_checksum(source, path.name)
    try:
        if source is not None and expected is not None and expected != sha256_of(path):
            raise OcrError(
                f"{path} is damaged or was changed: its SHA-256 is not the one {source.name} was installed with; "
                f"run: pip install --force-reinstall --no-deps {source.name}"
            )
    except OSError as error:
        raise OcrError(f"{path} cannot be read ({error.strerror})") from error


def _installed_checksum(source: Source, file: str) -> str | None:
    """Return the SHA-256, in hex, that the package's own record has; None where it has none."""
    try:
        files = metadata.files(source.name) or []
    except metadata.PackageNotFoundError:
        return None
    for entry in files:
        if entry.parts == (source.module, "models", file) and entry.hash is not None and entry.hash.mode == "sha256":
            return urlsafe_b64decode(entry.hash.value + "=").hex()
    return None


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
