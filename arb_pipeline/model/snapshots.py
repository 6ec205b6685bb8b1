"""What is sampled, one record each, and pages of it.

Records hold foreign keys only (``symbol_id``, ``exchange_id``); names are resolved for display by
``storage.reference``. Numbers are exact ``Decimal``; times are milliseconds since the epoch, UTC:
``timestamp`` is when the answer was received, ``exchange_timestamp`` what the exchange said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from arb_pipeline.model.balances import BalanceSnapshot
from arb_pipeline.model.facts import Instrument, Rejection
from arb_pipeline.model.funding import FundingRate
from arb_pipeline.model.names import DataSet, Exchange
from arb_pipeline.model.order_books import OrderBook
from arb_pipeline.model.tickers import BookTicker, Ticker

__all__ = [
    "BalanceSnapshot",
    "BookTicker",
    "FundingRate",
    "Snapshot",
    "SnapshotPage",
    "Ticker",
]


Snapshot = BookTicker | Ticker | FundingRate | BalanceSnapshot
R = TypeVar("R", BookTicker, Ticker, FundingRate, BalanceSnapshot, OrderBook, covariant=True)


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
