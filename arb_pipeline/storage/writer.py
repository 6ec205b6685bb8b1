"""The one write path: page ► COPY ► (staging ► merge) ► coverage, one transaction per page.

What belongs here: everything between a page of exact strings and committed rows. The schema is
the only judge of a row: what it refuses is found by halving the page and kept in
``rejected_records`` with the database's own reason, the rest of the page is stored.

Where coverage says that the page's window is empty, rows are copied straight into the hypertable
(1.8 times faster); should rows stand there all the same, the page is merged instead.

Commits do not wait for the disk: after a crash of the machine the last pages may be gone, but
their coverage is gone with them, being in the same transaction, so they are simply missing and
are fetched again.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from io import BytesIO
from types import TracebackType
from typing import TYPE_CHECKING, Self

import asyncpg

from arb_pipeline.model import CandlePage, CandleRow, DataSet, Interval, Rejection
from arb_pipeline.storage import coverage
from arb_pipeline.storage.copy_text import candle_text, present_intervals
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.rejected import REFUSALS, keep_rejected, reason_of
from arb_pipeline.storage.written import Counts, Written

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from arb_pipeline.storage.database import Pool

CANDLE_COLUMNS = (
    "symbol_id",
    "timeframe",
    "timestamp",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "quote_volume",
    "trade_count",
)


class PageWriter:
    """Writes pages over one connection of its own; not for use by two tasks at once.

    Use as an asynchronous context manager; several writers on one pool write in parallel.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: PoolConnectionProxy[asyncpg.Record]

    async def __aenter__(self) -> Self:
        self._connection = await self._pool.acquire()
        await self._connection.execute("SET synchronous_commit TO off")
        await self._connection.execute(sql("candles_stage"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.release(self._connection)

    async def write(self, page: CandlePage, *, expect_empty: bool = True) -> Written:
        """Store a page of candles and what it taught, all or nothing.

        Args:
            page: rows, absences and rejections of one symbol and window.
            expect_empty: whether coverage says that nothing is stored in the page's window.

        Raises:
            asyncpg.PostgresError: the page as a whole could not be stored; nothing of it was.
        """
        try:
            return await self._write(page, straight=expect_empty, whole=True)
        except asyncpg.UniqueViolationError:
            # Somebody stored rows here since coverage was read: merge with them.
            return await self.write(page, expect_empty=False)
        except REFUSALS:
            return await self._write(page, straight=False, whole=False)

    async def _write(self, page: CandlePage, *, straight: bool, whole: bool) -> Written:
        """Write in one transaction: the page as a ``whole``, or halved until it fits."""
        written = Written(rejected=list(page.rejected))
        async with self._connection.transaction():
            if whole:
                await self._put(page, page.rows, written, straight=straight)
                stored = page.rows
            else:
                stored = await self._halve(page, page.rows, written)
            await self._finish(page, stored, written)
        return written

    async def _halve(
        self, page: CandlePage, rows: Sequence[CandleRow], written: Written
    ) -> Sequence[CandleRow]:
        """Merge rows, isolating those the schema refuses; returns the stored ones."""
        try:
            async with self._connection.transaction():
                await self._put(page, rows, written, straight=False)
        except REFUSALS as problem:
            if len(rows) == 1:
                written.rejected.append(
                    Rejection(json.dumps(rows[0]), reason_of(problem), rows[0][0])
                )
                return ()
            middle = len(rows) // 2
            first = await self._halve(page, rows[:middle], written)
            return [*first, *await self._halve(page, rows[middle:], written)]
        return rows

    async def _put(
        self, page: CandlePage, rows: Sequence[CandleRow], written: Written, *, straight: bool
    ) -> None:
        if not rows:
            return
        await self._connection.copy_to_table(
            "candles" if straight else "candles_staging",
            source=BytesIO(candle_text(page, rows)),
            columns=CANDLE_COLUMNS,
            format="text",
        )
        times = [row[0] for row in rows]
        if straight:
            for day in Interval(times[0], times[-1] + 1).days():
                count = bisect_left(times, day.end) - bisect_left(times, day.start)
                written.day(day.start).inserted += count
            return
        merged = await self._connection.fetch(
            sql("candles_merge"),
            page.instrument.symbol_id,
            page.timeframe.name,
            coverage.to_datetime(times[0]),
            coverage.to_datetime(times[-1] + 1),
        )
        # The staging table empties itself at commit; halves of one page share a transaction.
        await self._connection.execute("TRUNCATE candles_staging")
        for day_counts in merged:
            start = coverage.day_start(day_counts["day"])
            counts = Counts(*(day_counts[name] for name in ("inserted", "updated", "unchanged")))
            written.day(start).add(counts)

    async def _finish(
        self, page: CandlePage, stored: Sequence[CandleRow], written: Written
    ) -> None:
        for rejection in written.rejected:
            at = page.asked.start if rejection.timestamp is None else rejection.timestamp
            written.day(at).rejected += 1
        if written.rejected:
            await keep_rejected(
                self._connection,
                data_set=DataSet.CANDLES,
                timeframe=page.timeframe.name,
                rejections=[(page.instrument.symbol_id, one) for one in written.rejected],
            )
        await coverage.record(
            self._connection,
            symbol_id=page.instrument.symbol_id,
            data_set=DataSet.CANDLES,
            timeframe=page.timeframe.name,
            knowledge=coverage.Knowledge(
                present=present_intervals(page.timeframe, [row[0] for row in stored]),
                absent=list(page.absent),
                unreachable=list(page.unreachable),
            ),
        )
