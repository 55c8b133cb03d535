"""``%headroom`` and ``%%headroom``: reads the line, runs the verb."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, cast

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand, output_can_be_silenced
from traitlets import Unicode

from headroom_nb.errors import OptionError
from headroom_nb.notebook import question_marks, session_comm, short_values
from headroom_nb.notebook.help import docstring
from headroom_nb.notebook.matcher import IDENTIFIER, matcher
from headroom_nb.notebook.settings import SETTINGS, resolve
from headroom_nb.runtime.files import working_folder

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from headroom_nb.notebook.settings import Value


if TYPE_CHECKING:
    _Settings = Magics
else:
    _Settings = type(Magics)(
        "_Settings",
        (Magics,),
        {name: Unicode(None, allow_none=True, help=one.about).tag(config=True) for name, one in SETTINGS.items()},
    )


@magics_class
class HeadroomMagics(_Settings):
    """Settings of ``%headroom``; see ``%headroom config`` for where each value comes from."""

    @no_var_expand
    @output_can_be_silenced
    @line_cell_magic
    def headroom(self, line: str, cell: str | None = None) -> Any:
        """Run a verb; the list of verbs follows the method."""
        return self._run(line, cell)

    shell: InteractiveShell

    headroom.__doc__ = docstring()

    def _run(self, line: str, cell: str | None) -> Any:
        from headroom_nb.notebook.call import Call
        from headroom_nb.notebook.grammar import read
        from headroom_nb.notebook.verbs import RUN

        command = read(line)
        if cell is not None and command.target:
            raise OptionError(f"%%headroom works on the cell below it, not on {command.target}; leave one out")
        if cell is not None and command.verb.takes != "picture":
            raise OptionError(f"%%headroom {command.verb.name} takes no cell: use %headroom {command.verb.name}")
        call = Call(command, cell, self.shell.user_ns, self._settings, self._assign)
        result = RUN[command.verb.name](call)
        if command.output is not None:
            self.shell.user_ns[command.output] = result
        return result

    def _settings(self) -> dict[str, Value]:
        traits = {name: getattr(self, name) for name in SETTINGS}
        return resolve(traits, os.environ, working_folder())

    def _assign(self, name: str, value: str) -> None:
        setattr(self, name, value)

    def after_cell(self, *_: object) -> None:
        """Wrap the clients that a cell has made, where automatic compression is on."""
        auto = sys.modules.get("headroom_nb.notebook.auto")  # never switched on without it
        if auto is not None:
            auto.wrap_new(self.shell.user_ns)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics and their completion; doing it twice changes nothing."""
    if _loaded(shell) is not None:
        return
    magics = HeadroomMagics(shell=shell)
    shell.register_magics(magics)  # the base class has added it to what %config lists
    shell.Completer.custom_matchers.append(matcher(lambda: shell.user_ns))
    shell.events.register("post_run_cell", magics.after_cell)
    session_comm.register(shell)
    short_values.register(shell)
    question_marks.register(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take everything away again that loading brought."""
    magics = _loaded(shell)
    if magics is None:
        return
    manager = shell.magics_manager
    for kind in ("line", "cell"):
        manager.magics[kind].pop("headroom", None)
    manager.registry.pop(HeadroomMagics.__name__, None)
    configurables = cast("list[Any]", shell.configurables)  # IPython declares it as a list of shells
    configurables[:] = [found for found in configurables if found is not magics]
    matchers = shell.Completer.custom_matchers
    matchers[:] = [found for found in matchers if getattr(found, "matcher_identifier", "") != IDENTIFIER]
    shell.events.unregister("post_run_cell", magics.after_cell)
    session_comm.unregister(shell)
    short_values.unregister(shell)
    question_marks.unregister(shell)


def _loaded(shell: InteractiveShell) -> HeadroomMagics | None:
    found = shell.magics_manager.registry.get(HeadroomMagics.__name__)
    return found if isinstance(found, HeadroomMagics) else None
