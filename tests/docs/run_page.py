"""Runs the Python blocks of one page in a shell of its own, in a folder with the files that pages speak of.

``python tests/docs/run_page.py PAGE``, from the checkout. A process per page: pages register models and formats. The
pages that people read first (:data:`FROM_NOTHING`) run in an empty folder, with no name taken for granted.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.docs.pages import blocks, is_shell

FROM_NOTHING = ("README.md", "quickstart.md")

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def prepare(folder: Path) -> dict[str, object]:
    """Write the files that pages speak of; return the names that they take for granted."""
    import headroom_nb
    from headroom_nb import demo

    for name, source in {"receipt.png": "receipt.png", "page.png": "report.png", "chart.png": "chart.png"}.items():
        (folder / name).write_bytes(demo.picture(source))
    (folder / "photos").mkdir()
    (folder / "photos" / "astronaut.jpg").write_bytes(demo.picture("astronaut.jpg"))
    messages = demo.messages("openai")
    requests = [{"custom_id": f"request-{n}", "method": "POST", "url": "/v1/chat/completions"} for n in range(3)]
    lines = [{**request, "body": {"model": "gpt-4o", "messages": messages[:2]}} for request in requests]
    (folder / "requests.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    cell = {"cell_type": "code", "id": "a", "source": "", "metadata": {}, "execution_count": 1, "outputs": []}
    cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": _base64("chart.png")}}]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (folder / "notebook.ipynb").write_text(json.dumps(notebook), "utf-8")
    return {"headroom_nb": headroom_nb, "messages": messages, "client": _client()}


def _base64(name: str) -> str:
    import base64

    from headroom_nb import demo

    return base64.b64encode(demo.picture(name)).decode("ascii")


def _client() -> object:
    """An OpenAI client whose server is this process."""
    import httpx
    import openai

    message = {"role": "assistant", "content": "19.40"}
    reply = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "gpt-4o",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=reply))
    return openai.OpenAI(api_key="none", http_client=httpx.Client(transport=transport))


def refuse_network() -> None:
    """Let no connection leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise OSError(f"a page must not need the network, but asked {address[0]}")
        connect(self, address)

    socket.socket.connect = guarded


def main() -> int:
    """Run the page; return 1 after the first block that fails, and name its line."""
    page = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp())
    os.environ |= {
        "IPYTHONDIR": str(folder / ".ipython"),
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "MPLBACKEND": "agg",
    }
    os.chdir(folder)
    sys.path.insert(0, "")  # as in a notebook: modules written beside it can be imported
    refuse_network()
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    if page.name not in FROM_NOTHING:
        shell.user_ns.update(prepare(folder))
    if not any("%load_ext" in block.text for block in blocks(page)):
        shell.run_line_magic("load_ext", "headroom_nb")
    for block in blocks(page):
        if block.language != "python" or block.not_run or is_shell(block):
            continue
        done = shell.run_cell(block.text)
        if not done.success:
            sys.stderr.write(f"{page.name}:{block.line}: {done.error_before_exec or done.error_in_exec!r}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
