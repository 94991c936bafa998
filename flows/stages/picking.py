"""What a run picks up: how its inputs differ from those of the run whose output stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def picked_up(output: Path, table: pa.Table) -> dict[str, int]:
    """How many inputs (``path`` and ``id`` of a table) are new, changed, the same, or were removed since.

    An input is known by its path; it has changed where its bytes have.  Without an output that can be read, or after a
    run that was killed while it wrote, all are new.
    """
    now = table.column("path").combine_chunks()
    try:
        before = pq.read_table(output / "documents.parquet", columns=["path", "id"])
    except (OSError, pa.ArrowException):
        before = pa.table({"path": pa.array([], pa.string()), "id": pa.array([], pa.string())})
    places = pc.index_in(now, value_set=before.column("path").combine_chunks())
    known = places.is_valid().to_numpy(zero_copy_only=False)
    ids = np.array([(each or b"").hex() for each in table.column("id").filter(pa.array(known)).to_pylist()])
    earlier = before.column("id").fill_null("").take(places.drop_null()).to_numpy()
    changed = int((ids != earlier).sum()) if len(ids) else 0
    same = int(known.sum()) - changed
    new = len(now) - int(known.sum())
    return {"new": new, "changed": changed, "removed": len(before) - int(known.sum()), "same": same}
