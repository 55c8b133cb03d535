"""The question model in PyTorch: MiniLM, mean pooling, one linear head.

The head gives, for each group of pictures, a logit per technique, then for each group a logit per need, then a logit
per group (what the question alone says about the picture it was asked of), and last a logit that the question is in a
language the model does not read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from transformers import BertModel

from headroom_nb.records import NEEDS
from headroom_nb.routing.decision import GROUPS, TECHNIQUE_ORDER
from training.tokens import base_model_folder, training_tokenizer

if TYPE_CHECKING:
    import random
    from pathlib import Path

TECHNIQUES_AT = slice(0, len(GROUPS) * len(TECHNIQUE_ORDER))
NEEDS_AT = slice(TECHNIQUES_AT.stop, TECHNIQUES_AT.stop + len(GROUPS) * len(NEEDS))
GROUPS_AT = slice(NEEDS_AT.stop, NEEDS_AT.stop + len(GROUPS))
"""Where each part of the logits lies; the language is the last one."""


class QuestionModel(nn.Module):
    """Token ids and mask, both (batch, length), to logits (batch, groups × (techniques + needs) + groups + 1)."""

    def __init__(self, layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(base_model_folder(), add_pooling_layer=False)
        self.encoder.encoder.layer = nn.ModuleList(self.encoder.encoder.layer[i] for i in layers)
        self.encoder.config.num_hidden_layers = len(layers)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, GROUPS_AT.stop + 1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return self.head(self.dropout(pooled))


@dataclass
class Questions:
    """Tokenised questions and what is to be learned of them."""

    texts: list[str]
    ids: list[list[int]]
    shares: np.ndarray
    needs: np.ndarray
    asked_of: np.ndarray
    templates: list[str]
    languages: list[str]
    foreign: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    def known(self) -> Questions:
        """Return those in languages the model reads."""
        return self.only(np.flatnonzero(self.foreign == 0).tolist())

    def joined(self, other: Questions) -> Questions:
        """Return both, these first."""
        pairs = ((name, part, getattr(other, name)) for name, part in vars(self).items())
        return Questions(**{n: np.concatenate([a, b]) if isinstance(a, np.ndarray) else a + b for n, a, b in pairs})

    def only(self, rows: list[int]) -> Questions:
        """Return these rows."""
        parts = {
            name: part[rows] if isinstance(part, np.ndarray) else [part[i] for i in rows]
            for name, part in vars(self).items()
        }
        return Questions(**parts)


_UNKNOWN = [[0.0] * len(NEEDS)] * len(GROUPS)
"""Needs of a row that only says a technique, such as a user's own label: nothing is learned of them."""


def read_questions(path: Path) -> tuple[Questions, Questions]:
    """Return training and validation questions; validation's templates are never in training."""
    tokenizer = training_tokenizer()
    parts: list[list[dict[str, object]]] = [[], []]
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        parts[row["held_back"]].append(row)
    return tuple(
        Questions(
            [row["text"] for row in rows],
            [encoding.ids for encoding in tokenizer.encode_batch([row["text"] for row in rows])],
            np.array([row["shares"] for row in rows], np.float32),
            np.array([row.get("needs", _UNKNOWN) for row in rows], np.float32),
            np.array([row["asked_of"] for row in rows], np.float32),
            [row["template"] for row in rows],
            [row["language"] for row in rows],
            np.array([row["foreign"] for row in rows], np.float32),
        )
        for rows in parts
    )


def batch_of(questions: Questions, rows: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad the rows' tokens to the longest of them."""
    length = max(len(questions.ids[i]) for i in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    mask = torch.zeros(len(rows), length, dtype=torch.long)
    for at, i in enumerate(rows):
        ids[at, : len(questions.ids[i])] = torch.tensor(questions.ids[i])
        mask[at, : len(questions.ids[i])] = 1
    return ids, mask


def batches(questions: Questions, size: int, rng: random.Random) -> list[list[int]]:
    """Shuffle the rows into batches of similar length, in random order."""
    rows = list(range(len(questions)))
    rng.shuffle(rows)
    chunk = size * 20
    out = []
    for start in range(0, len(rows), chunk):
        block = sorted(rows[start : start + chunk], key=lambda i: len(questions.ids[i]))
        out += [block[at : at + size] for at in range(0, len(block), size)]
    rng.shuffle(out)
    return out


def loss_of(
    logits: torch.Tensor, shares: torch.Tensor, needs: torch.Tensor, asked_of: torch.Tensor, foreign: torch.Tensor
) -> torch.Tensor:
    """Return the cross-entropy of techniques, needs, group and language, averaged over the batch.

    The techniques and needs of each group count by how usual the group is. A question in a language that is not read
    teaches only that.
    """
    weight = asked_of + 0.08
    weight = weight / weight.sum(1, keepdim=True)
    answers = logits.new_zeros(len(logits))
    for part, wanted in ((TECHNIQUES_AT, shares), (NEEDS_AT, needs)):
        said = logits[:, part].view(-1, *wanted.shape[1:]).log_softmax(-1)
        answers = answers - ((wanted * said).sum(-1) * weight).sum(1)
    group = -(asked_of * logits[:, GROUPS_AT].log_softmax(-1)).sum(-1)
    unread = nn.functional.binary_cross_entropy_with_logits(logits[:, -1], foreign)
    return ((answers + 0.5 * group) * (1 - foreign)).mean() + 0.3 * unread
