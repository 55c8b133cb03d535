"""A recorded run of an agent: the screens of a small web application, one for each thing that was done in it.

>>> from headroom_nb.demo.agent_run import agent_run
>>> run = agent_run()
>>> len(run.steps), run.steps[6].call
(64, "type(field='search', text='Mea')")

``tools/make_agent_run.py`` recorded it with a real browser. Everything shown is invented.
"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROVIDERS = ("anthropic", "openai")


@dataclass(frozen=True)
class Step:
    """One thing that was done.

    Attributes
    ----------
    call
        What was done, as a call.
    screen
        The screen after it, a PNG.
    facts
        Questions that the screen answers, and their answers, from the page's own data.
    """

    call: str
    screen: bytes = field(repr=False)
    facts: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True)
class AgentRun:
    """What the agent was asked to do, and what it did."""

    task: str
    steps: tuple[Step, ...]

    def messages(
        self, provider: str = "anthropic", steps: int | None = None, question: str = ""
    ) -> list[dict[str, Any]]:
        """Return the conversation up to the screen of a step, as the agent would send it.

        Parameters
        ----------
        provider
            One of :data:`PROVIDERS`.
        steps
            How many steps; None for all.
        question
            What the user asks then; empty for nothing.

        Raises
        ------
        OptionError
            The provider is another one.
        """
        if provider not in _FORMATS:
            raise OptionError(f"there is no run for provider {provider!r}; use one of {', '.join(PROVIDERS)}")
        return _FORMATS[provider](self.task, self.steps[:steps], question)


@lru_cache(maxsize=1)
def agent_run() -> AgentRun:
    """Return the run; the screens are decoded once for the process."""
    from PIL import Image, ImageSequence

    folder = files(__package__) / "run"
    told = json.loads((folder / "run.json").read_text("utf-8"))
    with Image.open(io.BytesIO((folder / "screens.webp").read_bytes())) as film:
        screens = [_png(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)]
    steps = (Step(each["call"], screens[each["screen"]], tuple(map(tuple, each["facts"]))) for each in told["steps"])
    return AgentRun(told["task"], tuple(steps))


def _png(image: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()


def _anthropic(task: str, steps: Sequence[Step], question: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = [{"role": "user", "content": task}]
    for number, step in enumerate(steps):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "browser", "input": {"call": step.call}}
        source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(step.screen).decode("ascii")}
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": [{"type": "image", "source": source}]}
        sent += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    last = sent[-1]["content"]
    if question:
        last.append({"type": "text", "text": question})
    if steps:
        last[-1] = {**last[-1], "cache_control": {"type": "ephemeral"}}
    return sent


def _openai(task: str, steps: Sequence[Step], question: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = [{"role": "user", "content": task}]
    for step in steps:
        url = f"data:image/png;base64,{base64.b64encode(step.screen).decode('ascii')}"
        sent += [
            {"role": "assistant", "content": step.call},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]},
        ]
    if question:
        last = sent[-1]["content"]
        sent[-1] = {
            "role": "user",
            "content": [*([] if isinstance(last, str) else last), {"type": "text", "text": question}],
        }
    return sent


_FORMATS: dict[str, Callable[[str, Sequence[Step], str], list[dict[str, Any]]]] = {
    "anthropic": _anthropic,
    "openai": _openai,
}
