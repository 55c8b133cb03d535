"""What a language's spelling says of look-alikes in a line of code: operators, hexadecimal numbers, built-in errors."""

from __future__ import annotations

import builtins
import re

from headroom_nb.techniques.transcript.shapes import CASED

_FLOOR = re.compile(r"(?<=[\w\])] )/(?:==|‹\?›=|[^\x00-\x7f]=)(?= )")
"""What is read of ``//=`` in fonts that draw its slashes closer: no other operator begins and ends like that."""

_SCRIPT = re.compile(r"\s*(?:(?:export )?(?:const|let|var)|return|throw|await)\b.*;$|.*=>")
_TEMPLATE = re.compile(r"'([^'`\"]*\$\{[^'`\"]*\}[^'`\"]*)'")
"""A string of JavaScript with a place for a value: small fonts draw its backticks like quotes."""

_HEX = re.compile(r"\b0x(?=[\dA-Fa-f]*[IlO])[\dA-Fa-fIlO]+\b")
_AS_DIGITS = str.maketrans("IlO", "110")
_ERRORS = re.compile(r"\s*(?:except|raise)\b")
_WORD = re.compile(r"\b[A-Za-z]{4,}\b")
_BUILT_IN = {name.lower(): name for name in dir(builtins) if name.endswith(("Error", "Exception"))}


def spelled(line: str) -> str:
    """Return a line of code with what can only be spelled in one way: ``0xIF``, ``except osError``, ``/==``."""
    line = _FLOOR.sub("//=", line)
    if _SCRIPT.match(line):
        line = _TEMPLATE.sub(r"`\1`", line)
    line = _HEX.sub(lambda found: found[0].translate(_AS_DIGITS), line)
    return _WORD.sub(lambda found: _error(found[0]), line) if _ERRORS.match(line) else line


def _error(word: str) -> str:
    """Return the name of a built-in error of which letters were read in the wrong case, any other word as it is."""
    name = _BUILT_IN.get(word.lower(), word)
    differing = {one for one, other in zip(word, name, strict=True) if one != other}
    return name if CASED.issuperset(differing) else word
