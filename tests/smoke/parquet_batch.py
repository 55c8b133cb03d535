"""The ``batch`` extra: a Parquet file of conversations comes back smaller."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import headroom_nb
from headroom_nb import demo


def main() -> None:
    """Raise AssertionError where rows are lost."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = Path(tempfile.mkdtemp())
    rows = [json.dumps(demo.messages(name)[:2]) for name in demo.PROVIDERS]
    pq.write_table(pa.table({"messages": rows}), folder / "in.parquet")
    summary = headroom_nb.compress_batch(folder / "in.parquet", folder / "out.parquet", router="rules", progress=False)
    assert summary.compressed_tokens < summary.original_tokens
    assert pq.read_table(folder / "out.parquet").num_rows == len(rows)
    print(f"{len(rows)} rows of Parquet")


if __name__ == "__main__":
    main()
