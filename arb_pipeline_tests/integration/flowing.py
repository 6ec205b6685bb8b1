"""Words of the tests of order flow: a market of one symbol, and what is computed of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.defs.derived.order_flow import RECENT_TAG
from arb_pipeline.defs.launch import Launched, materialize_derived
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval, now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline

SPOT, CONTRACTS = Exchange.BINANCE_SPOT, Exchange.GATEIO_FUTURES  # 0.0001 BTC a contract
MINUTE = 60_000
WINDOW = 5 * MINUTE
MARCH = 1_772_323_200_000  # 2026-03-01
# Minutes from the start of the window; as in the tests of the formulas: + 3, + 5, - 8.
BOOKS = [(-1, 100, 5, 101, 7), (1, 100, 8, 101, 7), (3, 100, 8, 101, 2), (4, 99, 1, 101, 2)]
TRADES = [(0, "buy", "0.7"), (2, "sell", "0.2"), (4.999, "buy", "0.3"), (5, "buy", "9")]


class Market:
    """Rows of one symbol around the newest window that has ended, and what is computed of them."""

    def __init__(self, pipeline: Pipeline, exchange: Exchange, start: int) -> None:
        self.pipeline, self.exchange, self.start = pipeline, exchange, start
        (instrument,) = pipeline.track(exchange, "BTC/USDT")
        self.symbol_id = instrument.symbol_id

    def books(self, *books: tuple[float, float, float, float, float]) -> None:
        for minute, *numbers in books:
            self.pipeline.rows(
                "INSERT INTO book_ticker_snapshots (symbol_id, timestamp, bid_price, bid_qty,"
                " ask_price, ask_qty) VALUES ($1, $2, $3, $4, $5, $6)",
                self.symbol_id,
                self.at(minute),
                *map(Decimal, numbers),
            )

    def trades(self, *trades: tuple[float, str, str]) -> None:
        for minute, side, quantity in trades:
            self.pipeline.rows(
                "INSERT INTO trade_snapshots (symbol_id, timestamp, price, quantity, side,"
                " trade_id) VALUES ($1, $2, 100, $3, $4, $5)",
                self.symbol_id,
                self.at(minute),
                Decimal(quantity),
                side,
                str(minute),
            )

    def cover(self, first: float, end: float) -> None:
        """Let the trades of these minutes be known, and of no others."""
        known = Interval(self.start + round(first * MINUTE), self.start + round(end * MINUTE))
        for part in known.days():
            self.pipeline.rows(
                "INSERT INTO coverage (symbol_id, data_set, day, present) VALUES ($1, 'trades',"
                " ($2::timestamptz AT TIME ZONE 'UTC')::date, tstzmultirange(tstzrange($2, $3)))"
                " ON CONFLICT (symbol_id, data_set, timeframe, day)"
                " DO UPDATE SET present = excluded.present",
                self.symbol_id,
                to_datetime(part.start),
                to_datetime(part.end),
            )

    def at(self, minute: float) -> Any:
        return to_datetime(self.start + round(minute * MINUTE))

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        return self.pipeline.rows(
            f"SELECT {columns} FROM order_flow_metrics WHERE symbol_id = $1 AND"
            " window_seconds = 300 ORDER BY timestamp",
            self.symbol_id,
        )

    def row(self, columns: str) -> tuple[Any, ...]:
        """The window that begins at ``start``."""
        (found,) = self.pipeline.rows(
            f"SELECT {columns} FROM order_flow_metrics WHERE symbol_id = $1 AND timestamp = $2",
            self.symbol_id,
            self.at(5),
        )
        return found

    def compute(self, *, recent: bool = True, ago: int = 0) -> Launched:
        # The window may lie before midnight, and so may the one before it, which is recent, too.
        earliest = self.start - WINDOW if recent else self.start
        first = earliest // DAY_MS * DAY_MS - ago * DAY_MS
        last = first if ago else now_ms() // DAY_MS * DAY_MS
        days = [ExchangeDay(self.exchange, day) for day in range(first, last + 1, DAY_MS)]
        tags = {RECENT_TAG: "true"} if recent else {}
        return materialize_derived(self.pipeline.instance, "order_flow_metrics", days, tags=tags)


NEWEST = "ofi_score, microprice, volume_imbalance, buy_volume, sell_volume, book_count, trade_count"


@pytest.fixture
def market(pipeline: Pipeline) -> Market:
    # Two windows back: the newest one may end while the test runs.
    return Market(pipeline, SPOT, now_ms() // WINDOW * WINDOW - 2 * WINDOW)
