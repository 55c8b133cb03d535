"""What the docstrings of public names say: every argument and error, and examples that run."""

from __future__ import annotations

import doctest
import inspect
import re
from dataclasses import fields
from importlib import import_module

import pytest

import headroom_nb
from tests.docs.pages import ROOT

FUNCTIONS = [name for name in headroom_nb.__all__ if inspect.isfunction(getattr(headroom_nb, name))]

ONE_SENTENCE = {
    "compress_images",
    "estimate_anthropic_tokens",
    "estimate_google_tokens",
    "estimate_openai_tokens",
    "load_models",
    "meter",
    "unwrap",
}
"""Their first line names their one argument, or the function that describes the rest."""

WITH_EXAMPLES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for file in sorted((ROOT / "headroom_nb").rglob("*.py"))
    if ">>> " in file.read_text("utf-8")
]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_in_a_module_run(module):
    assert doctest.testmod(import_module(module)).failed == 0


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - ONE_SENTENCE))
def test_the_docstring_of_a_public_function_names_every_argument_and_its_errors(name):
    function = getattr(headroom_nb, name)
    text = inspect.getdoc(function)
    section = re.split(r"\n\n\w+\n-{3,}\n", text.partition("Parameters\n----------\n")[2])[0]
    named = {word.strip(" *") for line in section.splitlines() if line[:1].strip() for word in line.split(",")}
    taken = inspect.signature(function).parameters.keys()
    if "choices" in named:  # single options, which the docstring of Options describes
        taken -= {option.name for option in fields(headroom_nb.Options)} - named
    assert taken <= named
    assert not inspect.signature(function).parameters or "Raises\n------\n" in text
