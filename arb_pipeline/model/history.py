"""Pages of history that has no timeframe: trades, settled funding rates, own fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.model.facts import Instrument, Rejection
from arb_pipeline.model.names import DataSet
from arb_pipeline.model.times import Interval

# time, price, quantity, taker's side, trade id, whether the id was made up.
TradeRow = tuple[int, str, str, str, str, bool]
# time of payment, rate, hours since the payment before, mark price.
FundingRow = tuple[int, str, str | None, str | None]
# time, price, quantity, side, trade id, order id, quote quantity, fee, asset of the fee, maker.
FillRow = tuple[
    int, str, str, str, str, str | None, str | None, str | None, str | None, bool | None
]


@dataclass(slots=True)
class HistoryPage:
    """One bounded page of a data set without a timeframe, and what asking for it taught.

    Attributes:
        instrument: whose rows.
        data_set: what they are; its ``HistoryTable`` in ``storage/`` gives the columns.
        asked: the window the page speaks of.
        rows: sorted by time, unique by key, all inside ``asked``; numbers are decimal strings.
        present: parts of ``asked`` that are known completely by now, rows or none: a stretch that
            was asked for as a whole and holds no row is as complete as one that does.
        absent: parts where the exchange should have something and says it has not.
        unreachable: parts the exchange does not serve any more.
        rejected: rows that were refused before they reached the database.
        requests: requests made for this page, retries included.
    """

    instrument: Instrument
    data_set: DataSet
    asked: Interval
    rows: Sequence[tuple[Any, ...]] = ()
    present: Sequence[Interval] = ()
    absent: Sequence[Interval] = ()
    unreachable: Sequence[Interval] = ()
    rejected: list[Rejection] = field(default_factory=list)
    requests: int = 0
