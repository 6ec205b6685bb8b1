"""Whatever a record holds, it comes back from ccxt's structure as it went in."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from arb_pipeline.model import (
    BalanceSnapshot,
    BookTicker,
    Candle,
    FundingRate,
    balances_to_ccxt,
)

NOW, HOUR = 1_700_000_000_500, 3_600_000
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=0)
times = st.none() | st.integers(10**12, 2 * 10**12)


@given(st.tuples(decimals, decimals, decimals, decimals), times, st.none() | st.integers(0, 2**63))
def test_any_book_comes_back_as_it_went(
    numbers: tuple[Decimal, Decimal, Decimal, Decimal], sent: int | None, number: int | None
) -> None:
    record = BookTicker(7, NOW, *numbers, number, sent)
    again = BookTicker.from_ccxt(record.to_ccxt("X"), symbol_id=7, timestamp=NOW)
    assert again == record
    assert format(again.bid_qty, "f") == format(record.bid_qty, "f")  # zeros behind included


@given(decimals, decimals, st.none() | decimals, times)
def test_any_balance_comes_back_as_it_went(
    free: Decimal, used: Decimal, debt: Decimal | None, sent: int | None
) -> None:
    record = BalanceSnapshot(3, NOW, "USDT.e", free, used, None, debt, None, sent)
    structure = balances_to_ccxt([record])
    assert BalanceSnapshot.from_ccxt(structure, exchange_id=3, timestamp=NOW) == [record]
    assert structure["total"]["USDT.e"] == format(record.total_balance, "f")


@given(decimals, times, st.none() | st.integers(1, 168 * 60), decimals)
def test_any_funding_comes_back_as_it_went(
    rate: Decimal, sent: int | None, minutes: int | None, mark: Decimal
) -> None:
    hours = None if minutes is None else Decimal(minutes) / 60
    following = None if minutes is None else NOW + minutes * 60_000
    record = FundingRate(7, NOW, -rate, NOW, following, False, hours, mark, None, sent)
    again = FundingRate.from_ccxt(record.to_ccxt("X"), symbol_id=7, timestamp=NOW)
    assert again == record
    settled = FundingRate(7, NOW, rate, NOW, is_settled=True, exchange_timestamp=NOW)
    assert FundingRate.from_ccxt(settled.to_ccxt("X"), symbol_id=7) == settled


@given(st.tuples(decimals, decimals, decimals, decimals, decimals))
def test_any_candle_comes_back_as_it_went(
    numbers: tuple[Decimal, Decimal, Decimal, Decimal, Decimal],
) -> None:
    record = Candle(7, "1h", 12 * HOUR, *numbers)
    assert Candle.from_ccxt(record.to_ccxt(), symbol_id=7, timeframe="1h") == record
