"""``headroom-nb VERB FILES [options]``: the verbs of ``%headroom`` in a terminal, with the same options and tables.

Exit status: 0 when all is well; 1 when what was asked for found something (a limit that is broken, images or items that
could not be read); 2 for a mistake or an error, which stands on standard error in one line.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb._version import __version__
from headroom_nb.errors import HeadroomError, MessageError, OptionError, one_line
from headroom_nb.notebook import targets
from headroom_nb.notebook.autoload import main as change_profile
from headroom_nb.notebook.call import Call
from headroom_nb.notebook.grammar import read
from headroom_nb.notebook.help import explain
from headroom_nb.notebook.settings import resolve
from headroom_nb.notebook.verb_table import HELP, VERBS
from headroom_nb.records import CompressionResult
from headroom_nb.records.comparison import Estimate
from headroom_nb.runtime.files import refuse_existing, working_folder, write_file

if TYPE_CHECKING:
    from collections.abc import Callable

VERBS_HERE = ("compress", "estimate", "compare", "check", "route", "bill", "batch", "doctor", "help")
"""Verbs that make sense without a kernel."""

FOUND, WRONG = 1, 2
"""Exit statuses beside 0."""

PAGED = {".pdf", ".tif", ".tiff"}
"""Suffixes of files with pages, which are sent as text and images."""

MANNERS = """\
-o FILE writes the result of compress: messages.json, a script, a report (.html, .md), or the smaller file itself. \
--json prints data instead of a table; --force replaces a file. \
headroom-nb tutorials [FOLDER] copies the tutorials, headroom-nb completion SHELL prints a script for bash, zsh or \
fish, headroom-nb enable makes %headroom available in IPython, headroom-nb models lists models."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _COMMANDS.get(words[0] if words else "--help", _verb)(words)
    except HeadroomError as error:
        sys.stderr.write(f"headroom-nb: {_here(one_line(error))}\n")
        return WRONG
    except BrokenPipeError:  # as in: headroom-nb estimate . | head
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("headroom-nb: stopped\n")
        return 130


@dataclass(frozen=True)
class _Asked:
    """The words of a line that the notebook's grammar does not know."""

    words: list[str]
    output: str | None
    as_json: bool
    force: bool


def _verb(words: list[str]) -> int:
    if words[0] not in VERBS_HERE:
        known = [*VERBS_HERE, *(name for name in _COMMANDS if name.isalpha())]
        raise OptionError(f"there is no verb {words[0]}; use one of {', '.join(known)}")
    from headroom_nb.notebook.verbs import RUN
    from headroom_nb.rendering.export import check_target, export

    asked = _asked(words)
    call = _FileCall(
        read(shlex.join(asked.words)), None, {}, lambda: resolve({}, os.environ, working_folder()), _no_setting
    )
    if call.command.verb.takes == "notebook" and not call.command.target:
        raise OptionError(f"%headroom {words[0]} needs a notebook, such as: %headroom {words[0]} analysis.ipynb")
    if asked.output is not None and call.command.verb.name != "compress":
        raise OptionError(f"-o goes with compress, not with {call.command.verb.name}")
    if call.command.verb.name == "help":
        name = call.command.target
        if name and name not in VERBS_HERE:
            raise OptionError(f"there is no verb {name}; use one of {', '.join(VERBS_HERE)}")
        return _say(_here(str(explain(VERBS[name]))) if name else _usage())
    made = _smaller_file(call, asked) if asked.output is not None else None
    if made is not None:
        return _say(made)
    if asked.output is not None:
        check_target(asked.output, force=asked.force)
    result = RUN[call.command.verb.name](call)
    if asked.output is not None:
        sys.stderr.write(f"{export(result, None, asked.output, force=asked.force)}\n")
    _say(json.dumps(_data(result), ensure_ascii=False, indent=1, default=str) if asked.as_json else _here(str(result)))
    return _status(result)


class _FileCall(Call):
    """A call whose target is files alone: there are no variables and no widgets in a terminal."""

    def switch(self, name: str) -> bool:
        if name == "widget" and "--widget" in self.command.values:
            raise OptionError("--widget works in a notebook only; -o report.html writes a report")
        return name != "widget" and super().switch(name)

    def value(self) -> Any:
        target = self.command.target
        if not target:
            verb = self.command.verb
            raise OptionError(f"%headroom {verb.name} needs files, such as: %headroom {verb.name} photo.png")
        raise MessageError(f"there is no file {target}{targets.near(target)}")


def _asked(words: list[str]) -> _Asked:
    """Take the words that only a terminal has out of a line."""
    rest, output, switches = [], None, {"--json": False, "--force": False}
    pending = iter(words)
    for word in pending:
        if word in {"-o", "--output"}:
            output = next(pending, None)
            if output is None:
                raise OptionError("-o needs a file: -o smaller.json")
        elif word in switches:
            switches[word] = True
        else:
            rest.append(word)
    return _Asked(rest, output, switches["--json"], switches["--force"])


def _smaller_file(call: Call, asked: _Asked) -> str | None:
    """Write a smaller copy of one file and return what to say; None where a result is to be written."""
    from headroom_nb.analysis.files import PICTURE_SUFFIXES, find_files
    from headroom_nb.server.copies import smaller_copy

    target = Path(str(asked.output))
    files = find_files(call.command.target)
    kinds = {".ipynb", ".jsonl"}
    same = len(files) == 1 and files[0].suffix.lower() == target.suffix.lower() in kinds
    if target.suffix.lower() in PAGED and any(file.suffix.lower() in PAGED for file in files):
        raise OptionError(
            f"pages are sent as text and images, not as one {target.suffix[1:]} file: "
            f"write -o {target.with_suffix('.json')} for the message, or a report (.html, .md)"
        )
    if not (same or target.suffix.lower() in PICTURE_SUFFIXES):
        return None
    if len(files) != 1:
        raise OptionError(f"{target} is one file, and {call.command.target} names {len(files)}; use -o result.json")
    refuse_existing(target, force=asked.force)
    copy = smaller_copy(files[0].name, files[0].read_bytes(), call.options, call.option("question") or "")
    if copy.data is None:
        return f"{files[0]}: {copy.note}; nothing was written"
    target = target.with_suffix(copy.suffix)
    write_file(target, copy.data, force=asked.force)
    what = "tokens" if copy.suffix == ".json" else "image tokens"
    return f"Wrote {target}: {copy.before:,} → {copy.after:,} {what}; {copy.note}"


def _data(result: Any) -> Any:
    """Return a result as plain types."""
    if isinstance(result, CompressionResult):
        from headroom_nb.rendering.display import to_json

        return to_json(result, pictures=False)
    write = next((getattr(result, name) for name in ("to_dict", "to_rows") if hasattr(result, name)), None)
    return write() if write is not None else vars(result)


def _status(result: Any) -> int:
    """Return the exit status that a result stands for."""
    bad = [not getattr(result, "ok", True), getattr(result, "error_count", 0), getattr(result, "interrupted", False)]
    if isinstance(result, CompressionResult):
        bad += [image.error for image in result.images]
    if isinstance(result, Estimate):
        bad += [line.tokens is None for line in result.lines]
    return FOUND if any(bad) else 0


def _no_setting(name: str, value: str) -> None:
    raise OptionError(f"{name} cannot be set to {value} here; use an option or the environment")


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _here(text: str) -> str:
    """Return a text of the notebook with the command's own name."""
    return text.replace("%headroom", "headroom-nb").replace("MESSAGES|IMAGE|FILES", "FILES")


def _usage() -> str:
    lines = [f"  {name:<9} {VERBS[name].about}" for name in VERBS_HERE]
    return "\n".join(
        ["headroom-nb VERB FILES [options]", "", *lines, "", MANNERS, "", "headroom-nb help VERB explains one."]
    )


def _help(_: list[str]) -> int:
    return _say(_usage())


def _version(_: list[str]) -> int:
    return _say(f"headroom-nb {__version__}")


def _tutorials(words: list[str]) -> int:
    """Copy the tutorials into a folder; what stands there is left alone."""
    from headroom_nb.notebook.tutorials import copy_tutorials

    folder = Path(words[1]) if len(words) > 1 else Path("headroom-tutorials")
    written = copy_tutorials(folder)
    return _say(
        f"{len(written)} tutorials in {folder}: open {written[0].name} first" if written else f"{folder} has them"
    )


def _completion(words: list[str]) -> int:
    shell = words[1] if len(words) > 1 else ""
    if shell not in SCRIPTS:
        raise OptionError(f"name your shell: headroom-nb completion {'|'.join(SCRIPTS)}")
    return _say(SCRIPTS[shell])


def _complete(words: list[str]) -> int:
    """Print what may stand for the last of the words; called by the scripts of the shells."""
    from headroom_nb.notebook.completion import suggest

    typed = words[1:] or [""]
    if len(typed) == 1:
        names = [*VERBS_HERE, *(name for name in _COMMANDS if name.isalpha())]
        return _say("\n".join(name for name in names if name.startswith(typed[0])))
    if typed[0] in _WORDS:
        words = _WORDS[typed[0]]()
    else:
        words = [word for word, _ in suggest(f"%headroom {' '.join(typed)}", {}) or [] if word != "--widget"]
        words += ["--json", "--force"] if typed[-1].startswith("-") else []
    return _say("\n".join(word for word in words if word.startswith(typed[-1])))


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    **dict.fromkeys(HELP, _help),
    "--version": _version,
    **dict.fromkeys(("enable", "disable", "models"), change_profile),
    "tutorials": _tutorials,
    "completion": _completion,
    "__complete": _complete,
}

_WORDS: dict[str, Callable[[], list[str]]] = {
    "help": lambda: list(VERBS_HERE),
    "completion": lambda: ["bash", "zsh", "fish"],
    **dict.fromkeys(("enable", "disable"), list),
}
"""What may follow the words that are no verbs of the table."""

SCRIPTS = {
    "bash": """\
_headroom_nb() {
  local IFS=$'\\n'
  COMPREPLY=($(headroom-nb __complete "${COMP_WORDS[@]:1:COMP_CWORD}"))
}
complete -o nospace -o filenames -F _headroom_nb headroom-nb""",
    "zsh": """\
#compdef headroom-nb
_headroom_nb() {
  local -a found
  found=(${(f)"$(headroom-nb __complete "${(@)words[2,CURRENT]}")"})
  compadd -S '' -- ${(M)found:#*/}
  compadd -- ${found:#*/}
}
compdef _headroom_nb headroom-nb""",
    "fish": """\
complete -c headroom-nb -f -a '(headroom-nb __complete (commandline -opc)[2..-1] (commandline -ct))'""",
}
"""What a shell's own file of settings reads, as in: ``eval "$(headroom-nb completion bash)"``."""
