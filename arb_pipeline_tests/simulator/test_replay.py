"""Replaying recorded candles."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import (
    MINUTE,
    ask,
    candle_query,
    rows_of,
    times_of,
    unmodified_client,
)

T0 = 1_570_752_000_000
TEXT = f"""open_time_ms,open,high,low,close,volume
{T0},0.00141342,0.00141557,0.00141266,0.00141418,1482
{T0 + MINUTE},0.00141597,0.00141658,0.00141597,0.00141658,522.5
{T0 + 4 * MINUTE},0.09946999000000001,0.1,0.0014,0.00141580,0
{T0 + 6 * MINUTE},46319,46385,46319,46377,2300413.7295
"""
ROWS = [line.split(",") for line in TEXT.splitlines()[1:]]
IDS = {Company.GATEIO: "XRP_ETH"}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "xrp-eth.csv"
    path.write_text(TEXT)
    return path


def _query(exchange: Exchange, start: int, end: int) -> tuple[str, dict[str, str]]:
    path, query = candle_query(exchange, start, end)
    name = next(key for key in ("currency_pair", "contract", "symbol") if key in query)
    return path, {**query, name: IDS.get(exchange.company, "XRPETH")}


@pytest.mark.parametrize("exchange", list(Exchange))
async def test_ccxt_gets_the_recorded_text_and_the_recorded_holes(
    simulator: Simulator, recording: Path, exchange: Exchange
) -> None:
    simulator.replay_candles(recording, "XRP", "ETH")
    simulator.clock.freeze(T0 + 60 * MINUTE)
    async with unmodified_client(exchange.company, simulator.base_url) as client:
        await client.load_markets()
        id_ = IDS.get(exchange.company, "XRPETH")
        spot = exchange.value.endswith("SPOT")
        symbol = next(m["symbol"] for m in client.markets_by_id[id_] if m["spot"] is spot)
        fetched = await client.fetch_ohlcv(symbol, "1m", since=T0, limit=50)
    assert [[str(value) for value in row] for row in fetched] == ROWS


@pytest.mark.parametrize("exchange", list(Exchange))
def test_it_exists_within_its_range_only(
    offline: Simulator, recording: Path, exchange: Exchange
) -> None:
    offline.replay_candles(recording, "XRP", "ETH")
    path, query = _query(exchange, T0 - 50 * MINUTE, T0 + 59 * MINUTE)
    offline.clock.freeze(T0 - 1)
    refused = ask(offline, path, **query)
    assert refused.status == 400 or refused.body["retCode"] == 10001
    offline.clock.freeze(T0 + 60 * MINUTE)
    expected = [int(row[0]) for row in ROWS]
    assert sorted(times_of(ask(offline, path, **query).body)) == expected


def test_years_after_the_recording_the_newest_rows_are_still_its_last(
    offline: Simulator, recording: Path
) -> None:
    offline.replay_candles(recording, "XRP", "ETH")
    rows = ask(offline, "binance/api/v3/klines", symbol="XRPETH", interval="1m", limit=2).body
    assert [[str(value) for value in row[:6]] for row in rows] == ROWS[-2:]
    assert offline.candles.cached_bytes < 10_000


def test_the_clock_inside_the_recording_leaves_the_last_candle_open(
    offline: Simulator, recording: Path
) -> None:
    offline.replay_candles(recording, "XRP", "ETH")
    offline.clock.freeze(T0 + MINUTE + 30_000)
    path, query = _query(Exchange.GATEIO_SPOT, T0, T0 + MINUTE)
    rows = rows_of(ask(offline, path, **query).body)
    assert [row[7] for row in rows] == ["true", "false"]
    assert rows[1][6] == "0"
    assert set(rows[1][2:6]) == {"0.00141597"}


def test_longer_candles_are_exact_and_shorter_ones_are_refused(
    offline: Simulator, recording: Path
) -> None:
    offline.replay_candles(recording, "XRP", "ETH", timeframe="1m")
    offline.clock.freeze(T0 + 60 * MINUTE)
    path, _ = _query(Exchange.BINANCE_SPOT, T0, T0)
    body = ask(offline, path, symbol="XRPETH", interval="5m", startTime=T0).body
    assert [row[:6] for row in body] == [
        [T0, "0.00141342", "0.1", "0.0014", "0.00141580", "2004.5"],
        [T0 + 5 * MINUTE, "46319", "46385", "46319", "46377", "2300413.7295"],
    ]
    offline.replay_candles(_written(recording, 5 * MINUTE), "XRP", "ETH", timeframe="5m")
    assert ask(offline, path, symbol="XRPETH", interval="1m").status == 400
    assert ask(offline, path, symbol="XRPETH", interval="5m").status == 200


def _written(path: Path, step: int) -> Path:
    rows = (f"{T0 + n * step},{','.join(row[1:])}" for n, row in enumerate(ROWS))
    path.write_text("\n".join(["open_time_ms,open,high,low,close,volume", *rows]) + "\n")
    return path


def test_it_takes_the_place_of_a_modelled_namesake(offline: Simulator, recording: Path) -> None:
    path, query = candle_query(Exchange.BINANCE_SPOT, T0, T0 + 10 * MINUTE)
    offline.clock.freeze(T0 + 60 * MINUTE)
    assert len(rows_of(ask(offline, path, **query).body)) == 11
    offline.replay_candles(recording, "BTC", "USDT")
    rows = rows_of(ask(offline, path, **query).body)
    assert [[str(value) for value in row[:6]] for row in rows] == ROWS


def test_quote_volume_is_exact_and_contracts_are_cut_to_whole_ones(
    offline: Simulator, recording: Path
) -> None:
    offline.replay_candles(recording, "XRP", "ETH")
    offline.clock.freeze(T0 + 60 * MINUTE)
    path, query = _query(Exchange.GATEIO_FUTURES, T0, T0 + 10 * MINUTE)
    rows = rows_of(ask(offline, path, **query).body)
    assert [row["v"] for row in rows] == [1482, 522, 0, 2300413]
    assert [Decimal(row["sum"]) for row in rows] == [
        Decimal(row[4]) * Decimal(row[5]) for row in ROWS
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "first line"),
        ("time,open\n1,2\n", "first line"),
        ("open_time_ms,open,high,low,close,volume\n", "no candles"),
        ("open_time_ms,open,high,low,close,volume\n60000,1,1,1\n", "6 fields"),
        ("open_time_ms,open,high,low,close,volume\n60000,1,1,1,1,1\n60000,1,1,1,1,1\n", "after"),
        ("open_time_ms,open,high,low,close,volume\n60001,1,1,1,1,1\n", "not a recording of 1m"),
    ],
)
def test_malformed_files_are_refused_with_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=reason):
        Simulator().replay_candles(path, "XRP", "ETH")


def test_an_unknown_timeframe_is_refused(recording: Path) -> None:
    with pytest.raises(ValueError, match="unknown timeframe"):
        Simulator().replay_candles(recording, "XRP", "ETH", timeframe="7m")


def test_gzip_is_read(offline: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "xrp-eth.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert len(offline.replay_candles(path, "XRP", "ETH").candles) == len(ROWS)
