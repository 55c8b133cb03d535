"""The ``torch`` extra: its libraries load, and the router asks for its files rather than for packages."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"

import headroom_nb


def main() -> None:
    """Raise AssertionError where the libraries are not enough."""
    note = headroom_nb.load_router("torch").note
    assert "the files of chopratejas/technique-router" in note, note
    print("the torch router lacks its files alone, which are fetched on request")


if __name__ == "__main__":
    main()
