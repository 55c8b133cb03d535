"""Fine-tune MiniLM on the generated questions; keeps the log and the weights.

Run as ``python -m training.train_question --questions build/router/questions.jsonl --out build/router``.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch

from training.question_model import (
    ANSWERS,
    QuestionModel,
    Questions,
    batch_of,
    batches,
    loss_of,
    read_questions,
)


def predict(model: QuestionModel, questions: Questions, size: int = 128) -> np.ndarray:
    """Return the logits of all questions, in order."""
    model.eval()
    order = sorted(range(len(questions)), key=lambda i: len(questions.ids[i]))
    out = np.zeros((len(questions), model.head.out_features), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            out[rows] = model(*batch_of(questions, rows)).numpy()
    return out


def scores(logits: np.ndarray, questions: Questions) -> dict[str, float]:
    """Agreement with the policy where the question is usually asked, and of the group itself."""
    known = questions.foreign == 0
    noticed = (logits[:, -1] > 0) != known
    answers, shares = logits[known, :ANSWERS].reshape(-1, *questions.shares.shape[1:]), questions.shares[known]
    usual = questions.asked_of[known].argmax(1)
    rows = np.arange(len(answers))
    said, truth = answers[rows, usual].argmax(1), shares[rows, usual]
    english = np.array([language == "en" for language in questions.languages])[known]
    right = truth.argmax(1) == said
    everywhere = (answers.argmax(-1) == shares.argmax(-1)).mean(1)
    return {
        "strict": float(right.mean()),
        "lenient": float((truth[rows, said] > 0).mean()),
        "strict, all groups": float(everywhere.mean()),
        "strict, english": float(right[english].mean()),
        "strict, other languages": float(right[~english].mean()) if (~english).any() else math.nan,
        "group": float((logits[known, ANSWERS:-1].argmax(1) == usual).mean()),
        "other languages noticed": float(noticed[~known].mean()),
        "taken for another language": float(1 - noticed[known].mean()),
    }


def train(options: argparse.Namespace) -> None:
    """Train, report after every epoch, save."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    training, validation = read_questions(options.questions)
    model = QuestionModel(tuple(options.layers))
    encoder, head = list(model.encoder.parameters()), list(model.head.parameters())
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": options.rate}, {"params": head, "lr": 20 * options.rate}],
        weight_decay=0.01,
        fused=True,
    )
    steps = options.epochs * math.ceil(len(training) / options.batch)
    warm = steps // 12
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (step + 1) / warm if step < warm else max(0.02, (steps - step) / (steps - warm))
    )
    log: list[dict[str, float]] = []
    begin = time.perf_counter()
    for epoch in range(options.epochs):
        model.train()
        total = 0.0
        plan = batches(training, options.batch, rng)
        for step, rows in enumerate(plan):
            wanted = [torch.from_numpy(part[rows]) for part in (training.shares, training.asked_of, training.foreign)]
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bfloat16):
                logits = model(*batch_of(training, rows))
            loss = loss_of(logits.float(), *wanted)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
            if step % 25 == 0:
                print(
                    f"{epoch} {step}/{len(plan)} {total / (step + 1):.3f} {time.perf_counter() - begin:.0f} s",
                    flush=True,
                )
        line = {"epoch": epoch, "loss": total / len(plan), **scores(predict(model, validation), validation)}
        log.append({**line, "seconds": round(time.perf_counter() - begin)})
        print(json.dumps(log[-1]), flush=True)
        options.out.mkdir(parents=True, exist_ok=True)
        torch.save({"layers": options.layers, "state": model.state_dict()}, options.out / "question.pt")
        (options.out / "question-log.json").write_text(json.dumps(log, indent=1) + "\n", "utf-8")


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=Path("build/router/questions.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("build/router"))
    parser.add_argument("--layers", type=int, nargs="+", default=[0, 1, 2, 3, 4, 5])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=6e-5)
    parser.add_argument("--threads", type=int, default=1, help="more than the idle cores slows training down a lot")
    parser.add_argument("--bfloat16", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--seed", type=int, default=7)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
