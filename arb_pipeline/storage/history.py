"""How much of history is there: coverage summed up for tables and progress bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import TIMEFRAMES, DataSet, Instrument, Interval, Timeframe, now_ms
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import connect, sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# What happened this recently may still be on its way; it is not called missing. Candles are asked
# for as soon as they close, everything else when it is topped up: funding every hour, and what of
# the hour before that may have come late; fills every ten minutes, and ten minutes before.
LAG_MS: Mapping[DataSet, int] = {
    DataSet.CANDLES: 60_000,
    DataSet.TRADES: 15 * 60_000,
    DataSet.FUNDING_RATES: 150 * 60_000,
    DataSet.ACCOUNT_TRADES: 30 * 60_000,
}
# Events have no timeframe: what is known of them is counted in minutes.
_EVENTS = Timeframe("", 60_000)


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One symbol, data set and timeframe in a window.

    Counts are candles, of events minutes; a minute of which something is missing is missing.
    """

    instrument: Instrument
    data_set: DataSet
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
    url: str,
    instruments: Sequence[Instrument],
    timeframes: Sequence[str],
    interval: Interval,
    data_set: DataSet = DataSet.CANDLES,
) -> list[CoverageLine]:
    """Coverage of a half-open window, a line per symbol and timeframe.

    Args:
        url: of the database.
        instruments: of whom.
        timeframes: of candles; of another data set one empty name.
        interval: the window.
        data_set: of what.
    """
    connection = await connect(url)
    try:
        return [
            line
            for name in timeframes
            for line in await _lines(connection, instruments, data_set, name, interval)
        ]
    finally:
        await connection.close()


async def _lines(
    connection: Connection,
    instruments: Sequence[Instrument],
    data_set: DataSet,
    name: str,
    interval: Interval,
) -> list[CoverageLine]:
    timeframe = TIMEFRAMES.get(name, _EVENTS)
    closed = Interval(0, timeframe.floor(now_ms() - LAG_MS[data_set]))
    asked = timeframe.align(interval).intersect(closed)
    if not asked:
        return []
    ids = [instrument.symbol_id for instrument in instruments]
    rows = await connection.fetch(
        sql("coverage_totals"),
        ids,
        data_set.value,
        [name],
        coverage.to_datetime(asked.start),
        coverage.to_datetime(asked.end),
    )
    totals = {
        (row["symbol_id"], row["state"]): int(row["seconds"] * 1000) // timeframe.milliseconds
        for row in rows
    }
    gaps = await coverage.missing(
        connection, symbol_ids=ids, data_set=data_set, timeframe=name, interval=asked
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
                data_set,
                name,
                present=present,
                absent=absent,
                unreachable=unreachable,
                missing=-(-sum(gap.end - gap.start for gap in own_gaps) // timeframe.milliseconds),
                first_missing=own_gaps[0] if own_gaps else None,
            )
        )
    return lines
