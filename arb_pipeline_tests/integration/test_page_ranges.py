"""One range of pages that cannot be had costs that range, and only its partitions fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline_tests.integration.conftest import Pipeline

FIRST = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp()) * 1000
DAYS = 8
MINUTE = 60_000
PAGE = 500 * MINUTE  # MEXC's


@pytest.mark.parametrize("places", ["1", "32"])
def test_every_other_page_is_kept_and_the_range_is_named(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, places: str
) -> None:
    monkeypatch.setenv("ARB_PAGES_IN_PARALLEL", places)
    exchange = Exchange.MEXC_SPOT
    pipeline.simulator.clock.freeze(FIRST + DAYS * DAY_MS + 10 * MINUTE)
    bitcoin, ether = pipeline.track(exchange, "BTC/USDT", "ETH/USDT")
    # The eleventh page, on the fourth day.
    broken = Interval(FIRST + 10 * PAGE, FIRST + 11 * PAGE)
    touched = Interval(broken.start + MINUTE, broken.end - MINUTE)
    pipeline.simulator.faults.add(
        Fault(
            FaultKind.HTTP_500,
            exchange=exchange,
            exchange_symbol=bitcoin.exchange_symbol,
            endpoint="candles",
            interval=touched,
        )
    )
    days = [ExchangeDay(exchange, FIRST + n * DAY_MS) for n in range(DAYS)]
    launched = pipeline.collect(days)
    assert launched.problem is not None
    assert f"1 of {DAYS} partitions are not complete" in launched.problem
    assert f"{bitcoin} 1m: 500 candles missing in {broken}" in launched.problem
    assert pipeline.materialized() == {str(day.key) for day in days} - {str(days[3].key)}
    counts = dict(
        pipeline.rows("SELECT symbol_id, count(*)::integer FROM candles GROUP BY symbol_id")
    )
    assert counts == {bitcoin.symbol_id: DAYS * 1440 - 500, ether.symbol_id: DAYS * 1440}

    # Only what is missing is asked for once the exchange is well.
    pipeline.simulator.faults.clear()
    before = len(pipeline.asked(exchange))
    assert pipeline.collect(days).problem is None
    assert [record.start for record in pipeline.asked(exchange)[before:]] == [broken.start]
