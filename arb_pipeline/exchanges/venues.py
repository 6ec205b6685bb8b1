"""Where each exchange lives and how often it may be asked, as declared data.

What belongs here: hosts and rate counters. What does not: what the exchange serves
(``catalog.py``) and how requests are paced (``budget.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arb_pipeline.exchanges.budget import RateLimit
from arb_pipeline.model import Company, Exchange


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


def rate_limits(company: Company) -> dict[str, RateLimit]:
    """The rate counters of a company and what each allows."""
    return {venue.pool: venue.limit for name, venue in VENUES.items() if name.company is company}
