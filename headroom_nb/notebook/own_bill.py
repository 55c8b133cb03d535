"""The verb ``bill``: which notebook is meant, and what its images cost."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError
from headroom_nb.runtime.files import expanded, is_file
from headroom_nb.runtime.words import unquote

if TYPE_CHECKING:
    from headroom_nb.notebook.call import Call
    from headroom_nb.records import NotebookBill


def bill(call: Call) -> NotebookBill:
    """Count what the images in a notebook's outputs cost."""
    from headroom_nb.analysis.notebook_bill import bill as bill_of

    path = expanded(unquote(call.command.target) or _own_path(call))
    if not is_file(path):
        raise OptionError(f"there is no notebook at {path}; save it first, or name its file")
    return replace(bill_of(path, model=call.option("model")), calls=call.calls)


def _own_path(call: Call) -> str:
    """Return where the notebook that runs this kernel is stored, as Jupyter and VS Code tell it."""
    path = call.namespace.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    if not isinstance(path, str) or not path.endswith(".ipynb"):
        raise OptionError("this kernel does not say which notebook it runs: name it, %headroom bill NOTEBOOK.ipynb")
    return path
