"""Reads a model table that comes from outside: checks its size, schema, text, and that its parts fit together."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.names import normal
from headroom_nb.costs.registry import RULES
from headroom_nb.costs.row_shapes import check_shapes
from headroom_nb.costs.rows import read_row
from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Table = Mapping[str, Any]

LARGEST = 2**20
"""Bytes of a table; that of this release has 80,000."""

LONGEST_TEXT = 2000
"""Characters of one text in it."""


def read_table(data: bytes, *, whole: bool = True) -> Table:
    """Return a table.

    Parameters
    ----------
    data
        The file.
    whole
        Whether to hold it against its schema too. What is read again was checked when it was stored.

    Raises
    ------
    OptionError
        It is no table, breaks the schema, or holds what a table should not; the message says where.
    """
    if len(data) > LARGEST:
        raise OptionError(f"a model table has at most {LARGEST:,} bytes; this has {len(data):,}")
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise OptionError(f"the model table is no JSON: {str(error)[:200]}") from error
    if not isinstance(found, dict):
        raise OptionError("the model table is not an object of JSON")
    if whole:
        _check_schema(found)
        _check_words(found, "the table")
    _check_rows(found)
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _check_schema(found: Any) -> None:
    try:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match
    except ImportError as error:
        raise OptionError("checking a model table needs jsonschema: pip install jsonschema") from error
    schema = json.loads(Path(__file__).with_name("models.schema.json").read_text(encoding="utf-8"))
    wrong = best_match(Draft202012Validator(schema).iter_errors(found))
    if wrong is not None:
        place = "".join(f"[{part!r}]" for part in wrong.absolute_path)
        raise OptionError(f"the model table breaks its schema at {place or 'its top'}: {wrong.message[:200]}")


def _check_words(value: Any, place: str) -> None:
    """Raise OptionError for text that would steer a terminal, or fill a screen."""
    if isinstance(value, str):
        if not value.isprintable() or len(value) > LONGEST_TEXT:
            raise OptionError(f"the model table holds text that cannot be shown, in {place}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_words(key, place)
            _check_words(inner, key)
    elif isinstance(value, list):
        for inner in value:
            _check_words(inner, place)


def _check_rows(found: Any) -> None:
    """Raise OptionError where rows, families, providers and sources do not fit together."""
    try:
        rows, providers, families, channels = (found[key] for key in ("models", "providers", "families", "channels"))
        for row in rows:
            check_shapes(row)
            if row["rule"] not in RULES:
                raise OptionError(
                    f"model {row['name']!r}: no rule {row['rule']!r} here; a newer headroom-nb may have it"
                )
            read_row(row, providers)
        names = Counter(normal(name) for row in rows for name in (row["name"], *row.get("aliases", ())))
        known = {row["name"] for row in rows}
        twice = [name for name, count in names.items() if count > 1 or name in families]
        meant = [family["like"] for family in families.values()]
        meant += [seller["default_model"] for seller in (*providers.values(), *channels.values())]
        strange = [name for name in meant if name not in known]
        sellers = [row["provider"] for row in rows if row["provider"] not in providers]
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise OptionError(f"the model table is incomplete: {type(error).__name__} {error}") from error
    if twice:
        raise OptionError(f"the model table has {twice[0]!r} twice")
    if strange or sellers:
        raise OptionError(f"the model table names {(strange or sellers)[0]!r}, which it does not describe")
