"""Rows out of a file: units, headers, and files that are not what they should be."""

from __future__ import annotations

import io
import zipfile

import pytest

from arb_pipeline.exchanges.archive_rows import LineReader, by_window
from arb_pipeline.exchanges.archive_zip import BrokenArchive, archive_blocks
from arb_pipeline.exchanges.candle_columns import ColumnReader
from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_rows import RowReader
from arb_pipeline.model import DAY_MS, CandleLines, Exchange, Interval
from arb_pipeline_tests.exchanges.archive_files import M5, MARCH, line, zipped

START = MARCH.start
LENGTH = M5.milliseconds
HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)
NAME = "BTCUSDT-5m-2025-03.csv"
MEANS = CANDLE_DIALECTS[Exchange.BINANCE_SPOT], M5, "1"
READER = LineReader(RowReader(*MEANS), ColumnReader(*MEANS))
RIGHT = (START, "1.10", "1.30", "1.00", "1.20", "50", "60.5", "7")


def lines_of(file: bytes) -> list[str]:
    return [one for block in archive_blocks(file, NAME) for one in block.split("\n")]


@pytest.mark.parametrize("header", [(), (HEADER,), ("Open time,Open,High",)])
@pytest.mark.parametrize("micro", [1, 1000])
def test_both_units_with_and_without_a_header(header: tuple[str, ...], micro: int) -> None:
    file = zipped(*header, *(line((START + n * LENGTH) * micro) for n in range(3)), "")
    window = Interval(START, START + 3 * LENGTH)
    ((found, lines),) = by_window(archive_blocks(file, NAME), [window])
    parsed = READER.read(lines, found)
    assert found == window
    assert list(parsed.rows) == [(START + n * LENGTH, *RIGHT[1:]) for n in range(3)]
    assert parsed.rejected == []


def test_a_file_may_change_its_unit_in_the_middle() -> None:
    file = zipped(line(START), line((START + LENGTH) * 1000))
    ((window, lines),) = by_window(
        archive_blocks(file, NAME), [Interval(START, START + 2 * LENGTH)]
    )
    parsed = READER.read(lines, window)
    assert [row[0] for row in parsed.rows] == [START, START + LENGTH]
    assert parsed.rejected == []


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
    ((_, lines),) = by_window(archive_blocks(file, NAME), [window])
    parsed = READER.read(lines, window)
    assert [row[0] for row in parsed.rows] == [START - LENGTH, START + LENGTH]
    (refused,) = parsed.rejected
    assert reason in refused.reason


def test_by_columns_and_row_by_row_are_the_same() -> None:
    every = [line((START + n * LENGTH) * 1000, volume=f"{n}.5") for n in range(300)]
    window = Interval(START, START + 300 * LENGTH)
    for some in (every, every[:7], every[3:9] + every[200:]):
        ((_, lines),) = by_window(["\n".join(some)], [window])
        ((_, doubled),) = by_window(["\n".join([some[0], *some])], [window])  # that is unusual
        quick, careful = READER.read(lines, window), READER.read(doubled, window)
        assert isinstance(quick.rows, CandleLines)
        assert isinstance(careful.rows, list)
        assert list(quick.rows) == careful.rows
        assert len(careful.rows) == len(some)


def test_windows_get_their_lines_however_blocks_fall() -> None:
    days = [Interval(START + n * DAY_MS, START + (n + 1) * DAY_MS) for n in range(1, 4)]
    times = [time for time in M5.opens(MARCH) if time % (7 * LENGTH)]
    lines = [line(time) for time in times]
    for size in (1, 287, 5000, len(lines)):
        blocks = ["\n".join(lines[n : n + size]) for n in range(0, len(lines), size)]
        cut = list(by_window(blocks, days))
        assert [window for window, _ in cut] == days
        for window, found in cut:
            assert found.times == [time for time in times if window.start <= time < window.end]
            assert found.cells[12:24] == line(found.times[1]).split(",")
            assert len(found.cells) == 12 * len(found.times)


def test_a_line_without_a_time_belongs_to_where_it_stands() -> None:
    broken = "?,1,1,1,1,1,1,1,1,1,1,1"
    file = zipped(line(START), broken, line(START + LENGTH), line(START + 2 * LENGTH))
    windows = [Interval(START + n * LENGTH, START + (n + 1) * LENGTH) for n in range(3)]
    counts = [len(lines.times) for _, lines in by_window(archive_blocks(file, NAME), windows)]
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
            lines_of(file)


def test_the_file_of_another_symbol_is_not_taken() -> None:
    with pytest.raises(BrokenArchive, match="it holds ETHUSDT"):
        lines_of(zipped(line(START), names=("ETHUSDT-5m-2025-03.csv",)))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_whatever_byte_is_wrong_the_file_is_broken_or_whole(method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(NAME, f"{line(START)}\n" * 50)
    whole = file.getvalue()
    broken = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        try:
            assert lines_of(bytes(damaged)) == [line(START)] * 50
        except BrokenArchive:
            broken += 1
    assert broken > len(whole) / 3


def test_a_file_of_unreasonable_size_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arb_pipeline.exchanges.archive_zip._LARGEST", 10)
    with pytest.raises(BrokenArchive, match="bytes"):
        lines_of(zipped(line(START)))


def test_it_is_unpacked_piece_by_piece() -> None:
    """What comes first is given before what is wrong further on is seen, so not all is held."""
    file = zipped(*(line(START + n * LENGTH) for n in range(20_000)))
    damaged = bytearray(file)
    damaged[len(file) * 3 // 4] ^= 0xFF
    taken: list[int] = []
    with pytest.raises(BrokenArchive):
        taken.extend(block.count("\n") for block in archive_blocks(bytes(damaged), NAME))
    assert sum(taken) > 5000
    assert max(taken) < 10_000


def test_lines_in_no_order_are_refused() -> None:
    file = zipped(line(START + LENGTH), line(START))
    with pytest.raises(BrokenArchive, match="order"):
        list(by_window(archive_blocks(file, NAME), [MARCH]))
