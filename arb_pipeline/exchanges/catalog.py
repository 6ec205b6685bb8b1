"""What each exchange can do, as declared data.

What belongs here: page sizes, horizons, weights, limits and hosts: facts about the exchanges
that the code has to respect and cannot ask them for. What does not: how a request is made.

Sources: the exchanges' documentation, and the behaviour of ccxt 4.5.90's clients. Where both
differ the smaller number stands here: MEXC documents pages of 1000 candles and sends 500.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from arb_pipeline.exchanges.budget import RateLimit
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.model import TIMEFRAMES, Company, DataSet, Exchange


@dataclass(frozen=True, slots=True)
class Capability:
    """How one data set of one exchange is asked for.

    Attributes:
        page_size: most rows one answer holds; 0 where an answer holds everything.
        weights: ``(rows asked for, weight)``, ascending: the first that covers a page counts.
        horizon_points: how many rows back from now the exchange serves; None without limit.
        max_window_ms: longest ``start``..``end`` one request may span; None without limit.
        grace_ms: how long after its end a row may still change, by the exchange's clock.
        time_unit_ms: the unit of times in requests, milliseconds.
        intervals: the exchange's name of each timeframe; empty where there are none.
    """

    page_size: int
    weights: tuple[tuple[int, int], ...]
    horizon_points: int | None = None
    max_window_ms: int | None = None
    grace_ms: int = 0
    time_unit_ms: int = 1
    intervals: Mapping[str, str] = field(default_factory=dict)

    def weight(self, rows: int) -> int:
        """What a request for ``rows`` rows costs of the rate budget."""
        return next((cost for most, cost in self.weights if rows <= most), self.weights[-1][1])


@dataclass(frozen=True, slots=True)
class Venue:
    """Where an exchange lives and how often it may be asked.

    Attributes:
        host: the host ccxt's client asks.
        testnet: origin of the exchange's own test system; None where there is none.
        pool: the exchange's rate counter this market is counted on.
        limit: what the counter allows.
        used_weight_header: the header that tells the counter, where there is one.
        listings_weight: weight of the request that lists all symbols.
        clock_weight: weight of the request for the exchange's time.
    """

    host: str
    testnet: str | None
    pool: str
    limit: RateLimit
    used_weight_header: str | None = None
    listings_weight: int = 1
    clock_weight: int = 1


_USED = "X-MBX-USED-WEIGHT-1M"
_BYBIT = Venue("api.bybit.com", "https://api-testnet.bybit.com", "all", RateLimit(600, 5.0))
_GATE = ("api.gateio.ws", "https://api-testnet.gateapi.io")
VENUES: Mapping[Exchange, Venue] = {
    Exchange.BINANCE_SPOT: Venue(
        "api.binance.com",
        "https://testnet.binance.vision",
        "spot",
        RateLimit(6000, 60.0),
        _USED,
        20,
    ),
    Exchange.BINANCE_FUTURES: Venue(
        "fapi.binance.com",
        "https://testnet.binancefuture.com",
        "futures",
        RateLimit(2400, 60.0),
        _USED,
    ),
    Exchange.BYBIT_SPOT: _BYBIT,
    Exchange.BYBIT_FUTURES: _BYBIT,
    Exchange.GATEIO_SPOT: Venue(*_GATE, "spot", RateLimit(200, 10.0)),
    Exchange.GATEIO_FUTURES: Venue(*_GATE, "futures", RateLimit(200, 10.0)),
    Exchange.MEXC_SPOT: Venue("api.mexc.com", None, "spot", RateLimit(200, 10.0), None, 25),
}

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
        1000, ((1000, 1),), 10_000, time_unit_ms=1000, intervals={**_SAME, "1w": "7d"}
    ),
    Exchange.GATEIO_FUTURES: Capability(
        1999, ((1999, 1),), 10_000, time_unit_ms=1000, intervals=_SAME
    ),
    Exchange.MEXC_SPOT: Capability(500, ((500, 1),), intervals=_MEXC),
}
_FUNDING: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_FUTURES: Capability(1000, ((1000, 1),)),
    Exchange.BYBIT_FUTURES: Capability(200, ((200, 1),)),
    Exchange.GATEIO_FUTURES: Capability(1000, ((1000, 1),), time_unit_ms=1000),
}
_TRADES: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(1000, ((1000, 2),), max_window_ms=3_600_000),
    Exchange.BYBIT_SPOT: Capability(60, ((60, 1),), 60),
    Exchange.BYBIT_FUTURES: Capability(1000, ((1000, 1),), 1000),
    Exchange.GATEIO_SPOT: Capability(1000, ((1000, 1),), time_unit_ms=1000),
    Exchange.GATEIO_FUTURES: Capability(1000, ((1000, 1),), time_unit_ms=1000),
    Exchange.MEXC_SPOT: Capability(1000, ((1000, 1),)),
}
_ACCOUNT_TRADES: Mapping[Exchange, Capability] = {
    Exchange.BINANCE_SPOT: Capability(1000, ((1000, 20),), max_window_ms=_DAY),
    Exchange.BYBIT_SPOT: Capability(100, ((100, 1),), max_window_ms=7 * _DAY),
    Exchange.BYBIT_FUTURES: Capability(100, ((100, 1),), max_window_ms=7 * _DAY),
    Exchange.GATEIO_SPOT: Capability(
        1000, ((1000, 1),), max_window_ms=30 * _DAY, time_unit_ms=1000
    ),
    Exchange.GATEIO_FUTURES: Capability(1000, ((1000, 1),), time_unit_ms=1000),
    Exchange.MEXC_SPOT: Capability(100, ((100, 10),)),
}
CAPABILITIES: Mapping[DataSet, Mapping[Exchange, Capability]] = {
    DataSet.CANDLES: _CANDLES,
    DataSet.TRADES: _TRADES,
    DataSet.FUNDING_RATES: _FUNDING,
    DataSet.ACCOUNT_TRADES: _ACCOUNT_TRADES,
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


def rate_limits(company: Company) -> dict[str, RateLimit]:
    """The rate counters of a company and what each allows."""
    return {venue.pool: venue.limit for name, venue in VENUES.items() if name.company is company}
