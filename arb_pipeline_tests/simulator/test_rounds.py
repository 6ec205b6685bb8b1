"""What the accounts trade by themselves: the same on every run, and in what they hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.simulator import Fill, Simulator

NOON = 1_790_942_400_000  # 2026-10-02 12:00 UTC
SPOT = Exchange.GATEIO_SPOT


@pytest.fixture
def simulator() -> Simulator:
    made = Simulator()
    made.clock.freeze(NOON)
    return made


def fills(simulator: Simulator, days: int = 30, symbol: str = "BTC_USDT") -> tuple[Fill, ...]:
    return simulator.fills.between(SPOT, symbol, NOON - days * DAY_MS, NOON)


def test_rounds_are_the_same_on_every_run_and_end_where_they_began(simulator: Simulator) -> None:
    assert fills(simulator) == ()
    simulator.trade_in_rounds()
    found = fills(simulator)
    other = Simulator()
    other.clock.freeze(NOON + DAY_MS)
    other.trade_in_rounds()
    assert found == fills(other)
    assert 4 * 5 <= len(found) <= 4 * 7
    assert [one.number for one in found] == sorted({one.number for one in found})
    rounds: dict[int, Decimal] = {}
    for one in found:
        got = -Decimal(one.quantity) if one.sold else Decimal(one.quantity) - Decimal(one.fee)
        rounds[one.number // 10] = rounds.get(one.number // 10, Decimal(0)) + got
    assert set(list(rounds.values())[1:-1]) == {Decimal(0)}
    lot = Decimal(simulator.listings.get(SPOT, "BTC_USDT").lot_size)
    assert all(Decimal(one.quantity) % lot == 0 for one in found)


def test_balances_move_along_and_stay_near(simulator: Simulator) -> None:
    before = simulator.holdings.held(SPOT)
    simulator.trade_in_rounds()
    amounts = set()
    for day in range(10):
        simulator.clock.freeze(NOON + day * DAY_MS)
        held = simulator.holdings.held(SPOT)
        gained = Decimal(held["BTC"].available) - Decimal(before["BTC"].available)
        amounts.add(gained)
        assert Decimal(held["USDT"].available) > 0
        assert held["BTC3L"] == before["BTC3L"]
    # Nothing, one unit, two, and one less a thousandth of both.
    assert amounts == {Decimal(n) for n in ("0", "0.00999", "0.01998", "0.00998")}


def test_what_is_set_by_hand_stays_so(simulator: Simulator) -> None:
    simulator.trade_in_rounds()
    simulator.set_balance(SPOT, "USDT", "77.70")
    assert simulator.holdings.held(SPOT)["USDT"].available == "77.70"


def test_fills_that_were_set_replace_them(simulator: Simulator) -> None:
    simulator.trade_in_rounds()
    simulator.set_fills(SPOT, "BTC_USDT", [])
    assert fills(simulator) == ()
    assert fills(simulator, symbol="ETH_USDT")
    assert fills(simulator, symbol="SOL_USDT") == ()
    assert simulator.fills.between(Exchange.GATEIO_FUTURES, "BTC_USDT", 0, NOON) == ()
