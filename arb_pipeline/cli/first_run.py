"""What a fresh set-up needs before anything can be collected: listings, and something tracked."""

from __future__ import annotations

from arb_pipeline.cli.session import Session
from arb_pipeline.cli.symbols import sync_listings_of
from arb_pipeline.model import Exchange
from arb_pipeline.storage.reference import UnknownSymbolError, track


def first_run(session: Session) -> list[str]:
    """Synchronise exchanges nothing is listed of, track ``ARB_TRACK_SYMBOLS`` where nothing is.

    Does nothing for an exchange that has been set up before, whatever was tracked and untracked
    there since.

    Returns:
        What went wrong, a sentence each; the exchanges it concerns are left as they were.
    """
    reference = session.reference()
    fresh = [e for e in session.settings.exchanges if not reference.listed(e)]
    if not fresh:
        return []
    problem = sync_listings_of(session, fresh)
    problems = [problem] if problem else []
    for exchange in fresh:
        problems += _track_defaults(session, exchange)
    return problems


def _track_defaults(session: Session, exchange: Exchange) -> list[str]:
    reference = session.reference()
    if not reference.listed(exchange):
        return []  # its sync failed, which is said already
    chosen, problems = [], []
    for name in session.settings.track_symbols:
        try:
            chosen.append(reference.find(exchange, name))
        except UnknownSymbolError as error:
            problems.append(f"ARB_TRACK_SYMBOLS: {error}")
    session.query(lambda pool: track(pool, chosen))
    return problems
