"""Samples of accounts becoming rows: without dust, and with a zero, once, for what is gone.

What belongs here: comparing one sample of an account with what it held before, and storing both
the sample and what is held now in one transaction. What does not: asking exchanges, and reading
(``storage.queries``).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from arb_pipeline.model import DataSet, now_ms
from arb_pipeline.model.snapshots import BalanceSnapshot, SnapshotPage
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql
from arb_pipeline.storage.records import columns, first_of_each, names_in, rejection
from arb_pipeline.storage.rejected import keep_rejected, put_or_halve, storable
from arb_pipeline.storage.written import BalanceCounts

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# The parameters of balances_put.sql behind the exchange and the threshold, in their order.
_FIELDS = (
    "asset_name", "timestamp", "available_balance", "locked_balance", "frozen_balance",
    "borrowing_balance", "interest_balance", "exchange_timestamp",
)  # fmt: skip


async def store_balances(
    connection: Connection,
    page: SnapshotPage[BalanceSnapshot],
    exchange_id: int,
    threshold: Decimal,
    *,
    received_at: int | None = None,
) -> BalanceCounts:
    """Store one complete sample of an account, and what was refused of it.

    An asset of which a refused row speaks is not taken for gone. Where a refused row does not even
    say which asset it is of, nothing is taken for gone this time.

    Args:
        connection: to the database; another sample of the same account waits until this is stored.
        page: every asset of the account; its rejections are kept too.
        exchange_id: ``exchanges.id`` of the page's exchange.
        threshold: least total, in units of the asset, that is worth a row.
        received_at: when an answer without any row was received, milliseconds; now by default.

    Raises:
        ValueError: a row belongs to another account.
        asyncpg.PostgresError: the page as a whole could not be stored; nothing of it was.
    """
    if any(row.exchange_id != exchange_id for row in page.rows):
        raise ValueError(f"a sample of {page.exchange} holds balances of another account")
    counts = BalanceCounts(refused=list(page.rejected))
    held: set[str] = set()

    def refuse(row: BalanceSnapshot, reason: str) -> None:
        counts.refused.append((None, rejection(row, reason)))

    async def put(rows: Sequence[BalanceSnapshot]) -> None:
        outcomes = await connection.fetch(
            sql("balances_put"), exchange_id, threshold, *columns(_FIELDS, rows)
        )
        for outcome in outcomes:
            kind = outcome["outcome"]
            setattr(counts, kind, getattr(counts, kind) + 1)
            if kind in ("stored", "unchanged"):
                held.add(outcome["asset_name"])

    rows = first_of_each(page.rows, lambda row: row.asset_name, refuse)
    times = [row.timestamp for row in rows]
    sampled_at = max(times) if times else now_ms() if received_at is None else received_at
    async with connection.transaction():
        await connection.execute(sql("balances_lock"), exchange_id)
        await put_or_halve(connection, rows, put, refuse)
        unreadable = [names_in(refused.payload) for _, refused in counts.refused]
        if all(unreadable):
            counts.zeroed = await connection.fetchval(
                sql("balances_zero"),
                exchange_id,
                to_datetime(sampled_at),
                [storable(name) for name in held.union(*unreadable)],
            )
        await keep_rejected(
            connection,
            data_set=DataSet.BALANCES,
            exchange_id=exchange_id,
            rejections=counts.refused,
        )
    return counts
