"""From gaps to runs: exact rectangles, newest first, the exchanges in turn."""

from __future__ import annotations

from itertools import islice

from arb_pipeline.defs.history.repair_plan import RunPlan, plan
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.storage.registrations import Line, Registration
from arb_pipeline.storage.repair import Gap

DAY = 1_767_225_600_000
BYBIT, GATE = Exchange.BYBIT_SPOT, Exchange.GATEIO_SPOT
PAGE = 60_000_000


def gap(
    symbol: str,
    day: int,
    exchange: Exchange = BYBIT,
    timeframe: str = "1m",
    pages: int = 2,
    data_set: str = "candles",
) -> Gap:
    """The day-th day of a symbol misses something."""
    of = Registration(1, exchange, symbol, data_set, timeframe, DAY, True)
    line = Line(of, DAY, Interval(DAY, DAY + 99 * DAY_MS), PAGE)
    return Gap(line, DAY + day * DAY_MS, pages, pages, 60, 0, False, None)


def seen(one: RunPlan) -> tuple[list[int], list[str], list[str]]:
    return [(day - DAY) // DAY_MS for day in one.days], one.symbols, one.timeframes


def test_a_run_asks_for_nothing_that_is_not_missing() -> None:
    gaps = [gap(symbol, day) for symbol in "AB" for day in (1, 2, 5)]
    gaps += [gap("C", 2), gap("A", 3), gap("B", 3, timeframe="1h"), gap("B", 3)]
    plans = list(plan(gaps, days_per_run=10, requests_per_run=0))
    assert [seen(one) for one in plans] == [
        ([5], ["A", "B"], ["1m"]),
        ([1, 2, 3], ["A"], ["1m"]),
        ([3], ["B"], ["1h", "1m"]),
        ([2], ["B", "C"], ["1m"]),
        ([1], ["B"], ["1m"]),
    ]
    asked = [
        (symbol, timeframe, day)
        for days, symbols, timeframes in map(seen, plans)
        for day in days
        for symbol in symbols
        for timeframe in timeframes
    ]
    wanted = [
        (one.line.of.exchange_symbol, one.line.of.timeframe, (one.day - DAY) // DAY_MS)
        for one in gaps
    ]
    assert sorted(asked) == sorted(wanted)


def test_runs_are_bounded_and_the_exchanges_take_turns() -> None:
    gaps = [gap("A", day, exchange) for exchange in (BYBIT, GATE) for day in range(30)]
    first = list(islice(plan(gaps, days_per_run=10, requests_per_run=0), 4))
    assert [(one.exchange, seen(one)[0]) for one in first] == [
        (BYBIT, list(range(20, 30))),
        (GATE, list(range(20, 30))),
        (BYBIT, list(range(10, 20))),
        (GATE, list(range(10, 20))),
    ]
    assert len(list(plan(gaps, days_per_run=10, requests_per_run=0))) == 6


def test_a_run_may_take_more_days_where_they_need_few_requests() -> None:
    gaps = [gap(symbol, day) for symbol in "AB" for day in range(30)]
    # Two symbols of two pages each: four requests a day.
    for requests, lengths in (
        (39, [10, 10, 10]),
        (44, [11, 11, 8]),
        (47, [11, 11, 8]),
        (500, [30]),
    ):
        plans = list(plan(gaps, days_per_run=10, requests_per_run=requests))
        assert [len(one.days) for one in plans] == lengths
    assert seen(plans[0]) == (list(range(30)), ["A", "B"], ["1m"])


def test_days_in_many_pieces_are_asked_for_whole() -> None:
    plans = list(
        plan(
            [gap("A", 2, pages=700), gap("A", 1), gap("B", 2)], days_per_run=10, requests_per_run=0
        )
    )
    assert [(one.config["refetch"], *seen(one)) for one in plans] == [
        (True, [2], ["A"], ["1m"]),
        (False, [2], ["B"], ["1m"]),
        (False, [1], ["A"], ["1m"]),
    ]


def test_what_is_sparse_comes_in_one_run_by_the_name_of_its_asset() -> None:
    gaps = [
        gap(symbol, day, timeframe="", pages=1, data_set=data_set)
        for data_set in ("trades", "funding_rates", "account_trades")
        for day in range(30)
        for symbol in "AB"
    ]
    plans = list(plan(gaps, days_per_run=10, requests_per_run=0))
    assert [(one.asset, len(one.days)) for one in plans] == [
        ("trades", 10),
        ("funding_rate_history", 30),
        ("account_trades", 30),
        ("trades", 10),
        ("trades", 10),
    ]
    assert plans[1].config == {"symbols": ["A", "B"], "refetch": False}
