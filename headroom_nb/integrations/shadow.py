"""A function in front of an object's own, and exactly what stood there before once it goes."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ABSENT = object()
_MARK = "_headroom_nb_shadow"


class Shadow:
    """Stands in front of a method until it is removed; any number may stand in front of each other, in any order.

    Parameters
    ----------
    owner
        An instance or module that can be written to.
    name
        The method's name.
    make
        Returns the function to call instead of the one given to it.

    Attributes
    ----------
    keeper
        What is to live as long as the owner.
    """

    keeper: Any = None

    def __init__(self, owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._owner, self._name = owner, name
        self._before = vars(owner).get(name, _ABSENT)
        original = getattr(owner, name)
        instead = make(original)
        self._on = True

        if inspect.iscoroutinefunction(original):

            @functools.wraps(original)
            async def call(*positional: Any, **arguments: Any) -> Any:
                return await (instead if self._on else original)(*positional, **arguments)

        else:

            @functools.wraps(original)
            def call(*positional: Any, **arguments: Any) -> Any:
                return (instead if self._on else original)(*positional, **arguments)

        setattr(call, _MARK, self)
        self._call = call
        setattr(owner, name, call)

    def remove(self) -> None:
        """Put back what stood there before.

        Where someone has put a function of their own in front since, that one stays, and finds the original behind it.
        """
        self._on = False
        if vars(self._owner).get(self._name) is not self._call:
            return
        before = self._behind()
        if before is _ABSENT:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, before)

    def _behind(self) -> Any:
        """Return what stood there before, without other shadows that were removed meanwhile."""
        shadow = getattr(self._before, _MARK, None)
        return shadow._behind() if isinstance(shadow, Shadow) and not shadow._on else self._before  # noqa: SLF001
