"""Valuing one account: from stored balances, fills and prices to stored items.

What belongs here: which moment a partition stands for, what is read for it, and when it cannot be
valued. What does not: the arithmetic (``analytics/``), SQL (``storage/``).

Today stands for now. A day of the past stands for the last time the account was read on it, with
the fills and the prices up to then; of a day whose balances are no longer stored nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from arb_pipeline.analytics.portfolio import Held, Item, items
from arb_pipeline.analytics.prices import Board, Quote
from arb_pipeline.defs.derived.booking import Booking
from arb_pipeline.defs.derived.portfolio_metadata import told
from arb_pipeline.defs.derived.worth import finest
from arb_pipeline.defs.history.kept import has_account
from arb_pipeline.defs.outcomes import Outcome
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay
from arb_pipeline.exchanges.account import SHARED_ACCOUNTS
from arb_pipeline.exchanges.registry import Exchanges
from arb_pipeline.model import DAY_MS, Exchange, iso
from arb_pipeline.settings import Settings
from arb_pipeline.storage import portfolio as stored
from arb_pipeline.storage.coverage import to_ms
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline.storage.reference import Reference

if TYPE_CHECKING:
    from asyncpg import Record

_MINUTE_MS = 60_000
# Own fills are topped up every ten minutes: later than this, those since then may be many.
_FILLS_LATE_MS = 60 * _MINUTE_MS


@dataclass(slots=True)
class Valuer:
    """Values accounts, all of today at the same moment and prices.

    Attributes:
        now: the moment, milliseconds.
        clients: know what the exchanges call a currency; none is asked anything.
    """

    pool: Pool
    reference: Reference
    clients: Exchanges
    configured: Settings
    now: int
    _boards: dict[int, Board] = field(default_factory=dict)

    async def value(self, day: ExchangeDay) -> Outcome:
        """Value one account and store its items."""
        key, exchange = str(day.key), day.exchange
        if note := _nothing_to_value(exchange):
            return Outcome(key, {"dagster/partition_row_count": 0, "note": note})
        exchange_id = self.reference.exchange_id(exchange)
        is_today = day.day == self.now // DAY_MS * DAY_MS
        async with self.pool.acquire() as connection, connection.transaction():
            rows = await stored.holdings(
                connection, exchange_id, None if is_today else day.interval
            )
            if not rows:
                return Outcome(key, problems=[self._unread(day, is_today=is_today)])
            read_at = max(to_ms(row["timestamp"]) for row in rows)
            late = (self.now - read_at) / _MINUTE_MS
            if is_today and late > self._stale_minutes:
                problem = f"the account was last read at {iso(read_at)}, {late:.0f} minutes ago"
                return Outcome(key, problems=[problem], is_transient=True)
            at = self.now if is_today else read_at
            found = await self._items(connection, exchange, exchange_id, rows, read_at, at)
            currency = self.configured.reference_currency
            written = await stored.store_items(connection, exchange_id, at, currency, found)
        return Outcome(key, told(found, currency, at=at, read_at=read_at, written=written))

    @property
    def _stale_minutes(self) -> int:
        return self.configured.fresh_intervals * self.configured.balances_minutes

    def _unread(self, day: ExchangeDay, *, is_today: bool) -> str:
        if is_today:
            return "the account was never read: materialize balances first"
        kept = self.configured.keep_days.get("balance_snapshots")
        return (
            f"no balances are stored of {iso(day.day)[:10]}, so what was held then is not known "
            f"(they are kept {f'{kept} days' if kept else 'for ever'})"
        )

    async def _items(
        self,
        connection: Connection,
        exchange: Exchange,
        exchange_id: int,
        rows: Sequence[Record],
        read_at: int,
        at: int,
    ) -> list[Item]:
        code_of = self._codes(exchange)
        booking = Booking(connection, exchange, exchange_id, code_of, self.configured)
        # What was filled after the account was read is not in what it held.
        positions = await booking.positions(read_at)
        held = [
            Held(
                row["asset_name"],
                code,
                row["total_balance"],
                to_ms(row["timestamp"]),
                row["borrowing_balance"] or Decimal(0),
            )
            for row in rows
            if (code := code_of(row["asset_name"])) in positions or row["total_balance"]
        ]
        # An emptied account says so, or what it held before would stay its newest valuation.
        reference = self.configured.reference_currency
        held = held or [Held(reference, reference, Decimal(0), read_at)]
        doubts: dict[str, str] = {}
        for row in await stored.doubtful_fills(
            connection, exchange_id, read_at, read_at - _FILLS_LATE_MS
        ):
            since = iso(to_ms(row["missing_since"]))
            reason = f"fills of {row['exchange_symbol']} since {since} are not complete"
            doubts |= {row["base"]: reason, row["quote"]: reason}
        board = await self._board(connection, at)
        return items(
            held,
            positions,
            doubts,
            board,
            reference,
            exchange,
            read_at=read_at,
        )

    def _codes(self, exchange: Exchange) -> Callable[[str], str]:
        client = self.clients[exchange]
        return lambda own: client.currency_code(own) or own

    async def _board(self, connection: Connection, at: int) -> Board:
        if at not in self._boards:
            oldest_ms = round(self.configured.price_minutes * _MINUTE_MS)
            rows = await stored.quotes(connection, at, oldest_ms, finest(self.configured))
            self._boards[at] = Board(_quote(row) for row in rows)
        return self._boards[at]


def _quote(row: Record) -> Quote:
    name = (Exchange(row["exchange"]), row["base"], row["quote"])
    if row["bid_price"] is not None:
        return Quote.of_book(*name, row["bid_price"], row["ask_price"], row["at"])
    return Quote(*name, row["price"], row["at"])


def _nothing_to_value(exchange: Exchange) -> str | None:
    if not has_account(exchange):
        return f"not configured: set {exchange.company}_API_KEY and {exchange.company}_API_SECRET"
    shares = SHARED_ACCOUNTS.get(exchange)
    return f"one account with {shares}, where its assets are" if shares in ENABLED else None
