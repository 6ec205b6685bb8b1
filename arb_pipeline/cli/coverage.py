"""``coverage``: what history knows of itself, as a table, a picture or JSON."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer

from arb_pipeline.cli.app import app, console, errors, table
from arb_pipeline.cli.picture import Days, show_picture
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.model import DAY_MS, DataSet, Exchange, Instrument, Interval, now_ms
from arb_pipeline.storage.coverage_days import LongAbsence, coverage_days, long_absences
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.history import CoverageLine, coverage_lines


@app.command("coverage")
def coverage_command(
    exchange: Annotated[Exchange | None, typer.Argument(help="default: all enabled")] = None,
    symbols: Annotated[list[str] | None, typer.Argument(help="default: tracked")] = None,
    days: Annotated[int, typer.Option(min=1, help="how far back, UTC days including today")] = 7,
    timeframe: Annotated[list[str] | None, typer.Option(help="1m, 5m … 1w; repeatable")] = None,
    picture: Annotated[bool, typer.Option("--picture", help="a cell for every day")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
) -> None:
    """Show what is present, confirmed absent, unreachable or missing; exits 1 if any is missing."""
    with open_session() as session:
        names = timeframe or session.settings.candle_timeframes
        chosen = _chosen(session, exchange, symbols or [])
        start = now_ms() // DAY_MS * DAY_MS - (days - 1) * DAY_MS
        interval = Interval(start, now_ms())
        lines = asyncio.run(coverage_lines(session.url, chosen, names, interval))
        ids = [instrument.symbol_id for instrument in chosen]
        flagged, by_line = session.query(lambda pool: _details(pool, session, ids, names, interval))
    if as_json:
        made = [_json(line, by_line) for line in lines]
        typer.echo(json.dumps(made, indent=1))
    elif picture:
        lag_seconds = session.settings.repair_grace_minutes * 60
        show_picture(lines, by_line, interval, lag_seconds)
    else:
        show_coverage(lines)
    if not as_json:
        _show_flagged(lines, flagged)
    if any(line.missing for line in lines):
        raise typer.Exit(1)


def _chosen(session: Session, exchange: Exchange | None, names: list[str]) -> list[Instrument]:
    reference = session.reference()
    chosen: list[Instrument] = []
    for one in [exchange] if exchange else session.settings.exchanges:
        own = [reference.find(one, name) for name in names]
        chosen += own or reference.tracked(one)
    if not chosen:
        errors.print("no symbol is tracked: arb-pipeline symbols track EXCHANGE SYMBOL")
        raise typer.Exit(1)
    return chosen


async def _details(
    pool: Pool, session: Session, ids: list[int], names: list[str], interval: Interval
) -> tuple[list[LongAbsence], Days]:
    candles = DataSet.CANDLES.value
    flagged = await long_absences(
        pool,
        symbol_ids=ids,
        data_set=candles,
        timeframes=names,
        interval=interval,
        longer_than=timedelta(minutes=session.settings.absent_minutes),
    )
    by_line: Days = defaultdict(list)
    for day in await coverage_days(
        pool, symbol_ids=ids, data_set=candles, timeframes=names, interval=interval
    ):
        by_line[day.symbol_id, day.timeframe].append(day)
    return flagged, by_line


def _json(line: CoverageLine, by_line: Days) -> dict[str, Any]:
    gap = line.first_missing
    days = by_line.get((line.instrument.symbol_id, line.timeframe), [])
    return {
        "exchange": line.instrument.exchange.value,
        "symbol": line.instrument.exchange_symbol,
        "data_set": DataSet.CANDLES.value,
        "timeframe": line.timeframe,
        "candles": {
            "present": line.present,
            "absent": line.absent,
            "unreachable": line.unreachable,
            "missing": line.missing,
        },
        "first_missing": [gap.start, gap.end] if gap else None,
        "days": [
            {
                "day": day.day.isoformat(),
                "present_seconds": day.present,
                "absent_seconds": day.absent,
                "unreachable_seconds": day.unreachable,
                "missing_seconds": day.missing,
            }
            for day in days
        ],
    }


def _show_flagged(lines: Sequence[CoverageLine], flagged: Sequence[LongAbsence]) -> None:
    instruments = {line.instrument.symbol_id: line.instrument for line in lines}
    for one in flagged:
        console.print(
            f"{instruments[one.symbol_id]} {one.timeframe}: the exchange has nothing for "
            f"{one.interval}, although the symbol trades all the time",
            highlight=False,
            soft_wrap=True,
        )


def show_coverage(lines: Sequence[CoverageLine]) -> None:
    """Print a table of candles, and where the first of each line are missing."""
    made = table(
        "exchange",
        "symbol",
        "length",
        title="candles",
        numbers=("present", "absent", "too old", "missing"),
    )
    for line in lines:
        made.add_row(
            line.instrument.exchange.value,
            line.instrument.exchange_symbol,
            line.timeframe,
            *(f"{n:,}" for n in (line.present, line.absent, line.unreachable, line.missing)),
        )
    console.print(made)
    for line in lines:
        if line.first_missing:
            console.print(
                f"{line.instrument} {line.timeframe}: first missing {line.first_missing}",
                highlight=False,
                soft_wrap=True,
            )
