"""Binance's archives as the simulator serves them: its own candles, in another wrapping."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.simulator.asking import ask

SPOT = "binance-archive/data/spot/monthly/klines"
FUTURES = "binance-archive/data/futures/um/monthly/klines"
HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)
MARKETS = {SPOT: "binance/api/v3/klines", FUTURES: "binance/fapi/v1/klines"}
DAY_MS = 86_400_000


def instant(year: int, month: int, day: int = 1) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


@pytest.fixture(autouse=True)
def summer(offline: Simulator) -> None:
    offline.clock.freeze(instant(2025, 8, 20))


def lines(offline: Simulator, folder: str, year: int, month: int, symbol: str = "BTCUSDT") -> str:
    name = f"{symbol}-1h-{year}-{month:02}"
    reply = ask(offline, f"{folder}/{symbol}/1h/{name}.zip")
    assert reply.status == 200
    checksum = ask(offline, f"{folder}/{symbol}/1h/{name}.zip.CHECKSUM").body
    assert checksum.decode() == f"{hashlib.sha256(reply.body).hexdigest()}  {name}.zip\n"
    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        assert archive.namelist() == [f"{name}.csv"]
        return archive.read(f"{name}.csv").decode("ascii")


def over_rest(offline: Simulator, folder: str, symbol: str, month: Interval) -> Iterator[list[str]]:
    """The cells of a month's candles as REST sends them, without their quotes."""
    rows = ask(
        offline, MARKETS[folder], symbol=symbol, interval="1h",
        startTime=month.start, endTime=month.end - 1, limit=1000,
    ).body  # fmt: skip
    return ([cell if isinstance(cell, str) else json.dumps(cell) for cell in row] for row in rows)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "WUSDT", "1000SATSUSDT", "币安人生USDT"])
@pytest.mark.parametrize("folder", MARKETS)
def test_cells_are_those_of_rest_letter_by_letter(
    offline: Simulator, folder: str, symbol: str
) -> None:
    offline.clock.freeze(instant(2025, 12, 20))
    listed = max(instant(2024, 11), offline.listings.get(exchange_of(folder), symbol).listed_at)
    year, month = (2024, 11) if listed == instant(2024, 11) else (2025, 11)
    text = lines(offline, folder, year, month, symbol)
    assert text.startswith(HEADER + "\n") == (folder == FUTURES)
    rows = [line.split(",") for line in text.removeprefix(HEADER + "\n").splitlines()]
    if folder == SPOT and year == 2025:
        assert {row[0][-3:] for row in rows} == {"000"}
        assert {row[6][-3:] for row in rows} == {"999"}
        rows = [[row[0][:-3], *row[1:6], row[6][:-3], *row[7:]] for row in rows]
    whole = Interval(instant(year, month), instant(year + month // 12, month % 12 + 1))
    assert rows == list(over_rest(offline, folder, symbol, whole))
    assert len(rows) > 500


def exchange_of(folder: str) -> Exchange:
    return Exchange.BINANCE_SPOT if folder == SPOT else Exchange.BINANCE_FUTURES


@pytest.mark.parametrize(
    ("folder", "year", "month", "digits"),
    [(SPOT, 2024, 12, 13), (SPOT, 2025, 1, 16), (FUTURES, 2024, 12, 13), (FUTURES, 2025, 1, 13)],
)
def test_spot_counts_microseconds_since_2025(
    offline: Simulator, folder: str, year: int, month: int, digits: int
) -> None:
    rows = lines(offline, folder, year, month).removeprefix(HEADER + "\n").splitlines()
    assert {len(row.partition(",")[0]) for row in rows} == {digits}


def test_a_month_appears_on_the_first_monday_after_it(offline: Simulator) -> None:
    path = f"{SPOT}/BTCUSDT/1h/BTCUSDT-1h-2025-07.zip"  # 2025-08-04 is a Monday
    for now, status in ((instant(2025, 8, 4) - 1, 404), (instant(2025, 8, 4), 200)):
        offline.clock.freeze(now)
        assert {ask(offline, path + end).status for end in ("", ".CHECKSUM")} == {status}


@pytest.mark.parametrize(
    "path",
    [
        f"{SPOT}/NOSUCHUSDT/1h/NOSUCHUSDT-1h-2025-07.zip",
        f"{SPOT}/BTCUSDT/1h/BTCUSDT-1h-2017-07.zip",  # before it was listed
        f"{SPOT}/BTCUSDT/1h/BTCUSDT-1h-2025-08.zip",  # this month
        f"{SPOT}/BTCUSDT/1h/BTCUSDT-1h-2025-13.zip",
        f"{SPOT}/BTCUSDT/1h/ETHUSDT-1h-2025-07.zip",
        f"{SPOT}/BTCUSDT/7h/BTCUSDT-7h-2025-07.zip",
        f"{SPOT}/BTCUSDT/1h/",
    ],
)
def test_what_is_not_there_is_404(offline: Simulator, path: str) -> None:
    reply = ask(offline, path)
    assert reply.status == 404
    assert b"NoSuchKey" in reply.body


def test_it_costs_nothing_of_the_rate_limits_and_is_in_the_journal(offline: Simulator) -> None:
    lines(offline, SPOT, 2025, 7)
    used = ask(offline, "binance/api/v3/time").headers["X-MBX-USED-WEIGHT-1M"]
    assert used == "1"
    zipped, checksum, _ = offline.requests
    assert (zipped.endpoint, checksum.endpoint) == ("archives", "archive_checksums")
    assert (zipped.exchange, zipped.timeframe) == (Exchange.BINANCE_SPOT, "1h")
    assert (zipped.start, zipped.end) == (instant(2025, 7), instant(2025, 8))


def test_faults_of_rest_spare_it_and_it_has_its_own(offline: Simulator) -> None:
    path = f"{SPOT}/BTCUSDT/1h/BTCUSDT-1h-2025-07.zip"
    right = ask(offline, path).body, ask(offline, f"{path}.CHECKSUM").body
    offline.faults.add(Fault(FaultKind.MISSING_DAY, interval=Interval(0, instant(2026, 1))))
    offline.faults.add(Fault(FaultKind.SHIFT_FIELD, field_name="serverTime", value=1))
    assert (ask(offline, path).body, ask(offline, f"{path}.CHECKSUM").body) == right
    offline.faults.add(Fault(FaultKind.WRONG_CHECKSUM, times=1))
    offline.faults.add(Fault(FaultKind.TRUNCATED_JSON_200, endpoint="archives", times=1))
    cut, wrong = ask(offline, path).body, ask(offline, f"{path}.CHECKSUM").body
    assert right[0].startswith(cut)
    assert len(cut) < len(right[0])
    assert wrong[64:] == right[1][64:]
    assert sorted(wrong) == sorted(right[1]) != wrong != right[1]
