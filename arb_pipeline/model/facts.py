"""What is known: instruments, listings, candles, and rows that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from arb_pipeline.model.names import Exchange
from arb_pipeline.model.times import Interval, Timeframe


@dataclass(frozen=True, slots=True)
class Instrument:
    """One symbol of one exchange, as far as collecting it needs.

    Attributes:
        symbol_id: ``symbols.id``.
        exchange: where it is listed.
        exchange_symbol: the exchange's own id, sent back to it letter by letter.
        base: unified code of what is traded.
        quote: unified code of what it is priced in.
        contract_size: base units per contract as a decimal string; ``"1"`` on spot.
        listed_at: first moment of trading where the exchange tells it, milliseconds.
        delisted_at: when it was seen to be gone, milliseconds.
    """

    symbol_id: int
    exchange: Exchange
    exchange_symbol: str
    base: str
    quote: str
    contract_size: str = "1"
    listed_at: int | None = None
    delisted_at: int | None = None

    def __str__(self) -> str:
        return f"{self.exchange} {self.exchange_symbol}"


@dataclass(frozen=True, slots=True)
class Listing:
    """One row of an exchange's list of symbols, every number as the string it sent.

    ``status`` is the exchange's own word; ``is_active`` says whether it can be traded now.
    Quantities are base units; an order has ``min_quantity`` and ``min_notional`` (quote units) or
    more.
    """

    exchange: Exchange
    exchange_symbol: str
    base: str
    quote: str
    status: str
    is_active: bool
    tick_size: str | None = None
    lot_size: str | None = None
    contract_size: str = "1"
    min_quantity: str | None = None
    min_notional: str | None = None
    maker_fee: str | None = None
    taker_fee: str | None = None
    funding_interval_hours: str | None = None
    listed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was refused, kept with its reason.

    Attributes:
        payload: the row as it came, JSON.
        reason: one sentence: what is wrong with it.
        timestamp: the time the row claims, milliseconds, where it can be read.
    """

    payload: str
    reason: str
    timestamp: int | None = None


# open time, open, high, low, close, volume (base units), quote volume, number of trades.
# Numbers are decimal strings; the last two are None where the exchange does not send them.
CandleRow = tuple[int, str, str, str, str, str, str | None, str | None]


@dataclass(slots=True)
class CandlePage:
    """One bounded page of closed candles and what asking for it taught.

    Attributes:
        instrument: whose candles.
        timeframe: their length.
        asked: the window that was asked for, aligned to the timeframe.
        rows: sorted by open time, unique, all inside ``asked``.
        absent: parts of ``asked`` where the exchange, asked twice, has no candle.
        unreachable: parts of ``asked`` older than the exchange serves.
        rejected: rows that were refused before they reached the database.
        requests: requests made for this page, retries included.
    """

    instrument: Instrument
    timeframe: Timeframe
    asked: Interval
    rows: Sequence[CandleRow] = ()
    absent: Sequence[Interval] = ()
    unreachable: Sequence[Interval] = ()
    rejected: list[Rejection] = field(default_factory=list)
    requests: int = 0
