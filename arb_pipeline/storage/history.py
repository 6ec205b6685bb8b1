"""How much of history is there: coverage summed up for tables and progress bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import TIMEFRAMES, DataSet, Instrument, Interval, now_ms
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import connect, sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# A candle that closed this recently may still be on its way; it is not called missing.
_LAG_MS = 60_000


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One symbol and timeframe in a window; counts are candles."""

    instrument: Instrument
    timeframe: str
    present: int
    absent: int
    unreachable: int
    missing: int
    first_missing: Interval | None

    @property
    def known(self) -> int:
        """Candles nobody has to ask for any more."""
        return self.present + self.absent + self.unreachable


async def coverage_lines(
    url: str, instruments: Sequence[Instrument], timeframes: Sequence[str], interval: Interval
) -> list[CoverageLine]:
    """Candle coverage of a half-open window, a line per symbol and timeframe."""
    connection = await connect(url)
    try:
        return [
            line
            for name in timeframes
            for line in await _lines(connection, instruments, name, interval)
        ]
    finally:
        await connection.close()


async def _lines(
    connection: Connection, instruments: Sequence[Instrument], name: str, interval: Interval
) -> list[CoverageLine]:
    timeframe = TIMEFRAMES[name]
    closed = Interval(0, timeframe.floor(now_ms() - _LAG_MS))
    asked = timeframe.align(interval).intersect(closed)
    if not asked:
        return []
    ids = [instrument.symbol_id for instrument in instruments]
    rows = await connection.fetch(
        sql("coverage_totals"),
        ids,
        DataSet.CANDLES.value,
        [name],
        coverage.to_datetime(asked.start),
        coverage.to_datetime(asked.end),
    )
    totals = {
        (row["symbol_id"], row["state"]): int(row["seconds"] * 1000) // timeframe.milliseconds
        for row in rows
    }
    gaps = await coverage.missing(
        connection, symbol_ids=ids, data_set=DataSet.CANDLES, timeframe=name, interval=asked
    )
    lines = []
    for instrument in instruments:
        own_gaps = gaps.get(instrument.symbol_id, [])
        present, absent, unreachable = (
            totals.get((instrument.symbol_id, state), 0)
            for state in ("present", "absent", "unreachable")
        )
        lines.append(
            CoverageLine(
                instrument,
                name,
                present=present,
                absent=absent,
                unreachable=unreachable,
                missing=sum(len(timeframe.opens(gap)) for gap in own_gaps),
                first_missing=own_gaps[0] if own_gaps else None,
            )
        )
    return lines
