"""Opportunities: what they are computed from, as it stood at a beat, and storing them.

What belongs here: reading and writing. What does not: computing (``analytics/arbitrage*.py``), and
which beats are computed when (``defs/derived``).

Instants are milliseconds. Everything is read as of a moment, never as of now, so that a day that is
computed again comes out the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

Offers = list[tuple[Decimal, Decimal]]  # price in quote units and quantity as the exchange sends it


@dataclass(frozen=True, slots=True)
class Moment:
    """A beat that sampled books, and what else is in the books of its collecting."""

    at: int
    assets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Put:
    """What storing a beat changed: rows."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


async def exchange_ids(
    connection: Connection, exchanges: Sequence[Exchange]
) -> dict[Exchange, int]:
    """``exchanges.id`` of some exchanges."""
    ids = {row["enum_value"]: row["id"] for row in await connection.fetch(sql("exchanges"))}
    return {exchange: ids[exchange.value] for exchange in exchanges}


async def moments(
    connection: Connection, interval: Interval, uncomputed_for: Sequence[int] | None = None
) -> list[Moment]:
    """The beats of a window, oldest first.

    Args:
        connection: to read from.
        interval: half-open.
        uncomputed_for: only those not computed yet for all of these exchanges to buy at.
    """
    ids = None if uncomputed_for is None else list(uncomputed_for)
    rows = await connection.fetch(sql("arbitrage_moments"), *_window(interval), ids)
    return [Moment(to_ms(row["moment"]), frozenset(row["assets"])) for row in rows]


async def books(
    connection: Connection, interval: Interval, exchanges: Sequence[Exchange]
) -> list[Record]:
    """The newest top of the book of every symbol in a window.

    Columns: symbol_id, exchange_id, exchange, exchange_symbol, base, quote, contract_size (base
    units), taker_fee (a fraction), lot_size, min_quantity (base units), min_notional (quote units;
    each of these None where it is not known), is_perpetual, at (the older of both clocks),
    bid_price, bid_qty, ask_price, ask_qty (as the exchange sends them).
    """
    names = [exchange.value for exchange in exchanges]
    return await connection.fetch(sql("arbitrage_books"), *_window(interval), names)


async def funding(connection: Connection, interval: Interval) -> dict[int, tuple[Decimal, int]]:
    """By symbol the newest predicted rate (a fraction longs pay) and when it is paid."""
    rows = await connection.fetch(sql("arbitrage_funding"), *_window(interval))
    return {row["symbol_id"]: (row["funding_rate"], row["funding_time"]) for row in rows}


async def order_books(
    connection: Connection, interval: Interval
) -> dict[int, tuple[Offers, Offers]]:
    """By symbol the bids and the asks of its newest order book, best first."""
    found: dict[int, tuple[Offers, Offers]] = {}
    for row in await connection.fetch(sql("arbitrage_levels"), *_window(interval)):
        sides = found.setdefault(row["symbol_id"], ([], []))
        sides[row["side"] == "ask"].append((row["price"], row["quantity"]))
    return found


async def available(
    connection: Connection, interval: Interval
) -> dict[tuple[Exchange, str], Decimal]:
    """By account and asset what was available when last sampled in a window, units of the asset."""
    rows = await connection.fetch(sql("arbitrage_balances"), *_window(interval))
    return {
        (Exchange(row["exchange"]), row["asset_name"]): row["available_balance"] for row in rows
    }


async def conversion_rates(
    connection: Connection, at: int, stale_ms: int
) -> dict[tuple[str, str], Decimal]:
    """By two currencies, units of the second got per unit of the first; none that is stale."""
    rows = await connection.fetch(
        sql("conversion_rates_at"), to_datetime(at), to_datetime(at - stale_ms)
    )
    return {(row["from_currency"], row["to_currency"]): row["rate"] for row in rows}


async def put_conversion_rates(
    connection: Connection, at: int, rates: Mapping[tuple[str, str], tuple[Decimal, int]]
) -> None:
    """Store a beat's rates: by two currencies the rate, and the symbol whose book gave it."""
    await connection.execute(
        sql("conversion_rates_put"),
        to_datetime(at),
        [first for first, _ in rates],
        [second for _, second in rates],
        [str(rate) for rate, _ in rates.values()],
        [symbol_id for _, symbol_id in rates.values()],
    )


async def known(
    connection: Connection, interval: Interval, exchange_ids: Sequence[int]
) -> list[Record]:
    """What was last stored of the opportunities of a window, by exchanges to buy at.

    Columns: symbol_id, sell_symbol_id, opportunity_id, opened_at, peak_net_bps.
    """
    return await connection.fetch(sql("arbitrage_known"), *_window(interval), list(exchange_ids))


async def lock(connection: Connection) -> None:
    """Compute alone until the transaction ends."""
    await connection.execute(sql("arbitrage_lock"))


async def put(
    connection: Connection,
    at: int,
    exchange_ids: Sequence[int],
    rows: Iterable[Mapping[str, Any]],
    tallies: Iterable[Mapping[str, Any]],
) -> Put:
    """Make the opportunities of a beat these, and say what they were computed from.

    Args:
        connection: in a transaction.
        at: the beat.
        exchange_ids: the exchanges to buy at that were computed; rows of others stay.
        rows: columns of ``arbitrage_opportunities``; times as datetimes.
        tallies: columns of ``arbitrage_beats``, one per exchange.

    Raises:
        asyncpg.PostgresError: a row is impossible; nothing is stored.
    """
    moment, ids = to_datetime(at), list(exchange_ids)
    counts = await connection.fetchrow(sql("arbitrage_put"), moment, ids, _json(rows))
    await connection.execute(sql("arbitrage_beats_put"), moment, _json(tallies))
    return Put(**dict(counts)) if counts else Put()


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as text: numbers as their digits, times in ISO 8601."""
    return json.dumps(list(rows), default=str)


def _window(interval: Interval) -> tuple[Any, Any]:
    return to_datetime(interval.start), to_datetime(interval.end)
