"""Spreads that open between exchanges, by the model and by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline.simulator.spreads import Shift, shift_of_hour
from arb_pipeline_tests.simulator.asking import MINUTE, NOW
from arb_pipeline_tests.simulator.snapshots import id_of, tickers, top_of

HOUR = 60 * MINUTE
FIRST = NOW // HOUR
# Shifts of two days, found before any test asks: the model does not depend on what was asked.
SHIFTS: dict[tuple[str, Exchange], list[Shift]] = {
    (base, exchange): [
        shift
        for hour in range(FIRST, FIRST + 48)
        if (shift := shift_of_hour(base, exchange, hour)) is not None
    ]
    for base in ("BTC", "ETH", "SOL", "XRP", "W")
    for exchange in Exchange
}


def _edge(simulator: Simulator, base: str) -> Decimal:
    """The best bid of all exchanges over the best ask of all, in basis points."""
    found = [top_of(simulator, exchange, base) for exchange in Exchange]
    bid, ask = max(top.bid for top in found), min(top.ask for top in found)
    return (bid / ask - 1) * 10_000


def test_the_model_opens_an_arbitrage_now_and_then(offline: Simulator) -> None:
    count = sum(map(len, SHIFTS.values()))
    assert 0.04 < count / (len(SHIFTS) * 48) < 0.13
    crossed = 0
    for (base, _), shifts in SHIFTS.items():
        for shift in shifts[:1]:
            minutes = (shift.interval.end - shift.interval.start) // MINUTE
            assert 2 <= minutes <= 5
            offline.clock.freeze((shift.interval.start + shift.interval.end) // 2)
            assert _edge(offline, base) > 30
            crossed += 1
    assert crossed > 25


@pytest.mark.parametrize("base", ["BTC", "W"])
def test_there_is_none_otherwise(offline: Simulator, base: str) -> None:
    shifted = [s.interval for (b, _), shifts in SHIFTS.items() if b == base for s in shifts]
    quiet = 0
    for instant in range(NOW, NOW + 24 * HOUR, 37 * MINUTE):
        offline.clock.freeze(instant)
        if not any(interval.start <= instant < interval.end for interval in shifted):
            assert _edge(offline, base) < 30
            quiet += 1
    assert quiet > 20


@pytest.mark.parametrize("exchange", list(Exchange))
@pytest.mark.parametrize("bps", [80, -80])
def test_a_spread_opened_by_hand_shifts_quotes_and_nothing_else(
    offline: Simulator, exchange: Exchange, bps: int
) -> None:
    offline.open_spread(exchange, id_of(exchange), 0, 3600)
    before = top_of(offline, exchange, "BTC")
    row = tickers(offline, exchange)[id_of(exchange)]
    others = top_of(offline, exchange, "ETH")
    offline.open_spread(exchange, id_of(exchange), bps, seconds=60)
    after = top_of(offline, exchange, "BTC")
    for old, new in ((before.bid, after.bid), (before.ask, after.ask)):
        assert abs((new / old - 1) * 10_000 - bps) < Decimal("0.2")
    assert (after.bid_size, after.ask_size) == (before.bid_size, before.ask_size)
    assert _edge(offline, "BTC") > 30
    now = tickers(offline, exchange)[id_of(exchange)]
    # Bybit's and Gate's tickers hold the quotes, too.
    quotes = {name for name in row if row[name] != now[name]}
    assert all(name.lower().startswith(("bid", "ask", "lowest_ask", "highest_")) for name in quotes)
    assert top_of(offline, exchange, "ETH") == others
    offline.clock.advance(60_000)
    moved = top_of(offline, exchange, "BTC").bid
    assert abs(moved / before.bid - 1) < Decimal("0.004")
    offline.spreads.clear()
    assert offline.spreads.by_hand() == {}


def test_wrong_spreads_are_refused(offline: Simulator) -> None:
    with pytest.raises(ValueError, match="KRAKEN"):
        offline.open_spread("KRAKEN_SPOT", "BTCUSDT", 10, 1)
    with pytest.raises(KeyError, match="BTC_USDT"):
        offline.open_spread(Exchange.BYBIT_SPOT, "BTC_USDT", 10, 1)
    for bps in (-6_000, Decimal("NaN")):
        with pytest.raises(ValueError, match="no shift"):
            offline.open_spread(Exchange.BYBIT_SPOT, "BTCUSDT", bps, 1)
