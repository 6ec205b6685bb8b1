"""Settled funding as a table of history.

It shares its table with the rates that were predicted, which are written as samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from arb_pipeline.model import DataSet, FundingRow, HistoryPage
from arb_pipeline.storage.copy_text import checked, lines, nullable, times
from arb_pipeline.storage.history_tables import HistoryTable

_COLUMNS = (
    "symbol_id", "timestamp", "funding_time", "funding_rate", "funding_interval_hours",
    "mark_price", "is_settled",
)  # fmt: skip


def funding_text(page: HistoryPage, rows: Sequence[FundingRow]) -> bytes:
    """Rows in COPY's text format; the time of a payment is when it was paid.

    Raises:
        ValueError: a value holds a tab, a newline or a backslash.
    """
    if not rows:
        return b""
    instants, rates, hours, marks = zip(*rows, strict=True)
    text = lines(
        [
            repeat(str(page.instrument.symbol_id)),
            times(instants),
            list(map(str, instants)),
            rates,
            nullable(hours),
            nullable(marks),
            repeat("t"),
        ]
    )
    nulls = hours.count(None) + marks.count(None)
    return checked(text, len(rows), tabs=len(_COLUMNS) - 1, nulls=nulls)


FUNDING = HistoryTable(
    data_set=DataSet.FUNDING_RATES,
    table="funding_rate_snapshots",
    columns=_COLUMNS,
    text=funding_text,
    stage="funding_stage",
    merge="funding_merge",
)
