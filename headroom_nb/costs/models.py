"""The model table: read once, looked up by any name a caller is likely to have, and open to users' own rows."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.names import LONGEST_NAME, cloud_of, normal, provider_name, spellings
from headroom_nb.costs.row_shapes import check_shapes
from headroom_nb.costs.rows import change_row, read_row
from headroom_nb.costs.table import forget_table, load_table
from headroom_nb.errors import FileAccessError, HeadroomError, OptionError, UnknownModelError
from headroom_nb.runtime.files import read_file, shown
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.lru import clear_all
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.costs.spec import ModelSpec

ADVICE = "headroom_nb.register_model(name, like=…) sets it right"
"""What to do about a guessed model."""

LONGEST_SHOWN = 100
"""Characters of an unknown name that are repeated."""

MODELS_FILE = "HEADROOM_NB_MODELS"
"""Environment variable with the path of a TOML file of the user's own models, read with the table."""


def find_model(model: str | None = None, provider: str | None = None) -> ModelSpec:
    """Return a model of the table.

    Parameters
    ----------
    model
        A name as the provider, a cloud, a router or a framework writes it: with a date, a ``"models/"``,
        ``"anthropic/"`` or ``"openai:"`` prefix, a Bedrock id; or a family such as ``"claude-standard"``. A sibling of
        a known family is counted like it, and ``guessed`` says so. None stands for the provider's default.
    provider
        A provider of the table, or a cloud (``"bedrock"``, ``"vertex"``) whose limits then apply; other names that
        people use (``"azure"``, ``"gemini"``) are known, too. Needed only without a model.

    Raises
    ------
    UnknownModelError
        No such model; the error lists the close ones.
    OptionError
        No such provider, or neither argument was given, or one is not text.
    """
    for what, name in (("model", model), ("provider", provider)):
        if name is not None and not isinstance(name, str):
            raise OptionError(f"a {what} is given by its name, not as {type(name).__name__}")
    look_up = _looked_up if len(model or "") + len(provider or "") <= LONGEST_NAME else _looked_up.__wrapped__
    return look_up(model, None if provider is None else provider_name(provider))


def model_or_default(model: str | None = None, provider: str | None = None) -> ModelSpec:
    """Return a model like :func:`find_model`; a name that nobody knows is counted like the provider's default.

    ``guessed`` of what comes back then says so, and no price is assumed: an Azure deployment, a local model, an
    opaque Bedrock profile must not stop a whole call.

    Raises
    ------
    OptionError
        As :func:`find_model`.
    """
    try:
        return find_model(model, provider)
    except UnknownModelError as error:
        seller = provider or cloud_of(str(model)) or "openai"
        like = find_model(None, seller)
        guess = _guess(str(model), like, f"the default of {seller}{hint(str(model)[:LONGEST_SHOWN], error.close)}")
        return replace(guess, price=replace(like.price, usd=None, until=None, then=None, note=""))


def use_table_anew() -> None:
    """Count by the table that the user has now; rows that were added in this process are added to it, too."""
    with _lock:
        own = list(_own_rows)
        for known in (_models, _names, _own_rows):
            known.clear()
        forget_table()
        forget_models()
        clear_all()
        for row in own:
            try:
                adopt_rows([row])
            except HeadroomError as error:
                warnings.warn(
                    f"the model {row['name']!r} that was added in this session is gone: {error}", stacklevel=3
                )


def forget_models() -> None:
    """Look models up anew from now on; the table itself stays as it is."""
    _looked_up.cache_clear()


@lru_cache(maxsize=512)
def _looked_up(model: str | None, provider: str | None) -> ModelSpec:
    table = load_table()
    if provider is not None and provider not in providers():
        _table()  # fills the names
        if any(spelling in _names for spelling in spellings(provider)):
            raise OptionError(f"{provider!r} is a model, not a provider; write model={provider!r}")
        raise OptionError(f"no provider {provider!r} in the model table; use one of: {', '.join(providers())}")
    if model is None:
        if provider is None:
            raise OptionError("name a model or a provider")
        model = {**table["channels"], **table["providers"]}[provider]["default_model"]
    cloud = provider if provider in table["channels"] else cloud_of(model)
    spec = _find(model)
    return spec if cloud is None else _through(spec, cloud)


def register_model(name: str, *, like: str | None = None, aliases: Iterable[str] = (), **row: Any) -> ModelSpec:
    """Add a model, or put one in place of the table's, for this process.

    Parameters
    ----------
    name, aliases
        How it is looked up.
    like
        A model or family of the table to start from; then only what differs need be given.
    **row
        Keys of a row of ``models.json``: ``provider``, ``rule``, ``details``, ``default_detail``, ``price`` (dollars
        per million tokens, or a table), ``limits``, ``exact``, ``note``, ``source``, ``read``, ``encoding``.

    Raises
    ------
    OptionError
        A key or value is wrong; the message says which.

    Examples
    --------
    >>> register_model("my-vision", like="gpt-4o", price=1.5).usd_per_million_tokens
    1.5
    """
    _table()
    if not isinstance(aliases, Iterable):
        raise OptionError(f"aliases are a list of names, not {type(aliases).__name__}")
    whole = {"name": name, "aliases": list(aliases), **row, **({} if like is None else {"like": like})}
    spec = _enter(whole)
    _own_rows.append(whole)
    forget_models()
    return spec


def load_models(path: str | os.PathLike[str]) -> list[ModelSpec]:
    """Add the models of a TOML file, all or none: a ``[[models]]`` table each, with the keys of `register_model`.

    Raises
    ------
    OptionError
        The file cannot be read or a row is wrong; the message names the file.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise OptionError(f"a models file is given by its path, not as {type(path).__name__}")
    _table()
    before = dict(_models), dict(_names)
    try:
        document = _parse_toml(read_file(path).decode("utf-8"))
        rows = document.get("models")
        if not isinstance(rows, list) or not rows:
            raise OptionError("no [[models]] table in it")
        specs = [_enter(row) for row in rows]
    except (ValueError, RecursionError, FileAccessError, UnknownModelError) as error:
        _models.clear()
        _models.update(before[0])
        _names.clear()
        _names.update(before[1])
        forget_models()
        raise OptionError(f"models file {shown(path)}: {error}") from error
    _own_rows.extend(rows)
    forget_models()
    return specs


def own_rows() -> tuple[Mapping[str, Any], ...]:
    """Return the rows that were added to the table in this process, for another one to adopt."""
    return tuple(_own_rows)


def adopt_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add the rows that another process has added to its table; those that are here already change nothing."""
    _table()
    for row in rows:
        if row not in _own_rows:
            _enter(row)
            _own_rows.append(row)
    forget_models()


def model_names(provider: str | None = None) -> tuple[str, ...]:
    """Return the canonical names in the table's order, of one provider or of all."""
    return tuple(name for name, spec in _table().items() if provider in (None, spec.provider))


def providers() -> tuple[str, ...]:
    """Return the providers and clouds that can be named."""
    table = load_table()
    return (*table["providers"], *table["channels"])


_models: dict[str, ModelSpec] = {}
_names: dict[str, str] = {}
_own_rows: list[Mapping[str, Any]] = []
_lock = fork_safe(RLock())


def _table() -> dict[str, ModelSpec]:
    """Return the models by name; reads the table, and the user's file if there is one, on first use."""
    with _lock:
        if not _models:
            for row in load_table()["models"]:
                _enter(row)
            if os.environ.get(MODELS_FILE):
                try:
                    load_models(os.environ[MODELS_FILE])
                except HeadroomError:
                    _models.clear()
                    raise
    return _models


def _enter(row: Mapping[str, Any]) -> ModelSpec:
    check_shapes(row)
    known = load_table()["providers"]
    spec = change_row(find_model(row["like"]), row) if "like" in row else read_row(row, known)
    _models[spec.name] = spec
    _names.update({normal(name): spec.name for name in (spec.name, *row.get("aliases", ()))})
    return spec


def _find(model: str) -> ModelSpec:
    models, families = _table(), load_table()["families"]
    for spelling in spellings(model):
        if spelling in _names:
            return models[_names[spelling]]
    for spelling in spellings(model):
        if spelling in families:
            like = models[families[spelling]["like"]]
            if spelling != normal(model):
                return _guess(spellings(model)[1], like, f"as a model of its family: {families[spelling]['says']}")
            note = f"a family, priced like {like.name}: {families[spelling]['says']}"
            return replace(like, name=spelling, exact=False, note=note)
    guess = _by_family(model)
    if guess is not None:
        return guess
    from difflib import get_close_matches

    found = get_close_matches(spellings(model)[-1], list(_names), 5, 0.4)
    close = tuple(dict.fromkeys(_names[name] for name in found))
    raise UnknownModelError(
        f"no model {model[:LONGEST_SHOWN]!r} in the table; close: {', '.join(close) or 'none'}; "
        f"headroom_nb.register_model(name, like=…) adds one",
        close=close,
    )


def _by_family(model: str) -> ModelSpec | None:
    """Return an unknown sibling of a known family, priced like it; None where the name says nothing."""
    for spelling in spellings(model):
        for family in load_table()["families"].values():
            if any(fnmatchcase(spelling, pattern) for pattern in family.get("names", ())):
                return _guess(spelling, _models[family["like"]], f"as a model of its family: {family['says']}")
    return None


def _guess(name: str, like: ModelSpec, why: str) -> ModelSpec:
    name = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    says = f"{name} is not in the model table; counted like {like.name} ({why})"
    return replace(like, name=name, exact=False, note=says, guessed=f"{says}; {ADVICE}")


def _through(spec: ModelSpec, cloud: str) -> ModelSpec:
    """Return the model as a cloud sells it, with the cloud's name and its tighter limits; as it is if it does not."""
    limits = load_table()["channels"][cloud]["limits"]
    if spec.provider not in limits:
        return spec
    return replace(spec, provider=cloud, limits=replace(spec.limits, **limits[spec.provider]))


def _parse_toml(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    document: dict[str, Any] = tomllib.loads(text)
    return document
