"""``doctor``: is everything that is needed there, and if not, what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import typer

from arb_pipeline.cli.app import app, console, table
from arb_pipeline.environment import database_url, prepare
from arb_pipeline.exchanges.account import check_credentials
from arb_pipeline.exchanges.errors import BadCredentials, ClockSkewed, ExchangeError
from arb_pipeline.exchanges.registry import Exchanges
from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.settings import ConfigurationError, Settings, settings
from arb_pipeline.storage.database import connect, open_pool, sql
from arb_pipeline.storage.migration_files import MigrationError
from arb_pipeline.storage.migrations import pending
from arb_pipeline.storage.rate_budget import RateLedger
from arb_pipeline.storage.tables import validate

_SKEW_MS = 1000
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``advice`` says what to do where it is not good."""

    subject: str
    good: bool
    what: str
    advice: str = ""


@app.command()
def doctor() -> None:
    """Look at database, schema, clock, exchanges and credentials; exits 1 if anything is wrong."""
    current = settings()
    findings = asyncio.run(_database(current))
    # Without a database that is as it should be, nobody can say what others have asked: a few
    # requests do no harm then, and which of both is the trouble is what people want to know.
    shared = all(finding.good for finding in findings)
    findings += asyncio.run(_exchanges(current, shared=shared))
    made = table("what", "state", "finding", "what to do", title=_mode(current))
    for finding in findings:
        state = "[green]good[/]" if finding.good else "[red]wrong[/]"
        made.add_row(finding.subject, state, finding.what, finding.advice)
    console.print(made)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def _mode(current: Settings) -> str:
    source = "the simulator" if current.simulator else "the exchanges themselves"
    return f"data comes from {source}; everything local lies in {current.home}"


async def _database(current: Settings) -> list[Finding]:
    try:
        url = await asyncio.to_thread(database_url, current)
        await asyncio.to_thread(prepare, current)
        connection = await connect(url, purpose="doctor")
    except (ConfigurationError, OSError, asyncpg.PostgresError) as error:
        advice = "start it, or correct DATABASE_URL; unset it to use the embedded database"
        return [Finding("database", good=False, what=str(error), advice=advice)]
    try:
        facts = await connection.fetchrow(sql("server_facts"))
        if facts is None:
            raise AssertionError("the query returns one row")
        skew = abs(facts["clock_ms"] - now_ms())
        return [
            Finding("database", good=True, what=f"PostgreSQL {facts['version']}"),
            _extension(facts),
            await _schema(connection),
            Finding(
                "clock of the database",
                good=skew < _SKEW_MS,
                what=f"{skew} ms from ours",
                advice="" if skew < _SKEW_MS else "synchronise both clocks (NTP)",
            ),
        ]
    finally:
        await connection.close()


def _extension(facts: asyncpg.Record) -> Finding:
    if facts["timescaledb"] is None:
        advice = "install TimescaleDB on that server, or use the embedded database"
        return Finding("TimescaleDB", good=False, what="not available", advice=advice)
    edition = "Community" if facts["license"] == "timescale" else "Apache"
    return Finding("TimescaleDB", good=True, what=f"{facts['timescaledb']}, {edition} edition")


async def _schema(connection: asyncpg.Connection[asyncpg.Record]) -> Finding:
    try:
        waiting = await pending(connection)
        differences = await validate(connection) if not waiting else []
    except MigrationError as error:
        return Finding("schema", good=False, what=str(error), advice="arb-pipeline db history")
    if waiting:
        what = f"{len(waiting)} migrations are not applied"
        return Finding("schema", good=False, what=what, advice="arb-pipeline db migrate")
    if differences:
        what = "; ".join(differences[:3])
        return Finding("schema", good=False, what=what, advice="arb-pipeline db validate")
    return Finding("schema", good=True, what="as the code expects")


async def _exchanges(current: Settings, *, shared: bool) -> list[Finding]:
    # Imported here: defs import Dagster, which the other checks do without.
    from arb_pipeline.defs.resources import configured_exchanges

    hurried = current.model_copy(update={"request_attempts": 1})
    async with AsyncExitStack() as opened:
        ledger = None
        if shared:
            url = await asyncio.to_thread(database_url, current)
            pool = await opened.enter_async_context(await open_pool(url, size=1, purpose="doctor"))
            ledger = RateLedger(pool, egress=current.egress)
        exchanges = await opened.enter_async_context(
            configured_exchanges(
                hurried, ledger=ledger, reserved=True, patience_seconds=_PATIENCE_SECONDS
            )
        )
        asks: list[Awaitable[list[Finding]]] = [
            _exchange(current, exchanges, exchange) for exchange in current.exchanges
        ]
        return [finding for found in await asyncio.gather(*asks) for finding in found]


async def _exchange(current: Settings, exchanges: Exchanges, exchange: Exchange) -> list[Finding]:
    reached = await _reach(current, exchanges, exchange)
    own = current.company(exchange.company)
    keys = [bool(own.api_key), bool(own.api_secret)]
    subject = f"{exchange} credentials"
    if any(keys) and not all(keys):
        name = f"{exchange.company}_API_{'SECRET' if keys[0] else 'KEY'}"
        advice = f"set {name} too, or neither"
        return [reached, Finding(subject, good=False, what=f"{name} is not set", advice=advice)]
    if not any(keys):
        return [reached, Finding(subject, good=True, what="not configured: public data only")]
    return [reached, await _credentials(current, exchanges, exchange, subject)]


async def _credentials(
    current: Settings, exchanges: Exchanges, exchange: Exchange, subject: str
) -> Finding:
    company = exchange.company
    try:
        await check_credentials(exchanges[exchange])
    except BadCredentials as error:
        if current.simulator:  # it knows no accounts: that says nothing about the credentials
            what = "set, but not checked: the simulator knows no accounts"
            advice = f"ARB_SIMULATOR=false asks {company} itself"
            return Finding(subject, good=True, what=what, advice=advice)
        advice = (
            f"check {company}_API_KEY and {company}_API_SECRET; "
            f"at {company}, the key's permissions (reading is enough), its list of IP addresses "
            "and whether it has expired"
        )
        return Finding(subject, good=False, what=f"refused: {error}", advice=advice)
    except ClockSkewed as error:
        advice = "synchronise the clock (NTP)"
        return Finding(subject, good=False, what=f"refused: {error}", advice=advice)
    except ExchangeError as error:
        advice = "nothing is known of them yet: try again when the exchange answers"
        return Finding(subject, good=False, what=f"not checked: {error}", advice=advice)
    return Finding(subject, good=True, what="accepted")


async def _reach(current: Settings, exchanges: Exchanges, exchange: Exchange) -> Finding:
    started = now_ms()
    try:
        theirs = await exchanges[exchange].server_time()
    except ExchangeError as error:
        advice = (
            "start the simulator: arb-pipeline up (or: arb-pipeline simulator)"
            if current.simulator
            else f"check the network and {exchange.company}_BASE_URL"
        )
        return Finding(exchange.value, good=False, what=str(error), advice=advice)
    took = now_ms() - started
    skew = abs(theirs - (started + took // 2))
    what = f"answers in {took} ms; clocks {skew} ms apart"
    good = skew < _SKEW_MS + took
    return Finding(
        exchange.value, good=good, what=what, advice="" if good else "synchronise the clock (NTP)"
    )
