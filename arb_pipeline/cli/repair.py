"""``repair``: asking now, in this process, for everything that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from arb_pipeline.cli.app import app, console, errors
from arb_pipeline.cli.coverage import DataSets
from arb_pipeline.cli.history import utc_ms
from arb_pipeline.cli.kinds import Kind
from arb_pipeline.cli.progress import CandleBar
from arb_pipeline.cli.repair_report import missing_units, show_report, take_look, unit_of
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.model import Exchange, Interval, now_ms
from arb_pipeline.storage import repair as books

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from arb_pipeline.storage.database import Pool
    from arb_pipeline.storage.registrations import Line
    from arb_pipeline.storage.repair import Gap


@app.command()
def repair(
    exchange: Annotated[Exchange | None, typer.Argument(help="default: all enabled")] = None,
    symbols: Annotated[list[str] | None, typer.Argument(help="default: tracked")] = None,
    data_set: DataSets = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="first UTC day; default: all wanted"),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="day after the last; default: until now"),
    ] = None,
    recheck_absent: Annotated[
        bool, typer.Option("--recheck-absent", help="ask again for what was absent, too")
    ] = False,
) -> None:
    """Ask for what tracked symbols miss, newest days first; exits 1 if something is still missing.

    The runs show in the Dagster UI, too. What keeps failing is asked for at once, whatever the
    pauses of the sensor.
    """
    with open_session() as session:
        whole = _lines(session, exchange, symbols or [], data_set or list(Kind))
        window = Interval(utc_ms(start) if start else 0, utc_ms(end) if end else now_ms())
        lines = [_within(line, window) for line in whole]
        if recheck_absent:
            days = session.query(lambda pool: _recheck(pool, lines))
            console.print(f"absences of {days} days are asked for again")
        before = session.query(lambda pool: take_look(pool, lines))
        if not before.gaps:
            console.print(f"nothing is missing in {len(lines)} lines (symbol × data set)")
            return
        requests, problems = _run(session, before.gaps)
        after = session.query(lambda pool: take_look(pool, lines, before.gaps))
        session.query(lambda pool: _settle(pool, whole))
    show_report(before, after)
    console.print(f"{requests:,} requests")
    for problem in problems:
        errors.print(f"[red]not complete:[/] {problem}", highlight=False)
    if after.gaps:
        raise typer.Exit(1)


def _lines(
    session: Session, exchange: Exchange | None, names: Sequence[str], kinds: Sequence[Kind]
) -> list[Line]:
    """The wanted history of the symbols meant."""
    from arb_pipeline.defs.history.registration import registered
    from arb_pipeline.defs.history.wanted import lines

    reference = session.reference()
    chosen = {
        instrument.symbol_id
        for one in ([exchange] if exchange else session.settings.exchanges)
        for instrument in ([reference.find(one, n) for n in names] or reference.tracked(one))
    }
    known = lines(session.query(registered), now_ms())
    own = [line for line in known if line.of.symbol_id in chosen]
    untracked = chosen - {line.of.symbol_id for line in own}
    if untracked or not own:
        shown = ", ".join(str(reference.instrument(one)) for one in sorted(untracked)) or "nothing"
        errors.print(f"{shown} is not tracked: arb-pipeline symbols track EXCHANGE SYMBOL")
        raise typer.Exit(1)
    data_sets = {kind.data_set.value for kind in kinds}
    return [line for line in own if line.of.data_set in data_sets]


def _within(line: Line, window: Interval) -> Line:
    """The part of a line in a window; one that is named may begin before what is wanted."""
    start = max(line.reach, window.start) if window.start else line.wanted.start
    wanted = Interval(start, max(start, min(line.wanted.end, window.end)))
    return replace(line, reach=start if window.start else line.reach, wanted=wanted)


async def _recheck(pool: Pool, lines: Sequence[Line]) -> int:
    from arb_pipeline.defs.history.repair import doubt

    await doubt(pool, lines)
    return await books.recheck_now(pool, lines)


async def _settle(pool: Pool, whole: Sequence[Line]) -> None:
    await books.settle(pool, whole, await books.gaps(pool, whole))


def _run(session: Session, gaps: Sequence[Gap]) -> tuple[int, list[str]]:
    """Run everything, one run after the other; how many requests it took, and what failed."""
    from arb_pipeline.defs.history.in_progress import REPAIR_TAG
    from arb_pipeline.defs.history.progress import committed
    from arb_pipeline.defs.history.repair import book
    from arb_pipeline.defs.history.repair_plan import plan
    from arb_pipeline.defs.launch import materialize_history

    total, requests = missing_units(gaps), 0
    problems: list[str] = []

    with CandleBar(committed, total=total, unit=unit_of(gaps)) as bar:
        for one in plan(
            gaps,
            days_per_run=session.settings.repair_days_per_run,
            requests_per_run=session.settings.repair_requests_per_run,
        ):
            bar.say(str(one))
            session.query(partial(book, plans=[one]))
            launched = materialize_history(
                session.instance,
                one.asset,
                one.partitions,
                config=one.config,
                tags={REPAIR_TAG: "command"},
            )
            requests += _requests(session.instance, launched.run_id)
            problems += [launched.problem] if launched.problem else []
    return requests, problems


def _requests(instance: DagsterInstance, run_id: str) -> int:
    """What a run says it asked; one of which no partition is complete does not say it."""
    from dagster import DagsterEventType

    found = [0]
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION):
        event = entry.dagster_event
        if event is not None:
            values = event.step_materialization_data.materialization.metadata
            found += [
                int(str(value.value))
                for name, value in values.items()
                if name.startswith("requests")
            ]
    return max(found)
