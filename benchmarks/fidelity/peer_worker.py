"""Runs in the peer's environment: one JSON request per line in, one compressed message list per line out."""

from __future__ import annotations

import json
import sys
from unittest import mock


def main() -> None:
    """Answer requests ``{"messages", "provider", "technique"}`` until the input ends."""
    from headroom.image import ImageCompressor
    from headroom.image.image_types import RouteDecision, Technique

    out, sys.stdout = sys.stdout, sys.stderr
    compressor = ImageCompressor()
    for line in sys.stdin:
        request = json.loads(line)
        decision = mock.Mock(spec=RouteDecision, technique=Technique(request["technique"]), confidence=1.0)
        compressor._get_router = mock.Mock(return_value=mock.Mock(classify=mock.Mock(return_value=decision)))  # noqa: SLF001
        messages = request["messages"]
        try:
            messages = compressor.compress(messages, provider=request["provider"])
        except Exception as error:  # noqa: BLE001  # what it fails on goes out as it came
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        out.write(json.dumps(messages) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
