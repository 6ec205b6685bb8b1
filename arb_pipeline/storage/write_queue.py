"""Pages on their way into the database, over a few connections.

What belongs here: who writes which pages, and which go together. A connection takes whatever
waits when it is free, so pages that come faster than they can be stored share transactions, and a
page that comes alone waits for nothing. What does not: how pages are stored (``writer.py``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from typing import Self

from arb_pipeline.model import CandlePage
from arb_pipeline.storage.copy_text import pack
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.history_tables import Page, table_of
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline.storage.written import Written

# Rows of one transaction: more hardly make it cheaper, and everyone in it waits for its end.
ROWS_TOGETHER = 10_000


class _Waiting:
    """A page, and who waits for what becomes of it."""

    __slots__ = ("expect_empty", "page", "result")

    def __init__(self, page: Page, *, expect_empty: bool) -> None:
        self.page = page
        self.expect_empty = expect_empty
        self.result: asyncio.Future[Written] = asyncio.get_running_loop().create_future()

    def joins(self, other: _Waiting) -> bool:
        """Whether both may be written in one transaction."""
        alike = table_of(self.page).table == table_of(other.page).table
        return self.expect_empty and other.expect_empty and alike


class WriteQueue:
    """Writes pages over several connections; for any number of tasks of one event loop.

    Use as an asynchronous context manager. It does not bound how many pages wait: who fetches
    pages waits for each to be stored before it has too many.

    Args:
        pool: with ``connections`` to spare.
        connections: how many write at the same time.
    """

    def __init__(self, pool: Pool, connections: int) -> None:
        self._pool = pool
        self._connections = connections
        self._waiting: deque[_Waiting] = deque()
        self._came = asyncio.Semaphore(0)
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            writers = [
                await stack.enter_async_context(PageWriter(self._pool))
                for _ in range(self._connections)
            ]
            self._stack = stack.pop_all()
        self._tasks = [asyncio.create_task(self._serve(writer)) for writer in writers]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def write(self, page: Page, *, expect_empty: bool = True) -> Written:
        """Store a page and what it taught, all or nothing; returns when it is committed.

        Args:
            page: rows, absences and rejections of one symbol and window.
            expect_empty: whether coverage says that nothing is stored in the page's window.

        Raises:
            asyncpg.PostgresError: the page as a whole could not be stored; nothing of it was.
        """
        if isinstance(page, CandlePage):
            pack(page)
        waiting = _Waiting(page, expect_empty=expect_empty)
        self._waiting.append(waiting)
        self._came.release()
        return await waiting.result

    async def _serve(self, writer: PageWriter) -> None:
        while True:
            await self._came.acquire()
            if not self._waiting:
                continue  # it went along with another's
            batch = self._next()
            try:
                await _write(writer, batch)
            except BaseException:
                for waiting in batch:
                    waiting.result.cancel()
                raise

    def _next(self) -> list[_Waiting]:
        """The first of those who wait, and who can go along with it."""
        batch = [self._waiting.popleft()]
        rows = len(batch[0].page.rows)
        while self._waiting and batch[0].joins(self._waiting[0]):
            rows += len(self._waiting[0].page.rows)
            if rows > ROWS_TOGETHER:
                break
            batch.append(self._waiting.popleft())
        return batch


async def _write(writer: PageWriter, batch: list[_Waiting]) -> None:
    """Together if that is possible, else one by one, so that each has its own fate."""
    if len(batch) > 1:
        try:
            written = await writer.write_together([waiting.page for waiting in batch])
        except Exception as problem:  # noqa: BLE001 - told to everyone who waits
            for waiting in batch:
                _fail(waiting, problem)
            return
        if written is not None:
            for waiting, own in zip(batch, written, strict=True):
                if not waiting.result.done():
                    waiting.result.set_result(own)
            return
    for waiting in batch:
        try:
            own = await writer.write(waiting.page, expect_empty=waiting.expect_empty)
        except Exception as problem:  # noqa: BLE001 - told to the one who waits
            _fail(waiting, problem)
        else:
            if not waiting.result.done():
                waiting.result.set_result(own)


def _fail(waiting: _Waiting, problem: Exception) -> None:
    if not waiting.result.done():
        waiting.result.set_exception(problem)
