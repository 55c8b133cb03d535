"""The session's totals for a front end that asks: a comm over which they come, live, and automatic mode is switched.

The kernel sends ``{"version": 1, "totals": {…}, "auto": "on" | "audit" | "off"}``, at once and after each change. The
front end may send ``{"do": "toggle-auto"}``; the answer then also holds ``"said"``, one sentence, and ``"failed"``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError
from headroom_nb.rendering.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

TARGET = "headroom_nb.session"


def register(shell: InteractiveShell) -> None:
    """Let front ends open the comm; does nothing where there is no kernel."""
    manager = _manager(shell)
    if manager is not None:
        manager.register_target(TARGET, _Target(shell))


def unregister(shell: InteractiveShell) -> None:
    """End what is open, and take the target away."""
    manager = _manager(shell)
    target = None if manager is None else manager.targets.get(TARGET)
    if isinstance(target, _Target):
        target.close()
        manager.unregister_target(TARGET, target)


def _manager(shell: InteractiveShell) -> Any:
    return getattr(getattr(shell, "kernel", None), "comm_manager", None)


class _Target:
    """Serves the comms that front ends open, one for each page."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._open: dict[Any, Callable[[], None]] = {}

    def __call__(self, comm: Any, message: Any) -> None:  # noqa: ARG002 - the kernel's signature
        """Serve a comm that was opened."""
        from headroom_nb.integrations.session import SESSION  # here and below: loading the extension is to be quick

        self._open[comm] = SESSION.listen(lambda: comm.send(self._state()))
        comm.on_msg(lambda received: self._answer(comm, received))
        comm.on_close(lambda _: self._forget(comm))
        comm.send(self._state())

    def close(self) -> None:
        """End every comm."""
        for comm in list(self._open):
            self._forget(comm)
            comm.close()

    def _forget(self, comm: Any) -> None:
        stop = self._open.pop(comm, None)
        if stop is not None:
            stop()

    def _answer(self, comm: Any, message: Any) -> None:
        data = message["content"]["data"]
        if isinstance(data, dict) and data.get("do") == "toggle-auto":
            said, failed = self._toggle()
            comm.send({**self._state(), "said": said, "failed": failed})

    def _toggle(self) -> tuple[str, bool]:
        """Switch automatic compression; return one sentence, and whether it did not work."""
        shell: Any = self._shell
        run = shell.find_line_magic("headroom")
        try:
            return run("auto off" if self._auto() != "off" else "auto on").headline, False
        except HeadroomError as error:
            return one_line(error), True

    def _state(self) -> dict[str, Any]:
        from headroom_nb.integrations.session import SESSION

        return {"version": 1, "totals": asdict(SESSION.totals), "auto": self._auto()}

    def _auto(self) -> str:
        """Return whether the namespace's clients are wrapped, and how."""
        from headroom_nb.integrations import is_wrapped, meter
        from headroom_nb.notebook.auto import find_clients

        meters = [meter(client) for client in find_clients(dict(self._shell.user_ns)).values() if is_wrapped(client)]
        if not meters:
            return "off"
        return "audit" if all(found.audit for found in meters) else "on"
