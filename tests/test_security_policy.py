"""SECURITY.md names real tests and files, and covers what it must."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
POLICY = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED_TESTS = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", POLICY)
NAMED_FILES = sorted(set(re.findall(r"`((?:headroom_nb|labextension|benchmarks|tests|requirements)/[\w./]*)`", POLICY)))
THREATS = {
    "Decompression bombs and malformed files",
    "Malformed messages, options and files",
    "Requests to other machines by image URLs",
    "Instructions in an image's text",
    "Scripts in outputs, widgets, reports and exported files",
    "Unsafe model files",
    "Path traversal in exports and batches",
    "Secrets in errors, logs and notebooks",
    "Cache poisoning between users",
    "Denial of service by cost",
}
MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser)\b|\beval\("
)


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def sections() -> dict[str, str]:
    parts = re.split(r"^### (.*)$", POLICY, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("path", "name"), NAMED_TESTS)
def test_every_test_that_the_policy_names_is_there(path, name):
    assert (ROOT / path).is_file()
    assert name in functions_of(path)


def test_every_file_that_the_policy_names_is_there():
    assert len(NAMED_FILES) > 15
    assert [path for path in NAMED_FILES if not (ROOT / path).exists()] == []


def test_every_threat_has_a_section_with_tests_that_show_its_defence():
    assert sections().keys() >= THREATS
    for threat, text in sections().items():
        assert len(re.findall(r"`tests/[\w/]+\.py::\w+`", text)) >= 3, threat


def test_the_policy_says_how_to_report_and_invents_no_address():
    assert "private security reports" in POLICY
    assert "| latest release | yes |" in POLICY
    assert "@" not in POLICY


def test_the_front_end_never_parses_markup():
    sources = [path for path in (ROOT / "labextension" / "src").rglob("*.ts") if not path.name.endswith(".test.ts")]
    assert len(sources) > 20
    for path in sources:
        for line in path.read_text("utf-8").splitlines():
            assert not MARKUP.search(line), f"{path.name}: {line.strip()}"
