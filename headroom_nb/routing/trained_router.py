"""The public hub models on PyTorch: a sequence classifier for the question and SigLIP for the image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.errors import ModelFilesError
from headroom_nb.records import ImageSignals, RouteDecision, Technique
from headroom_nb.routing.hub_router import HubRouter, check_model_id, read_labels
from headroom_nb.routing.onnx_router import OnnxTechniqueRouter, load_tokenizer, read_json
from headroom_nb.routing.siglip import DESCRIPTIONS, check_embeddings
from headroom_nb.runtime.forks import after_fork
from headroom_nb.runtime.hub import hub_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.floating[Any]]

__all__ = ["ImageSignals", "RouteDecision", "Technique", "TrainedRouter"]

CLASSIFIER, SIGLIP = "technique-router", "siglip"
"""Names in :data:`headroom_nb.runtime.hub.HUB_MODELS`."""

SIGLIP_TOKENS = 64
"""Tokens of a description; shorter ones are padded, as the model was trained."""


class TrainedRouter(HubRouter):
    """Routes with ``chopratejas/technique-router`` and ``google/siglip-base-patch16-224``, or models like them.

    Where the hub model cannot be used on PyTorch, the ONNX models stand in: :attr:`name` is then ``"onnx"``, and every
    reason says why.

    Parameters
    ----------
    model_path
        Folder of a sequence classifier (``config.json`` with ``id2label``, weights, ``tokenizer.json``); the hub model
        when None.
    use_siglip
        Whether the image is also looked at with SigLIP. Where its files cannot be had the measured signals stand in,
        and every reason says so.
    device
        A PyTorch device such as ``"cuda"``; the first GPU or else the CPU when None.
    model_id
        The hub model's name, where it is given at all; other models are given by ``model_path``.
    siglip_path
        Folder of a SigLIP model with its ``tokenizer.json``; the hub model when None.
    network
        Whether files that are not here may be fetched.
    fallback
        Whether the ONNX models may stand in for the hub model.

    Raises
    ------
    ModelFilesError
        PyTorch or transformers is missing, or the classifier's files are, and nothing stands in; says what to do.
    OptionError
        ``model_id`` is another model.
    """

    name = "torch"

    def __init__(
        self,
        model_path: str | Path | None = None,
        use_siglip: bool = True,  # noqa: FBT001, FBT002
        device: str | None = None,
        *,
        model_id: str | None = None,
        siglip_path: str | Path | None = None,
        network: bool = True,
        fallback: bool = True,
    ) -> None:
        check_model_id(model_id, CLASSIFIER)
        self._stand_in: OnnxTechniqueRouter | None = None
        try:
            self._load(model_path, device, siglip_path, use_siglip=use_siglip, network=network)
        except ModelFilesError as error:
            if model_path is not None or not fallback:
                raise
            self._load_onnx(error, use_siglip=use_siglip, network=network)

    def _load_onnx(self, reason: ModelFilesError, *, use_siglip: bool, network: bool) -> None:
        try:
            self._stand_in = OnnxTechniqueRouter(use_siglip, network=network)
        except ModelFilesError as error:
            raise ModelFilesError(f"{reason}; ONNX could not stand in: {error}") from error
        super().__init__(self._stand_in.labels)
        self.name, self.device = self._stand_in.name, "cpu"
        note = f"onnx stands in for torch: {reason}"
        self.siglip_note = "; ".join(filter(None, [note, self._stand_in.siglip_note]))

    def _load(
        self,
        model_path: str | Path | None,
        device: str | None,
        siglip_path: str | Path | None,
        *,
        use_siglip: bool,
        network: bool,
    ) -> None:
        # The files first: PyTorch takes seconds to import.
        folder = _folder(model_path, CLASSIFIER, network=network)
        try:
            import torch
            from transformers import AutoModelForSequenceClassification
        except ImportError as error:
            raise ModelFilesError(f"{error.name} is not installed; run: pip install 'headroom-nb[torch]'") from error
        config = folder / "config.json"
        super().__init__(read_labels(read_json(config), config))
        self._torch = torch
        after_fork(self)
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._classifier = _load_model(AutoModelForSequenceClassification, folder).to(self.device)
        self._siglip: Any = None
        self._embedded: Mapping[str, Floats] | None = None
        if use_siglip:
            try:
                self._load_siglip(_folder(siglip_path, SIGLIP, network=network))
            except ModelFilesError as error:
                self.siglip_note = f"measured signals stand in for SigLIP: {error}"

    def reset_after_fork(self) -> None:
        """Use one thread in a child process: PyTorch would wait for ever for those of its parent."""
        self._torch.set_num_threads(1)

    def _load_siglip(self, folder: Path) -> None:
        from transformers import SiglipModel

        tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._siglip = _load_model(SiglipModel, folder).to(self.device)
        pad = int(self._siglip.config.text_config.pad_token_id)
        tokenizer.enable_truncation(SIGLIP_TOKENS)
        tokenizer.enable_padding(length=SIGLIP_TOKENS, pad_id=pad)
        embedded = {}
        for signal, descriptions in DESCRIPTIONS.items():
            ids = self._tensor([tokenizer.encode(text).ids for text in descriptions])
            with self._torch.inference_mode():
                embedded[signal] = _pooled(self._siglip.get_text_features(input_ids=ids))
        self._embedded = check_embeddings(embedded, str(folder))

    @property
    def descriptions(self) -> Mapping[str, Floats] | None:
        """Embedded descriptions per signal, or None where SigLIP takes no part."""
        return self._embedded if self._stand_in is None else self._stand_in.descriptions

    def logits(self, question: str) -> Floats:
        """Return the classifier's logits, (labels,), for a question."""
        if self._stand_in is not None:
            return self._stand_in.logits(question)
        encoded = self._tokenizer.encode(question)
        with self._torch.inference_mode():
            given = self._classifier(
                input_ids=self._tensor([encoded.ids]), attention_mask=self._tensor([encoded.attention_mask])
            )
        return np.asarray(given.logits[0].float().cpu().numpy())

    def embed(self, pixels: npt.NDArray[np.float32]) -> Floats:
        """Return the image's embedding for (1, 3, 224, 224) pixels."""
        if self._stand_in is not None:
            return self._stand_in.embed(pixels)
        with self._torch.inference_mode():
            return _pooled(self._siglip.get_image_features(pixel_values=self._torch.from_numpy(pixels).to(self.device)))

    def _tensor(self, rows: list[list[int]]) -> Any:
        return self._torch.tensor(rows, dtype=self._torch.long, device=self.device)


def _folder(path: str | Path | None, name: str, *, network: bool) -> Path:
    if path is None:
        return hub_files(name, network=network)["config.json"].parent
    folder = Path(path)
    if not (folder / "config.json").is_file():
        raise ModelFilesError(f"{folder} holds no model: config.json is missing")
    return folder


def _load_model(model_class: Any, folder: Path) -> Any:
    """Return a model from local files alone, ready to be run; never from a pickle, which could run code."""
    from safetensors import SafetensorError

    try:
        return model_class.from_pretrained(folder, local_files_only=True, use_safetensors=True).eval()
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelFilesError(f"the model in {folder} cannot be loaded: {error}") from error


def _pooled(features: Any) -> Floats:
    """Return (n, d) embeddings: transformers gives them bare or, from version 5 on, inside a record."""
    pooled = getattr(features, "pooler_output", features)
    return np.asarray(pooled.float().cpu().numpy())
