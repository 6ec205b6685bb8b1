"""``status``: whether collecting goes on, and how well it went; read from the two databases.

What belongs here: daemons, schedules and sensors with their last word, and per exchange and asset
the newest collecting with the statistics of the last day. What does not: whether a set-up is in
order (``doctor``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arb_pipeline.cli.app import app, console, table
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.environment import dagster_url
from arb_pipeline.health import Automation, automation
from arb_pipeline.model import iso, now_ms
from arb_pipeline.storage.blocks import load_blocks
from arb_pipeline.storage.collections import (
    BeatStatistics,
    Collection,
    beat_statistics,
    latest_collections,
)
from arb_pipeline.storage.database import connect

if TYPE_CHECKING:
    from dagster._core.scheduler.instigation import InstigatorState

_MOST_TICKS = 5000


@app.command()
def status(
    hours: Annotated[float, typer.Option(min=0.1, help="how far back statistics go")] = 24.0,
) -> None:
    """Show schedules, sensors and what was collected; exits 1 if anything failed last time."""
    with open_session() as session:
        since = now_ms() - round(hours * 3_600_000)
        healthy = _show_daemons(session)
        _show_instigators(session, since / 1000)
        statistics = session.query(lambda pool: beat_statistics(pool, since))
        newest = session.query(lambda pool: latest_collections(pool, hours=hours))
        blocks = session.query(load_blocks)
    _show_collections(newest, statistics, hours)
    for company, until in blocks.items():
        console.print(f"[yellow]{company} asked to be left alone until {iso(until)}[/]")
    failing = [one for one in newest if one.problem]
    for one in failing:
        console.print(
            f"[red]{one.exchange} {one.asset}[/]: {one.problem}", highlight=False, soft_wrap=True
        )
    if failing or not healthy:
        raise typer.Exit(1)


def _show_daemons(session: Session) -> bool:
    """Whether every daemon that has to run does."""
    session.instance  # noqa: B018 - creates its tables where Dagster never ran
    dead = asyncio.run(_automation(dagster_url(session.settings))).dead
    if dead:
        console.print(
            f"[red]not running:[/] {', '.join(dead)} (arb-pipeline up starts them)",
            highlight=False,
            soft_wrap=True,
        )
    return not dead


async def _automation(url: str) -> Automation:
    connection = await connect(url, purpose="cli")
    try:
        return await automation(connection)
    finally:
        await connection.close()


def _show_instigators(session: Session, since: float) -> None:
    made = table(
        "schedule or sensor",
        "state",
        "last tick",
        "its word",
        title="schedules and sensors",
        numbers=("runs", "skipped", "failed"),
    )
    states = session.instance.all_instigator_state()
    for state in sorted(states, key=lambda one: (one.instigator_type.value, one.name)):
        ticks = _ticks(session, state, since)
        counts = [
            sum(tick.status.value == name for tick in ticks)
            for name in ("SUCCESS", "SKIPPED", "FAILURE")
        ]
        last = ticks[0] if ticks else None
        made.add_row(
            state.name,
            "running" if state.is_running else "stopped",
            _ago(round(last.timestamp * 1000)) if last else "–",
            _word(last),
            *(f"{count:,}" for count in counts),
        )
    console.print(made)


def _ticks(session: Session, state: InstigatorState, since: float) -> list[Any]:
    return list(
        session.instance.get_ticks(
            state.instigator_origin_id, state.selector_id, after=since, limit=_MOST_TICKS
        )
    )


def _word(tick: Any) -> str:
    if tick is None:
        return "no tick yet"
    if tick.error is not None:
        return str(tick.error.message).strip().partition("\n")[0]
    return tick.skip_reason or f"{len(tick.run_ids)} run(s)"


def _show_collections(
    newest: Iterable[Collection], statistics: Iterable[BeatStatistics], hours: float
) -> None:
    known = {(one.asset, one.exchange): one for one in statistics}
    made = table(
        "asset",
        "exchange",
        "last",
        title=f"collected in the last {hours:g} hours; late: seconds, median / most",
        numbers=("rows", "failed of", "late"),
    )
    for column in made.columns:
        column.no_wrap = True  # names of exchanges are read as one word
    for one in sorted(newest, key=lambda one: (one.asset, one.exchange)):
        found = known[one.asset, one.exchange]
        late = (found.lateness_median, found.lateness_max)
        made.add_row(
            one.asset,
            one.exchange.value,
            ("[red]failed[/] " if one.problem else "") + _ago(one.moment),
            f"{one.row_count:,}",
            f"{found.failed:,} / {found.run:,}",
            " / ".join("–" if part is None else f"{part:.2f}" for part in late),
        )
    console.print(made)


def _ago(moment: int) -> str:
    seconds = max(0, time.time() - moment / 1000)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"
