"""The public hub models on ONNX Runtime: a question classifier and, if wanted, SigLIP's image encoder."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.errors import ModelFilesError, OptionError
from headroom_nb.routing.hub_router import MAX_TOKENS, HubRouter, check_model_id, read_labels
from headroom_nb.routing.siglip import check_embeddings
from headroom_nb.runtime.hub import hub_files
from headroom_nb.runtime.onnx_runtime import open_session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from headroom_nb.runtime.onnx_runtime import Session

    Floats = npt.NDArray[np.floating[Any]]

CLASSIFIER, ENCODER = "technique-router-onnx", "siglip-image-encoder-onnx"
"""Names in :data:`headroom_nb.runtime.hub.HUB_MODELS`."""


class OnnxTechniqueRouter(HubRouter):
    """Routes with ``chopratejas/technique-router-onnx`` and ``chopratejas/siglip-image-encoder-onnx``.

    Parameters
    ----------
    use_siglip
        Whether the image is also looked at with SigLIP. Where its files cannot be had the measured signals stand in,
        and every reason says so.
    model_id
        The hub model's name, where it is given at all.
    device
        ``"cpu"``, where it is given at all.
    network
        Whether files that are not here may be fetched.
    threads
        Threads one run may use.

    Raises
    ------
    ModelFilesError
        The classifier's files are missing or damaged; says how to get them.
    OptionError
        ``model_id`` is another model, or ``device`` another device.
    """

    name = "onnx"

    def __init__(
        self,
        use_siglip: bool = True,  # noqa: FBT001, FBT002
        *,
        model_id: str | None = None,
        device: str | None = None,
        network: bool = True,
        threads: int = 1,
    ) -> None:
        check_model_id(model_id, CLASSIFIER)
        if device not in (None, "cpu"):
            raise OptionError(f"device={device!r} is not known; the ONNX models run on the CPU")
        files = hub_files(CLASSIFIER, network=network)
        super().__init__(read_labels(read_json(files["config.json"]), files["config.json"]))
        self._tokenizer = load_tokenizer(files["tokenizer.json"])
        self._classifier = open_session(files["model_quantized.onnx"], threads=threads)
        self._classifier_inputs = {value.name for value in self._classifier.get_inputs()}
        self._encoder: Session | None = None
        self._embedded: Mapping[str, Floats] | None = None
        if use_siglip:
            try:
                self._load_encoder(hub_files(ENCODER, network=network), threads)
            except ModelFilesError as error:
                self.siglip_note = f"measured signals stand in for SigLIP: {error}"

    def _load_encoder(self, files: Mapping[str, Path], threads: int) -> None:
        path = files["text_embeddings.npz"]
        try:
            with np.load(path, allow_pickle=False) as stored:
                embedded = check_embeddings(stored, str(path))
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise ModelFilesError(f"{path} is damaged: {error}") from error
        self._encoder = open_session(files["image_encoder_int8.onnx"], threads=threads)
        self._encoder_input = self._encoder.get_inputs()[0].name
        self._embedded = embedded

    @property
    def descriptions(self) -> Mapping[str, Floats] | None:
        """Embedded descriptions per signal, or None where SigLIP takes no part."""
        return self._embedded

    def logits(self, question: str) -> Floats:
        """Return the classifier's logits, (labels,), for a question."""
        encoded = self._tokenizer.encode(question)
        feed = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoded.type_ids], dtype=np.int64),
        }
        wanted = {name: value for name, value in feed.items() if name in self._classifier_inputs}
        return np.asarray(self._classifier.run(None, wanted)[0][0])

    def embed(self, pixels: npt.NDArray[np.float32]) -> Floats:
        """Return the image's embedding for (1, 3, 224, 224) pixels."""
        if self._encoder is None:
            raise ModelFilesError("SigLIP was not loaded")
        return np.asarray(self._encoder.run(None, {self._encoder_input: pixels})[0])


def load_tokenizer(path: Path) -> Any:
    """Return the tokenizer of a ``tokenizer.json``, cutting after 64 tokens and padding to nothing.

    Raises
    ------
    ModelFilesError
        The file is no tokenizer, or the package that reads it is missing.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ModelFilesError("the tokenizers package is not installed; run: pip install tokenizers") from error
    try:
        tokenizer = Tokenizer.from_buffer(path.read_bytes())
    except (ValueError, OSError) as error:
        raise ModelFilesError(f"{path} is damaged or no tokenizer: {error}") from error
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object from a file; raises ModelFilesError when it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFilesError(f"{path} is damaged: {error}") from error
    if not isinstance(value, dict):
        raise ModelFilesError(f"{path} must hold a JSON object, not a {type(value).__name__}")
    return value
