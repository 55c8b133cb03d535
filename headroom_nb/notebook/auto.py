"""``%headroom auto``: wraps the SDK clients found in the namespace, and shows what they saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headroom_nb.integrations import BillCheck, Meter
    from headroom_nb.notebook.call import Call

ACTIONS = ("on", "off")


def auto(call: Call) -> Table:
    """Wrap or unwrap the namespace's clients, or show their totals."""
    from headroom_nb.integrations import is_wrapped, meter, unwrap, wrap
    from headroom_nb.integrations.session import SESSION

    action = call.command.target
    if action not in ("", *ACTIONS):
        raise OptionError(f"%headroom auto takes on or off, not {action}{hint(action, ACTIONS)}")
    clients = find_clients(call.namespace)
    if action == "on":
        if not clients:
            raise OptionError(
                "no variable is a client that can be wrapped, such as OpenAI(); make one, then run this again"
            )
        wrap_one = partial(wrap, options=call.options, audit=call.switch("audit"))
        for client in clients.values():
            wrap_one(client)
        _watches[id(call.namespace)] = _Watch(wrap_one, {name: meter(client) for name, client in clients.items()})
    wrapped = {name: client for name, client in clients.items() if is_wrapped(client)}
    if call.switch("check"):
        return _bills(wrapped)
    table = _totals(wrapped, ended=action == "off")
    if action == "off":
        _watches.pop(id(call.namespace), None)
        for client in wrapped.values():
            unwrap(client)
    if action:
        SESSION.tell()  # a front end shows the mode beside the sums
    return table


@dataclass(frozen=True)
class _Watch:
    """How a namespace's new clients are wrapped while automatic compression is on, and the meters by variable."""

    wrap: Callable[[Any], None]
    meters: dict[str, Meter]


_watches: dict[int, _Watch] = {}


def wrap_new(namespace: Mapping[str, Any]) -> None:
    """Wrap the clients that a cell has made; one that replaces another under its name goes on with its totals."""
    watch = _watches.get(id(namespace))
    if watch is None:
        return
    from headroom_nb.integrations import is_wrapped, meter
    from headroom_nb.integrations.wrapping import continue_with

    for name, client in find_clients(namespace).items():
        if is_wrapped(client):
            continue
        watch.wrap(client)
        if name in watch.meters:
            continue_with(client, watch.meters[name])
        watch.meters[name] = meter(client)


def find_clients(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SDK clients among the variables, each under its first name."""
    from headroom_nb.integrations.clients import is_client, may_hold_client

    found: dict[str, Any] = {}
    for name, value in namespace.items():
        if name.startswith("_") or isinstance(value, type) or not (is_client(value) or may_hold_client(value)):
            continue
        if all(value is not client for client in found.values()):
            found[name] = value
    return found


def _totals(clients: Mapping[str, Any], *, ended: bool) -> Table:
    from headroom_nb.integrations import meter

    meters = {name: meter(client) for name, client in clients.items()}
    saved = sum(found.saved_tokens for found in meters.values())
    audit = any(found.audit for found in meters.values())
    headline = f"Automatic compression {'was' if ended else 'is'} {'on' if meters else 'off'}"
    if meters:
        kind = "tokens" if any(found.documents for found in meters.values()) else "image tokens"
        headline += f": {saved:,} {kind} {'would be saved' if audit else 'saved'}"
    return Table(
        headline=headline,
        columns=(
            Column("Client"),
            Column("Requests", figure=True),
            Column("Images", figure=True),
            Column("Tokens", figure=True),
            Column("Saved", figure=True),
            Column("Note", below=True),
        ),
        rows=tuple(
            (
                f"{name} ({type(clients[name]).__name__})",
                f"{found.requests:,}",
                f"{found.images:,}",
                f"{found.original_tokens:,} → {found.compressed_tokens:,}",
                f"${found.usd:,.4f}",
                "; ".join(
                    [
                        *(["audit: sent as they came"] if found.audit else []),
                        *([found.note] if found.note else []),
                        *found.warnings[-3:],
                        *(f"not done: {f}" for f in found.failures[-3:]),
                    ]
                ),
            )
            for name, found in meters.items()
        ),
        caption="What each client sent and saved",
        footnotes=() if meters else ("%headroom auto on wraps the clients among your variables.",),
    )


def _bills(clients: Mapping[str, Any]) -> Table:
    from headroom_nb.integrations import meter

    checks: list[tuple[str, BillCheck]] = [
        (name, check) for name, client in clients.items() for check in meter(client).checks
    ]
    return Table(
        headline=f"{len(checks)} estimates beside the bill",
        columns=(
            Column("Client"),
            Column("Model"),
            Column("Counts"),
            Column("Estimated", figure=True),
            Column("Billed", figure=True),
            Column("Difference", figure=True),
        ),
        rows=tuple(
            (name, check.model, check.counted, f"{check.estimated:,}", f"{check.billed:,}", f"{check.difference:+,}")
            for name, check in checks
        ),
        caption="Estimated and billed input tokens by request",
        footnotes=(
            "Where all input is billed together, the difference holds the overhead, the system prompt and tools.",
            "Streams carry no bill when the call returns, and are not compared.",
        ),
    )
