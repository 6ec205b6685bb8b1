"""Funding that was paid, in pages.

What belongs here: where each exchange tells of it, and which field is what. What does not: the
rate that will be paid next (``funding.py``) and paging (``history_walk.py``).

A payment is ``FundingRow``: time, rate, hours since the payment before it, mark price. Times are
the exchange's own to the millisecond: Binance's lie some milliseconds after the full hour. Hours
are told by nobody for the past; they are the distance to the payment before, which is asked for
with each stretch, so that they do not depend on where pages meet. A distance that is no usual one
(a payment is missing, or it is the first) leaves them unknown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import pairwise

from arb_pipeline.exchanges import history_cells as cells
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.history_cells import Row
from arb_pipeline.exchanges.history_draft import TIME, HistoryRow
from arb_pipeline.exchanges.history_source import (
    Request,
    Source,
    by_milliseconds,
    by_seconds,
    check_listed,
)
from arb_pipeline.exchanges.history_walk import Walk
from arb_pipeline.model import DAY_MS, DataSet, Exchange, HistoryPage, Instrument, Interval

_HOUR_MS = 3_600_000
_NEAR_MS = 60_000  # how far a payment may be from its full hour
_USUAL_HOURS = frozenset({1, 2, 4, 6, 8, 12, 24})
# Payments are this far apart at most; the one before a stretch lies within it.
_LEAD_MS = DAY_MS + _NEAR_MS


async def funding_pages(
    client: ExchangeClient, instrument: Instrument, window: Interval, *, grace_ms: int
) -> AsyncIterator[HistoryPage]:
    """Every payment of funding in ``window``, oldest page first; pages join without gap or overlap.

    Args:
        client: the exchange that lists the perpetual.
        instrument: whose funding.
        window: any stretch of time.
        grace_ms: what is younger is not asked for. How long payments may still appear, and what is
            not vouched for yet, says the catalog.

    Raises:
        NotSupported: a spot exchange, which knows no funding; or it is listed elsewhere.
        ExchangeError: a page could not be fetched; ``interval`` says which.
    """
    check_listed(client, instrument)
    source = _SOURCES.get(client.exchange)
    if source is None:
        raise NotSupported(client.exchange, "no funding there")
    async for page in Walk(client, instrument, DataSet.FUNDING_RATES, source).pages(
        window, grace_ms
    ):
        yield page


def with_hours(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Payments with the hours since the one before; the first of all has none."""
    known = [(*row[:2], _hours(row[TIME] - before[TIME]), row[3]) for before, row in pairwise(rows)]
    return [*rows[:1], *known]


def _hours(distance: int) -> str | None:
    hours, off = divmod(distance + _NEAR_MS, _HOUR_MS)
    return str(hours) if hours in _USUAL_HOURS and off <= 2 * _NEAR_MS else None


def _binance(_: Instrument, row: Row) -> HistoryRow:
    time, rate = cells.instant(row, "fundingTime"), cells.signed(row, "fundingRate")
    return (time, rate, None, cells.optional(row, "markPrice"))


def _gate(_: Instrument, row: Row) -> HistoryRow:
    return (cells.instant(row, "t", 1000), cells.signed(row, "r"), None, None)


def _bybit(_: Instrument, row: Row) -> HistoryRow:
    time = cells.instant(row, "fundingRateTimestamp")
    return (time, cells.signed(row, "fundingRate"), None, None)


def _source(
    method: str,
    request: Request,
    read: Callable[[Instrument, Row], HistoryRow],
    days: int,
    path: tuple[str, ...] = (),
) -> Source:
    return Source(
        method=method,
        request=request,
        read=read,
        path=path,
        key=lambda row: row[TIME],
        finish=with_hours,
        first_ms=days * DAY_MS,
        lead_ms=_LEAD_MS,
    )


# The first stretches hold as many payments as fit a page where they are 8 hours apart.
_SOURCES: Mapping[Exchange, Source] = {
    Exchange.BINANCE_FUTURES: _source(
        "fapipublic_get_fundingrate", by_milliseconds(), _binance, days=300
    ),
    Exchange.GATEIO_FUTURES: _source(
        "public_futures_get_settle_funding_rate",
        by_seconds("contract", settle="usdt"),
        _gate,
        days=300,
    ),
    Exchange.BYBIT_FUTURES: _source(
        "public_get_v5_market_funding_history",
        by_milliseconds(category="linear"),
        _bybit,
        days=60,
        path=("result", "list"),
    ),
}
