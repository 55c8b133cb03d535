"""The harness that atheris runs, over the seed corpus and over seeded mutations of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fuzz.corpus import seeds
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS

PER_TARGET = 400
"""Mutations that each target sees here; ``make fuzz`` runs millions."""

FEWER = {"batch": 80, "remembered": 80}
"""Those that write files, or inflate what they are given."""


def test_the_corpus_has_small_files_for_every_target():
    for target in TARGETS.values():
        found = seeds(target.seeds)
        assert found
        assert all(len(data) < 20_000 for data in found.values())


@pytest.mark.parametrize(
    ("name", "seed"), [(name, seed) for name, target in sorted(TARGETS.items()) for seed in seeds(target.seeds)]
)
def test_a_target_keeps_its_promise_on_a_seed(name, seed):
    TARGETS[name].run(seeds(TARGETS[name].seeds)[seed])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_target_keeps_its_promise_on_mutations(name):
    target = TARGETS[name]
    found = seeds(target.seeds)
    for number, data in enumerate(found.values()):
        for changed in mutated(data, FEWER.get(name, PER_TARGET) // len(found) + 1, seed=number):
            target.run(changed)


def test_mutations_are_the_same_every_time_and_differ_from_the_seed():
    first, again = (list(mutated(b"abcdefgh", 50, seed=3)) for _ in range(2))
    assert first == again
    assert sum(changed != b"abcdefgh" for changed in first) > 40


def test_a_broken_promise_is_noticed(monkeypatch):
    def crash(*arguments, **options):
        raise ZeroDivisionError

    monkeypatch.setattr("tests.fuzz.targets.read_header", crash)
    with pytest.raises(ZeroDivisionError):
        TARGETS["picture"].run(b"GIF89a")


def test_make_fuzz_runs_every_target():
    makefile = Path(__file__).parents[2].joinpath("Makefile").read_text("utf-8")
    (listed,) = re.findall(r"^FUZZ_TARGETS := (.*)$", makefile, re.MULTILINE)
    assert sorted(listed.split()) == sorted(TARGETS)
