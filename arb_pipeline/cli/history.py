"""``backfill`` and ``coverage``: filling history and seeing what is known of it."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from arb_pipeline.cli.app import app, console, errors, table
from arb_pipeline.cli.session import open_session
from arb_pipeline.model import DAY_MS, TIMEFRAMES, Exchange, Instrument, Interval, now_ms
from arb_pipeline.storage.history import CoverageLine, coverage_lines

backfill_app = typer.Typer(help="Fetch a chosen past range.", no_args_is_help=True)
app.add_typer(backfill_app, name="backfill")

Moment = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="UTC, included")
]
_POLL_SECONDS = 0.5


def _ms(moment: datetime) -> int:
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
        last = _ms(end) if end else now_ms() // DAY_MS * DAY_MS + DAY_MS
        first = _ms(start)
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
        with (
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("candles, {task.fields[rate]}/s"),
                TimeRemainingColumn(),
                console=console,
            ) as progress,
            _Watch(session.url, instruments, names, interval, progress),
        ):
            launched = materialize_candles(
                session.instance,
                days,
                config={
                    "timeframes": names,
                    "symbols": [i.exchange_symbol for i in instruments],
                    "refetch": refetch,
                },
            )
        _show_coverage(asyncio.run(coverage_lines(session.url, instruments, names, interval)))
        console.print(f"run {launched.run_id}")
        if launched.problem:
            errors.print(f"[red]not complete:[/] {launched.problem}", highlight=False)
            raise typer.Exit(1)


class _Watch:
    """Moves a progress bar by what coverage says, which is what is committed."""

    def __init__(
        self,
        url: str,
        instruments: list[Instrument],
        timeframes: list[str],
        interval: Interval,
        progress: Progress,
    ) -> None:
        self._ask = (url, instruments, timeframes, interval)
        self._progress = progress
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        total = sum(
            len(TIMEFRAMES[name].opens(self._ask[3])) * len(self._ask[1]) for name in self._ask[2]
        )
        self._bar = self._progress.add_task("candles", total=total, rate="…")
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        first: int | None = None
        started = now_ms()
        while True:
            last_look = self._done.is_set()
            try:
                known = sum(line.known for line in asyncio.run(coverage_lines(*self._ask)))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                # The bar stands still; the run itself says what it makes of a lost database.
                if self._done.wait(_POLL_SECONDS):
                    return
                continue
            first = known if first is None else first
            rate = (known - first) * 1000 // max(now_ms() - started, 1)
            self._progress.update(self._bar, completed=known, rate=rate)
            if last_look:
                return
            self._done.wait(_POLL_SECONDS)


@app.command("coverage")
def coverage_command(
    exchange: Annotated[Exchange | None, typer.Argument(help="default: all enabled")] = None,
    symbols: Annotated[list[str] | None, typer.Argument(help="default: tracked")] = None,
    days: Annotated[int, typer.Option(min=1, help="how far back, UTC days including today")] = 7,
    timeframe: Annotated[list[str] | None, typer.Option(help="1m, 5m … 1w; repeatable")] = None,
) -> None:
    """Show what is present, confirmed absent, unreachable or missing; exits 1 if any is missing."""
    with open_session() as session:
        reference = session.reference()
        names = timeframe or session.settings.candle_timeframes
        chosen: list[Instrument] = []
        for one in [exchange] if exchange else session.settings.exchanges:
            chosen += (
                [reference.find(one, name) for name in symbols]
                if symbols
                else reference.tracked(one)
            )
        if not chosen:
            errors.print("no symbol is tracked: arb-pipeline symbols track EXCHANGE SYMBOL")
            raise typer.Exit(1)
        start = now_ms() // DAY_MS * DAY_MS - (days - 1) * DAY_MS
        lines = asyncio.run(coverage_lines(session.url, chosen, names, Interval(start, now_ms())))
    _show_coverage(lines)
    if any(line.missing for line in lines):
        raise typer.Exit(1)


def _show_coverage(lines: list[CoverageLine]) -> None:
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
