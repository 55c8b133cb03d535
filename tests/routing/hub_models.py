"""Small models with the signatures of the public hub models, whose answers are known.

The classifier knows four words; the encoder gives an image's mean colour, and the descriptions say that bright
images have every signal and dark ones none.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers

from headroom_nb.runtime.hub import HUB_MODELS

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("transcode", "crop", "full_low", "preserve")
VOCABULARY = {"[UNK]": 0, "read": 1, "corner": 2, "describe": 3, "count": 4}
STRENGTH = 3.0
"""Logit that one known word adds to its technique."""


def write_tokenizer(path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    path.write_text(tokenizer.to_str(), encoding="utf-8")


def save(graph: onnx.GraphProto, path: Path) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_classifier(folder: Path) -> None:
    """input_ids, attention_mask, token_type_ids (int64, batch × tokens) → logits (batch × 4)."""
    folder.mkdir(parents=True, exist_ok=True)
    table = np.zeros((len(VOCABULARY), 4), dtype=np.float32)
    table[1:] = np.eye(4, dtype=np.float32) * STRENGTH
    given = ["input_ids", "attention_mask", "token_type_ids"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["words"]),
            helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
            helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["mask", "types"], ["weights"]),
            helper.make_node("Unsqueeze", ["weights", "last"], ["columns"]),
            helper.make_node("Mul", ["words", "columns"], ["counted"]),
            helper.make_node("ReduceSum", ["counted", "tokens"], ["logits"], keepdims=0),
        ],
        "classifier",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in given],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 4])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "tokens"),
        ],
    )
    save(graph, folder / "model_quantized.onnx")
    write_tokenizer(folder / "tokenizer.json")
    config = {"id2label": {str(number): label.upper() for number, label in enumerate(LABELS)}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def write_encoder(folder: Path) -> None:
    """pixel_values (1 × 3 × 224 × 224, −1 to 1) → (1 × 3), the mean colour; descriptions per signal."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["pixel_values"], ["embedding"], axes=[2, 3], keepdims=0)],
        "encoder",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, [1, 3, 224, 224])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 3])],
    )
    save(graph, folder / "image_encoder_int8.onnx")
    bright_or_dark = np.array([[1, 1, 1], [-1, -1, -1]], dtype=np.float32)
    signals = ("has_text", "is_document", "is_complex", "has_small_details")
    np.savez(folder / "text_embeddings.npz", **dict.fromkeys(signals, bright_or_dark))


def write_all(root: Path) -> Path:
    """Lay both out as HEADROOM_NB_HUB_FILES expects them."""
    write_classifier(root / HUB_MODELS["technique-router-onnx"].repo)
    write_encoder(root / HUB_MODELS["siglip-image-encoder-onnx"].repo)
    return root


def plain(colour: str, size: tuple[int, int] = (640, 480)) -> bytes:
    """Return a PNG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()
