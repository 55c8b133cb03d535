"""What the pages tell people to type works."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import InvalidRequirement, Requirement

from headroom_nb.notebook.command_line import VERBS_HERE
from headroom_nb.notebook.grammar import read
from headroom_nb.notebook.settings import SETTINGS
from headroom_nb.notebook.verb_table import VERBS
from tests.docs.pages import PAGES, ROOT, blocks, is_shell, name, shell_lines, spans

if sys.version_info < (3, 11):
    import tomli as tomllib
else:
    import tomllib

MOST_NOT_RUN = 8
"""Blocks that no test runs, on all pages together."""

LANGUAGES = {"python", "sh", "toml", "json", "text"}

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"].keys()
INSTALLED = {"headroom-nb", "numpy", "pillow"}
"""What pages tell people to install."""

PIP_OPTIONS = {"--quiet", "--no-index", "--no-deps", "--dest", "--find-links", "--upgrade", "-r", "--require-hashes"}
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE).group(1).split())
SCRIPTS = json.loads((ROOT / "labextension" / "package.json").read_text("utf-8"))["scripts"].keys()

with_python = [
    page for page in PAGES if any(b.language == "python" and not b.not_run and not is_shell(b) for b in blocks(page))
]


@pytest.mark.slow
@pytest.mark.parametrize("page", with_python, ids=name)
def test_the_python_on_a_page_runs_from_top_to_bottom(page):
    command = [sys.executable, "-W", "error::DeprecationWarning:headroom_nb", "tests/docs/run_page.py", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_has_a_language_that_a_test_knows(page):
    for block in blocks(page):
        sphinx = block.text.startswith(":") or "toctree" in page.read_text("utf-8")
        assert block.language in LANGUAGES or sphinx, f"{name(page)}:{block.line}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_shell_command_can_be_given(page):
    for block in blocks(page):
        if is_shell(block) and not block.not_run:
            for line in shell_lines(block.text):
                check_command(line)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_in_the_text_can_be_given(page):
    for span in spans(page):
        if span.startswith("%headroom "):
            read(span.removeprefix("%headroom "))
        elif span.startswith(("make ", "pip ", "python ", "headroom-nb ", ".venv/", "npm ")):
            check_command(span)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_settings_on_a_page_exist(page):
    for block in blocks(page):
        if block.language == "toml":
            table = tomllib.loads(block.text)
            assert table.get("tool", {}).get("headroom_nb", {}).keys() <= SETTINGS.keys()
        elif block.language == "json":
            json.loads(block.text)


def test_few_blocks_are_not_run_and_each_says_why():
    reasons = [block.not_run for page in PAGES for block in blocks(page) if block.not_run]
    assert all(reasons)
    assert len(reasons) <= MOST_NOT_RUN


def test_help_names_every_target():
    helped = re.search(r"^help:\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE).group(1)
    assert [target for target in TARGETS - {"help"} if f"make {target} " not in helped] == []


def test_the_readme_has_a_line_for_every_verb():
    lines = [span for span in spans(ROOT / "README.md") if span.startswith("%headroom ")]
    assert {line.split()[1] for line in lines} == VERBS.keys()


def check_command(line: str) -> None:
    """Fail where a command names something that does not exist."""
    words = [word.strip("'\"") for word in re.findall(r"'[^']*'|\"[^\"]*\"|\S+", line)]
    program = Path(words[0]).name
    assert program in CHECKS, f"no test knows how to check: {line}"
    CHECKS[program](words[1:])


def _make(words: list[str]) -> None:
    assert [word for word in words if "=" not in word and word not in TARGETS] == []


def _pip(words: list[str]) -> None:
    assert words[0] in {"install", "download"}
    assert {word for word in words if word.startswith("-")} <= PIP_OPTIONS
    for word in words[1:]:
        try:
            requirement = Requirement(word)
        except InvalidRequirement:
            continue  # an option or a folder
        if word != "wheels":
            assert requirement.name in INSTALLED, word
            assert requirement.extras <= EXTRAS, word


def _python(words: list[str]) -> None:
    if words[0] == "-m":
        assert find_spec(words[1]), words
        return
    script = ROOT / words[0]
    assert script.is_file(), words
    for option in words[1:]:
        if option.startswith("--"):
            assert f'"{option.partition("=")[0]}"' in script.read_text("utf-8"), f"{words[0]} has no option {option}"


def _apt_get(words: list[str]) -> None:
    assert words[0] in {"install", "update"}


def _chromium(words: list[str]) -> None:
    *options, page = words
    printing = {"--headless", "--no-pdf-header-footer", "--print-to-pdf=notebook.pdf"}
    assert (set(options), page) == (printing, "notebook.html")


def _pytest(words: list[str]) -> None:
    paths = [word for word in words if "/" in word]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def _npm(words: list[str]) -> None:
    assert words[:2] == ["--prefix", "labextension"]
    assert words[-1] in {*SCRIPTS, "ci", "test"}


def _jupyter(words: list[str]) -> None:
    assert words[0] == "nbconvert"
    base = pytest.importorskip("nbconvert.utils.base")
    preprocessors = pytest.importorskip("nbconvert.preprocessors")
    parts = {"NbConvertBase": base.NbConvertBase, "ExecutePreprocessor": preprocessors.ExecutePreprocessor}
    for option in (word.removeprefix("--").partition("=")[0] for word in words if word.startswith("--")):
        part, dot, trait = option.partition(".")
        assert not dot or trait in parts[part].class_trait_names(config=True), option


def _dask(words: list[str]) -> None:
    assert words[0] in {"scheduler", "worker"}


def _headroom_nb(words: list[str]) -> None:
    if words[0] in VERBS_HERE:
        own = {"-o", "--output", "--json", "--force"}
        rest = [
            word for place, word in enumerate(words) if word not in own and words[place - 1] not in {"-o", "--output"}
        ]
        read(shlex.join(rest))
    else:
        assert words[0] in COMMANDS


COMMANDS = {"enable", "disable", "models", "tutorials", "completion"}

CHECKS = {
    "make": _make,
    "apt-get": _apt_get,
    "chromium": _chromium,
    "export": lambda words: None,
    "pip": _pip,
    "python": _python,
    "pytest": _pytest,
    "npm": _npm,
    "dask": _dask,
    "jupyter": _jupyter,
    "headroom-nb": _headroom_nb,
}
