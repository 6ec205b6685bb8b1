"""The candles asset: partial failures, open candles, horizons, metadata, checks, top-ups."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import dagster as dg
import pandas as pd
import pytest

from arb_pipeline.definitions import defs
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline.storage.reference import Reference
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.truth import true_candles

DAY = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp()) * 1000
MINUTE = 60_000
BYBIT, MEXC = Exchange.BYBIT_SPOT, Exchange.MEXC_SPOT


def metadata(pipeline: Pipeline, day: ExchangeDay) -> dict[str, object]:
    """What Dagster shows of the latest materialization of a partition."""
    (record,) = pipeline.instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey("candles"), asset_partitions=[str(day.key)]), limit=1
    ).records
    assert record.asset_materialization is not None
    return {name: entry.value for name, entry in record.asset_materialization.metadata.items()}


def test_a_healthy_exchange_is_materialized_beside_a_sick_one(pipeline: Pipeline) -> None:
    pipeline.simulator.clock.freeze(DAY + 3 * DAY_MS)
    pipeline.track(BYBIT, "BTC/USDT")
    pipeline.track(MEXC, "BTC/USDT")
    pipeline.simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=BYBIT, endpoint="candles"))
    # Neighbours in the exchange dimension are a range; Gate lies between the two.
    pipeline.track(Exchange.GATEIO_FUTURES, "BTC/USDT")
    pipeline.track(Exchange.GATEIO_SPOT, "BTC/USDT")
    chosen = [BYBIT, Exchange.GATEIO_FUTURES, Exchange.GATEIO_SPOT, MEXC]
    days = [ExchangeDay(exchange, DAY + ago * DAY_MS) for exchange in chosen for ago in range(2)]
    launched = pipeline.collect(days)
    assert launched.problem is not None
    assert "2 of 8 partitions are not complete" in launched.problem
    healthy = {str(day.key) for day in days if day.exchange is not BYBIT}
    assert pipeline.materialized() == healthy
    assert metadata(pipeline, days[-1])["rows inserted"] == 1440


def test_what_a_partition_shows(pipeline: Pipeline) -> None:
    pipeline.simulator.clock.freeze(DAY + 2 * DAY_MS + MINUTE)
    pipeline.track(BYBIT, "BTC/USDT", "ETH/USDT")
    days = [ExchangeDay(BYBIT, DAY), ExchangeDay(BYBIT, DAY + DAY_MS)]
    assert pipeline.collect(days).problem is None
    for day in days:
        shown = metadata(pipeline, day)
        assert shown["dagster/partition_row_count"] == 2880
        assert shown["rows inserted"] == 2880
        assert shown["candles missing"] == 0
        assert str(shown["price chart"]).startswith("![")
        assert "data:image/png;base64," in str(shown["price chart"])
    again = pipeline.collect(days)
    assert again.problem is None
    assert metadata(pipeline, days[0])["rows inserted"] == 0
    checks = {
        entry.dagster_event.asset_check_evaluation_data.check_name: (
            entry.dagster_event.asset_check_evaluation_data.passed
        )
        for entry in pipeline.instance.all_logs(
            again.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        )
        if entry.dagster_event
    }
    names = ("absences_plausible", "candles_contiguous", "candles_sane")
    assert checks == dict.fromkeys(names, True)


def test_the_open_candle_is_not_stored_until_it_has_closed(pipeline: Pipeline) -> None:
    (bitcoin,) = pipeline.track(BYBIT, "BTC/USDT")
    clock = pipeline.simulator.clock
    clock.freeze(DAY + 10 * MINUTE + 30_000)
    day = ExchangeDay(BYBIT, DAY)
    assert pipeline.collect([day]).problem is None
    latest = "SELECT (extract(epoch FROM max(timestamp)) * 1000)::bigint FROM candles"
    assert pipeline.rows(latest) == [(DAY + 9 * MINUTE,)]
    clock.set(DAY + 11 * MINUTE + 1_000)  # closed, but not longer ago than the grace
    assert pipeline.collect([day]).problem is None
    assert pipeline.rows(latest) == [(DAY + 9 * MINUTE,)]
    clock.set(DAY + 11 * MINUTE + 3_000)
    assert pipeline.collect([day]).problem is None
    ((final,),) = pipeline.rows("SELECT close FROM candles ORDER BY timestamp DESC LIMIT 1")
    window = Interval(DAY + 10 * MINUTE, DAY + 11 * MINUTE)
    ((_, values),) = true_candles(
        pipeline.simulator, BYBIT, bitcoin.exchange_symbol, window
    ).items()
    assert final == values[3]


def test_what_the_exchange_no_longer_serves_fails_with_advice(pipeline: Pipeline) -> None:
    gate = Exchange.GATEIO_SPOT
    pipeline.simulator.clock.freeze(DAY + 20 * DAY_MS)
    pipeline.track(gate, "BTC/USDT")
    launched = pipeline.collect([ExchangeDay(gate, DAY)])
    assert launched.problem is not None
    assert "choose a later day or a larger timeframe" in launched.problem
    assert pipeline.asked(gate) == []
    # Ten thousand hours reach back far enough.
    assert pipeline.collect([ExchangeDay(gate, DAY)], timeframes=["1h"]).problem is None
    assert pipeline.rows("SELECT count(*) FROM candles") == [(24,)]


@pytest.mark.parametrize(
    ("config", "part"),
    [
        ({}, "symbols track BYBIT_SPOT"),
        ({"symbols": ["BTCC/USDT"]}, "Did you mean BTC/USDT"),
        ({"timeframes": ["7m"]}, "choose from 1m"),
    ],
)
def test_wrong_requests_are_refused_in_words(
    pipeline: Pipeline, config: dict[str, list[str]], part: str
) -> None:
    assert pipeline.sync(BYBIT).problem is None
    launched = pipeline.collect([ExchangeDay(BYBIT, DAY)], **config)
    assert launched.problem is not None
    assert part in launched.problem
    assert pipeline.asked(BYBIT) == []


def test_corrected_candles_are_fetched_again_on_request(pipeline: Pipeline) -> None:
    pipeline.simulator.clock.freeze(DAY + DAY_MS + MINUTE)
    (bitcoin,) = pipeline.track(BYBIT, "BTC/USDT")
    day = ExchangeDay(BYBIT, DAY)
    assert pipeline.collect([day]).problem is None
    pipeline.rows(
        "UPDATE candles SET volume = volume + 1 WHERE timestamp = $1 RETURNING 1",
        datetime.fromtimestamp(DAY // 1000, tz=UTC),
    )
    assert pipeline.collect([day], refetch=True).problem is None
    shown = metadata(pipeline, day)
    assert (shown["rows updated"], shown["rows unchanged"]) == (1, 1439)
    ((volume,),) = pipeline.rows("SELECT volume FROM candles ORDER BY timestamp LIMIT 1")
    first = true_candles(
        pipeline.simulator, BYBIT, bitcoin.exchange_symbol, Interval(DAY, DAY + MINUTE)
    )
    assert volume == first[DAY][4]


def test_a_downstream_asset_reads_exact_decimals(pipeline: Pipeline) -> None:
    pipeline.simulator.clock.freeze(DAY + DAY_MS + MINUTE)
    pipeline.track(BYBIT, "BTC/USDT")
    assert pipeline.collect([ExchangeDay(BYBIT, DAY)]).problem is None
    frame = defs.load_asset_value(
        dg.AssetKey("candles"),
        python_type=pd.DataFrame,
        instance=pipeline.instance,
        partition_key=str(ExchangeDay(BYBIT, DAY).key),
    )
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 1440
    assert all(isinstance(value, Decimal) for value in frame["close"])
    assert frame["timestamp"].is_monotonic_increasing


def test_an_exchange_that_is_down_is_not_asked_for_every_symbol(pipeline: Pipeline) -> None:
    assert pipeline.sync(BYBIT).problem is None
    symbols = [i.exchange_symbol for i in pipeline.query(Reference.load).listed(BYBIT)][:12]
    pipeline.track(BYBIT, *symbols)
    pipeline.simulator.faults.add(Fault(FaultKind.HTTP_500, company=BYBIT.company))
    before = len(pipeline.simulator.requests)
    launched = pipeline.collect([ExchangeDay(BYBIT, DAY)])
    assert launched.problem is not None
    assert all(f"BYBIT_SPOT {symbol} 1m" in launched.problem for symbol in symbols)
    # Four lanes at a time, three attempts each; the other eight are told.
    assert 0 < len(pipeline.simulator.requests) - before <= 12
