"""Public trades as a table of history."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from arb_pipeline.model import DataSet, HistoryPage, TradeRow
from arb_pipeline.storage.copy_text import checked, lines, times
from arb_pipeline.storage.history_tables import HistoryTable

_COLUMNS = (
    "symbol_id", "timestamp", "price", "quantity", "side", "trade_id", "is_synthetic_id"
)  # fmt: skip


def trade_text(page: HistoryPage, rows: Sequence[TradeRow]) -> bytes:
    """Rows in COPY's text format.

    Raises:
        ValueError: a value holds a tab, a newline or a backslash.
    """
    if not rows:
        return b""
    instants, prices, quantities, sides, names, made_up = zip(*rows, strict=True)
    text = lines(
        [
            repeat(str(page.instrument.symbol_id)),
            times(instants),
            prices,
            quantities,
            sides,
            names,
            ["t" if one else "f" for one in made_up],
        ]
    )
    return checked(text, len(rows), tabs=len(_COLUMNS) - 1, nulls=0)


TRADES = HistoryTable(
    data_set=DataSet.TRADES,
    table="trade_snapshots",
    columns=_COLUMNS,
    text=trade_text,
    stage="trades_stage",
    merge="trades_merge",
)
