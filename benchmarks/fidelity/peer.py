"""headroom-ai as a policy, its decision fixed to one technique; it has no model argument and is asked per provider."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.fidelity.policies import Sent
from headroom_nb.costs.pricing import price_parts
from headroom_nb.formats import find_images, user_message
from headroom_nb.pictures import read_header
from headroom_nb.records import ImagePart, TextPart

if TYPE_CHECKING:
    from benchmarks.fidelity.facts import Fact, Sample
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import Part, Technique

QUESTION = "What is this?"
"""Asked of every image: with its decision fixed, the peer's result does not depend on the question."""


class PeerProcess:
    """One process in the peer's environment, kept from the network.

    Parameters
    ----------
    environment
        Folder of the virtual environment.
    """

    def __init__(self, environment: Path) -> None:
        worker = Path(__file__).with_name("peer_worker.py")
        self._process = subprocess.Popen(
            [environment / "bin" / "python", worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "HEADROOM_OFFLINE": "1", "PYTHONPATH": ""},
        )

    def ask(self, messages: list[dict[str, Any]], provider: str, technique: Technique) -> list[dict[str, Any]]:
        """Return the peer's messages."""
        request = {"messages": messages, "provider": provider, "technique": technique.value}
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer's process has no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the peer's process ended; run peer_worker.py in its environment to see why")
        return list(json.loads(answer))


class Peer:
    """The peer with one fixed technique."""

    def __init__(self, process: PeerProcess, technique: Technique) -> None:
        self.name = f"peer {technique}"
        self._process, self._technique = process, technique
        self._messages: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def send(self, sample: Sample, fact: Fact, model: ModelSpec) -> Sent:  # noqa: ARG002
        """Return what the peer sends, priced by the model's own rule."""
        key = (sample.name, model.provider)
        if key not in self._messages:
            message = user_message(QUESTION, sample.data, provider=model.provider)
            self._messages[key] = self._process.ask([message], model.provider, self._technique)
        parts = payload(self._messages[key])
        return Sent(parts, price_parts(parts, model, "auto").tokens, str(self._technique))


def payload(messages: list[dict[str, Any]]) -> tuple[Part, ...]:
    """Return the images and the added texts of a message list."""
    parts: list[Part] = []
    for slot in find_images(messages):
        data = slot.load()
        header = read_header(data)
        parts.append(ImagePart(data, header.media_type, header.size, None if slot.detail == "auto" else slot.detail))
    for block in messages[0].get("content") or messages[0].get("parts") or []:
        text = block.get("text", "")
        if text and text != QUESTION:
            parts.append(TextPart(text))
    return tuple(parts)
