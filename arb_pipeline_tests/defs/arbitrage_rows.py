"""Two exchanges' books of one coin at moments of the test's own, and what is computed of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import dagster as dg

from arb_pipeline.defs.derived.arbitrage import arbitrage_opportunities
from arb_pipeline.defs.derived.arbitrage_sensor import arbitrage_sensor
from arb_pipeline.defs.partitions import ExchangeDay, range_tags
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DataSet, Exchange
from arb_pipeline.storage.collections import Collection
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Connection
from arb_pipeline_tests.defs.snapshot_rows import Snapshots

MINUTE = 60_000
BUY, SELL = Exchange.BINANCE_FUTURES, Exchange.BINANCE_SPOT
_SYMBOL = (
    "INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, "
    "is_active, is_tracked, tracked_at, taker_fee, contract_size) SELECT id, $2, $3, $4, "
    "'TRADING', true, true, now(), 0.001, $5::text::numeric FROM exchanges WHERE enum_value = $1 "
    "RETURNING id"
)
_BOOK = (
    "INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, "
    "ask_qty) VALUES ($1, $2, $3::text::numeric, 2, $4::text::numeric, 2)"
)
_FUNDING = (
    "INSERT INTO funding_rate_snapshots (timestamp, symbol_id, funding_rate, funding_time) "
    "VALUES ($1, $2, $3::text::numeric, $4)"
)


@dataclass
class Desk:
    """Rows in, opportunities out."""

    rows: Snapshots
    instance: dg.DagsterInstance
    cursor: str | None = None
    ids: dict[tuple[Exchange, str], int] = field(default_factory=dict)

    def listed(
        self, exchange: Exchange, base: str = "BTC", quote: str = "USDT", size: str = "1"
    ) -> int:
        """A tracked symbol, taker fee 0.1 %."""

        async def work(connection: Connection) -> int:
            values = (exchange.value, base + quote, base, quote, size)
            found: int = await connection.fetchval(_SYMBOL, *values)
            return found

        self.ids[exchange, base + quote] = self.rows.do(work)
        return self.ids[exchange, base + quote]

    def beat(
        self,
        at: int,
        books: dict[int, tuple[str, str]],
        exchanges: Sequence[Exchange] = tuple(Exchange),
        *assets: DataSet,
    ) -> None:
        """What a beat stored: bids and asks by symbol, offered twice, and its entries."""

        async def work(connection: Connection) -> None:
            for symbol_id, (bid, ask) in books.items():
                await connection.execute(_BOOK, to_datetime(at + 100), symbol_id, bid, ask)

        self.rows.do(work)
        self.rows.collected(
            Collection(exchange, asset.value, at, at)
            for exchange in exchanges
            for asset in assets or (DataSet.BOOK_TICKERS, DataSet.FUNDING_RATES)
        )

    def funding(self, at: int, symbol_id: int, rate: str, due: int) -> None:
        """A predicted rate."""

        async def work(connection: Connection) -> None:
            await connection.execute(_FUNDING, to_datetime(at), symbol_id, rate, due)

        self.rows.do(work)

    def compute(self, day: int, *exchanges: Exchange) -> dg.ExecuteInProcessResult:
        """Materialize a day of neighbouring exchanges."""
        days = [ExchangeDay(exchange, day) for exchange in exchanges or (BUY, SELL)]
        return dg.materialize(
            [arbitrage_opportunities],
            instance=self.instance,
            tags=range_tags(days),
            resources={"database": DatabaseResource()},
        )

    def tick(self) -> str:
        """One look of the sensor."""
        resources = {"database": DatabaseResource()}
        with dg.build_sensor_context(self.instance, self.cursor, resources=resources) as context:
            found = arbitrage_sensor.evaluate_tick(context)
        self.cursor = found.cursor
        for event in found.asset_events:
            self.instance.report_runless_asset_event(event)
        return found.skip_message or ""

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement."""

        async def work(connection: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row.values()) for row in await connection.fetch(statement)]

        return self.rows.do(work)

    def stored(self) -> list[tuple[Any, ...]]:
        """All opportunities, with what would change if a row was written again."""
        return self.select("SELECT *, xmin::text FROM arbitrage_opportunities ORDER BY 1, 4, 6")

    def nets(self) -> list[Decimal]:
        """Net basis points of all opportunities, oldest first."""
        statement = "SELECT net_bps FROM arbitrage_opportunities ORDER BY timestamp"
        return [row[0].normalize() for row in self.select(statement)]
