"""The account's own fills, in pages.

What belongs here: asking for them, signed. What does not: which field is what
(``fills_sources.py``) and paging (``history_walk.py``).

A fill is ``FillRow``: time, price, quantity, own side, id, id of the order, quote quantity, fee,
asset of the fee, whether the own order waited. A negative fee is a rebate; what an exchange does
not send is None.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import BadCredentials
from arb_pipeline.exchanges.fills_sources import FILLS
from arb_pipeline.exchanges.history_source import check_listed
from arb_pipeline.exchanges.history_walk import Walk
from arb_pipeline.model import DataSet, HistoryPage, Instrument, Interval


async def fill_pages(
    client: ExchangeClient, instrument: Instrument, window: Interval, *, grace_ms: int
) -> AsyncIterator[HistoryPage]:
    """Every own fill of one symbol in ``window``, oldest page first.

    Pages join without gap or overlap. A stretch without a fill is known to be without one.

    Args:
        client: the exchange that lists the instrument, with credentials.
        instrument: whose fills.
        window: any stretch of time.
        grace_ms: what is younger is not asked for. How long fills may still appear, and what is
            not vouched for yet, says the catalog.

    Raises:
        BadCredentials: none are configured (nothing is asked), or they are refused.
        NotSupported: the instrument is listed elsewhere.
        ExchangeError: a page could not be fetched; ``interval`` says which.
    """
    check_listed(client, instrument)
    if not client.has_credentials:
        raise BadCredentials(
            client.exchange,
            f"no credentials: set {client.exchange.company}_API_KEY and _SECRET",
            subject=f"{instrument.exchange_symbol} {DataSet.ACCOUNT_TRADES}",
        )
    walk = Walk(client, instrument, DataSet.ACCOUNT_TRADES, FILLS[client.exchange])
    async for page in walk.pages(window, grace_ms):
        yield page
