"""``symbols sync | list | track | untrack``."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Annotated

import typer

from arb_pipeline.cli.app import app, console, errors, table
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.model import Exchange, Instrument
from arb_pipeline.storage.coverage_days import Progress, progress
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.reference import Reference, untrack
from arb_pipeline.storage.tracking import Tracked, track_symbol

symbols_app = typer.Typer(help="What the exchanges list, and what is collected of it.")
app.add_typer(symbols_app, name="symbols", no_args_is_help=True)

Names = Annotated[list[str], typer.Argument(help="BTC/USDT, or the exchange's own id")]


@symbols_app.command()
def sync(
    exchange: Annotated[list[Exchange] | None, typer.Argument(help="default: all enabled")] = None,
) -> None:
    """Synchronise listings; the run shows in the Dagster UI too. Exits 1 if an exchange failed."""
    with open_session() as session:
        problem = sync_listings_of(session, exchange or session.settings.exchanges)
        _show(session.reference(), exchange or session.settings.exchanges)
    if problem:
        errors.print(f"[red]not complete:[/] {problem}", highlight=False)
        raise typer.Exit(1)


def sync_listings_of(session: Session, exchanges: list[Exchange]) -> str | None:
    """Materialize the listings of these exchanges; returns what went wrong, if anything."""
    from arb_pipeline.defs.launch import materialize_symbols
    from arb_pipeline.defs.partitions import blocks

    launched = [materialize_symbols(session.instance, block) for block in blocks(exchanges)]
    return "\n".join(run.problem for run in launched if run.problem) or None


def _show(reference: Reference, exchanges: list[Exchange]) -> None:
    made = table("exchange", "tracked", numbers=("listed", "active"))
    for exchange in exchanges:
        every = reference.listed(exchange)
        made.add_row(
            exchange.value,
            ", ".join(i.exchange_symbol for i in reference.tracked(exchange)) or "none",
            f"{len(every):,}",
            f"{sum(reference.is_active(instrument) for instrument in every):,}",
        )
    console.print(made)


@symbols_app.command("list")
def list_symbols(
    exchange: Annotated[Exchange | None, typer.Argument(help="default: all enabled")] = None,
    tracked: Annotated[bool, typer.Option("--tracked", help="only those collected")] = False,
) -> None:
    """List symbols with both their names."""
    made = table("exchange", "symbol", "exchange's id", "active", "tracked", "backfill")
    with open_session() as session:
        reference = session.reference()
        chosen = [exchange] if exchange else session.settings.exchanges
        backfills = session.query(lambda pool: progress(pool, chosen))
    for one in chosen:
        collected = set(reference.tracked(one))
        for instrument in reference.listed(one):
            if instrument in collected or not tracked:
                made.add_row(
                    one.value,
                    f"{instrument.base}/{instrument.quote}",
                    instrument.exchange_symbol,
                    "yes" if reference.is_active(instrument) else "no",
                    "yes" if instrument in collected else "",
                    _backfill(backfills.get(instrument.symbol_id))
                    if instrument in collected
                    else "",
                )
    console.print(made)


def _backfill(found: Progress | None) -> str:
    if found is None:
        return "not begun"
    return f"{'complete' if found.is_complete else f'{found.percent} %'} from {found.history_from}"


@symbols_app.command("track")
def track_symbols(exchange: Exchange, symbols: Names) -> None:
    """Collect these symbols from now on, and backfill them (ARB_BACKFILL_DAYS).

    Raising that setting later deepens them; arb-pipeline backfill deepens one of them alone.
    """
    with open_session() as session:
        reference = session.reference()
        for name in symbols:  # all or none: no typing error leaves half of them tracked
            reference.find(exchange, name)
        for name in symbols:
            for one in session.query(partial(_track, session, reference, exchange, name)):
                console.print(str(one), highlight=False, soft_wrap=True)


def _track(
    session: Session, reference: Reference, exchange: Exchange, name: str, pool: Pool
) -> Awaitable[list[Tracked]]:
    return track_symbol(
        pool, name, exchange=exchange, enabled=session.settings.exchanges, reference=reference
    )


@symbols_app.command("untrack")
def untrack_symbols(exchange: Exchange, symbols: Names) -> None:
    """Stop collecting these symbols; what is stored stays."""
    with open_session() as session:
        reference = session.reference()
        chosen: list[Instrument] = [reference.find(exchange, name) for name in symbols]
        session.query(lambda pool: untrack(pool, chosen))
    for instrument in chosen:
        console.print(f"{instrument}: no longer tracked")
