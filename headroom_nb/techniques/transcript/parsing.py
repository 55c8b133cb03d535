"""Check whether code that was read parses."""

from __future__ import annotations

import ast
import json
import re
import textwrap
import warnings
from importlib.util import find_spec

_PYTHON = re.compile(r"^\s*(?:def \w+\(|class \w+.*:|import \w+|from [\w.]+ import |async def |@\w+)", re.MULTILINE)
_YAML = re.compile(r"^\s*(?:- )?[\w.\"'-]+:(?:\s|$)")
_OTHER = re.compile(r"[;{]\s*$|^\s*(?:#include|package |func |fn |public |private )|^(?:[-+]|@@) ?", re.MULTILINE)
_SIGNS = re.compile(r"""[{};]\s*$|\w\(.*\)|[=!<>]=|=>|->|::|["'\w\])] = |^[-+@]{1,2} ?\w|^\s*File ".*", line""")

CODE_SHARE = 0.25
"""Share of the lines with signs of code, from which text is code."""

_TRACE = re.compile(r"^Traceback |^\s*File \"", re.MULTILINE)


def language_of(code: str) -> str:
    """Return ``"Python"``, ``"JSON"`` or ``"YAML"`` where code plainly is that; an empty string for the rest."""
    stripped = code.strip()
    if stripped[:1] in "{[" and stripped[-1:] in "}]" and '"' in stripped and ":" in stripped:
        return "JSON"
    if _TRACE.search(code):
        return ""
    if _PYTHON.search(code) and not _OTHER.search(code):
        return "Python"
    lines = [line for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]
    keyed = sum(bool(_YAML.match(line)) or line.strip().startswith("- ") for line in lines)
    if len(lines) >= 3 and keyed >= 0.9 * len(lines) and not _OTHER.search(code):
        return "YAML"
    return ""


def is_code(text: str) -> bool:
    """Return whether text in a fixed-width font is code rather than a note, a chat or a receipt."""
    lines = [line for line in text.splitlines() if line.strip()]
    signed = sum(_SIGNS.search(line) is not None for line in lines)
    return bool(language_of(text)) or signed >= CODE_SHARE * max(1, len(lines))


def problem_of(code: str) -> str:
    """Return why code does not parse, as a sentence; empty where it does, or where its language is not known."""
    language = language_of(code)
    try:
        if language == "Python":
            _parse_python(code)
        elif language == "JSON":
            json.loads(code)
        elif language == "YAML" and find_spec("yaml") is not None:
            import yaml  # type: ignore[import-untyped]

            try:
                yaml.safe_load(code)
            except yaml.YAMLError as error:
                mark = getattr(error, "problem_mark", None)
                return _sentence(language, None if mark is None else mark.line + 1)
    except (SyntaxError, ValueError) as error:
        return _sentence(language, getattr(error, "lineno", None))
    except (RecursionError, MemoryError):  # nested deeper than any parser follows
        return _sentence(language, None)
    return ""


def _parse_python(code: str) -> None:
    """Parse Python, or a stretch out of the middle of some; raises SyntaxError."""
    code = textwrap.dedent(code)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            ast.parse(code)
        except SyntaxError as error:
            if error.lineno is None or error.lineno < len(code.splitlines()) - 1:
                raise
            # A screenshot may end in the middle of a block.
            indent = re.match(r"\s*", code.splitlines()[-1])
            ast.parse(f"{code}\n{indent[0] if indent else ''}    pass")


def _sentence(language: str, line: int | None) -> str:
    place = "" if line is None else f" (line {line})"
    return f"the code that was read does not parse as {language}{place}"
