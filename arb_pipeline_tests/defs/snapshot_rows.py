"""A database with tracked symbols, and rows put into it as of some seconds ago."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from arb_pipeline.model import DataSet, Exchange, Rejection, now_ms
from arb_pipeline.storage.collections import Collection, record_collections
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Connection, connect
from arb_pipeline.storage.rejected import keep_rejected

T = TypeVar("T")
_SYMBOL = (
    "INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, "
    "is_active, is_tracked, tracked_at) SELECT id, $2, 'BTC', 'USDT', 'TRADING', true, true, now() "
    "FROM exchanges WHERE enum_value = $1 RETURNING id"
)
_BOOK = (
    "INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, "
    "ask_qty, exchange_timestamp) VALUES ($1, $2, $3::text::numeric, 1, $4::text::numeric, 1, $5)"
)
_TICKER = "INSERT INTO ticker_snapshots (timestamp, symbol_id, last_price) VALUES ($1, $2, 1)"
_FUNDING = (
    "INSERT INTO funding_rate_snapshots (timestamp, symbol_id, funding_rate, funding_time, "
    "is_settled) VALUES ($1, $2, 0.0001, 1, $3)"
)
_EXCHANGE = "SELECT id FROM exchanges WHERE enum_value = $1"


@dataclass
class Snapshots:
    """Puts rows in, each with its age in seconds."""

    url: str

    def do(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Something on a connection of its own."""

        async def done() -> T:
            connection = await connect(self.url)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return asyncio.run(done())

    def execute(self, statement: str) -> None:
        """A statement as it is."""

        async def work(connection: Connection) -> None:
            await connection.execute(statement)

        self.do(work)

    def track(self, *exchanges: Exchange, name: str = "BTCUSDT") -> list[int]:
        """A tracked symbol of each exchange."""

        async def work(connection: Connection) -> list[int]:
            return [await connection.fetchval(_SYMBOL, one.value, name) for one in exchanges]

        return self.do(work)

    def book(
        self,
        symbol_id: int,
        *ages: float,
        bid: str = "100",
        ask: str = "101",
        behind: float | None = None,
    ) -> None:
        """Book tickers of one symbol; ``behind``: seconds of the exchange's clock."""

        async def work(connection: Connection) -> None:
            for age in ages:
                at = now_ms() - round(age * 1000)
                theirs = None if behind is None else to_datetime(at - round(behind * 1000))
                await connection.execute(_BOOK, to_datetime(at), symbol_id, bid, ask, theirs)

        self.do(work)

    def ticker(self, symbol_id: int, age: float) -> None:
        """A ticker."""

        async def work(connection: Connection) -> None:
            await connection.execute(_TICKER, _ago(age), symbol_id)

        self.do(work)

    def funding(self, symbol_id: int, age: float, *, settled: bool = False) -> None:
        """A funding rate."""

        async def work(connection: Connection) -> None:
            await connection.execute(_FUNDING, _ago(age), symbol_id, settled)

        self.do(work)

    def collected(self, collections: Iterable[Collection]) -> None:
        """What was collected, or was tried to."""

        async def work(connection: Connection) -> None:
            await record_collections(connection, list(collections))

        self.do(work)

    def beats(
        self, exchanges: Sequence[Exchange], minutes: Iterable[int], late: float = 0.1
    ) -> None:
        """Successful book ticker collections at moments so many minutes ago."""
        minute = now_ms() // 60_000 * 60_000 + 5_000
        moments = [minute - 60_000 * ago for ago in minutes]
        self.collected(
            Collection(one, "book_tickers", at, at + round(late * 1000), 50, row_count=1)
            for one in exchanges
            for at in moments
        )

    def refuse(
        self, data_set: DataSet, exchange: Exchange, symbol_id: int | None, reason: str
    ) -> None:
        """A refused row."""

        async def work(connection: Connection) -> None:
            await keep_rejected(
                connection,
                data_set=data_set,
                exchange_id=await connection.fetchval(_EXCHANGE, exchange.value),
                rejections=[(symbol_id, Rejection('{"a": "row"}', reason))],
            )

        self.do(work)


def _ago(age: float) -> object:
    return to_datetime(now_ms() - round(age * 1000))
