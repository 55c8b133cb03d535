"""A newer model table: compared with the one in use, and kept for this user."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from headroom_nb.costs import models, table
from headroom_nb.costs.outside_table import read_table
from headroom_nb.errors import OptionError
from headroom_nb.runtime.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.costs.outside_table import Table


class Change(NamedTuple):
    """One thing that a newer table changes: what, its name, how it was, how it will be; empty where it is missing."""

    what: str
    name: str
    before: str
    after: str


def changes(newer: Table, older: Table | None = None) -> tuple[Change, ...]:
    """Return what a newer table changes of the older one, by default the one in use; prices first."""
    older = table.load_table() if older is None else older
    found = sorted(_changes(older, newer), key=lambda change: (change.what != "price", change.what != "model"))
    return tuple(found)


def keep_table(data: bytes) -> None:
    """Use a table from now on, in this process and in later ones; raises OptionError as `outside_table.read_table`."""
    read_table(data)
    place = table.newer_file()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(place, data, durable=True, private=True)
    except OSError as error:
        raise OptionError(f"the model table cannot be kept in {place}: {error.strerror or error}") from error
    models.use_table_anew()


def drop_table() -> bool:
    """Use the table of this release again; return whether there was another one.

    Raises
    ------
    OptionError
        The other one cannot be removed.
    """
    place = table.newer_file()
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OptionError(f"{place} cannot be removed: {error.strerror or error}") from error
    models.use_table_anew()
    return True


def _changes(older: Table, newer: Table) -> Iterator[Change]:
    before, after = ({row["name"]: row for row in each["models"]} for each in (older, newer))
    for name in (*after, *(name for name in before if name not in after)):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            yield Change("model", name, _priced(one), _priced(other))
            continue
        if _priced(one) != _priced(other):
            yield Change("price", name, _priced(one), _priced(other))
        for key in sorted((one.keys() | other.keys()) - {"name", "price", "read", "source"}):
            if one.get(key) != other.get(key):
                yield Change(key, name, _short(one.get(key)), _short(other.get(key)))
    for part, what in (("providers", "provider"), ("channels", "cloud"), ("families", "family")):
        for name in dict.fromkeys((*older[part], *newer[part])):
            if older[part].get(name) != newer[part].get(name):
                yield Change(what, name, *_differences(older[part].get(name), newer[part].get(name)))


def _differences(one: Any, other: Any) -> tuple[str, str]:
    if one is None or other is None:
        return _short(one), _short(other)
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    return _short({key: one.get(key) for key in keys}), _short({key: other.get(key) for key in keys})


def _priced(row: Any) -> str:
    if row is None:
        return ""
    price = row["price"]
    says = "no price" if price["usd_per_million"] is None else f"${price['usd_per_million']:g} per million tokens"
    if "until" in price:
        then = price.get("then")
        says += f" until {price['until']}, then {'not known' if then is None else f'${then:g}'}"
    return f"{says}; {price['note']}" if price.get("note") else says


def _short(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= 300 else f"{text[:299]}…"
