"""The one write path: pages ► COPY ► (staging ► merge) ► coverage, in one transaction.

What belongs here: everything between pages of exact strings and committed rows, whatever the data
set; ``history_tables.py`` says what differs. The schema is the only judge of a row: what it
refuses is found by halving the page and kept in ``rejected_records`` with the database's own
reason, the rest of the page is stored.

Where coverage says that the windows of pages are empty, their rows are copied straight into the
table, several pages at once where they wait; should rows stand there all the same, or the schema
refuse one, each page is written by itself.

Commits do not wait for the disk: after a crash of the machine the last pages may be gone, and with
them, being in the same transaction, their coverage: they are missing, and are fetched again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Self

import asyncpg

from arb_pipeline.model import Rejection
from arb_pipeline.storage import coverage
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.history_tables import HistoryTable, Page, Row, table_of, timeframe_of
from arb_pipeline.storage.lessons import count_inserted, learnt
from arb_pipeline.storage.rejected import REFUSALS, keep_rejected, reason_of
from arb_pipeline.storage.written import Counts, Written

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from arb_pipeline.storage.database import Pool


class PageWriter:
    """Writes pages over one connection of its own; not for use by two tasks at once.

    Use as an asynchronous context manager; several writers on one pool write in parallel.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: PoolConnectionProxy[asyncpg.Record]
        self._staged: set[str] = set()

    async def __aenter__(self) -> Self:
        self._connection = await self._pool.acquire()
        await self._connection.execute("SET synchronous_commit TO off")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.release(self._connection)

    async def write_together(self, pages: Sequence[Page]) -> list[Written] | None:
        """Store pages of one table and what they taught in one transaction, all or nothing.

        Args:
            pages: in windows of which coverage says that nothing is stored.

        Returns:
            What became of each; None where they can only be written one by one, since some rows
            are refused or stand there already. Nothing is stored then.

        Raises:
            asyncpg.PostgresError: nothing of them could be stored.
        """
        table = table_of(pages[0])
        # In one order, so that two writers of the same rows wait for each other and no more.
        ordered = sorted(pages, key=lambda page: (page.instrument.symbol_id, page.asked))
        written = {id(page): Written(rejected=list(page.rejected)) for page in pages}
        try:
            async with self._connection.transaction():
                await self._copy(table, table.table, ordered)
                for page in ordered:
                    count_inserted(table, page.rows, written[id(page)])
                await self._finish(
                    table, [(page, page.rows, written[id(page)]) for page in ordered]
                )
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, *REFUSALS):
            return None
        return [written[id(page)] for page in pages]

    async def write(self, page: Page, *, expect_empty: bool = True) -> Written:
        """Store a page and what it taught, all or nothing.

        Args:
            page: rows, absences and rejections of one symbol and window.
            expect_empty: whether coverage says that nothing is stored in the page's window.

        Raises:
            asyncpg.PostgresError: the page as a whole could not be stored; nothing of it was.
        """
        if expect_empty:
            together = await self.write_together([page])
            if together is not None:
                return together[0]
        table = table_of(page)
        if table.table not in self._staged:
            await self._connection.execute(sql(table.stage))
            self._staged.add(table.table)
        try:
            return await self._merge(table, page, whole=True)
        except REFUSALS:
            return await self._merge(table, page, whole=False)

    async def _merge(self, table: HistoryTable, page: Page, *, whole: bool) -> Written:
        """Merge in one transaction: the page as a ``whole``, or halved until it fits."""
        written = Written(rejected=list(page.rejected))
        async with self._connection.transaction():
            if whole:
                await self._put(table, page, page.rows, written)
                stored: Sequence[Row] = page.rows
            else:
                stored = await self._halve(table, page, page.rows, written)
            await self._finish(table, [(page, stored, written)])
        return written

    async def _halve(
        self, table: HistoryTable, page: Page, rows: Sequence[Row], written: Written
    ) -> Sequence[Row]:
        """Merge rows, isolating those the schema refuses; returns the stored ones."""
        try:
            async with self._connection.transaction():
                await self._put(table, page, rows, written)
        except REFUSALS as problem:
            if len(rows) == 1:
                refused = Rejection(json.dumps(rows[0]), reason_of(problem), table.time_of(rows[0]))
                written.rejected.append(refused)
                written.refused.append(table.time_of(rows[0]))
                return ()
            middle = len(rows) // 2
            first = await self._halve(table, page, rows[:middle], written)
            return [*first, *await self._halve(table, page, rows[middle:], written)]
        return rows

    async def _put(
        self, table: HistoryTable, page: Page, rows: Sequence[Row], written: Written
    ) -> None:
        if not rows:
            return
        await self._copy(table, table.staging, [page], rows)
        timeframe = timeframe_of(page)
        merged = await self._connection.fetch(
            sql(table.merge),
            page.instrument.symbol_id,
            coverage.to_datetime(table.time_of(rows[0])),
            coverage.to_datetime(table.time_of(rows[-1]) + 1),
            *([] if timeframe is None else [timeframe.name]),
        )
        # The staging table empties itself at commit; halves of one page share a transaction.
        await self._connection.execute(f"TRUNCATE {table.staging}")
        for day_counts in merged:
            start = coverage.day_start(day_counts["day"])
            counts = Counts(*(day_counts[name] for name in ("inserted", "updated", "unchanged")))
            written.day(start).add(counts)

    async def _copy(
        self,
        table: HistoryTable,
        target: str,
        pages: Iterable[Page],
        rows: Sequence[Row] | None = None,
    ) -> None:
        """Copy pages, or some rows of one, into the table or its staging table."""
        texts = [table.text(page, page.rows if rows is None else rows) for page in pages]
        if any(texts):
            await self._connection.copy_to_table(
                target, source=_chunks(texts), columns=table.columns, format="text"
            )

    async def _finish(
        self, table: HistoryTable, stored: Sequence[tuple[Page, Sequence[Row], Written]]
    ) -> None:
        """Keep what was refused, and record what the pages taught."""
        for page, _, written in stored:
            for rejection in written.rejected:
                at = page.asked.start if rejection.timestamp is None else rejection.timestamp
                written.day(at).rejected += 1
            if written.rejected:
                timeframe = timeframe_of(page)
                await keep_rejected(
                    self._connection,
                    data_set=table.data_set,
                    timeframe="" if timeframe is None else timeframe.name,
                    rejections=[(page.instrument.symbol_id, one) for one in written.rejected],
                )
        await coverage.record(
            self._connection,
            data_set=table.data_set,
            learnt=[learnt(page, rows, written) for page, rows, written in stored],
        )


async def _chunks(texts: Iterable[bytes]) -> AsyncIterator[bytes]:
    # Given a file, the driver would read it in a thread, at the price of two switches a piece.
    for text in texts:
        yield text
