"""Own fills as a table of history."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from arb_pipeline.model import DataSet, FillRow, HistoryPage
from arb_pipeline.storage.copy_text import checked, lines, nullable, times
from arb_pipeline.storage.history_tables import HistoryTable

_COLUMNS = (
    "symbol_id", "timestamp", "price", "quantity", "side", "trade_id", "order_id",
    "quote_quantity", "fee", "fee_asset", "is_maker",
)  # fmt: skip
_BOOLEANS = {True: "t", False: "f", None: None}


def fill_text(page: HistoryPage, rows: Sequence[FillRow]) -> bytes:
    """Rows in COPY's text format.

    Raises:
        ValueError: a value holds a tab, a newline or a backslash.
    """
    if not rows:
        return b""
    instants, prices, quantities, sides, names, *rest, makers = zip(*rows, strict=True)
    may_be_unknown = [*rest, [_BOOLEANS[one] for one in makers]]
    text = lines(
        [
            repeat(str(page.instrument.symbol_id)),
            times(instants),
            prices,
            quantities,
            sides,
            names,
            *(nullable(column) for column in may_be_unknown),
        ]
    )
    nulls = sum(column.count(None) for column in may_be_unknown)
    return checked(text, len(rows), tabs=len(_COLUMNS) - 1, nulls=nulls)


FILLS = HistoryTable(
    data_set=DataSet.ACCOUNT_TRADES,
    table="account_trades",
    columns=_COLUMNS,
    text=fill_text,
    stage="fills_stage",
    merge="fills_merge",
)
