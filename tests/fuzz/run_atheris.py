"""Fuzz one target with atheris: ``python -m tests.fuzz.run_atheris picture --minutes 10`` (``pip install '.[fuzz]'``).

What it finds is written to ``build/fuzz/TARGET/`` as ``crash-…``; put the file into the corpus, its name into a test.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.corpus import FOLDER


def main() -> None:
    """Run until the time is over, or something is found."""
    import atheris

    # Pillow's readers are Python too, and what they do with a file is what leads to the next one
    with atheris.instrument_imports(include=["headroom_nb", "PIL"]):
        from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--minutes", type=float, default=1.0)
    asked = parser.parse_args()
    target = TARGETS[asked.target]
    found = Path("build/fuzz") / asked.target
    found.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={max(1, int(asked.minutes * 60))}",
        "-timeout=20",
        "-rss_limit_mb=4096",
        "-print_final_stats=1",
        f"-artifact_prefix={found}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(found), str(FOLDER / target.seeds)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
