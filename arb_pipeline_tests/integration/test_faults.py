"""Every fault on every dialect: recovered, or the partition fails by name; never garbage.

Each fault hits a symbol of its own, all in one run, so that each also shows that it hurts no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest

from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Instrument, Interval
from arb_pipeline.settings import settings
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline.storage.coverage import to_ms
from arb_pipeline.storage.reference import Reference
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.truth import true_candles

DAY = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp()) * 1000
MINUTE = 60_000
CLOSED = DAY + DAY_MS // 4
EXCHANGES = [
    Exchange.BINANCE_SPOT,
    Exchange.MEXC_SPOT,
    Exchange.GATEIO_SPOT,
    Exchange.BYBIT_SPOT,
]


class Case(NamedTuple):
    """A kind of fault, and which variety of it."""

    kind: FaultKind
    variant: str | None = None


OF_ANSWERS = [
    Case(FaultKind.HTTP_500),
    Case(FaultKind.HTTP_524),
    Case(FaultKind.RATE_429),
    Case(FaultKind.BAN_418),
    Case(FaultKind.HTML_200),
    Case(FaultKind.NULL_200),
    Case(FaultKind.EMPTY_BODY_200),
    Case(FaultKind.EMPTY_OBJECT_200),
    Case(FaultKind.TRUNCATED_JSON_200),
    Case(FaultKind.SHORT_BODY),
    Case(FaultKind.RESET),
    Case(FaultKind.RESET_BEFORE_RESPONSE),
    Case(FaultKind.TIMEOUT),
    Case(FaultKind.ERROR_JSON, "server_error"),
]
OF_ROWS = [
    Case(FaultKind.CONFLICTING_DUPLICATE_ROWS),
    Case(FaultKind.MALFORMED_ROW, "null"),
    Case(FaultKind.MALFORMED_ROW, "short"),
    Case(FaultKind.MALFORMED_ROW, "nan"),
    Case(FaultKind.MALFORMED_ROW, "text"),
    Case(FaultKind.INVALID_CANDLE),
    Case(FaultKind.UNALIGNED_TIME),
]
# These are mended without anybody's help, however long they last.
HARMLESS = [Case(FaultKind.DUPLICATE_ROWS), Case(FaultKind.OUT_OF_ORDER_ROWS)]
PERMANENT = [Case(FaultKind.ERROR_JSON), Case(FaultKind.FORBIDDEN_403)]


@pytest.fixture(autouse=True)
def morning(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shortly after six: a quarter of a day of closed candles."""
    pipeline.simulator.clock.freeze(CLOSED + MINUTE // 2)
    # Some wait in vain.
    monkeypatch.setenv("ARB_REQUEST_TIMEOUT_SECONDS", "1")
    settings.cache_clear()


def break_one_symbol_each(
    pipeline: Pipeline, exchange: Exchange, cases: Iterable[Case], *, times: int | None
) -> tuple[dict[Instrument, Fault], list[Instrument]]:
    """Symbols that are hit, by what; and the tracked symbols that nothing hits."""
    ids = list_more(pipeline.simulator, exchange, 30)
    assert pipeline.sync(exchange).problem is None
    reference = pipeline.query(Reference.load)
    listed = [reference.find(exchange, symbol) for symbol in ids]
    hit = {}
    for case in cases:
        instrument = listed.pop()
        hit[instrument] = pipeline.simulator.faults.add(
            Fault(
                case.kind,
                exchange=exchange,
                exchange_symbol=instrument.exchange_symbol,
                endpoint="candles",
                times=times,
                variant=case.variant,
                retry_after=0,
            )
        )
    spared = listed[:2]
    pipeline.track(exchange, *(i.exchange_symbol for i in [*hit, *spared]))
    return hit, spared


def list_more(simulator: Simulator, exchange: Exchange, count: int) -> list[str]:
    """List markets like BTC/USDT under made-up names; returns their ids."""
    (model,) = [
        instrument
        for instrument in simulator.listings.all(exchange, CLOSED)
        if (instrument.base, instrument.quote) == ("BTC", "USDT")
    ]
    ids = [
        model.id.replace("BTC", f"COIN{chr(ord('A') + n // 26)}{chr(ord('A') + n % 26)}")
        for n in range(count)
    ]
    for symbol in ids:
        base = symbol.removesuffix("USDT").removesuffix("_")
        simulator.listings.add(replace(model, id=symbol, base=base, asset=base))
    return ids


def truth(pipeline: Pipeline, instrument: Instrument) -> dict[int, tuple[Decimal, ...]]:
    return true_candles(
        pipeline.simulator,
        instrument.exchange,
        instrument.exchange_symbol,
        Interval(DAY, CLOSED),
    )


def stored(pipeline: Pipeline, instrument: Instrument) -> dict[int, tuple[Decimal, ...]]:
    rows = pipeline.rows(
        "SELECT timestamp, open, high, low, close, volume FROM candles WHERE symbol_id = $1",
        instrument.symbol_id,
    )
    return {to_ms(row[0]): tuple(row[1:]) for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_passing_faults_leave_a_complete_partition(pipeline: Pipeline, exchange: Exchange) -> None:
    cases = [*OF_ANSWERS, *OF_ROWS, *HARMLESS, Case(FaultKind.MISSING_ROWS)]
    hit, spared = break_one_symbol_each(pipeline, exchange, cases, times=1)
    day = ExchangeDay(exchange, DAY)
    assert pipeline.collect([day]).problem is None
    assert str(day.key) in pipeline.materialized()
    assert {fault.kind for fault in hit.values() if fault.hits == 0} == set()
    for instrument in [*hit, *spared]:
        assert stored(pipeline, instrument) == truth(pipeline, instrument), hit.get(instrument)
    refused = {row[0] for row in pipeline.rows("SELECT symbol_id FROM rejected_records")}
    assert refused == {i.symbol_id for i, fault in hit.items() if is_of_rows(fault)}


@pytest.mark.slow
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_lasting_faults_fail_the_partition_by_name_and_no_other_symbol(
    pipeline: Pipeline, exchange: Exchange
) -> None:
    hit, spared = break_one_symbol_each(
        pipeline, exchange, [*OF_ANSWERS, *OF_ROWS, *PERMANENT], times=None
    )
    day = ExchangeDay(exchange, DAY)
    launched = pipeline.collect([day])
    assert launched.problem is not None
    assert str(day.key) not in pipeline.materialized()
    for instrument, fault in hit.items():
        assert f"{day.key}: {instrument} 1m:" in launched.problem, fault
        right = truth(pipeline, instrument)
        assert stored(pipeline, instrument).items() <= right.items(), fault
    for instrument in spared:
        assert f"{instrument} 1m" not in launched.problem
        assert stored(pipeline, instrument) == truth(pipeline, instrument)
    refused = {row[0] for row in pipeline.rows("SELECT symbol_id FROM rejected_records")}
    assert refused == {i.symbol_id for i, fault in hit.items() if is_of_rows(fault)}

    pipeline.simulator.faults.clear()
    assert pipeline.collect([day]).problem is None
    assert str(day.key) in pipeline.materialized()
    for instrument in hit:
        assert stored(pipeline, instrument) == truth(pipeline, instrument)


def is_of_rows(fault: Fault) -> bool:
    """Whether the fault spoils rows, which are then kept with a reason."""
    return any(fault.kind is case.kind for case in OF_ROWS)
