"""``once``: one full cycle, from nothing to rows in the database, and an honest exit code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from arb_pipeline.cli.app import app, console, errors, table
from arb_pipeline.cli.first_run import first_run
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.cli.simulator import accounts
from arb_pipeline.model import DAY_MS, DataSet, Instrument, Interval, now_ms
from arb_pipeline.ports import answers
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.collections import latest_collections
from arb_pipeline.storage.history import coverage_lines


@app.command()
def once(
    days: Annotated[int, typer.Option(min=1, help="UTC days to fetch, today included")] = 2,
) -> None:
    """Set everything up, collect the last days of candles and one sample of all, say what is there.

    Uses the simulator (unless ARB_SIMULATOR=false); exits 1 if anything is not complete.
    """
    started = time.monotonic()
    with simulated(settings()), open_session() as session:
        problems = first_run(session)
        problems += _collect(session, days)
        problems += _sample(session)
        _summary(session, days)
    console.print(f"{time.monotonic() - started:.0f} s")
    if problems:
        for problem in problems:
            errors.print(f"[red]not complete:[/] {problem}", highlight=False)
        raise typer.Exit(1)


@contextmanager
def simulated(current: Settings) -> Iterator[None]:
    """Serve the simulator for the length of the block, unless it is not wanted or runs already."""
    if not current.simulator or answers("127.0.0.1", current.simulator_port):
        yield
        return
    from arb_pipeline.simulator import Simulator

    with Simulator(accounts=accounts(current)).serve(current.simulator_port):
        yield


def _collect(session: Session, days: int) -> list[str]:
    from arb_pipeline.defs.launch import materialize_candles
    from arb_pipeline.defs.partitions import ExchangeDay, blocks

    today = now_ms() // DAY_MS * DAY_MS
    problems = []
    for block in blocks(session.settings.exchanges):
        wanted = [
            ExchangeDay(exchange, today - ago * DAY_MS) for exchange in block for ago in range(days)
        ]
        launched = materialize_candles(session.instance, wanted, config={})
        problems += [launched.problem] if launched.problem else []
    return problems


def _sample(session: Session) -> list[str]:
    from arb_pipeline.defs.launch import materialize_snapshots
    from arb_pipeline.defs.partitions import ENABLED

    beat = (DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES)
    launched = [
        materialize_snapshots(session.instance, ENABLED, data_sets)
        for data_sets in (beat, (DataSet.BALANCES,))
    ]
    return [one.problem for one in launched if one.problem]


def _summary(session: Session, days: int) -> None:
    reference = session.reference()
    tracked: list[Instrument] = []
    for exchange in session.settings.exchanges:
        tracked += reference.tracked(exchange)
    start = now_ms() // DAY_MS * DAY_MS - (days - 1) * DAY_MS
    lines = asyncio.run(
        coverage_lines(
            session.url, tracked, session.settings.candle_timeframes, Interval(start, now_ms())
        )
    )
    made = table(
        "exchange",
        "tracked",
        title=f"candles of {days} UTC days",
        numbers=("listed", "present", "absent", "too old", "missing"),
    )
    for exchange in session.settings.exchanges:
        own = [line for line in lines if line.instrument.exchange == exchange]
        sums = [
            sum(getattr(line, name) for line in own)
            for name in ("present", "absent", "unreachable", "missing")
        ]
        made.add_row(
            exchange.value,
            ", ".join(i.exchange_symbol for i in reference.tracked(exchange)) or "none",
            f"{len(reference.listed(exchange)):,}",
            *(f"{number:,}" for number in sums),
        )
    console.print(made)
    sampled = table("sampled just now", numbers=("exchanges", "rows"))
    newest = session.query(lambda pool: latest_collections(pool, hours=1))
    for data_set in (
        DataSet.BOOK_TICKERS,
        DataSet.TICKERS,
        DataSet.FUNDING_RATES,
        DataSet.BALANCES,
    ):
        counts = [one.row_count for one in newest if one.asset == data_set.value and one.row_count]
        sampled.add_row(data_set.value, str(len(counts)), f"{sum(counts):,}")
    console.print(sampled)
