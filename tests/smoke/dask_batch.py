"""The ``dask`` extra: a batch on a cluster of one worker gives the bytes that this process gives."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import headroom_nb
from headroom_nb import demo


def main() -> None:
    """Raise AssertionError where the two differ."""
    from distributed import Client

    folder = Path(tempfile.mkdtemp())
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(demo.messages(name)[:2]) + "\n" for name in demo.PROVIDERS), "utf-8")
    options = {"router": "rules", "progress": False}
    headroom_nb.compress_batch(source, folder / "here.jsonl", **options)
    with Client(n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        summary = headroom_nb.compress_batch(source, folder / "there.jsonl", executor=client, **options)
    assert summary.items == len(demo.PROVIDERS)
    assert (folder / "here.jsonl").read_bytes() == (folder / "there.jsonl").read_bytes()
    print(f"{summary.items} items went through a Dask worker")


if __name__ == "__main__":
    main()
