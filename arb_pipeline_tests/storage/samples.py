"""Samples for tests of snapshots and balances."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from arb_pipeline.model import DataSet, Exchange, Rejection
from arb_pipeline.model.snapshots import BalanceSnapshot, BookTicker, SnapshotPage
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.snapshots import BalanceCounts, store_balances

MINUTE = 60_000
START = 1_767_225_600_000  # 2026-01-01


async def exchange_id_of(pool: Pool, exchange: Exchange) -> int:
    return int(
        await pool.fetchval("SELECT id FROM exchanges WHERE enum_value = $1", exchange.value)
    )


def book(symbol_id: int, minute: int = 0, bid: str = "99.5", ask: str = "100.5") -> BookTicker:
    return BookTicker(
        symbol_id,
        START + minute * MINUTE,
        Decimal(bid),
        Decimal(1),
        Decimal(ask),
        Decimal(2),
    )


def books(
    rows: Sequence[BookTicker], rejected: Sequence[tuple[int | None, Rejection]] = ()
) -> SnapshotPage[BookTicker]:
    return SnapshotPage(
        Exchange.BINANCE_SPOT, DataSet.BOOK_TICKERS, rows=rows, rejected=list(rejected)
    )


class Account:
    """An account of one exchange whose samples are stored minute by minute."""

    def __init__(self, pool: Pool, exchange: Exchange, exchange_id: int) -> None:
        self._pool, self._exchange, self.exchange_id = pool, exchange, exchange_id
        self.threshold = Decimal("0.0001")

    @classmethod
    async def of(cls, pool: Pool, exchange: Exchange = Exchange.BINANCE_SPOT) -> Account:
        return cls(pool, exchange, await exchange_id_of(pool, exchange))

    async def store(self, minute: int, /, *rejected: Rejection, **amounts: str) -> BalanceCounts:
        """Store a sample of free amounts by asset."""
        rows = [
            BalanceSnapshot(self.exchange_id, START + minute * MINUTE, asset, Decimal(amount))
            for asset, amount in amounts.items()
        ]
        return await self.store_rows(minute, rows, *rejected)

    async def store_rows(
        self, minute: int, rows: Sequence[BalanceSnapshot], *rejected: Rejection
    ) -> BalanceCounts:
        """Store a sample of rows; ``minute`` is when it came if there is none."""
        page = SnapshotPage(
            self._exchange, DataSet.BALANCES, rows, [(None, one) for one in rejected]
        )
        async with self._pool.acquire() as connection:
            return await store_balances(
                connection,
                page,
                self.exchange_id,
                self.threshold,
                received_at=START + minute * MINUTE,
            )

    async def history(self, asset: str) -> list[tuple[int, str]]:
        """The minutes and totals stored of an asset, oldest first."""
        rows = await self._pool.fetch(
            "SELECT (extract(EPOCH FROM timestamp) * 1000)::BIGINT AS at, total_balance::TEXT "
            "FROM balance_snapshots WHERE exchange_id = $1 AND asset_name = $2 ORDER BY timestamp",
            self.exchange_id,
            asset,
        )
        return [((row["at"] - START) // MINUTE, row["total_balance"]) for row in rows]
