"""The picture of coverage: a line per symbol, a cell per UTC day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.text import Text

from arb_pipeline.cli.app import console, table
from arb_pipeline.model import DAY_MS, TIMEFRAMES, Interval
from arb_pipeline.storage.coverage import day_start
from arb_pipeline.storage.coverage_days import DayCoverage
from arb_pipeline.storage.history import CoverageLine

# Told apart without colours, too.
_CELLS = {
    "complete": ("█", "green"),
    "absent parts": ("▓", "yellow"),
    "too old for the exchange": ("░", "bright_black"),
    "partly missing": ("▒", "red"),
    "missing": ("·", "bold red"),
    "not wanted": (" ", "default"),
}
# By symbol and timeframe.
Days: TypeAlias = dict[tuple[int, str], list[DayCoverage]]


def cell(day: DayCoverage | None, lag_seconds: float) -> str:
    """What a day is called in the picture, by the worst that is to be said of it.

    Args:
        day: None where it is neither wanted nor known.
        lag_seconds: so much may still be on its way.
    """
    if day is None:
        return "not wanted"
    if day.missing > lag_seconds:
        return "partly missing" if day.present + day.absent + day.unreachable else "missing"
    if day.unreachable:
        return "too old for the exchange"
    return "absent parts" if day.absent else "complete"


def show_picture(
    lines: Sequence[CoverageLine], by_line: Days, interval: Interval, lag_seconds: float
) -> None:
    """Print the days of a window.

    Args:
        lines: of whom.
        by_line: their days; those neither wanted nor known are left out.
        interval: from the first midnight until now.
        lag_seconds: how much of today may still be on its way.
    """
    starts = range(interval.start, interval.end, DAY_MS)
    today = starts[-1]
    made = table("exchange", "symbol", "length", title=f"candles, the last {len(starts)} UTC days")
    made.add_column("oldest … today", no_wrap=True)
    for line in lines:
        known = {
            day_start(day.day): day
            for day in by_line.get((line.instrument.symbol_id, line.timeframe), [])
        }
        length = TIMEFRAMES[line.timeframe].milliseconds / 1000
        row = Text()
        for start in starts:
            lag = lag_seconds + length if start == today else 0
            row.append(*_CELLS[cell(known.get(start), lag)])
        made.add_row(
            line.instrument.exchange.value, line.instrument.exchange_symbol, line.timeframe, row
        )
    console.print(made)
    legend = [Text.assemble((mark, style), f" {name}") for name, (mark, style) in _CELLS.items()]
    console.print(Text("   ").join(legend[:-1]))
