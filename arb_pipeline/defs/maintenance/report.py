"""What the UI shows of maintenance: tables of what was dropped and of what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg

from arb_pipeline.storage.retention import Chunk
from arb_pipeline.storage.stats import CacheStats, TableStats


@dataclass(slots=True)
class Sweep:
    """What became of one table: dropped, held back and why, or why not even that."""

    table: str
    days: int
    dropped: Sequence[Chunk] = ()
    deleted: int = 0
    held: Sequence[Chunk] = ()
    reason: str | None = None
    problem: str | None = None

    @property
    def sentence(self) -> str:
        """For the log."""
        deleted = f", {self.deleted:,} rows deleted of others" if self.deleted else ""
        held = f", {len(self.held)} held back for {self.reason}" if self.held else ""
        return (
            f"{self.table}: {len(self.dropped)} chunks dropped, "
            f"{sum(chunk.bytes for chunk in self.dropped):,} bytes{deleted}{held}"
        )


_SWEEP_COLUMNS = dg.TableSchema(
    columns=[
        dg.TableColumn("table"),
        dg.TableColumn("kept days", "int"),
        dg.TableColumn("chunks dropped", "int"),
        dg.TableColumn("from", description="first instant dropped, UTC"),
        dg.TableColumn("to", description="first instant kept, UTC"),
        dg.TableColumn("rows", "int", description="by the last ANALYZE; empty where unknown"),
        dg.TableColumn("bytes", "int", description="with indexes"),
        dg.TableColumn("rows deleted", "int", description="out of chunks that stay"),
        dg.TableColumn("chunks held back", "int"),
        dg.TableColumn("because of"),
        dg.TableColumn("problem"),
    ]
)
_STATS_COLUMNS = dg.TableSchema(
    columns=[
        dg.TableColumn("table"),
        dg.TableColumn("rows", "int"),
        dg.TableColumn("counted", "string", description="exactly, or estimated"),
        dg.TableColumn("bytes", "int", description="with indexes"),
        dg.TableColumn("chunks", "int"),
        dg.TableColumn("oldest", description="UTC"),
        dg.TableColumn("newest", description="UTC"),
        dg.TableColumn("rows per hour", "float", description="of the last 24 hours"),
    ]
)


def sweep_table(sweeps: Sequence[Sweep]) -> dict[str, Any]:
    """Metadata of a retention."""
    records = [
        dg.TableRecord(
            {
                "table": sweep.table,
                "kept days": sweep.days,
                "chunks dropped": len(sweep.dropped),
                "from": _text(sweep.dropped[0].start_at if sweep.dropped else None),
                "to": _text(sweep.dropped[-1].end_at if sweep.dropped else None),
                "rows": _rows(sweep.dropped),
                "bytes": sum(chunk.bytes for chunk in sweep.dropped),
                "rows deleted": sweep.deleted,
                "chunks held back": len(sweep.held),
                "because of": sweep.reason,
                "problem": sweep.problem,
            }
        )
        for sweep in sweeps
    ]
    dropped = [chunk for sweep in sweeps for chunk in sweep.dropped]
    return {
        "chunks dropped": len(dropped),
        "bytes freed": sum(chunk.bytes for chunk in dropped),
        "rows deleted": sum(sweep.deleted for sweep in sweeps),
        "chunks held back": sum(len(sweep.held) for sweep in sweeps),
        "dropped": dg.MetadataValue.table(records, schema=_SWEEP_COLUMNS),
    }


def compression_table(done: Mapping[str, Sequence[Chunk]]) -> dict[str, Any]:
    """Metadata of what was compressed; nothing where TimescaleDB cannot, or does it by itself."""
    return {f"chunks compressed of {table}": len(chunks) for table, chunks in done.items()}


def stats_table(
    tables: Sequence[TableStats], cache: CacheStats, dagster_bytes: int | None
) -> dict[str, Any]:
    """Metadata of what is stored."""
    records = [
        dg.TableRecord(
            {
                "table": one.table,
                "rows": one.rows,
                "counted": "estimated" if one.is_estimate else "exactly",
                "bytes": one.bytes,
                "chunks": one.chunks,
                "oldest": _text(one.oldest),
                "newest": _text(one.newest),
                "rows per hour": one.rows_per_hour,
            }
        )
        for one in tables
    ]
    return {
        "tables": dg.MetadataValue.table(records, schema=_STATS_COLUMNS),
        "bytes of all tables": sum(one.bytes for one in tables),
        "bytes of Dagster's database": dagster_bytes,
        "id cache lookups": cache.lookups,
        "id cache hit ratio": cache.hit_ratio,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


def _rows(chunks: Sequence[Chunk]) -> int | None:
    known = [chunk.row_count for chunk in chunks if chunk.row_count is not None]
    return sum(known) if len(known) == len(chunks) else None
