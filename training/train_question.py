"""Fine-tune MiniLM on the generated questions; keeps the log and the weights.

Two models come out. ``measured.pt`` has never seen the held-back templates: all figures and the calibration are its.
``final.pt`` is the mean of its weights and of those after a last short pass, at a falling rate, over the held-back
questions and a sample of the others: what is shipped, calibrated as if it knew less than it does.

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
    GROUPS_AT,
    NEEDS_AT,
    TECHNIQUES_AT,
    QuestionModel,
    Questions,
    batch_of,
    batches,
    loss_of,
    read_questions,
)

WARM_UP = 50
"""Steps at the beginning of each pass in which the rate rises."""
HEAD_FACTOR = 20
"""How much faster the new head learns than the pretrained encoder."""


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
    """Agreement with the tables where the question is usually asked, and of the group itself."""
    known = questions.foreign == 0
    noticed = (logits[:, -1] > 0) != known
    usual = questions.asked_of[known].argmax(1)
    english = np.array([language == "en" for language in questions.languages])[known]
    out: dict[str, float] = {}
    for name, part, table in (("", TECHNIQUES_AT, questions.shares), ("needs: ", NEEDS_AT, questions.needs)):
        answers, shares = logits[known, part].reshape(-1, *table.shape[1:]), table[known]
        rows = np.arange(len(answers))
        said, truth = answers[rows, usual].argmax(1), shares[rows, usual]
        right = truth.argmax(1) == said
        out |= {
            f"{name}strict": float(right.mean()),
            f"{name}lenient": float((truth[rows, said] > 0).mean()),
            f"{name}strict, all groups": float((answers.argmax(-1) == shares.argmax(-1)).mean()),
            f"{name}strict, english": float(right[english].mean()),
            f"{name}strict, other languages": float(right[~english].mean()) if (~english).any() else math.nan,
        }
    return out | {
        "group": float((logits[known, GROUPS_AT].argmax(1) == usual).mean()),
        "other languages noticed": float(noticed[~known].mean()),
        "taken for another language": float(1 - noticed[known].mean()),
    }


def fit(
    model: QuestionModel,
    questions: Questions,
    plan: list[list[int]],
    rates: tuple[float, float],
    options: argparse.Namespace,
) -> float:
    """Take one step per batch, the rate going from the first to the second; return the mean loss."""
    parts = [{"params": list(model.encoder.parameters())}, {"params": list(model.head.parameters())}]
    optimizer = torch.optim.AdamW(parts, weight_decay=0.01, fused=True)
    model.train()
    total, begin = 0.0, time.perf_counter()
    for step, rows in enumerate(plan):
        rate = rates[0] + (rates[1] - rates[0]) * step / len(plan)
        warm = min(1.0, (step + 1) / WARM_UP)
        for group, factor in zip(optimizer.param_groups, (1, HEAD_FACTOR), strict=True):
            group["lr"] = rate * factor * warm
        tables = (questions.shares, questions.needs, questions.asked_of, questions.foreign)
        wanted = [torch.from_numpy(part[rows]) for part in tables]
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bfloat16):
            logits = model(*batch_of(questions, rows))
        loss = loss_of(logits.float(), *wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item()
        if step % 25 == 0:
            print(f"{step}/{len(plan)} {total / (step + 1):.3f} {time.perf_counter() - begin:.0f} s", flush=True)
    return total / len(plan)


def train(options: argparse.Namespace) -> None:
    """Train, report after every epoch, save; then the last pass."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    training, validation = read_questions(options.questions)
    model = QuestionModel(tuple(options.layers))
    log: list[dict[str, float]] = []
    measured = options.out / "measured.pt"
    if options.resume:
        model.load_state_dict(torch.load(measured)["state"])
    else:
        for epoch in range(options.epochs):
            rates = tuple(options.rate * (1 - at / (options.epochs + 1)) for at in (epoch, epoch + 1))
            loss = fit(model, training, batches(training, options.batch, rng), rates, options)
            log.append({"epoch": epoch, "loss": loss, **scores(predict(model, validation), validation)})
            print(json.dumps(log[-1]), flush=True)
        torch.save({"layers": options.layers, "state": model.state_dict()}, measured)
        (options.out / "question-log.json").write_text(json.dumps(log, indent=1) + "\n", "utf-8")
    again = rng.sample(range(len(training)), min(len(training), round(options.again * len(validation))))
    rest = validation.joined(training.only(again))
    fit(model, rest, batches(rest, options.batch, rng), (options.rate / 2, 0.0), options)
    before = torch.load(measured)["state"]
    mean = {name: (part + before[name]) / 2 for name, part in model.state_dict().items()}
    torch.save({"layers": options.layers, "state": mean}, options.out / "final.pt")


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=Path("build/router/questions.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("build/router/7"))
    parser.add_argument("--layers", type=int, nargs="+", default=[0, 1, 2, 3, 4, 5])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=6e-5)
    parser.add_argument("--threads", type=int, default=1, help="more than the idle cores slows training down a lot")
    parser.add_argument("--bfloat16", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--again",
        type=float,
        default=1.5,
        help="known questions in the last pass for each new one: lest they be forgotten",
    )
    parser.add_argument("--resume", action="store_true", help="only the last pass, from measured.pt")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
