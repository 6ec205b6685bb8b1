"""How history without a timeframe is asked for, and how far it goes now.

What belongs here: what a walk (``history_walk.py``) has to know of an exchange. What does not: what
is known of each (``trade_sources.py``, ``fill_sources.py``, ``funding_history.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arb_pipeline.exchanges.candle_windows import SETTLED_AFTER_MS
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError, NotSupported
from arb_pipeline.exchanges.history_draft import Answer, HistoryRow, Read
from arb_pipeline.model import DataSet, Exchange, Instrument, Interval
from arb_pipeline.model.rules import TRADES_SINCE

# Left alone at the far end: the horizon moves on while requests wait for their turn.
_HORIZON_MARGIN_MS = 300_000
_AHEAD_MS = 60_000  # of the exchange's clock as we know it: no row is of a later time
FROM_ID = "fromId"  # what Binance calls paging by id
Request = Callable[[Instrument, Interval, int], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How one data set of one exchange is asked for by time.

    Attributes:
        method: ccxt's name of the endpoint.
        path: where the rows lie in the answer.
        request: parameters for a half-open stretch and a number of rows; times in the
            exchange's unit, and generous at the ends: what is outside is left out here.
        read: a row of ours out of one of theirs; raises ``BadRow``.
        key: what makes a row one of its kind; None where nothing does.
        following: parameters of the next page, by those of the last one, its answer and how many
            there were; None where there is none.
        has_more: whether an answer is not the last one; by default one that is full, or round.
        finish: completes the rows of a stretch, sorted, when all are there.
        first_ms: the stretch that is tried first.
        lead_ms: asked for in addition before each stretch, for ``finish`` alone.
        newest_settles: rows appear in order, so that one proves those before it.
    """

    method: str
    request: Request
    read: Read
    first_ms: int
    path: tuple[str, ...] = ()
    key: Callable[[HistoryRow], Any] | None = None
    following: Callable[[Mapping[str, Any], Answer, int], dict[str, Any] | None] | None = None
    has_more: Callable[[Answer, int], bool] | None = None
    finish: Callable[[Sequence[HistoryRow]], list[HistoryRow]] = list
    lead_ms: int = 0
    newest_settles: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """How far an exchange's history goes now, milliseconds.

    Attributes:
        end: what is later is not asked for.
        settled: up to here nothing appears any more.
    """

    end: int
    settled: int

    @classmethod
    async def now(
        cls, client: ExchangeClient, data_set: DataSet, window: Interval, grace_ms: int
    ) -> Edge:
        """By the exchange's own clock.

        Raises:
            ExchangeError: it can't be read.
        """
        declared = capability(client.exchange, data_set).grace_ms
        try:
            clock = await client.clock()
        except ExchangeError as error:
            error.interval = window
            raise
        end = min(window.end, clock - grace_ms)
        return cls(end, min(end, clock - max(grace_ms, declared, SETTLED_AFTER_MS)))


async def ever(client: ExchangeClient) -> Interval:
    """Every instant a row may be of, however old it is.

    Raises:
        ExchangeError: the exchange's clock can't be read.
    """
    return Interval(TRADES_SINCE, await client.clock() + _AHEAD_MS)


def reach(
    exchange: Exchange, data_set: DataSet, now: int, *, margin_ms: int = _HORIZON_MARGIN_MS
) -> int | None:
    """The first instant the exchange is asked for at ``now``; None where it serves everything.

    Raises:
        NotSupported: it does not serve the data set at all.
    """
    horizon = capability(exchange, data_set).horizon_ms
    return None if horizon is None else now - horizon + margin_ms


def check_listed(client: ExchangeClient, instrument: Instrument) -> None:
    """Whether ``client`` is the exchange that lists the instrument.

    Raises:
        NotSupported: it is not.
    """
    if instrument.exchange is not client.exchange:
        raise NotSupported(client.exchange, f"{instrument} is listed elsewhere")


def by_milliseconds(**fixed: str) -> Request:
    """Parameters of those who count milliseconds and include both ends."""

    def request(instrument: Instrument, interval: Interval, limit: int) -> dict[str, Any]:
        return {
            "symbol": instrument.exchange_symbol,
            "startTime": interval.start,
            "endTime": interval.end - 1,
            "limit": limit,
            **fixed,
        }

    return request


def by_seconds(symbol: str, **fixed: str) -> Request:
    """Gate's parameters: whole seconds that hold the stretch, whatever its last one includes."""

    def request(instrument: Instrument, interval: Interval, limit: int) -> dict[str, Any]:
        return {
            symbol: instrument.exchange_symbol,
            "from": interval.start // 1000,
            "to": -(-interval.end // 1000),
            "limit": limit,
            **fixed,
        }

    return request
