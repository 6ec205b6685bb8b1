"""``validate`` says of a record what the schema says of its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from arb_pipeline.model import (
    AccountTrade,
    BalanceSnapshot,
    BookTicker,
    Candle,
    FundingRate,
    Ticker,
    Trade,
)
from arb_pipeline.storage.database import Connection, Pool

Record = BookTicker | Ticker | FundingRate | BalanceSnapshot | Candle | Trade | AccountTrade
NOW = 1_767_225_600_000  # 2026-01-01
ONE, TWO = Decimal(1), Decimal(2)
GOOD: dict[str, Record] = {
    "book_ticker_snapshots": BookTicker(1, NOW, ONE, ONE, TWO, ONE, 5, NOW),
    "ticker_snapshots": Ticker(1, NOW, ONE, TWO, ONE, ONE, ONE, ONE, ONE, NOW),
    "funding_rate_snapshots": FundingRate(
        1, NOW, ONE, NOW, NOW + 1, False, Decimal(8), ONE, ONE, NOW
    ),
    "balance_snapshots": BalanceSnapshot(1, NOW, "BTC", ONE, ONE, ONE, ONE, ONE, NOW),
    "candles": Candle(1, "1m", NOW, ONE, TWO, ONE, ONE, ONE, ONE, 5),
    "trade_snapshots": Trade(1, NOW, ONE, ONE, "buy", "a"),
    "account_trades": AccountTrade(1, NOW, ONE, ONE, "buy", "a", "b", ONE, ONE, "BNB", True),
}
NUMBERS = (
    None,
    *map(Decimal, ("NaN", "Infinity", "-Infinity", "-1", "0", "1e-18", "3", "168", "169")),
)
TEXTS = (None, "", "a b", "a\u00a0b", "a\u2003b", "a\tb", "\x7f", "币安人生", "sell", "5m",
         "x" * 64, "x" * 65, "x" * 128, "x" * 129)  # fmt: skip
TIMES = (None, 0, -1, 1_231_027_200_000, 1_546_300_799_999, 1_546_300_800_000, NOW - 1,
         NOW + 60_000, 1_577_836_799_000, 1_577_836_800_000)  # fmt: skip
WHOLE = (None, 0, -1, 2**63 - 1)


def changed() -> Iterator[tuple[str, Record, str]]:
    """Every record with every field replaced by every value of its kind."""
    for table, good in GOOD.items():
        for name, value in asdict(good).items():
            if name in ("symbol_id", "exchange_id", "is_settled", "is_synthetic_id", "is_maker"):
                continue
            kinds: tuple[Any, ...] = TEXTS
            if isinstance(value, Decimal):
                kinds = NUMBERS
            elif isinstance(value, int):
                kinds = TIMES if "time" in name else WHOLE
            for other in kinds:
                yield table, replace(good, **{name: other}), name


def moments(record: Record) -> dict[str, bool]:
    """Which fields are moments in the table; funding's own times are whole numbers there."""
    return {name: name in ("timestamp", "exchange_timestamp") for name in asdict(record)}


async def stored(connection: Connection, table: str, record: Record) -> bool:
    """Whether the schema accepts the record's row."""
    fields = asdict(record)
    values = ", ".join(
        f"to_timestamp(${n}::numeric / 1000)" if is_moment else f"${n}"
        for n, is_moment in enumerate(moments(record).values(), 1)
    )
    statement = f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({values})"
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement, *fields.values())
    except asyncpg.IntegrityConstraintViolationError:
        return False
    finally:
        await transaction.rollback()
    return True


def complaint(record: Record) -> str | None:
    """What ``validate`` has against it."""
    try:
        record.validate()
    except ValueError as error:
        return str(error)
    return None


async def test_the_rules_are_those_of_the_schema(pool: Pool) -> None:
    disagreements = []
    seen = {True: 0, False: 0}
    async with pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, "
            "is_active) VALUES (1, 'BTCUSDT', 'BTC', 'USDT', 'TRADING', true)"
        )
        for table, record, name in changed():
            accepted = await stored(connection, table, record)
            said = complaint(record)
            seen[accepted] += 1
            if accepted != (said is None):
                disagreements.append((table, name, getattr(record, name), accepted, said))
            elif said is not None:
                assert name in said, said
    # The only rule the schema leaves to the timeframe's name: when a candle opens.
    of_times = [d for d in disagreements if d[0] == "candles" and "candle opens then" in str(d[4])]
    assert [d for d in disagreements if d not in of_times] == []
    assert min(seen.values()) > 50


@pytest.mark.parametrize(
    ("table", "field", "value", "said"),
    [
        ("book_ticker_snapshots", "bid_price", Decimal(0), r"bid_price .* above zero"),
        ("book_ticker_snapshots", "bid_qty", 0.1, r"bid_qty is float 0.1: .* Decimal"),
        ("balance_snapshots", "exchange_id", 0, "exchange_id .* id of a stored row"),
        ("ticker_snapshots", "high_24h", Decimal("0.5"), "low_24h must not be above"),
        ("candles", "timestamp", NOW + 1, "no 1m candle opens then"),
        ("trade_snapshots", "side", "Buy", "side is 'Buy': it must be one of buy, sell"),
        ("balance_snapshots", "timestamp", 1.5, "timestamp .* a whole number"),
    ],
)
def test_a_complaint_names_the_field_and_the_rule(
    table: str, field: str, value: Any, said: str
) -> None:
    change: dict[str, Any] = {field: value}
    record = replace(GOOD[table], **change)
    with pytest.raises(ValueError, match=said):
        record.validate()
