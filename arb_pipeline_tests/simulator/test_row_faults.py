"""Injected faults of rows: every kind, on all four dialects."""

from __future__ import annotations

from typing import Any

import pytest

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, candle_query, rows_of, times_of

COMPANIES = [
    Exchange.BINANCE_SPOT, Exchange.MEXC_SPOT, Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES,
    Exchange.BYBIT_SPOT,
]  # fmt: skip
START = NOW - NOW % MINUTE - 300 * MINUTE
END = START + 99 * MINUTE
TIMES = list(range(START, END + 1, MINUTE))


def _break(offline: Simulator, exchange: Exchange, kind: FaultKind, **more: object) -> Fault:
    return offline.faults.add(Fault(kind, company=exchange.company, **more))  # type: ignore[arg-type]


def _rows(simulator: Simulator, exchange: Exchange) -> list[Any]:
    path, query = candle_query(exchange, START, END)
    return rows_of(ask(simulator, path, **query).body)


def _asked_times(simulator: Simulator, exchange: Exchange) -> list[int]:
    path, query = candle_query(exchange, START, END)
    return times_of(ask(simulator, path, **query).body)


@pytest.mark.parametrize("exchange", COMPANIES)
def test_duplicate_rows(offline: Simulator, exchange: Exchange) -> None:
    true = _rows(offline, exchange)
    _break(offline, exchange, FaultKind.DUPLICATE_ROWS)
    rows = _rows(offline, exchange)
    assert len(rows) > len(true)
    assert [row for n, row in enumerate(rows) if n == 0 or row != rows[n - 1]] == true


@pytest.mark.parametrize("exchange", COMPANIES)
def test_conflicting_duplicate_rows(offline: Simulator, exchange: Exchange) -> None:
    true = _rows(offline, exchange)
    _break(offline, exchange, FaultKind.CONFLICTING_DUPLICATE_ROWS)
    rows = _rows(offline, exchange)
    assert len(rows) == len(true) + 1
    [other] = [row for row in rows if row not in true]
    assert [row for row in rows if row != other] == true
    assert len(set(_asked_times(offline, exchange))) == len(true)


@pytest.mark.parametrize("exchange", COMPANIES)
def test_out_of_order_rows(offline: Simulator, exchange: Exchange) -> None:
    true = _rows(offline, exchange)
    _break(offline, exchange, FaultKind.OUT_OF_ORDER_ROWS)
    times = _asked_times(offline, exchange)
    assert times not in (TIMES, TIMES[::-1])
    assert sorted(times) == TIMES
    assert sorted(map(str, _rows(offline, exchange))) == sorted(map(str, true))


@pytest.mark.parametrize("exchange", COMPANIES)
def test_missing_rows(offline: Simulator, exchange: Exchange) -> None:
    true = _rows(offline, exchange)
    _break(offline, exchange, FaultKind.MISSING_ROWS)
    rows = _rows(offline, exchange)
    assert 0 < len(rows) < len(true)
    assert all(row in true for row in rows)


@pytest.mark.parametrize("exchange", COMPANIES)
def test_a_missing_stretch_is_missing_until_the_fault_ends(
    offline: Simulator, exchange: Exchange
) -> None:
    gone = Interval(START + 10 * MINUTE, START + 20 * MINUTE)
    fault = _break(offline, exchange, FaultKind.MISSING_DAY, interval=gone)
    for _ in range(3):
        times = _asked_times(offline, exchange)
        assert sorted(times) == [t for t in TIMES if not gone.start <= t < gone.end]
    offline.faults.remove(fault)
    assert sorted(_asked_times(offline, exchange)) == TIMES


@pytest.mark.parametrize("exchange", COMPANIES)
def test_malformed_rows_come_in_four_shapes(offline: Simulator, exchange: Exchange) -> None:
    true = _rows(offline, exchange)
    _break(offline, exchange, FaultKind.MALFORMED_ROW)
    broken = []
    for _ in range(4):
        [row] = [row for row in _rows(offline, exchange) if row not in true]
        broken.append(list(row.values()) if isinstance(row, dict) else row)
    assert None in broken[0]
    assert len(broken[1]) < len(broken[0])
    assert "NaN" in broken[2]
    assert "n/a" in broken[3]


@pytest.mark.parametrize("exchange", COMPANIES)
def test_invalid_candles_have_a_low_above_the_high(offline: Simulator, exchange: Exchange) -> None:
    true = _rows(offline, exchange)
    _break(offline, exchange, FaultKind.INVALID_CANDLE)
    [row] = [row for row in _rows(offline, exchange) if row not in true]
    high, low = (3, 4) if exchange is Exchange.GATEIO_SPOT else (2, 3)
    if isinstance(row, dict):
        assert float(row["l"]) > float(row["h"])
    else:
        assert float(row[low]) > float(row[high])


@pytest.mark.parametrize("exchange", COMPANIES)
def test_unaligned_times(offline: Simulator, exchange: Exchange) -> None:
    _break(offline, exchange, FaultKind.UNALIGNED_TIME)
    off = [time for time in _asked_times(offline, exchange) if time % MINUTE]
    assert len(off) == 1
    assert off[0] % MINUTE == 1000


def test_a_late_exchange_sends_a_closed_candle_as_it_was_while_open(offline: Simulator) -> None:
    current = NOW - NOW % MINUTE
    common = {"symbol": "BTCUSDT", "interval": "1m", "startTime": current - 2 * MINUTE}
    _break(offline, Exchange.BINANCE_SPOT, FaultKind.OPEN_LAST_CANDLE, times=1)
    late = ask(offline, "binance/api/v3/klines", **common).body
    true = ask(offline, "binance/api/v3/klines", **common).body
    assert times_of(late) == times_of(true)[:2]
    assert late[0] == true[0]
    assert late[1][:2] == true[1][:2]
    assert float(late[1][5]) < float(true[1][5])
