"""The picture of coverage: a line per symbol, a cell per UTC day."""

from __future__ import annotations

from rich.text import Text

from arb_pipeline.cli.app import console, table
from arb_pipeline.cli.coverage_look import Known
from arb_pipeline.cli.kinds import Kind
from arb_pipeline.model import DAY_MS, TIMEFRAMES, Interval
from arb_pipeline.storage.coverage import day_start
from arb_pipeline.storage.coverage_days import DayCoverage
from arb_pipeline.storage.history import LAG_MS

# Told apart without colours, too.
_CELLS = {
    "complete": ("█", "green"),
    "absent parts": ("▓", "yellow"),
    "too old for the exchange": ("░", "bright_black"),
    "partly missing": ("▒", "red"),
    "missing": ("·", "bold red"),
    "not wanted": (" ", "default"),
}


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


def show_picture(known: Known, interval: Interval, grace_seconds: float) -> None:
    """Print the days of a window.

    Args:
        known: of what; days neither wanted nor known are blank.
        interval: from the first midnight until now.
        grace_seconds: how much of the newest may still be on its way, in any case.
    """
    starts = range(interval.start, interval.end, DAY_MS)
    grace = max(grace_seconds, LAG_MS[known.kind.data_set] / 1000)
    has_lengths = known.kind is Kind.CANDLES
    made = table(
        "exchange",
        "symbol",
        *(["length"] if has_lengths else []),
        title=f"{known.kind}, the last {len(starts)} UTC days",
    )
    made.add_column("oldest … today", no_wrap=True)
    for line in known.lines:
        days = {
            day_start(day.day): day
            for day in known.days.get((line.instrument.symbol_id, line.timeframe), [])
        }
        length = TIMEFRAMES[line.timeframe].milliseconds / 1000 if line.timeframe else 0
        row = Text()
        for start in starts:
            ended = max(0, interval.end - start - DAY_MS) / 1000
            lag = max(0, grace + length - ended)
            row.append(*_CELLS[cell(days.get(start), lag)])
        named = (line.instrument.exchange.value, line.instrument.exchange_symbol)
        made.add_row(*named, *([line.timeframe] if has_lengths else []), row)
    console.print(made)
    legend = [Text.assemble((mark, style), f" {name}") for name, (mark, style) in _CELLS.items()]
    console.print(Text("   ").join(legend[:-1]))
