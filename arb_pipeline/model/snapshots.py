"""What is sampled: tops of books, tickers, funding rates and balances, one record each.

Records hold foreign keys only (``symbol_id``, ``exchange_id``); names are resolved for display by
``storage.reference``. Numbers are exact ``Decimal``; times are milliseconds since the epoch, UTC:
``timestamp`` is when the answer was received, ``exchange_timestamp`` what the exchange said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from arb_pipeline.model.facts import Instrument, Rejection
from arb_pipeline.model.names import DataSet, Exchange


@dataclass(frozen=True, slots=True)
class BookTicker:
    """Best bid and ask; prices in quote units per base unit.

    Quantities are base units on spot and contracts on futures.
    """

    symbol_id: int
    timestamp: int
    bid_price: Decimal
    bid_qty: Decimal
    ask_price: Decimal
    ask_qty: Decimal
    sequence_number: int | None = None
    exchange_timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class Ticker:
    """Last price and rolling 24-hour figures; None is unknown, or never traded.

    Volumes: base units and quote units. Mark and index price exist on futures only.
    """

    symbol_id: int
    timestamp: int
    last_price: Decimal | None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    mark_price: Decimal | None = None
    index_price: Decimal | None = None
    exchange_timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class FundingRate:
    """Funding of a perpetual: the rate predicted for ``funding_time``, or settled at it.

    ``funding_rate`` is a fraction of the position's value that longs pay to shorts.
    ``next_funding_time`` is the payment after ``funding_time``.
    """

    symbol_id: int
    timestamp: int
    funding_rate: Decimal
    funding_time: int
    next_funding_time: int | None = None
    is_settled: bool = False
    funding_interval_hours: Decimal | None = None
    mark_price: Decimal | None = None
    index_price: Decimal | None = None
    exchange_timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class BalanceSnapshot:
    """What one account holds of one asset, in units of the asset.

    None is what the exchange does not say.
    """

    exchange_id: int
    timestamp: int
    asset_name: str
    available_balance: Decimal
    locked_balance: Decimal = Decimal(0)
    frozen_balance: Decimal | None = None
    borrowing_balance: Decimal | None = None
    interest_balance: Decimal | None = None
    exchange_timestamp: int | None = None

    @property
    def total_balance(self) -> Decimal:
        """Free and bound together."""
        return self.available_balance + self.locked_balance


Snapshot = BookTicker | Ticker | FundingRate | BalanceSnapshot
R = TypeVar("R", BookTicker, Ticker, FundingRate, BalanceSnapshot, covariant=True)


@dataclass(slots=True)
class SnapshotPage(Generic[R]):
    """One sample of one data set of one exchange.

    Attributes:
        exchange: whose.
        data_set: what was sampled.
        rows: one per symbol or asset.
        rejected: rows that were refused before they reached the database, with the symbol where
            it is known.
        missing: instruments that were wanted and are in no answer.
        requests: requests made, retries included.
    """

    exchange: Exchange
    data_set: DataSet
    rows: Sequence[R] = ()
    rejected: list[tuple[int | None, Rejection]] = field(default_factory=list)
    missing: list[Instrument] = field(default_factory=list)
    requests: int = 0
