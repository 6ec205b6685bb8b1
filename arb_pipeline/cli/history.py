"""``backfill``: fetching a chosen past range."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from arb_pipeline.cli.app import app, console, errors
from arb_pipeline.cli.coverage import show_coverage
from arb_pipeline.cli.progress import CandleBar
from arb_pipeline.cli.session import open_session
from arb_pipeline.model import DAY_MS, TIMEFRAMES, Exchange, Interval, now_ms
from arb_pipeline.storage.history import CoverageLine, coverage_lines

backfill_app = typer.Typer(help="Fetch a chosen past range.", no_args_is_help=True)
app.add_typer(backfill_app, name="backfill")


def utc_ms(moment: datetime) -> int:
    """A moment without a zone, taken for UTC, in milliseconds."""
    return int(moment.replace(tzinfo=UTC).timestamp()) * 1000


@backfill_app.command("candles")
def backfill_candles(
    exchange: Exchange,
    symbols: list[str],
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first UTC day")],
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="day after the last; default: tomorrow"),
    ] = None,
    timeframe: Annotated[list[str] | None, typer.Option(help="1m, 5m … 1w; repeatable")] = None,
    refetch: Annotated[bool, typer.Option(help="ask again for what is stored")] = False,
) -> None:
    """Fetch candles of whole UTC days; the run shows in the Dagster UI too."""
    from arb_pipeline.defs.launch import materialize_candles
    from arb_pipeline.defs.partitions import ExchangeDay

    with open_session() as session:
        names = timeframe or session.settings.candle_timeframes
        last = utc_ms(end) if end else now_ms() // DAY_MS * DAY_MS + DAY_MS
        first = utc_ms(start)
        if first < session.settings.history_start_ms or first >= last:
            errors.print(
                f"[red]error:[/] the range must begin on {session.settings.history_start} "
                "(ARB_HISTORY_START) or later, and end after it begins"
            )
            raise typer.Exit(2)
        reference = session.reference()
        instruments = [reference.find(exchange, name) for name in symbols]
        days = [ExchangeDay(exchange, day) for day in range(first, last, DAY_MS)]
        interval = Interval(first, min(last, now_ms()))
        total = sum(len(TIMEFRAMES[name].opens(interval)) for name in names) * len(instruments)

        def lines() -> list[CoverageLine]:
            return asyncio.run(coverage_lines(session.url, instruments, names, interval))

        with CandleBar(lambda: sum(line.known for line in lines()), total):
            launched = materialize_candles(
                session.instance,
                days,
                config={
                    "timeframes": names,
                    "symbols": [i.exchange_symbol for i in instruments],
                    "refetch": refetch,
                },
            )
        show_coverage(lines())
        console.print(f"run {launched.run_id}")
        if launched.problem:
            errors.print(f"[red]not complete:[/] {launched.problem}", highlight=False)
            raise typer.Exit(1)
