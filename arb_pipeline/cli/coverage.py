"""``coverage``: what history knows of itself, as a table, a picture or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from arb_pipeline.cli.app import app, console, errors, table
from arb_pipeline.cli.coverage_look import Known, as_json, look
from arb_pipeline.cli.kinds import KINDS, Kind
from arb_pipeline.cli.picture import show_picture
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.model import DAY_MS, DataSet, Exchange, Instrument, Interval, now_ms
from arb_pipeline.settings import Settings
from arb_pipeline.storage.history import CoverageLine

DataSets = Annotated[
    list[Kind] | None, typer.Option("--data-set", help="repeatable; default: all there are")
]


@app.command("coverage")
def coverage_command(
    exchange: Annotated[Exchange | None, typer.Argument(help="default: all enabled")] = None,
    symbols: Annotated[list[str] | None, typer.Argument(help="default: tracked")] = None,
    data_set: DataSets = None,
    days: Annotated[int, typer.Option(min=1, help="how far back, UTC days including today")] = 7,
    timeframe: Annotated[list[str] | None, typer.Option(help="1m, 5m … 1w; repeatable")] = None,
    picture: Annotated[bool, typer.Option("--picture", help="a cell for every day")] = False,
    json_: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
) -> None:
    """Show what is present, confirmed absent, unreachable or missing; exits 1 if any is missing.

    Of trades, funding and fills it is minutes that are known, counted from the first day on that
    is wanted.
    """
    with open_session() as session:
        settings = session.settings
        chosen = _chosen(session, exchange, symbols or [])
        start = now_ms() // DAY_MS * DAY_MS - (days - 1) * DAY_MS
        interval = Interval(start, now_ms())
        found = [
            known
            for kind in data_set or Kind
            for names in [_timeframes(kind, timeframe, settings)]
            if (known := look(session, kind, chosen, names, interval)).lines or data_set
        ]
    if json_:
        typer.echo(json.dumps([one for known in found for one in as_json(known)], indent=1))
    else:
        for known in found:
            _show(known, interval, settings, as_picture=picture)
    if any(line.missing for known in found for line in known.lines):
        raise typer.Exit(1)


def _timeframes(kind: Kind, wanted: list[str] | None, settings: Settings) -> list[str]:
    return wanted if wanted and kind is Kind.CANDLES else kind.timeframes(settings)


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


def _show(known: Known, interval: Interval, settings: Settings, *, as_picture: bool) -> None:
    if not known.lines:
        console.print(f"{known.kind}: nothing is wanted or known of these symbols")
        return
    if as_picture:
        show_picture(known, interval, settings.repair_grace_minutes * 60)
    else:
        show_coverage(known.lines)
    kept = known.kind.days_kept(settings)
    if kept is not None and any(line.unreachable for line in known.lines):
        console.print(
            f"{known.kind} older than {kept} days are dropped (ARB_KEEP_DAYS), and then too old"
        )
    instruments = {line.instrument.symbol_id: line.instrument for line in known.lines}
    reason = (
        "although the symbol trades all the time"
        if known.kind is Kind.CANDLES
        else "although there are candles"
    )
    for one in known.flagged:
        of = f"{instruments[one.symbol_id]} {one.timeframe or known.kind}"
        console.print(
            f"{of}: the exchange has nothing for {one.interval}, {reason}",
            highlight=False,
            soft_wrap=True,
        )


def show_coverage(lines: Sequence[CoverageLine]) -> None:
    """Print a table of one data set, and where the first of each line are missing."""
    kind = KINDS[lines[0].data_set if lines else DataSet.CANDLES]
    made = table(
        "exchange",
        "symbol",
        *(["length"] if kind is Kind.CANDLES else []),
        title=kind.value if kind.unit == kind else f"{kind}, {kind.unit}",
        numbers=("present", "absent", "too old", "missing"),
    )
    for line in lines:
        made.add_row(
            line.instrument.exchange.value,
            line.instrument.exchange_symbol,
            *([line.timeframe] if line.timeframe else []),
            *(f"{n:,}" for n in (line.present, line.absent, line.unreachable, line.missing)),
        )
    console.print(made)
    for line in lines:
        if line.first_missing:
            console.print(
                f"{line.instrument} {line.timeframe or kind}: first missing {line.first_missing}",
                highlight=False,
                soft_wrap=True,
            )
