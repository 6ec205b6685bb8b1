"""What the simulator knows about one instrument of one exchange.

What belongs here: the description every dialect renders its list of symbols from, and the book in
which they are found. What does not: prices (``market.py``), names (``universe.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arb_pipeline.model import Exchange, MarketType

if TYPE_CHECKING:
    from arb_pipeline.simulator.replay import Recording
    from arb_pipeline.simulator.trades import Print


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedInstrument:
    """One instrument as its exchange lists it.

    Attributes:
        exchange: where it is listed.
        id: the exchange's own id, letter by letter.
        base: the exchange's own code of what is traded.
        quote: the exchange's own code of what it is priced in.
        asset: whose price it follows in the market model.
        price: typical price in units of 10^-12 quote.
        price_decimals: decimals of the tick size (the tick is one unit of the last one).
        quantity_decimals: decimals of the lot size.
        contract_size: base units per contract, a whole or decimal number as text.
        turnover: typical quote units traded a minute.
        trading_permille: in how many of 1000 minutes anything is traded.
        listed_at: first moment of trading, milliseconds.
        delisted_at: end of trading, milliseconds; it stays in the list as not tradable.
        expires_at: delivery of a dated contract, milliseconds; None for perpetuals and spot.
        settle: what a contract is settled in.
        funding_hours: between two payments of funding, of a perpetual.
        recording: recorded candles served instead of the market model.
        trades: its recorded trades by time; none of a recording of candles alone.
        settled: recorded funding, time and rate, served instead of the model's history.
    """

    exchange: Exchange
    id: str
    base: str
    quote: str
    asset: str
    price: int
    price_decimals: int
    quantity_decimals: int
    listed_at: int
    contract_size: str = "1"
    turnover: int = 10_000
    trading_permille: int = 1000
    delisted_at: int | None = None
    expires_at: int | None = None
    settle: str = "USDT"
    funding_hours: int = 8
    recording: Recording | None = None
    trades: tuple[Print, ...] = ()
    settled: tuple[tuple[int, str], ...] | None = None

    @property
    def is_futures(self) -> bool:
        """Whether it is a contract."""
        return self.exchange.market_type is MarketType.FUTURES

    @property
    def ends_at(self) -> int | None:
        """When the last candle there will ever be ends, milliseconds; None: not in sight."""
        recorded = self.recording.end if self.recording else None
        ends = (self.delisted_at, self.expires_at, recorded)
        return min((end for end in ends if end is not None), default=None)

    def is_trading(self, now: int) -> bool:
        """Whether it can be traded at ``now``; a recorded market never closes."""
        ends = [end for end in (self.delisted_at, self.expires_at) if end is not None]
        return self.listed_at <= now and all(now < end for end in ends)

    @property
    def tick_size(self) -> str:
        """Smallest price step as the exchange writes it."""
        return step(self.price_decimals)

    @property
    def lot_size(self) -> str:
        """Smallest quantity step as the exchange writes it."""
        return step(self.quantity_decimals)


def step(decimals: int) -> str:
    """One unit of the last of ``decimals`` places: ``0.01`` for 2, ``1`` for 0."""
    return f"0.{'1':0>{decimals}}" if decimals else "1"


class Listings:
    """Every instrument of every exchange, found by the exchange's own id."""

    def __init__(self, instruments: Iterable[SimulatedInstrument]) -> None:
        self._by_id: dict[Exchange, dict[str, SimulatedInstrument]] = {
            exchange: {} for exchange in Exchange
        }
        for instrument in instruments:
            self.add(instrument)

    def add(self, instrument: SimulatedInstrument) -> None:
        """List an instrument; it takes the place of another one with the same id."""
        # A new dict, so that a request being answered in another thread keeps the one it has.
        listed = dict(self._by_id[instrument.exchange])
        listed[instrument.id] = instrument
        self._by_id[instrument.exchange] = listed

    def find(self, exchange: Exchange, id_: str, now: int) -> SimulatedInstrument | None:
        """The instrument of that id, or None where it does not exist (yet)."""
        instrument = self._by_id[exchange].get(id_)
        return instrument if instrument and instrument.listed_at <= now else None

    def all(self, exchange: Exchange, now: int) -> list[SimulatedInstrument]:
        """What the exchange has ever listed up to ``now``, in the order of listing."""
        return [i for i in self._by_id[exchange].values() if i.listed_at <= now]

    def known(self, exchange: Exchange, id_: str) -> SimulatedInstrument | None:
        """The instrument of that id, listed yet or not; None where there is none."""
        return self._by_id[exchange].get(id_)

    def get(self, exchange: Exchange, id_: str) -> SimulatedInstrument:
        """The instrument of that id, listed yet or not; for tests and benchmarks.

        Raises:
            KeyError: there is none.
        """
        return self._by_id[exchange][id_]
