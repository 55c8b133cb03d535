"""Export the question model: ONNX, INT8 weights, its tokenizer, and a check against PyTorch.

Run as ``python -m training.export --model build/router/7/final.pt --out build/router/7/weights/question.onnx``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from headroom_nb.routing.decision import GROUPS
from headroom_nb.runtime.onnx_runtime import open_session
from training.question_model import NEEDS_AT, TECHNIQUES_AT, QuestionModel, batch_of, read_questions
from training.tokens import build_tokenizer


def export(model: QuestionModel, path: Path) -> None:
    """Write the model with 8-bit weights; activations are quantised as they come."""
    model.eval()
    model.encoder.config._attn_implementation = "eager"  # noqa: SLF001 (the fused attention has no ONNX form)
    ids = torch.arange(1000, 1009)[None]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            plain,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        # Seven bits: with eight, the sums overflow on processors without VNNI instructions.
        quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def main() -> None:
    """Export and compare with PyTorch on held-back questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("build/router/7/final.pt"))
    parser.add_argument("--questions", type=Path, default=Path("build/router/questions.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("build/router/7/weights/question.onnx"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    stored = torch.load(options.model)
    model = QuestionModel(tuple(stored["layers"]))
    model.load_state_dict(stored["state"])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    export(model, options.out)
    build_tokenizer().save(str(options.out.with_name("tokenizer.json")), pretty=False)

    questions = read_questions(options.questions)[1]
    session = open_session(options.out)
    same = []
    with torch.inference_mode():
        for row in range(0, len(questions), 7):
            ids, mask = batch_of(questions, [row])
            exact = model(ids, mask).numpy()[0]
            got = session.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0][0]
            for part in (TECHNIQUES_AT, NEEDS_AT):
                first, second = (logits[part].reshape(len(GROUPS), -1).argmax(1) for logits in (exact, got))
                same.append((first == second).mean())
    size = options.out.stat().st_size
    print(
        json.dumps({"bytes": size, "answers as before quantisation": float(np.mean(same)), "compared": len(same) // 2})
    )


if __name__ == "__main__":
    main()
