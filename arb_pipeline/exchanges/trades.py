"""Public trades of a stretch of time, one bounded page after the other.

What belongs here: which way an exchange's trades are fetched. The ways:

* Binance: by ids, which are consecutive, so that no trade can be missing (``trades_by_id.py``);
* MEXC and Gate: by time, in stretches short enough for one answer (``history_walk.py``); MEXC
  sends no ids, they are made up (``trades_sources.numbered``);
* Bybit: the newest trades and nothing else (``trades_newest.py``).

All of them stop at the exchange's clock minus a grace; what a page claims to know completely ends
with its newest trade, or where the exchange's books can no longer be behind its clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.history_source import check_listed
from arb_pipeline.exchanges.history_walk import Walk
from arb_pipeline.exchanges.trades_by_id import id_pages
from arb_pipeline.exchanges.trades_newest import newest_pages
from arb_pipeline.exchanges.trades_sources import TRADES_BY_ID, TRADES_BY_TIME, TRADES_NEWEST
from arb_pipeline.model import DataSet, HistoryPage, Instrument, Interval


async def trade_pages(
    client: ExchangeClient, instrument: Instrument, window: Interval, *, grace_ms: int
) -> AsyncIterator[HistoryPage]:
    """Every public trade of ``window`` that can be had, oldest page first.

    Rows are ``TradeRow``. Pages join without gap or overlap, and stay valid when a later one
    fails. On Binance these are aggregated trades: fills of one order at one price are one row.

    Args:
        client: the exchange that lists the instrument.
        instrument: whose trades.
        window: any stretch of time.
        grace_ms: how long after a moment its trades may still appear.

    Raises:
        NotSupported: the instrument is listed elsewhere.
        ExchangeError: a page could not be fetched; ``interval`` says which.
    """
    check_listed(client, instrument)
    exchange = client.exchange
    capability(exchange, DataSet.TRADES)
    if exchange in TRADES_BY_ID:
        pages = id_pages(client, instrument, window, grace_ms)
    elif exchange in TRADES_NEWEST:
        pages = newest_pages(client, instrument, window, grace_ms)
    else:
        walk = Walk(client, instrument, DataSet.TRADES, TRADES_BY_TIME[exchange])
        pages = walk.pages(window, grace_ms)
    async for page in pages:
        yield page
