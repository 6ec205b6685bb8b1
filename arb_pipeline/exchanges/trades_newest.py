"""The newest public trades, where an exchange shows nothing else.

What belongs here: Bybit's list of the latest trades, and how far back it can vouch.

A list of the newest N trades is complete from the millisecond after its oldest row on: trades of
that very millisecond may have been pushed out already. What was asked for and is older can never
be had again and is *unreachable*: also the stretch between what an earlier poll reached up to and
where this list begins, since the caller asks from there on. Nothing is ever taken to connect by
ids, which are no numbers on futures. A list that is shorter than it may be is asked for twice, and
an empty one vouches for nothing: no stretch is given up because an answer was cut short.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError
from arb_pipeline.exchanges.history_draft import TIME, Answer, Draft, identity_of, read_answer
from arb_pipeline.exchanges.history_source import Edge, ever
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.exchanges.trades_sources import TRADES_NEWEST, bybit
from arb_pipeline.model import DataSet, HistoryPage, Instrument, Interval, subtract


async def newest_pages(
    client: ExchangeClient, instrument: Instrument, window: Interval, grace_ms: int
) -> AsyncIterator[HistoryPage]:
    """What of ``window`` the exchange still shows, in one page; one request, or two.

    Raises:
        ExchangeError: it could not be fetched; ``interval`` is the window.
    """
    edge = await Edge.now(client, DataSet.TRADES, window, grace_ms)
    stretch = Interval(window.start, edge.end)
    if not stretch:
        return
    tally = Counters()
    draft = Draft(stretch, identity_of)
    try:
        answer = await _ask(client, instrument, tally)
        draft.add(answer)
        if answer.count < capability(client.exchange, DataSet.TRADES).page_size:
            draft.add(await _ask(client, instrument, tally))
    except ExchangeError as error:
        error.interval = stretch
        raise
    every = draft.rows()
    # What a row that was refused says of its time is no proof of anything.
    times = [row[TIME] for row in every]
    present: list[Interval] = []
    lost = Interval(0, 0)
    if times:
        reach = min(times) + 1
        lost = Interval(stretch.start, min(reach, stretch.end))
        sure = min(stretch.end, max(edge.settled, max(times)))
        present = subtract(Interval(max(reach, stretch.start), sure), draft.holes)
    yield HistoryPage(
        instrument,
        DataSet.TRADES,
        stretch,
        rows=[row for row in every if stretch.start <= row[TIME] < stretch.end],
        present=present,
        unreachable=[lost] if lost else [],
        rejected=draft.refused,
        requests=tally.requests,
    )


async def _ask(client: ExchangeClient, instrument: Instrument, tally: Counters) -> Answer:
    able = capability(client.exchange, DataSet.TRADES)
    rows = rows_at("result", "list")
    span = await ever(client)
    return await client.call(
        "public_get_v5_market_recent_trade",
        {
            "category": TRADES_NEWEST[client.exchange],
            "symbol": instrument.exchange_symbol,
            "limit": able.page_size,
        },
        weight=able.weight(able.page_size),
        expect=lambda payload: read_answer(rows(payload), payload, instrument, bybit, span),
        subject=f"{instrument.exchange_symbol} {DataSet.TRADES}, the newest",
        tally=tally,
    )
