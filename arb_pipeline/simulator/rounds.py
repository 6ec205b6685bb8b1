"""What the accounts trade by themselves: rounds of purchases and sales, the same on every run.

What belongs here: fills, and what they moved. What does not: which accounts there are, and the
amounts they hold besides (``holdings.py``).

On spot, every account trades each coin of ``_UNITS`` in rounds of five days: it buys a unit on the
first day and one on the second, sells a unit on the third, and what is left on the fifth. Prices
are the market's at that moment; fees are a thousandth, of what was bought in its own units and of
what was sold in quote units. What a round earned is paid out when the next one begins, and what it
lost paid in: so balances stay near what they are without rounds, however long they go on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

from arb_pipeline.model import DAY_MS, Exchange, MarketType
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.fills import Fill
from arb_pipeline.simulator.instruments import Listings, SimulatedInstrument
from arb_pipeline.simulator.prices import price

_EXACT = Context(prec=100)
_SINCE = 1_767_225_600_000  # 2026-01-01
_DAYS = 5
_ROUND_MS = _DAYS * DAY_MS
_HOUR_MS = 3_600_000
_QUOTE = "USDT"
_UNITS = {"BTC": Decimal("0.01"), "ETH": Decimal("0.2")}
_FEE = Decimal("0.001")
# Day of the round, units, whether they are sold: 1.998 are left of two bought, of which 1 is sold.
_STEPS = (
    (0, Decimal(1), False),
    (1, Decimal(1), False),
    (2, Decimal(1), True),
    (4, Decimal("0.998"), True),
)


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of all accounts; pure functions of time."""

    listings: Listings

    def between(
        self, exchange: Exchange, exchange_symbol: str, first: int, last: int
    ) -> tuple[Fill, ...]:
        """The fills of ``[first, last]``, milliseconds, oldest first."""
        instrument = self.listings.known(exchange, exchange_symbol)
        if instrument is None or not _is_traded(instrument):
            return ()
        begin = _begin(instrument, max(first, _SINCE))
        return tuple(
            fill
            for start in range(begin, last + 1, _ROUND_MS)
            for fill in _round(instrument, start)
            if max(first, _SINCE) <= fill.time <= last
        )

    def moved(self, exchange: Exchange, now: int) -> Mapping[str, Decimal]:
        """What the rounds in progress have added to each asset so far, or taken from it."""
        net: dict[str, Decimal] = defaultdict(Decimal)
        for instrument in self._traded(exchange, now):
            begin = _begin(instrument, now)
            for fill in self.between(exchange, instrument.id, begin, now):
                base, value, fee = (Decimal(n) for n in (fill.quantity, fill.value, fill.fee))
                sign = -1 if fill.sold else 1
                for asset, amount in (
                    (instrument.base, sign * base),
                    (instrument.quote, -sign * value),
                    (fill.fee_asset, -fee),
                ):
                    net[asset] = _EXACT.add(net[asset], amount)
        return net

    def _traded(self, exchange: Exchange, now: int) -> Iterator[SimulatedInstrument]:
        return (one for one in self.listings.all(exchange, now) if _is_traded(one))


def _is_traded(instrument: SimulatedInstrument) -> bool:
    return (
        instrument.exchange.market_type is MarketType.SPOT
        and instrument.base in _UNITS
        and instrument.quote == _QUOTE
        and instrument.recording is None
    )


def _begin(instrument: SimulatedInstrument, at: int) -> int:
    """When the round of a moment began: each account and coin is at another day of it."""
    place = list(Exchange).index(instrument.exchange) + 2 * list(_UNITS).index(instrument.base)
    shift = place % _DAYS * DAY_MS
    return at - (at - shift) % _ROUND_MS


@lru_cache(maxsize=4096)
def _round(instrument: SimulatedInstrument, begin: int) -> tuple[Fill, ...]:
    return tuple(_fill(instrument, begin, place) for place in range(len(_STEPS)))


def _fill(instrument: SimulatedInstrument, begin: int, place: int) -> Fill:
    day, units, sold = _STEPS[place]
    time = begin + day * DAY_MS + (9 + place) * _HOUR_MS
    paid = figures.price(instrument, price(instrument, time).middle)
    quantity = _EXACT.multiply(_UNITS[instrument.base], units)
    value = _EXACT.multiply(Decimal(paid), quantity)
    number = begin // DAY_MS * 10 + place
    return Fill(
        number=number,
        time=time,
        price=paid,
        quantity=format(quantity, "f"),
        value=format(value, "f"),
        order=number,
        fee=format(_EXACT.multiply(value if sold else quantity, _FEE), "f"),
        fee_asset=instrument.quote if sold else instrument.base,
        sold=sold,
        is_maker=False,
    )
