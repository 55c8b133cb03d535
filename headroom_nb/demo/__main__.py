"""``python -m headroom_nb.demo --out build``: the main job on the bundled conversation, for three providers.

Prints each result as text and writes ``demo.html`` with all of them and ``demo-<provider>.json`` with the messages to
send. Offline.
"""

from __future__ import annotations

import argparse
import json
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.compressor import ImageCompressor
from headroom_nb.demo import PROVIDERS, messages
from headroom_nb.records import QUALITIES
from headroom_nb.runtime.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.records import CompressionResult

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Headroom: one conversation, three providers</title>
<style>
body {{ font-family: system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }}
section {{ overflow-x: auto; margin-bottom: 2.5rem; }}
</style>
</head>
<body>
<h1>One conversation, three providers</h1>
{sections}
</body>
</html>
"""


def page(results: Mapping[str, CompressionResult]) -> str:
    """Return one HTML page with the table of every result."""
    sections = (
        f"<section>\n<h2>{escape(provider)}: {escape(result.model)}</h2>\n{result._repr_html_()}\n</section>"
        for provider, result in results.items()
    )
    return _PAGE.format(sections="\n".join(sections))


def main(arguments: Sequence[str] | None = None) -> int:
    """Compress, print and write; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m headroom_nb.demo", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build"), help="folder for demo.html and the payloads")
    parser.add_argument("--quality", choices=QUALITIES, default="balanced", help="how much detail may be given up")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    compressor = ImageCompressor(quality=options.quality)
    results: dict[str, CompressionResult] = {}
    for provider in PROVIDERS:
        result = results[provider] = compressor.run(messages(provider), provider=provider)
        sys.stdout.write(f"\n== {provider} ==\n{result}\n")
        sys.stdout.flush()
        payload = options.out / f"demo-{provider}.json"
        write_whole(payload, (json.dumps(result.messages, ensure_ascii=False, indent=1) + "\n").encode())
    write_whole(options.out / "demo.html", page(results).encode())
    written = ", ".join(["demo.html", *(f"demo-{provider}.json" for provider in PROVIDERS)])
    sys.stdout.write(f"\nWrote {written} in {options.out}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
