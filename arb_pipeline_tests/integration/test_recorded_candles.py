"""Recorded candles, served by each company in turn, must arrive digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.storage.coverage import to_ms
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.recorded import (
    BTC_PERP,
    XRP_ETH,
    needs_recordings,
    recorded_candles,
)

pytestmark = [pytest.mark.recorded, needs_recordings]

MINUTE = 60_000
# Gate serves its latest 10,000 candles: its clock is walked along six days at a time.
GATE_STEP = 6 * DAY_MS
Recorded = Sequence[tuple[int, str, str, str, str, str]]
EXCHANGES = [
    Exchange.BINANCE_SPOT,
    Exchange.MEXC_SPOT,
    Exchange.GATEIO_SPOT,
    Exchange.BYBIT_SPOT,
]


def collect(pipeline: Pipeline, exchange: Exchange, first: int, end: int) -> None:
    """Collect the days that hold [first, end), as the exchange's clock allows."""
    first, end = first // DAY_MS * DAY_MS, -(-end // DAY_MS) * DAY_MS
    step = GATE_STEP if exchange is Exchange.GATEIO_SPOT else end - first
    for start in range(first, end, step):
        until = min(start + step, end)
        pipeline.simulator.clock.set(until + 10 * MINUTE)
        days = [ExchangeDay(exchange, day) for day in range(start, until, DAY_MS)]
        assert pipeline.collect(days).problem is None


def stored(pipeline: Pipeline) -> list[tuple[int, str, str, str, str, str]]:
    rows = pipeline.rows(
        "SELECT timestamp, open::text, high::text, low::text, close::text, volume::text "
        "FROM candles ORDER BY timestamp"
    )
    return [(to_ms(row[0]), row[1], row[2], row[3], row[4], row[5]) for row in rows]


def replayed(
    pipeline: Pipeline, path: Path, exchange: Exchange, base: str, quote: str
) -> tuple[Recorded, int, int]:
    recorded = recorded_candles(path)
    first, end = recorded[0][0], recorded[-1][0] + MINUTE
    pipeline.simulator.replay_candles(path, base, quote, "1m")
    pipeline.simulator.clock.freeze(end + 5 * MINUTE)
    pipeline.track(exchange, f"{base}/{quote}")
    return recorded, first, end


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_xrp_eth_arrives_exactly_and_its_holes_are_confirmed(
    pipeline: Pipeline, exchange: Exchange
) -> None:
    recorded, first, end = replayed(pipeline, XRP_ETH, exchange, "XRP", "ETH")
    collect(pipeline, exchange, first, end)

    assert stored(pipeline) == list(recorded)
    ((absent,),) = pipeline.rows(
        "SELECT sum(extract(epoch FROM upper(hole) - lower(hole)) / 60)::int FROM coverage, "
        "unnest(absent * tstzmultirange(tstzrange($1, $2))) AS hole",
        datetime.fromisoformat("2019-10-11T00:00Z"),
        datetime.fromisoformat("2019-10-13T11:20Z"),
    )
    assert (len(recorded), absent) == (2_469, 1_091)

    asked = len(pipeline.asked(exchange))
    versions = pipeline.rows("SELECT timestamp, xmin::text FROM candles ORDER BY timestamp")
    collect(pipeline, exchange, first, end)
    assert len(pipeline.asked(exchange)) == asked
    assert pipeline.rows("SELECT timestamp, xmin::text FROM candles ORDER BY timestamp") == versions


@pytest.mark.slow
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_month_of_btc_perp_arrives_exactly(pipeline: Pipeline, exchange: Exchange) -> None:
    recorded, first, end = replayed(pipeline, BTC_PERP, exchange, "BTC", "PERP")
    collect(pipeline, exchange, first, end)

    assert stored(pipeline) == list(recorded)
    ((total,),) = pipeline.rows("SELECT sum(volume) FROM candles")
    assert total == sum(Decimal(row[5]) for row in recorded)
    asked = len(pipeline.asked(exchange))
    collect(pipeline, exchange, first, end)
    assert len(pipeline.asked(exchange)) == asked
