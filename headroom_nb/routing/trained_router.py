"""The public hub models on PyTorch: a sequence classifier for the question and SigLIP for the picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from headroom_nb.errors import ModelFilesError
from headroom_nb.routing.hub_router import HubRouter, read_labels
from headroom_nb.routing.onnx_router import load_tokenizer, read_json
from headroom_nb.routing.siglip import DESCRIPTIONS, check_embeddings
from headroom_nb.runtime.forks import after_fork
from headroom_nb.runtime.hub import hub_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.floating[Any]]

CLASSIFIER, SIGLIP = "technique-router", "siglip"
"""Names in :data:`headroom_nb.runtime.hub.HUB_MODELS`."""

SIGLIP_TOKENS = 64
"""Tokens of a description; shorter ones are padded, as the model was trained."""


class TrainedRouter(HubRouter):
    """Routes with ``chopratejas/technique-router`` and ``google/siglip-base-patch16-224``, or models like them.

    Parameters
    ----------
    model_path
        Folder of a sequence classifier (``config.json`` with ``id2label``, weights, ``tokenizer.json``); the hub model
        when None.
    use_siglip
        Whether the picture is also looked at with SigLIP. Where its files cannot be had the measured signals stand in,
        and every reason says so.
    device
        A PyTorch device such as ``"cuda"``; the first GPU or else the CPU when None.
    siglip_path
        Folder of a SigLIP model with its ``tokenizer.json``; the hub model when None.
    network
        Whether files that are not here may be fetched.

    Raises
    ------
    ModelFilesError
        PyTorch or transformers is missing, or the classifier's files are; says what to do.
    """

    name = "torch"

    def __init__(
        self,
        model_path: str | Path | None = None,
        use_siglip: bool = True,  # noqa: FBT001, FBT002
        device: str | None = None,
        *,
        siglip_path: str | Path | None = None,
        network: bool = True,
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
        self._classifier = _load(AutoModelForSequenceClassification, folder).to(self.device)
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
        self._siglip = _load(SiglipModel, folder).to(self.device)
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
    def _descriptions(self) -> Mapping[str, Floats] | None:
        return self._embedded

    def _logits(self, question: str) -> Floats:
        encoded = self._tokenizer.encode(question)
        with self._torch.inference_mode():
            given = self._classifier(
                input_ids=self._tensor([encoded.ids]), attention_mask=self._tensor([encoded.attention_mask])
            )
        return np.asarray(given.logits[0].float().cpu().numpy())

    def _embed(self, pixels: npt.NDArray[np.float32]) -> Floats:
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


def _load(model_class: Any, folder: Path) -> Any:
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
