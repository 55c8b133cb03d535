"""Code to read: samples whose names, numbers and strings are drawn anew for each seed, and the usual ones.

The names are those that recognisers stumble over: leading and double underscores, digits between letters, one-letter
names, capitals in the middle, signs of several characters.
"""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

PYTHON = (
    '''
    """Count what a shelf holds."""

    import json
    from collections import Counter


    class Shelf:
        limit: int = 10

        def __init__(self, name: str, *, strict=False) -> None:
            self._name = name
            self.items = Counter()
            self.strict = strict

        def __len__(self) -> int:
            return sum(self.items.values())

        def put(self, item, n=1):
            if self.strict and len(self) + n > self.limit:
                raise ValueError(f"{self._name!r} is full: {n} too many")
            self.items[item] += n
            for key, value in sorted(self.items.items()):
                if key != item or value >= 3:
                    print(key, "->", value)
                elif value == 0:
                    del self.items[key]
            return {"left": self.limit - len(self), "l1": [1, 0, 0.5]}


    if __name__ == "__main__":
        shelf = Shelf("A1")
        print(json.dumps(shelf.put("oil", 2)))
    ''',
    """
    from dataclasses import dataclass, field
    import os, re

    URL = re.compile(r"https?://[^\\s/]+(/\\w*)?")


    @dataclass(slots=True)
    class Job:
        id_: int
        parts: list[str] = field(default_factory=list)

        @property
        def done(self) -> bool:
            return not self.parts


    async def run_all(jobs: list[Job], *, retries: int = 3):
        left = [j for j in jobs if not j.done]
        while left and retries > 0:
            for job in left[:]:
                try:
                    part = job.parts.pop(0)
                    ok = await send(part, timeout=2 ** retries)
                except (OSError, KeyError) as error:
                    log.warning("%s: %s", job.id_, error)
                    retries -= 1
                    continue
                if ok is None or ok <= 0:
                    left.remove(job)
        home = os.environ["HOME"] + "/.cache/run_0l"
        assert home != "", "no home"
        return left or None
    """,
)

YAML = """
name: build
on:
  push:
    branches:
      - main
      - "release/**"
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        python: ["3.10", "3.12"]
    steps:
      - uses: actions/checkout@v4
      - name: Install
        run: pip install -e .[dev]
      - name: Test
        env:
          LOG_LEVEL: debug
        run: pytest -x -q
services:
  db:
    image: postgres:16
    ports:
      - 5432:5432
"""

JSON = """
{
  "name": "orla",
  "version": "0.10.1",
  "private": true,
  "scripts": {
    "build": "tsc -p .",
    "test": "node --test"
  },
  "limits": [10, 200, 3000],
  "nested": {
    "a": {
      "b": [
        {"id": 1, "ok": false},
        {"id": 2, "ok": null}
      ]
    }
  }
}
"""

TYPESCRIPT = """
export interface Row { id: number; name?: string }

export function group<T extends Row>(rows: T[]): Map<number, T[]> {
  const out = new Map<number, T[]>();
  for (const row of rows) {
    if (row.name === undefined || row.id !== row.id) {
      continue;
    }
    const list = out.get(row.id) ?? [];
    list.push({ ...row });
    out.set(row.id, list);
  }
  return out;
}

const total = (xs: number[]) => xs.reduce((a, b) => a + b, 0);
while (total([1, 2]) <= 3 && i >= 0) {
  i -= 1;
}
"""

DIFF = """
@@ -12,9 +12,10 @@ def load(path):
     rows = []
-    for line in open(path):
-        rows.append(line.strip())
+    with open(path) as handle:
+        for line in handle:
+            rows.append(line.rstrip())
     return rows
-    # old
+    # new
"""

USUAL = {
    "python": tuple(textwrap.dedent(code).strip("\n") for code in PYTHON),
    "yaml": (YAML.strip("\n"),),
    "json": (JSON.strip("\n"),),
    "typescript": (TYPESCRIPT.strip("\n"),),
    "diff": (DIFF.strip("\n"),),
}
"""Samples that stay the same, by their language."""

_WORDS = (
    *("load", "cells", "index", "ratio", "color", "level", "zoom", "void", "excess", "will", "oil", "sill", "class_"),
    *("wax", "vox", "solo", "cocoa", "xs", "url", "html", "io", "ok", "src", "row", "loss", "O2", "ll", "x1", "l0"),
)
_STRINGS = ("utf-8", "a/b_c", "%Y-%m-%d", "*.csv", "no such key", "0x1F", "http://lo.example/v1", "Il y a", "{}:{}")


def sample(language: str, rng: random.Random) -> str:
    """Return code in a language."""
    return {"python": _python, "yaml": _yaml, "json": _json, "typescript": _typescript, "diff": _diff}[language](rng)


def _name(rng: random.Random) -> str:
    name = "_".join(rng.sample(_WORDS, rng.choice((1, 2, 2, 3))))
    return rng.choice(("", "", "", "_")) + name + rng.choice(("", "", "", "_", "1", "_0"))


def _number(rng: random.Random) -> str:
    return rng.choice(
        (str(rng.randrange(10)), str(rng.randrange(1000)), f"{rng.random():.3f}", f"1e-{rng.randrange(2, 9)}", "10_000")
    )


def _text(rng: random.Random) -> str:
    quote = rng.choice('""\'')
    return f"{quote}{rng.choice(_STRINGS)}{quote}"


def _value(rng: random.Random) -> str:
    name, other = _name(rng), _name(rng)
    return rng.choice(
        (
            *(_number(rng), _text(rng), f"{name}[{_number(rng)}]", f"{name}.{other}", f"self.{name}", "None"),
            *(f"{name}({other}, {_number(rng)})", f"len({name}) - 1", f"[{name} for {name} in {other}]"),
            *(f"{{{_text(rng)}: {other}}}", f"{name} ** 2 // {other}", f"not {name}", f"lambda x: x + {_number(rng)}"),
        )
    )


def _test(rng: random.Random) -> str:
    sign = rng.choice(("==", "!=", ">=", "<=", "<", ">", "is", "in", "not in"))
    value = rng.choice((_number(rng), _text(rng), _name(rng), f"{_name(rng)}[{_number(rng)}]", "None"))
    return f"{_name(rng)} {sign} {value}"


def _block(rng: random.Random, depth: int) -> list[str]:
    lines = []
    for _ in range(rng.choice((2, 3, 4))):
        lines += [f"{_name(rng)} {rng.choice(('=', '=', '+=', '-=', '//='))} {_value(rng)}"]
    if depth < rng.choice((2, 3, 4)):
        head = rng.choice(
            (
                *(f"if {_test(rng)}:", f"while {_test(rng)}:", f"for i, {_name(rng)} in enumerate({_name(rng)}):"),
                *(f"with open({_name(rng)}) as {_name(rng)}:", "try:"),
            )
        )
        lines += [head, *(f"    {line}" for line in _block(rng, depth + 1))]
        if head == "try:":
            lines += [f"except ({_name(rng)}, OSError) as error:", f"    raise ValueError({_text(rng)}) from error"]
        elif head[:2] == "if":
            lines += [f"elif {_test(rng)}:", "    continue", "else:", f'    print(f"{{{_name(rng)}!r}} -> {{x:.2f}}")']
    return lines


def _python(rng: random.Random) -> str:
    lines = [f"import {_name(rng)}", f"from {_name(rng)}.{_name(rng)} import {_name(rng)} as {_name(rng)}", "", ""]
    lines += [f"class {_name(rng).strip('_').title()}:", f"    {_name(rng)}: list[int] = []", ""]
    special = rng.choice(("__init__", "__repr__", "__getitem__", "__eq__", "__exit__"))
    lines += [f"    def {special}(self, {_name(rng)}: str, *, {_name(rng)}=False) -> None:"]
    lines += [f"        self.{_name(rng)} = {_value(rng)}", *(f"        {line}" for line in _block(rng, 2))]
    lines += ["", "", f"@{_name(rng)}", f"def {_name(rng)}(*args, **kwargs):", f"    # {rng.choice(_STRINGS)}"]
    return "\n".join([*lines, *(f"    {line}" for line in _block(rng, 0)), f"    return {_name(rng)} or {_value(rng)}"])


def _yaml(rng: random.Random) -> str:
    lines = [f"{_name(rng)}: {rng.choice(_WORDS)}", "on:"]
    for _ in range(3):
        lines += [f"  {_name(rng)}:", f"    {_name(rng)}: {_number(rng)}", f"    {_name(rng)}:"]
        lines += [f"      - {_name(rng)}" for _ in range(rng.choice((1, 2, 3)))]
        lines += [f"      - {_name(rng)}: {_text(rng)}", f"        {_name(rng)}: {rng.choice(('true', 'null', '~'))}"]
    return "\n".join(lines)


def _json(rng: random.Random) -> str:
    def item() -> object:
        return rng.choice((_name(rng), rng.randrange(999), None, True, 0.5, {_name(rng): [1, 0, rng.randrange(99)]}))

    return json.dumps({_name(rng): {_name(rng): item() for _ in range(3)} for _ in range(4)}, indent=2)


def _typescript(rng: random.Random) -> str:
    lines = [f'import {{ {_name(rng)} }} from "./{_name(rng)}";', ""]
    for _ in range(3):
        name, other = _name(rng), _name(rng)
        lines += [
            f"export function {name}({other}: string[], n?: number): boolean {{",
            f"  const {_name(rng)} = {other}",
        ]
        lines[-1] += f".map((x) => x.{_name(rng)});"
        lines += [f"  if ({other} !== {_number(rng)} && {name} >= n) {{", f"    return {other}[0] === {_text(rng)};"]
        lines += [
            "  }",
            f"  let {_name(rng)} = {name} ?? `${{{other}}}`;",
            f"  return !{other} || {name} != null;",
            "}",
            "",
        ]
    return "\n".join(lines).rstrip()


def _diff(rng: random.Random) -> str:
    lines = [f"@@ -{rng.randrange(1, 90)},7 +{rng.randrange(1, 90)},8 @@ def {_name(rng)}(x):"]
    lines += [f"{rng.choice('  -+')}    {line}" for line in _block(rng, 1) + _block(rng, 2)]
    return "\n".join(lines)
