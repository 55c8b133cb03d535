"""Fit what joins question and picture: the kind of a picture from its measurements, then the calibrated mixture.

The question model's answers are those of the exported model that never saw the held-back templates. Calibration uses
these templates and held-back pictures only: half of the templates to fit on, the other half to report on.

Run as ``python -m training.train_fusion --weights build/router/7/weights`` after the other steps of `make router`.
"""

from __future__ import annotations

import argparse
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from headroom_nb.records import QUALITIES, Technique
from headroom_nb.routing.decision import GROUPS, TECHNIQUE_ORDER, choose
from headroom_nb.routing.fusion import Calibration, mix, softmax, weigh_groups
from headroom_nb.routing.picture_kind import REACH, KindModel
from headroom_nb.signals.measure import FEATURES
from training.images.measure import read as read_table
from training.kinds import GROUP_OF
from training.manifest import write_manifest
from training.question_model import GROUPS_AT, NEEDS_AT, TECHNIQUES_AT, Questions, read_questions

HELD_BACK = 4
"""One picture in this many is held back."""
GAP = 1.0
"""How far real pictures are taken to stray from rendered ones, in standard deviations of each feature."""
SHOWN_POWERS = (0.4, 0.55, 0.7)
"""How much the picture may count. Rendered ones are told apart so well that 1 would always win; real ones are not."""
MARKS = "mark_"
"""Intents left out when techniques are calibrated: there are many of them so that marks are learned, but people ask few
such questions, and every choice would lean to PRESERVE. Needs are calibrated on all."""
PRESERVE = TECHNIQUE_ORDER.index(Technique.PRESERVE)


def fit_kind(features: np.ndarray, groups: np.ndarray, seed: int, decay: float = 2e-2) -> KindModel:
    """Fit the multinomial logistic model; every group weighs the same, features are jittered and some left out.

    The jitter stands for how real pictures differ from rendered ones: the model must not lean on one feature.
    """
    torch.manual_seed(seed)
    means, spreads = features.mean(0), features.std(0) + 1e-6
    normal = torch.from_numpy(np.clip((features - means) / spreads, -REACH, REACH)).float()
    target = torch.from_numpy(groups)
    weight = torch.bincount(target, minlength=len(GROUPS)).float().clamp(min=1).reciprocal()
    layer = nn.Linear(features.shape[1], len(GROUPS))
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.02, weight_decay=decay)
    for _ in range(600):
        noisy = (normal + 0.4 * torch.randn_like(normal)) * (torch.rand_like(normal) > 0.15)
        loss = nn.functional.cross_entropy(layer(noisy), target, weight=weight, label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return KindModel(
            layer.bias.double().numpy(), layer.weight.double().numpy(), means.astype(float), spreads.astype(float)
        )


def disturb(features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the features as a wilder picture might have given them: jittered by most of a deviation, some at the mean.

    Calibrating on these keeps the mixture from relying on pictures more than real ones deserve.
    """
    noisy = features + GAP * features.std(0) * rng.standard_normal(features.shape)
    return np.where(rng.random(features.shape) < 0.2, features.mean(0), noisy)


def classical(features: np.ndarray) -> np.ndarray:
    """Return the features as they are measured without the OCR package's detector."""
    without = features.copy()
    without[:, [i for i, name in enumerate(FEATURES) if name.startswith("boxes_")]] = 0
    return without


@dataclass(frozen=True)
class Answers:
    """What the model that never saw the held-back questions says of them.

    Attributes
    ----------
    techniques, needs
        (n, groups, 4) and (n, groups, needs) shares.
    asked_of
        (n, groups) guesses of the group.
    """

    techniques: np.ndarray
    needs: np.ndarray
    asked_of: np.ndarray


def read_answers(questions: Questions, model: Path) -> Answers:
    """Ask the exported model every question."""
    from headroom_nb.runtime.onnx_runtime import open_session

    session = open_session(model)
    logits = np.stack(
        [
            session.run(None, {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)})[0][0]
            for ids in questions.ids
        ]
    ).astype(float)
    techniques, needs = (
        softmax(logits[:, part].reshape(len(logits), len(GROUPS), -1)) for part in (TECHNIQUES_AT, NEEDS_AT)
    )
    return Answers(techniques, needs, softmax(logits[:, GROUPS_AT]))


@dataclass(frozen=True)
class Pairs:
    """Questions asked of pictures.

    Attributes
    ----------
    rows
        The questions' rows.
    groups
        The group of each picture, as it is.
    shown
        (n, groups) probabilities by the picture's measurements.
    """

    rows: np.ndarray
    groups: np.ndarray
    shown: np.ndarray


def pair(
    questions: Questions, shown: np.ndarray, picture_groups: np.ndarray, copies: int, rng: np.random.Generator
) -> Pairs:
    """Ask each question of pictures it is asked of."""
    rows = np.repeat(np.arange(len(questions)), copies)
    groups = np.array([rng.choice(len(GROUPS), p=p / p.sum()) for p in questions.asked_of[rows].astype(float)])
    pictures = np.array([rng.choice(np.flatnonzero(picture_groups == group)) for group in groups])
    return Pairs(rows, groups, shown[pictures])


def draw(table: np.ndarray, pairs: Pairs, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return what is right of each pair, drawn from its shares in the table, and these shares."""
    shares = table[pairs.rows, pairs.groups].astype(float)
    return np.array([rng.choice(shares.shape[1], p=p / p.sum()) for p in shares]), shares


def fit_calibration(
    answers: np.ndarray, asked_of: np.ndarray, shown: np.ndarray | None, truth: np.ndarray
) -> Calibration:
    """Minimise the negative log-likelihood; the powers by grid, temperature and offsets by gradient."""
    best: tuple[float, Calibration] | None = None
    powers = [(1.0, 1.0)] if shown is None else [(a, b) for a in (0.4, 0.7, 1.0) for b in SHOWN_POWERS]
    for asked_power, shown_power in powers:
        plain = Calibration(asked_power, shown_power, 1.0, (0.0,) * answers.shape[-1])
        mixed = (weigh_groups(asked_of, shown, plain)[..., None] * answers).sum(-2)
        logs, target = torch.from_numpy(np.log(mixed + 1e-6)), torch.from_numpy(truth)
        scale = torch.ones((), dtype=torch.double, requires_grad=True)
        offsets = torch.zeros(answers.shape[-1], dtype=torch.double, requires_grad=True)
        optimizer = torch.optim.LBFGS([scale, offsets], max_iter=100)

        def closure(logs=logs, target=target, scale=scale, offsets=offsets, optimizer=optimizer) -> torch.Tensor:  # noqa: ANN001
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(logs * scale + offsets, target) + 0.01 * offsets.square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        loss = float(closure())
        if best is None or loss < best[0]:
            calibration = Calibration(
                asked_power, shown_power, float(1 / scale), tuple(float(x) for x in offsets.detach())
            )
            best = (loss, calibration)
    assert best is not None
    return best[1]


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(confidence[which == b].mean() - right[which == b].mean()) * (which == b).mean()
            for b in range(bins)
            if (which == b).any()
        )
    )


def report(probabilities: np.ndarray, truth: np.ndarray, shares: np.ndarray) -> dict[str, Any]:
    """Return the metrics of one set of pairs, of techniques or needs."""
    best = probabilities.argmax(1)
    return {
        "pairs": len(truth),
        "argmax agrees with the policy": float((shares.argmax(1) == best).mean()),
        "argmax defensible": float((shares[np.arange(len(best)), best] > 0).mean()),
        "mean share that agrees": float(np.minimum(probabilities, shares).sum(1).mean()),
        "calibration error": calibration_error(probabilities.max(1), best == truth),
    }


def report_choices(probabilities: np.ndarray, shares: np.ndarray) -> dict[str, Any]:
    """Return the metrics of the techniques that are chosen, by quality."""
    out: dict[str, Any] = {}
    must_keep = shares[:, PRESERVE] == 1
    for quality in QUALITIES:
        chosen = np.array([TECHNIQUE_ORDER.index(choose(row, quality)) for row in probabilities])
        defensible = shares[np.arange(len(chosen)), chosen] > 0
        out[quality] = {
            "agrees": float((shares.argmax(1) == chosen).mean()),
            "defensible": float(defensible.mean()),
            "preserve wrongly shrunk": float((chosen[must_keep] != PRESERVE).mean()),
            "shrunk": float((chosen != PRESERVE).mean()),
        }
    return out


def main() -> None:
    """Fit, report, write ``fusion.json`` beside the question model and ``metrics.json`` for the model card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=Path("build/router/questions.jsonl"))
    parser.add_argument("--pictures", type=Path, default=Path("training/work/signals.jsonl"))
    parser.add_argument("--measured", type=Path, default=Path("build/router/7/measured.onnx"))
    parser.add_argument("--log", type=Path, default=Path("build/router/7/question-log.json"))
    parser.add_argument("--weights", type=Path, default=Path("build/router/7/weights"))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(options.seed)

    header, rows = read_table(options.pictures)
    if tuple(header["features"]) != FEATURES:
        message = f"{options.pictures} was measured with other features; run python -m training.images again"
        raise SystemExit(message)
    features = np.array([row["features"] for row in rows])
    groups = np.array([GROUPS.index(GROUP_OF[row["kind"]]) for row in rows])
    held = np.array([row["number"] % HELD_BACK == 0 for row in rows])
    tables = {"auto": features, "classical": classical(features)}
    kinds = {name: fit_kind(table[~held], groups[~held], options.seed) for name, table in tables.items()}
    guesses = {name: kinds[name](table[held]) for name, table in tables.items()}

    questions = read_questions(options.questions)[1].known()
    questions = questions.only(np.flatnonzero(questions.needs.sum((1, 2)) > 0).tolist())
    answers = read_answers(questions, options.measured)
    wild = kinds["auto"](disturb(features[held], rng))
    pairs = pair(questions, wild, groups[held], 3, rng)
    fitting = np.array([zlib.crc32(questions.templates[row].encode()) % 2 == 0 for row in pairs.rows])
    usual = np.array([not questions.templates[row].startswith(MARKS) for row in pairs.rows])
    calibration, metrics = {}, {}
    for prefix, said, table in (
        ("", answers.techniques, questions.shares),
        ("needs, ", answers.needs, questions.needs),
    ):
        truth, shares = draw(table, pairs, rng)
        learned = fitting if prefix else fitting & usual
        for seen in ("both", "question"):
            name, shown = prefix + seen, pairs.shown if seen == "both" else None
            fitted = fit_calibration(
                said[pairs.rows[learned]],
                answers.asked_of[pairs.rows[learned]],
                None if shown is None else shown[learned],
                truth[learned],
            )
            rest = pairs.rows[~fitting]
            weights = weigh_groups(answers.asked_of[rest], None if shown is None else shown[~fitting], fitted)
            mixed = mix(said[rest], weights, fitted)
            calibration[name] = fitted
            metrics[name] = report(mixed, truth[~fitting], shares[~fitting])
            if not prefix:
                metrics[name] |= report_choices(mixed, shares[~fitting])
    metrics["picture groups"] = {
        name: {
            "accuracy": float((guess.argmax(1) == groups[held]).mean()),
            "confusion": np.histogram2d(groups[held], guess.argmax(1), bins=np.arange(8) - 0.5)[0].astype(int).tolist(),
        }
        for name, guess in guesses.items()
    }
    metrics["question model, held-back templates"] = json.loads(options.log.read_text("utf-8"))
    stored = {
        "kinds": {
            name: {part: np.round(value, 6).tolist() for part, value in asdict(model).items()}
            for name, model in kinds.items()
        },
        "calibration": {name: asdict(row) for name, row in calibration.items()},
    }
    (options.weights / "fusion.json").write_text(json.dumps(stored) + "\n", "utf-8")
    (options.weights / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", "utf-8")
    write_manifest(options.weights)
    print(json.dumps(metrics, indent=1))
    print(json.dumps(stored["calibration"]))


if __name__ == "__main__":
    main()
