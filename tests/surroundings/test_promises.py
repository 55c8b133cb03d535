"""Every sentence of SECURITY.md, docs/faults.md and docs/limits.md names the tests that hold it, and they are there."""

import ast
from functools import cache

import pytest

from tests.surroundings.promised import PAGES, ROOT, promises, sentences

EXPLAINS, PROMISES = promises()
KNOWN = (*EXPLAINS, *(promise.says for promise in PROMISES))
WHAT_TO_DO = "add it to tests/surroundings/promises.toml, with the tests that hold it or among what promises nothing"


@cache
def functions_of(path):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_is_held_by_tests_or_promises_nothing(page):
    unknown = [sentence for sentence in sentences(page) if not sentence.startswith(KNOWN)]
    assert unknown == [], WHAT_TO_DO


def test_nothing_is_held_that_stands_on_no_page():
    said = [sentence for page in PAGES for sentence in sentences(page)]
    assert [start for start in KNOWN if not any(sentence.startswith(start) for sentence in said)] == []


def test_every_test_that_is_named_is_there():
    named = {test for promise in PROMISES for test in promise.tests}
    assert all(promise.tests for promise in PROMISES)
    assert [
        each for each in sorted(named) if each.partition("::")[2] not in functions_of(each.partition("::")[0])
    ] == []


def test_a_break_can_still_be_made():
    for promise in PROMISES:
        for way in promise.breaks:
            assert (ROOT / way.file).read_text("utf-8").count(way.old) >= 1, (promise.says, way)
            assert way.test in promise.tests


def test_there_are_many_ways_to_break_a_promise():
    assert sum(len(promise.breaks) for promise in PROMISES) > 50
