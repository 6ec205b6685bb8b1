"""Rate limits."""

from __future__ import annotations

import pytest

from arb_pipeline.simulator import RULES, Rule, Simulator
from arb_pipeline.simulator.limits import Limits
from arb_pipeline_tests.simulator.asking import ask


class Seconds:
    """A monotonic clock in the hands of a test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _limits(pool: str, rule: Rule) -> tuple[Limits, Seconds]:
    seconds = Seconds()
    limits = Limits(seconds)
    limits.configure(pool, rule)
    return limits, seconds


def test_the_real_limits_are_the_default() -> None:
    assert (RULES["binance-spot"].capacity, RULES["binance-spot"].window_seconds) == (6000, 60)
    assert (RULES["binance-futures"].capacity, RULES["binance-futures"].window_seconds) == (
        2400,
        60,
    )
    assert (RULES["mexc"].capacity, RULES["mexc"].window_seconds) == (500, 10)
    assert (RULES["gate"].capacity, RULES["gate"].window_seconds) == (200, 10)
    assert (RULES["bybit"].capacity, RULES["bybit"].window_seconds) == (600, 5)


def test_a_window_takes_its_capacity_and_says_how_long_to_wait() -> None:
    limits, seconds = _limits("mexc", Rule(10, 10))
    assert [limits.charge("mexc", 4).allowed for _ in range(3)] == [True, True, False]
    refused = limits.charge("mexc", 1)
    assert 0 < refused.retry_after <= 10
    seconds.now += refused.retry_after + 0.001
    again = limits.charge("mexc", 4)
    assert again.allowed
    assert again.used == 4


def test_endpoints_of_gate_count_by_themselves() -> None:
    limits, _ = _limits("gate", Rule(1, 10))
    assert limits.charge("gate/spot/time", 1).allowed
    assert limits.charge("gate/spot/candlesticks", 1).allowed
    assert not limits.charge("gate/spot/time", 1).allowed


def test_who_does_not_listen_is_banned_for_a_while() -> None:
    limits, seconds = _limits("binance-spot", Rule(1, 60, ban_after=2, ban_seconds=90))
    limits.charge("binance-spot", 1)
    verdicts = [limits.charge("binance-spot", 1) for _ in range(4)]
    assert [verdict.banned for verdict in verdicts] == [False, False, True, True]
    assert verdicts[3].retry_after == pytest.approx(90)
    seconds.now += 61  # the next window does not end the ban
    assert limits.charge("binance-spot", 1).banned
    seconds.now += 30
    assert limits.charge("binance-spot", 1).allowed


def test_an_unknown_pool_is_refused() -> None:
    with pytest.raises(KeyError, match="kraken"):
        Simulator(limits={"kraken": Rule(1, 1)})


@pytest.mark.parametrize(
    ("pool", "path", "told"),
    [
        ("binance-spot", "binance/api/v3/time", {"code": -1003}),
        ("binance-futures", "binance/fapi/v1/time", {"code": -1003}),
        ("mexc", "mexc/api/v3/time", {"code": 429}),
        ("gate", "gate/api/v4/spot/time", {"label": "TOO_MANY_REQUESTS"}),
        ("bybit", "bybit/v5/market/time", {"retCode": 10006}),
    ],
)
def test_each_company_says_429_in_its_own_words(
    pool: str, path: str, told: dict[str, object]
) -> None:
    simulator = Simulator(limits={pool: Rule(2, 3600)})
    assert [ask(simulator, path).status for _ in range(3)] == [200, 200, 429]
    reply = ask(simulator, path)
    assert told.items() <= reply.body.items()
    assert 0 < int(reply.headers["Retry-After"]) <= 3600
    company = next(iter(simulator.requests)).company
    assert simulator.requests.said(company, 429) == 2
    # The simulated clock does not move the window.
    simulator.clock.advance(7_200_000)
    assert ask(simulator, path).status == 429


def test_going_on_after_429_ends_in_418_at_binance() -> None:
    simulator = Simulator(limits={"binance-spot": Rule(20, 3600, ban_after=3, ban_seconds=50)})
    statuses = [ask(simulator, "binance/api/v3/exchangeInfo").status for _ in range(6)]
    assert statuses == [200, 429, 429, 429, 418, 418]
    reply = ask(simulator, "binance/api/v3/time")
    assert reply.status == 418
    assert "banned until" in reply.body["msg"]
    assert 45 <= int(reply.headers["Retry-After"]) <= 50
    assert ask(simulator, "binance/fapi/v1/time").status == 200


def test_gate_tells_what_is_left() -> None:
    simulator = Simulator(limits={"gate": Rule(5, 3600)})
    headers = ask(simulator, "gate/api/v4/spot/time").headers
    assert headers["X-Gate-RateLimit-Requests-Remain"] == "4"
    assert headers["X-Gate-RateLimit-Limit"] == "5"
