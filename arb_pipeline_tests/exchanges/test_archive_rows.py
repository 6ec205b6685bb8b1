"""Rows out of a file: units, headers, and files that are not what they should be."""

from __future__ import annotations

import pytest

from arb_pipeline.exchanges.archive_rows import BrokenArchive, archive_rows, by_window
from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.model import DAY_MS, Exchange, Interval
from arb_pipeline_tests.exchanges.archive_files import M5, MARCH, line, zipped

START = MARCH.start
LENGTH = M5.milliseconds
HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)
READER = RowReader(CANDLE_DIALECTS[Exchange.BINANCE_SPOT], M5, "1")
RIGHT = (START, "1.10", "1.30", "1.00", "1.20", "50", "60.5", "7")


def rows_of(file: bytes) -> list[list[object]]:
    return [row for block in archive_rows(file) for row in block]


@pytest.mark.parametrize("header", [(), (HEADER,), ("Open time,Open,High",)])
@pytest.mark.parametrize("micro", [1, 1000])
def test_both_units_with_and_without_a_header(header: tuple[str, ...], micro: int) -> None:
    file = zipped(*header, *(line((START + n * LENGTH) * micro) for n in range(3)), "")
    window = Interval(START, START + 3 * LENGTH)
    ((found, rows),) = by_window(archive_rows(file), [window])
    parsed = READER.read(rows, found)
    assert found == window
    assert list(parsed.rows) == [(START + n * LENGTH, *RIGHT[1:]) for n in range(3)]
    assert parsed.rejected == []


def test_a_file_may_change_its_unit_in_the_middle() -> None:
    file = zipped(line(START), line((START + LENGTH) * 1000))
    assert [row[0] for row in rows_of(file)] == [START, START + LENGTH]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line(START * 1000 + 1), "not a time"),
        (line(START + 1000), "where no 5m candle does"),
        (line(START, volume="n/a"), "volume is 'n/a'"),
        (line(START, volume=""), "volume is ''"),
        (f"{START},1.10,1.30", "the row has no"),
        (line(START).replace(",7,", ",7.5,"), "number of trades"),
        (line(START).replace("1.00", "-1.00"), "low is '-1.00'"),
    ],
)
def test_cells_are_judged_as_those_of_rest(text: str, reason: str) -> None:
    file = zipped(line(START - LENGTH), text, line(START + LENGTH))
    window = Interval(START - LENGTH, START + 2 * LENGTH)
    ((_, rows),) = by_window(archive_rows(file), [window])
    parsed = READER.read(rows, window)
    assert [row[0] for row in parsed.rows] == [START - LENGTH, START + LENGTH]
    (refused,) = parsed.rejected
    assert reason in refused.reason


def test_windows_get_their_rows_however_blocks_fall() -> None:
    days = [Interval(START + n * DAY_MS, START + (n + 1) * DAY_MS) for n in range(1, 4)]
    times = [time for time in M5.opens(MARCH) if time % (7 * LENGTH)]
    rows = [[time] for time in times]
    for size in (1, 287, 5000, len(rows)):
        blocks = [rows[n : n + size] for n in range(0, len(rows), size)]
        cut = list(by_window(blocks, days))
        assert [window for window, _ in cut] == days
        for window, found in cut:
            assert [row[0] for row in found] == [t for t in times if window.start <= t < window.end]


def test_a_row_without_a_time_belongs_to_where_it_stands() -> None:
    broken = "?,1,1,1,1,1,1,1,1,1,1,1"
    file = zipped(line(START), broken, line(START + LENGTH), line(START + 2 * LENGTH))
    windows = [Interval(START + n * LENGTH, START + (n + 1) * LENGTH) for n in range(3)]
    counts = [len(rows) for _, rows in by_window(archive_rows(file), windows)]
    assert counts == [2, 1, 1]


def test_files_that_are_none() -> None:
    whole = zipped(*(line(START + n * LENGTH) for n in range(5000)))
    for file in (
        b"",
        b"<html>",
        whole[: len(whole) // 2],
        zipped(line(START), names=("a.csv", "b.csv")),
        zipped("١٢٣"),
    ):
        with pytest.raises(BrokenArchive, match="can't be unpacked"):
            rows_of(file)


def test_a_file_of_unreasonable_size_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arb_pipeline.exchanges.archive_rows._LARGEST", 10)
    with pytest.raises(BrokenArchive, match="bytes"):
        rows_of(zipped(line(START)))


def test_it_is_unpacked_piece_by_piece() -> None:
    """What comes first is given before what is wrong further on is seen, so not all is held."""
    file = zipped(*(line(START + n * LENGTH) for n in range(20_000)))
    damaged = bytearray(file)
    damaged[len(file) * 3 // 4] ^= 0xFF
    taken: list[int] = []
    with pytest.raises(BrokenArchive):
        taken.extend(len(block) for block in archive_rows(bytes(damaged)))
    assert sum(taken) > 5000
    assert max(taken) < 10_000


def test_rows_in_no_order_are_refused() -> None:
    file = zipped(line(START + LENGTH), line(START))
    with pytest.raises(BrokenArchive, match="order"):
        list(by_window(archive_rows(file), [MARCH]))
