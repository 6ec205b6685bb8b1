"""``backfill``: fetching a chosen past range."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer

from arb_pipeline.cli.app import app, console, errors
from arb_pipeline.cli.coverage import show_coverage
from arb_pipeline.cli.kinds import Kind
from arb_pipeline.cli.progress import CandleBar
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.model import DAY_MS, Exchange, Interval, iso, now_ms
from arb_pipeline.storage.history import CoverageLine, coverage_lines

backfill_app = typer.Typer(help="Fetch a chosen past range.", no_args_is_help=True)
app.add_typer(backfill_app, name="backfill")

Start = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first UTC day")]
End = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="day after the last; default: tomorrow"),
]
Refetch = Annotated[bool, typer.Option(help="ask again for what is stored")]


def utc_ms(moment: datetime) -> int:
    """A moment without a zone, taken for UTC, in milliseconds."""
    return int(moment.replace(tzinfo=UTC).timestamp()) * 1000


@backfill_app.command("candles")
def backfill_candles(
    exchange: Exchange,
    symbols: list[str],
    start: Start,
    end: End = None,
    timeframe: Annotated[list[str] | None, typer.Option(help="1m, 5m … 1w; repeatable")] = None,
    refetch: Refetch = False,
) -> None:
    """Fetch candles of whole UTC days; the run shows in the Dagster UI too."""
    _backfill(Kind.CANDLES, exchange, symbols, start, end, timeframe, refetch=refetch)


@backfill_app.command("trades")
def backfill_trades(
    exchange: Exchange, symbols: list[str], start: Start, end: End = None, refetch: Refetch = False
) -> None:
    """Fetch public trades of whole UTC days, as far back as they are kept."""
    _backfill(Kind.TRADES, exchange, symbols, start, end, refetch=refetch)


@backfill_app.command("funding")
def backfill_funding(
    exchange: Exchange, symbols: list[str], start: Start, end: End = None, refetch: Refetch = False
) -> None:
    """Fetch funding that was paid, of whole UTC days; spot has none."""
    _backfill(Kind.FUNDING, exchange, symbols, start, end, refetch=refetch)


@backfill_app.command("fills")
def backfill_fills(
    exchange: Exchange, symbols: list[str], start: Start, end: End = None, refetch: Refetch = False
) -> None:
    """Fetch own fills of whole UTC days; needs credentials."""
    _backfill(Kind.FILLS, exchange, symbols, start, end, refetch=refetch)


def _backfill(
    kind: Kind,
    exchange: Exchange,
    symbols: list[str],
    start: datetime,
    end: datetime | None,
    timeframes: list[str] | None = None,
    *,
    refetch: bool,
) -> None:
    from arb_pipeline.defs.history.progress import committed
    from arb_pipeline.defs.launch import materialize_history
    from arb_pipeline.defs.partitions import ExchangeDay

    with open_session() as session:
        last = utc_ms(end) if end else now_ms() // DAY_MS * DAY_MS + DAY_MS
        first = utc_ms(start)
        _check(session, kind, exchange, first, last)
        names = timeframes or kind.timeframes(session.settings)
        reference = session.reference()
        instruments = [reference.find(exchange, name) for name in symbols]
        days = [ExchangeDay(exchange, day) for day in range(first, last, DAY_MS)]
        interval = Interval(first, max(first, min(last, now_ms())))

        def lines() -> list[CoverageLine]:
            return asyncio.run(
                coverage_lines(session.url, instruments, names, interval, kind.data_set)
            )

        before = lines()
        known = 0 if refetch else sum(line.known for line in before)
        total = sum(line.known + line.missing for line in before)
        config = {"symbols": [i.exchange_symbol for i in instruments], "refetch": refetch}
        with CandleBar(committed, known=known, total=total, unit=kind.unit):
            launched = materialize_history(
                session.instance,
                kind.asset,
                days,
                config={**config, "timeframes": names} if kind is Kind.CANDLES else config,
            )
        show_coverage(lines())
        console.print(f"run {launched.run_id}")
        if launched.problem:
            errors.print(f"[red]not complete:[/] {launched.problem}", highlight=False)
            raise typer.Exit(1)


def _check(session: Session, kind: Kind, exchange: Exchange, first: int, last: int) -> None:
    """Refuse what cannot be had, or would not stay."""
    settings = session.settings
    if first < settings.history_start_ms or first >= last:
        _refuse(
            f"the range must begin on {settings.history_start} (ARB_HISTORY_START) or later, "
            "and end after it begins"
        )
    kept = kind.days_kept(settings)
    if kept is not None and first < now_ms() - kept * DAY_MS:
        oldest = iso(now_ms() // DAY_MS * DAY_MS - (kept - 1) * DAY_MS)[:10]
        _refuse(
            f"{kind} are kept {kept} days: older ones would be dropped again; begin on {oldest} "
            "or later, or let ARB_KEEP_DAYS keep them longer"
        )
    if kind is not Kind.CANDLES:
        from arb_pipeline.defs.history.events import nothing_to_fetch

        nothing = nothing_to_fetch(kind.data_set).get(exchange)
        if nothing is not None:
            _refuse(f"{exchange}: {nothing}")


def _refuse(why: str) -> NoReturn:
    errors.print(f"[red]error:[/] {why}", highlight=False)
    raise typer.Exit(2)
