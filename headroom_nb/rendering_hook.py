"""The one door from records to what draws them: the face names the loader, :mod:`headroom_nb.rendering` answers.

Records stand at the bottom and know nothing of tables or plots; ``repr`` of a record must work all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_loader: Callable[[], Callable[..., Any]] | None = None


def register(loader: Callable[[], Callable[..., Any]]) -> None:
    """Set what loads the renderer, a function like :func:`headroom_nb.rendering.render`; called on first need."""
    global _loader  # noqa: PLW0603 - one hook for the process
    _loader = loader


def render(record: object, how: str, *args: Any, **choices: Any) -> Any:
    """Return a record drawn in one way, such as ``"html"``; see :func:`headroom_nb.rendering.render` for the ways."""
    if _loader is None:
        raise RuntimeError("nothing draws records here: import headroom_nb first")
    return _loader()(record, how, *args, **choices)


class Rendered:
    """What a notebook and ``print`` ask of a record: its table as text, as Markdown, and in every kind of output."""

    def to_markdown(self) -> str:
        """Return the table in Markdown."""
        return str(render(self, "markdown"))

    def __str__(self) -> str:
        return str(render(self, "text"))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        bundle: dict[str, Any] = render(self, "mimebundle")
        return bundle
