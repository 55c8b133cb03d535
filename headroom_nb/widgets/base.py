"""What all widgets share: the built module, static forms beside the live one, and answers to the page's questions."""

from __future__ import annotations

import base64
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

import anywidget
import traitlets

from headroom_nb.errors import HeadroomError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FAILED = "the kernel failed at this; its log says how"
"""What a page shows for an error that is not one of ours."""

STATIC = Path(__file__).parent / "static"


class Answer(NamedTuple):
    """What the kernel says: JSON, and bytes that travel beside it (images, files)."""

    data: Mapping[str, Any]
    blobs: Sequence[bytes] = ()


class HeadroomWidget(anywidget.AnyWidget):
    """A widget whose page asks for what is large, so that nothing large is ever stored in a notebook.

    A question is a message ``{"ask": name, "id": text, ...}``; it is handed to the method named in ``questions``, and
    the answer goes back as ``{"answer": data, "id": text}`` with binary buffers, or, where the page says that its host
    loses those (``"base64": true``), with base64 in ``"blobs"``. An error of ours goes back as its sentence.
    """

    _esm = STATIC / "widgets.js"
    _css = STATIC / "widgets.css"
    kind = traitlets.Unicode().tag(sync=True)

    questions: Mapping[str, str] = {}
    """Names of methods ``(request) -> Answer`` by what may be asked."""

    def __init__(self, **traits: Any) -> None:
        if not (STATIC / "widgets.js").exists():
            raise OptionError("the widgets were not built: make front, or install headroom_nb with pip")
        self._lock = RLock()
        super().__init__(**traits)
        self.on_msg(self._answer)

    def static_forms(self) -> dict[str, Any]:
        """Return ``text/plain`` and ``text/html`` (and more) of the widget's present state."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **keywords: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**keywords)
        data, metadata = bundle if bundle is not None else ({}, {})
        return {**data, **self.static_forms()}, metadata

    def _answer(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        name = content.get("ask")
        if not isinstance(name, str):
            return
        reply: dict[str, Any] = {"id": content.get("id"), "error": FAILED}
        blobs: Sequence[bytes] = ()
        try:
            if name not in self.questions:
                raise OptionError(f"this version of headroom_nb has no answer to {name!r}: reload the page")
            ask: Callable[[Mapping[str, Any]], Answer] = getattr(self, self.questions[name])
            with self._lock:  # newer kernels hand messages out while a cell runs
                reply["answer"], blobs = ask(content)
            del reply["error"]
        except HeadroomError as error:
            reply["error"] = str(error)
        finally:  # the page waits for an answer, whatever went wrong
            reply["count"] = len(blobs)
            if content.get("base64"):
                reply["blobs"] = [base64.b64encode(blob).decode("ascii") for blob in blobs]
                blobs = ()
            self.send(reply, [memoryview(blob) for blob in blobs])
