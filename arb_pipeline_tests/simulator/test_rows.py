"""Rendering rows."""

from __future__ import annotations

import json
from array import array

import numpy as np
import pytest

from arb_pipeline.simulator.rows import Field, Layout, Number, render
from arb_pipeline_tests.simulator.asking import written

VALUES = [0, 1, 9, 10, 999, 1000, 12_345, 9_999_999, 10_000_000, 123_456_789_012_345]


def _render(
    count: int, decimals: int, zeros: str, *, newest_first: bool
) -> tuple[list[str], bytes]:
    values = (VALUES * count)[:count]
    column = Number(np.array(values, dtype=np.int64), decimals, zeros)
    layout = Layout('["{value}",{time},"{fixed}"]', newest_first)
    times = list(range(count))
    fields: dict[str, Field] = {
        "value": column,
        "time": Number(np.array(times, dtype=np.int64)),
        "fixed": "x",
    }
    padded = decimals + len(zeros) if zeros else 0
    return [written(v, decimals, padded) for v in values], render(layout, times, fields).text


@pytest.mark.parametrize("count", [1, 3, 16, 17, 40])
@pytest.mark.parametrize(
    ("decimals", "zeros"), [(0, ""), (2, ""), (8, ""), (2, "000000"), (0, "00")]
)
def test_numbers_are_written_exactly_however_many_there_are(
    count: int, decimals: int, zeros: str
) -> None:
    expected, text = _render(count, decimals, zeros, newest_first=False)
    rows = json.loads(b"[" + text + b"]")
    assert [row[0] for row in rows] == expected
    assert [row[1] for row in rows] == list(range(count))


@pytest.mark.parametrize("count", [5, 50])
@pytest.mark.parametrize("newest_first", [False, True])
def test_any_slice_of_a_block_is_those_rows(count: int, newest_first: bool) -> None:
    times = [1000 * n for n in range(count)]
    layout = Layout("[{time}]", newest_first)
    block = render(layout, times, {"time": Number(np.array(times, dtype=np.int64))})
    for begin in range(count):
        for end in range(begin, count + 1):
            rows = json.loads(b"[" + block.rows(begin, end) + b"]")
            expected = [[time] for time in times[begin:end]]
            assert rows == (expected[::-1] if newest_first else expected)
    assert block.between(1000, 3000) == (1, 4)
    assert block.between(1001, 2999) == (2, 3)


def test_an_empty_block_has_no_rows() -> None:
    block = render(Layout("[{time}]"), [], {"time": Number(np.array([], dtype=np.int64))})
    assert block.times == array("q")
    assert block.rows(*block.between(0, 10)) == b""
