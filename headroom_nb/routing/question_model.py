"""Reads a question with the fine-tuned MiniLM: which technique and which needs, for each kind of image."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import ModelFilesError
from headroom_nb.records import NEEDS
from headroom_nb.routing.commands import spell_out
from headroom_nb.routing.decision import GROUPS, TECHNIQUE_ORDER
from headroom_nb.routing.fusion import softmax
from headroom_nb.routing.language import LANGUAGES, clip, foreign_script
from headroom_nb.runtime.onnx_runtime import open_session
from headroom_nb.signals.weight_files import ADVICE, FOLDER, read_weights

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

MODEL, TOKENIZER = "question.onnx", "tokenizer.json"
MAX_TOKENS = 64
_TECHNIQUES = len(GROUPS) * len(TECHNIQUE_ORDER)
_ANSWERS = _TECHNIQUES + len(GROUPS) * len(NEEDS)

NO_QUESTION_TRUST, FOREIGN_TRUST = 0.0, 0.15
FOREIGN = 0.25
"""Probability of another language from which the answers are not relied on."""


@dataclass(frozen=True)
class Reading:
    """What was understood of a question.

    Attributes
    ----------
    answers
        (groups, 4) probabilities of the techniques, were it asked of an image of that group.
    needs
        (groups, needs) shares of what the answer depends on, likewise.
    asked_of
        (groups,) probability that it is asked of one.
    trust
        How much the answers may be relied on, 0 to 1: less for a language the model was not trained on.
    note
        Why ``trust`` is below 1; empty when it is not.
    """

    answers: npt.NDArray[np.float64]
    needs: npt.NDArray[np.float64]
    asked_of: npt.NDArray[np.float64]
    trust: float
    note: str


class QuestionModel:
    """The question model and its tokenizer, loaded from ``folder``; safe to share between threads.

    Raises
    ------
    ModelFilesError
        The files are missing or damaged.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        from tokenizers import Tokenizer

        files = read_weights((MODEL, TOKENIZER), folder)
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(open_session, folder / MODEL)  # takes as long as the tokenizer
            try:
                self._tokenizer = Tokenizer.from_buffer(files[TOKENIZER])
            except ValueError as error:
                raise ModelFilesError(f"{folder / TOKENIZER} is not a tokenizer ({error}); {ADVICE}") from error
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            self._session = opening.result()
        width = self._session.get_outputs()[0].shape[-1]
        if width != _ANSWERS + len(GROUPS) + 1:
            raise ModelFilesError(f"{folder / MODEL} does not fit this version ({width} outputs); {ADVICE}")

    def read(self, question: str) -> Reading:
        """Return what a question asks for; never raises for bad input."""
        text = spell_out(clip(question))
        script = foreign_script(text)
        ids = self._tokenizer.encode(text).ids
        if len(ids) > MAX_TOKENS:
            ids = ids[: MAX_TOKENS // 2] + ids[-(MAX_TOKENS // 2) :]
        feed = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64)}
        logits = self._session.run(None, feed)[0][0].astype(np.float64)
        answers = softmax(logits[:_TECHNIQUES].reshape(len(GROUPS), len(TECHNIQUE_ORDER)))
        needs = softmax(logits[_TECHNIQUES:_ANSWERS].reshape(len(GROUPS), len(NEEDS)))
        asked_of = softmax(logits[_ANSWERS:-1])
        if script == "":
            return Reading(answers, needs, asked_of, NO_QUESTION_TRUST, "no question was asked in words")
        reads = f"the router reads {', '.join(LANGUAGES)}"
        if script is not None:
            return Reading(
                answers, needs, asked_of, FOREIGN_TRUST, f"the question is in {script.title()} script; {reads}"
            )
        if logits[-1] > np.log(FOREIGN / (1 - FOREIGN)):
            return Reading(
                answers, needs, asked_of, FOREIGN_TRUST, f"the question seems to be in another language; {reads}"
            )
        return Reading(answers, needs, asked_of, 1.0, "")
