"""Which requests a fault hits."""

from __future__ import annotations

import pytest

from arb_pipeline.model import Company, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline.simulator.faults import OF_CONNECTION, OF_OBJECTS, OF_ROWS, REPLACING
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, candle_query

START = NOW - NOW % MINUTE - 300 * MINUTE


def _status(offline: Simulator, exchange: Exchange, start: int = START) -> int:
    path, query = candle_query(exchange, start, start + 9 * MINUTE)
    return ask(offline, path, **query).status


def test_a_fault_of_one_company_leaves_the_others_alone(offline: Simulator) -> None:
    offline.faults.add(Fault(FaultKind.HTTP_500, company=Company.BYBIT))
    statuses = {exchange: _status(offline, exchange) for exchange in Exchange}
    assert {e for e, status in statuses.items() if status == 500} == {
        Exchange.BYBIT_SPOT,
        Exchange.BYBIT_FUTURES,
    }


def test_a_fault_of_one_exchange_leaves_its_sister_alone(offline: Simulator) -> None:
    offline.faults.add(Fault(FaultKind.HTTP_500, exchange=Exchange.BYBIT_SPOT))
    assert _status(offline, Exchange.BYBIT_SPOT) == 500
    assert _status(offline, Exchange.BYBIT_FUTURES) == 200


def test_a_fault_of_one_endpoint_leaves_the_others_alone(offline: Simulator) -> None:
    offline.faults.add(Fault(FaultKind.HTTP_500, endpoint="symbols"))
    assert ask(offline, "gate/api/v4/spot/currency_pairs").status == 500
    assert ask(offline, "gate/api/v4/spot/time").status == 200
    assert _status(offline, Exchange.GATEIO_SPOT) == 200


def test_a_fault_of_one_symbol_leaves_the_others_alone(offline: Simulator) -> None:
    offline.faults.add(Fault(FaultKind.HTTP_500, exchange_symbol="ETHUSDT"))
    path, query = candle_query(Exchange.BINANCE_SPOT, START, START + MINUTE)
    assert ask(offline, path, **query).status == 200
    assert ask(offline, path, **{**query, "symbol": "ETHUSDT"}).status == 500


@pytest.mark.parametrize("exchange", list(Exchange))
def test_a_fault_of_an_interval_hits_the_pages_that_touch_it(
    offline: Simulator, exchange: Exchange
) -> None:
    interval = Interval(START + 9 * MINUTE, START + 10 * MINUTE)
    offline.faults.add(Fault(FaultKind.HTTP_500, interval=interval))
    assert _status(offline, exchange) == 500
    assert _status(offline, exchange, START - 5 * MINUTE) == 200
    assert _status(offline, exchange, START + 10 * MINUTE) == 200


def test_the_window_of_a_page_without_ends_is_known_too(offline: Simulator) -> None:
    recent = Interval(NOW - 10 * MINUTE, NOW - 9 * MINUTE)
    offline.faults.add(Fault(FaultKind.HTTP_500, interval=recent))
    common = {"symbol": "BTCUSDT", "interval": "1m"}
    path = "binance/api/v3/klines"
    assert ask(offline, path, **common, limit=20).status == 500
    assert ask(offline, path, **common, limit=5).status == 200
    assert ask(offline, path, **common, startTime=NOW - 30 * MINUTE, limit=10).status == 200
    assert ask(offline, path, **common, startTime=NOW - 30 * MINUTE, limit=30).status == 500


def test_a_fault_ends_after_so_many_requests(offline: Simulator) -> None:
    fault = offline.faults.add(Fault(FaultKind.HTTP_500, times=2))
    assert [_status(offline, Exchange.MEXC_SPOT) for _ in range(4)] == [500, 500, 200, 200]
    assert fault.hits == 2
    assert offline.faults.all() == []


def test_chance_is_reproducible(offline: Simulator) -> None:
    def run(seed: int) -> list[int]:
        offline.faults.clear()
        offline.faults.add(Fault(FaultKind.HTTP_500, probability=0.3, seed=seed))
        return [_status(offline, Exchange.MEXC_SPOT) for _ in range(60)]

    first = run(1)
    assert first == run(1) != run(2)
    assert 8 <= first.count(500) <= 30


def test_clear_ends_everything(offline: Simulator) -> None:
    offline.faults.add(Fault(FaultKind.HTTP_500))
    offline.faults.add(Fault(FaultKind.TIMEOUT))
    offline.faults.clear()
    assert _status(offline, Exchange.MEXC_SPOT) == 200


def test_faults_of_rows_hit_candles_only(offline: Simulator) -> None:
    offline.faults.add(Fault(FaultKind.DUPLICATE_ROWS))
    assert ask(offline, "gate/api/v4/spot/currency_pairs").status == 200
    assert {record.fault for record in offline.requests} == {""}


def test_names_are_accepted_as_text_and_checked() -> None:
    fault = Fault("http_500", company="BINANCE", exchange="BINANCE_SPOT")  # type: ignore[arg-type]
    assert fault.kind is FaultKind.HTTP_500
    assert fault.exchange is Exchange.BINANCE_SPOT
    with pytest.raises(ValueError, match="http_501"):
        Fault("http_501")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="needs the interval"):
        Fault(FaultKind.MISSING_DAY)


def test_every_kind_is_of_some_kind() -> None:
    others = {
        FaultKind.TRUNCATED_JSON_200,
        FaultKind.WRONG_CHECKSUM,
        FaultKind.OPEN_LAST_CANDLE,
    }
    assert REPLACING | OF_CONNECTION | OF_ROWS | OF_OBJECTS | others == set(FaultKind)
