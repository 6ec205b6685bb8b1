"""What each exchange can do, as declared data.

What belongs here: page sizes, horizons and weights: facts about the exchanges that the code has to
respect and cannot ask them for. What does not: how a request is made, and where an exchange lives
(``venues.py``).

Sources: the exchanges' documentation, and the behaviour of ccxt 4.5.90's clients. Where both
differ the smaller number stands here: MEXC documents pages of 1000 candles and sends 500.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.venues import VENUES, Venue, rate_limits
from arb_pipeline.model import TIMEFRAMES, DataSet, Exchange

__all__ = ["CAPABILITIES", "VENUES", "Capability", "Venue", "capability", "rate_limits"]


@dataclass(frozen=True, slots=True)
class Capability:
    """How one data set of one exchange is asked for.

    Attributes:
        page_size: most rows one answer holds; 0 where an answer holds everything.
        named: most symbols one request may name; 0 where it names one, or none.
        sample_weight: what the newest value of all symbols weighs, where it is asked for apart
            from history; 0 where there is none.
        weights: ``(rows asked for, weight)``, ascending: the first that covers a page counts.
        horizon_points: how many rows back from now the exchange serves; None without limit.
        horizon_ms: how far back from now it serves; None without limit.
        max_window_ms: longest ``start``..``end`` one request may span; None without limit.
        grace_ms: how long after a moment its rows may still appear, by the exchange's clock.
        time_unit_ms: the unit of times in requests, milliseconds.
        intervals: the exchange's name of each timeframe; empty where there are none.
    """

    page_size: int
    weights: tuple[tuple[int, int], ...]
    named: int = 0
    sample_weight: int = 0
    horizon_points: int | None = None
    horizon_ms: int | None = None
    max_window_ms: int | None = None
    grace_ms: int = 0
    time_unit_ms: int = 1
    intervals: Mapping[str, str] = field(default_factory=dict)

    def weight(self, rows: int) -> int:
        """What a request for ``rows`` rows costs of the rate budget."""
        return next((cost for most, cost in self.weights if rows <= most), self.weights[-1][1])


PREMIUM_INDEX_WEIGHT = 10  # Binance's mark price, index price and funding of all perpetuals
FUNDING_INFO_WEIGHT = 1  # documented as 0, in a counter of its own: 500 in five minutes

_SAME = {name: name for name in TIMEFRAMES}
_MEXC = {**_SAME, "1h": "60m", "1w": "1W"}
_MINUTES = {"1m": "1", "5m": "5", "15m": "15", "30m": "30", "1h": "60", "4h": "240"}
_BYBIT_INTERVALS = {**_MINUTES, "1d": "D", "1w": "W"}
_DAY = 86_400_000
_CANDLES: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(1000, ((1000, 2),), intervals=_SAME),
    # 1500 fit one page and weigh 10; 499 weigh 2, so that a minute's weight buys 1.7 times more.
    Exchange.BINANCE_FUTURES: Capability(
        499, ((99, 1), (499, 2), (1000, 5), (1500, 10)), intervals=_SAME
    ),
    Exchange.BYBIT_SPOT: Capability(1000, ((1000, 1),), intervals=_BYBIT_INTERVALS),
    Exchange.BYBIT_FUTURES: Capability(1000, ((1000, 1),), intervals=_BYBIT_INTERVALS),
    # A "7d" of spot is what Gate calls a week there; of futures, "7d" counts from 1970-01-01,
    # a Thursday, and "1w" is the week that begins on Monday.
    Exchange.GATEIO_SPOT: Capability(
        1000,
        ((1000, 1),),
        horizon_points=10_000,
        time_unit_ms=1000,
        intervals={**_SAME, "1w": "7d"},
    ),
    Exchange.GATEIO_FUTURES: Capability(
        1999, ((1999, 1),), horizon_points=10_000, time_unit_ms=1000, intervals=_SAME
    ),
    Exchange.MEXC_SPOT: Capability(500, ((500, 1),), intervals=_MEXC),
}
_HOUR = 3_600_000
_FUNDING: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_FUTURES: Capability(1000, ((1000, 1),), sample_weight=PREMIUM_INDEX_WEIGHT),
    Exchange.BYBIT_FUTURES: Capability(200, ((200, 1),), sample_weight=1),
    Exchange.GATEIO_FUTURES: Capability(1000, ((1000, 1),), sample_weight=1, time_unit_ms=1000),
}
# Gate documents 30 days of public trades for spot; futures are taken to be the same, since older
# windows are answered with an empty list that must not pass for "nothing was traded". MEXC's hour
# is the shorter of what is told of it.
_TRADES: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(1000, ((1000, 4),), max_window_ms=_HOUR),
    Exchange.BINANCE_FUTURES: Capability(1000, ((1000, 20),), max_window_ms=_HOUR),
    Exchange.BYBIT_SPOT: Capability(60, ((60, 1),), horizon_points=60),
    Exchange.BYBIT_FUTURES: Capability(1000, ((1000, 1),), horizon_points=1000),
    Exchange.GATEIO_SPOT: Capability(1000, ((1000, 1),), horizon_ms=30 * _DAY, time_unit_ms=1000),
    Exchange.GATEIO_FUTURES: Capability(
        1000, ((1000, 1),), horizon_ms=30 * _DAY, time_unit_ms=1000
    ),
    Exchange.MEXC_SPOT: Capability(1000, ((1000, 1),), max_window_ms=_HOUR),
}
_BYBIT_FILLS = Capability(100, ((100, 1),), max_window_ms=7 * _DAY, horizon_ms=730 * _DAY)
_GATE_FILLS = Capability(1000, ((1000, 1),), max_window_ms=30 * _DAY, time_unit_ms=1000)
_ACCOUNT_TRADES: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(1000, ((1000, 20),), max_window_ms=_DAY),
    Exchange.BINANCE_FUTURES: Capability(1000, ((1000, 5),), max_window_ms=7 * _DAY),
    Exchange.BYBIT_SPOT: _BYBIT_FILLS,
    Exchange.BYBIT_FUTURES: _BYBIT_FILLS,
    Exchange.GATEIO_SPOT: _GATE_FILLS,
    Exchange.GATEIO_FUTURES: _GATE_FILLS,
    Exchange.MEXC_SPOT: Capability(100, ((100, 10),), horizon_ms=30 * _DAY),
}
_ALL = 1_000_000  # more symbols than any exchange lists
_ONE = Capability(0, ((_ALL, 1),))
# Binance's spot answers a list of named symbols at the price of all of them, in a hundredth of the
# bytes. Gate's top of the book with quantities is there for one symbol at a time only.
_BOOK_TICKERS: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(0, ((_ALL, 4),), named=100),
    Exchange.BINANCE_FUTURES: Capability(0, ((_ALL, 5),)),
    Exchange.BYBIT_SPOT: _ONE,
    Exchange.BYBIT_FUTURES: _ONE,
    Exchange.GATEIO_SPOT: Capability(1, ((1, 1),)),
    Exchange.GATEIO_FUTURES: Capability(1, ((1, 1),)),
    Exchange.MEXC_SPOT: Capability(0, ((_ALL, 10),)),
}
_TICKERS: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(0, ((20, 2), (100, 40), (_ALL, 80)), named=100),
    Exchange.BINANCE_FUTURES: Capability(0, ((_ALL, 40),)),
    Exchange.BYBIT_SPOT: _ONE,
    Exchange.BYBIT_FUTURES: _ONE,
    Exchange.GATEIO_SPOT: _ONE,
    Exchange.GATEIO_FUTURES: _ONE,
    Exchange.MEXC_SPOT: Capability(0, ((_ALL, 25),)),
}
_BALANCES: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(0, ((_ALL, 20),)),
    Exchange.BINANCE_FUTURES: Capability(0, ((_ALL, 5),)),
    Exchange.BYBIT_SPOT: _ONE,
    Exchange.BYBIT_FUTURES: _ONE,
    Exchange.GATEIO_SPOT: _ONE,
    Exchange.GATEIO_FUTURES: _ONE,
    Exchange.MEXC_SPOT: Capability(0, ((_ALL, 10),)),
}
# One symbol at a time, to a depth of 50 levels.
_ORDER_BOOKS: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(100, ((100, 5),)),
    Exchange.BINANCE_FUTURES: Capability(50, ((50, 2),)),
    Exchange.BYBIT_SPOT: Capability(200, ((200, 1),)),
    Exchange.BYBIT_FUTURES: Capability(500, ((500, 1),)),
    Exchange.GATEIO_SPOT: Capability(1000, ((1000, 1),)),
    Exchange.GATEIO_FUTURES: Capability(300, ((300, 1),)),
    Exchange.MEXC_SPOT: Capability(5000, ((5000, 3),)),  # documented as 1; 3 has been seen
}
# Nobody says when a payment is published. Until the next one is due, an hour later at the earliest,
# it may be on its way.
_PAID_MS = _HOUR
# Own fills come out of books that follow the matching engine: by seconds as a rule (Gate says so),
# by more where much is traded. One that is missed is a wrong position for ever.
_BOOKED_MS = 600_000


def _late(of: Mapping[Exchange, Capability], by_ms: int) -> Mapping[Exchange, Capability]:
    return {exchange: replace(one, grace_ms=by_ms) for exchange, one in of.items()}


CAPABILITIES: Mapping[DataSet, Mapping[Exchange, Capability]] = {
    DataSet.CANDLES: _CANDLES,
    DataSet.TRADES: _TRADES,
    DataSet.BOOK_TICKERS: _BOOK_TICKERS,
    DataSet.TICKERS: _TICKERS,
    DataSet.FUNDING_RATES: _late(_FUNDING, _PAID_MS),
    DataSet.BALANCES: _BALANCES,
    DataSet.ACCOUNT_TRADES: _late(_ACCOUNT_TRADES, _BOOKED_MS),
    DataSet.ORDER_BOOKS: _ORDER_BOOKS,
}


def capability(exchange: Exchange, data_set: DataSet, timeframe: str | None = None) -> Capability:
    """How ``data_set`` (in ``timeframe``, for candles) is asked for at ``exchange``.

    Raises:
        NotSupported: the exchange does not serve it; the message lists what it serves.
    """
    found = CAPABILITIES.get(data_set, {}).get(exchange)
    if found is None:
        served = sorted(kind for kind, venues in CAPABILITIES.items() if exchange in venues)
        raise NotSupported(exchange, f"no {data_set} there; it serves {', '.join(served)}")
    if timeframe is not None and timeframe not in found.intervals:
        raise NotSupported(
            exchange,
            f"no {data_set} of {timeframe!r} there; supported timeframes: "
            + (", ".join(found.intervals) or "none"),
        )
    return found
