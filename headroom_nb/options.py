"""Arguments that users pass, checked before any work is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import MessageError, OptionError
from headroom_nb.records import QUALITIES, Technique

if TYPE_CHECKING:
    from headroom_nb.records import BlockPath


ROUTERS = ("auto", "embedded", "onnx", "torch", "rules")
"""Names of routers; :data:`headroom_nb.routing.CHAINS` says what each stands for."""

OCR_ENGINES = ("auto", "isolated", "rapidocr", "rapidocr-onnxruntime")
"""Names of OCR engines; see :mod:`headroom_nb.ocr.registry`."""


def check_quality(quality: object) -> None:
    """Raise OptionError for a quality that is not known."""
    if quality not in QUALITIES:
        raise OptionError(f"quality={quality!r} is not known; use one of {', '.join(QUALITIES)}")


def check_document(messages: Any) -> None:
    """Raise MessageError for what can be no conversation."""
    if not isinstance(messages, (Mapping, list, tuple)):
        raise MessageError(
            f"{type(messages).__name__} is no conversation; pass a message list, one message or a request body "
            "(headroom_nb.user_message(question, image) makes a message of an image)"
        )


def check_model(model: object) -> None:
    """Raise OptionError for a model that is not given by its name."""
    if model is not None and not isinstance(model, str):
        raise OptionError(f"a model is given by its name, not as {type(model).__name__}")


def check_fetching(fetch_urls: object) -> None:
    """Raise OptionError for what does not say whether pictures are fetched."""
    if not isinstance(fetch_urls, bool) and not callable(getattr(fetch_urls, "fetch", None)):
        raise OptionError(f"fetch_urls={fetch_urls!r} is not known; use True, False or an ImageFetcher")


def check_names(router: object, ocr: object) -> None:
    """Raise OptionError for a router or OCR engine that nobody knows, before an image needs it."""
    for what, name, known in (("router", router, ROUTERS), ("OCR engine", ocr, OCR_ENGINES)):
        if isinstance(name, str) and name not in known:
            raise OptionError(f"there is no {what} {name!r}; choose one of {', '.join(known)}")


def check_choices(techniques: Any, questions: Any) -> tuple[dict[BlockPath, Technique], dict[BlockPath, str]]:
    """Return what was chosen by hand, by block path; raises OptionError for what is no path, technique or question."""
    for name, choices in (("techniques", techniques), ("questions", questions)):
        if choices is not None and not isinstance(choices, Mapping):
            raise OptionError(f"{name} are given by block path, as a dict, not as {type(choices).__name__}")
        for path in choices or {}:
            if not isinstance(path, tuple) or not all(isinstance(step, (str, int)) for step in path):
                raise OptionError(f"{name} are given by block path, as in .images[0].path, not by {str(path)[:60]!r}")
    for technique in (techniques or {}).values():
        if technique not in tuple(Technique):
            raise OptionError(f"technique {str(technique)[:60]!r} is not known; use one of {', '.join(Technique)}")
    for question in (questions or {}).values():
        if not isinstance(question, str):
            raise OptionError(f"a question is text, not {type(question).__name__}")
    return {path: Technique(each) for path, each in (techniques or {}).items()}, dict(questions or {})
