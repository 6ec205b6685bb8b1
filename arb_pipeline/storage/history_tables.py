"""The tables history is written to: columns, COPY text, and the SQL that merges.

What belongs here: what a ``PageWriter`` has to know of a table to store pages of it, and which
data set has which. What does not: writing (``writer.py``); tables other than candles are described
in modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from arb_pipeline.model import CandlePage, DataSet, Timeframe
from arb_pipeline.model.history import HistoryPage
from arb_pipeline.storage.copy_text import candle_text

Page: TypeAlias = CandlePage | HistoryPage
Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """How pages of one data set are stored.

    Attributes:
        data_set: what ``coverage`` and ``rejected_records`` call it.
        table: where the rows end up.
        columns: the columns ``text`` writes, in its order; the staging table, which is called
            ``{table}_staging``, has them too.
        text: rows of a page as COPY's text format; raises ValueError where a value cannot be
            written, which then counts as the refusal of a row.
        stage: name of the query that makes the temporary staging table.
        merge: name of the query that merges the staging table: $1 symbol, $2 and $3 the window
            of the staged rows, half-open, $4 the timeframe (only where the data set has one);
            returns ``day``, ``inserted``, ``updated`` and ``unchanged`` per UTC day.
        time_of: the time of a row, milliseconds; rows of a page are sorted by it.
    """

    data_set: DataSet
    table: str
    columns: tuple[str, ...]
    text: Callable[[Any, Sequence[Row]], bytes]
    stage: str
    merge: str
    time_of: Callable[[Row], int] = itemgetter(0)

    @property
    def staging(self) -> str:
        """Name of the staging table."""
        return f"{self.table}_staging"


CANDLES = HistoryTable(
    data_set=DataSet.CANDLES,
    table="candles",
    columns=(
        "symbol_id",
        "timeframe",
        "timestamp",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "quote_volume",
        "trade_count",
    ),
    text=candle_text,
    stage="candles_stage",
    merge="candles_merge",
)


@cache
def history_tables() -> Mapping[DataSet, HistoryTable]:
    """Every table of history by its data set.

    Modules that describe a table import this one, so they are imported here, late.
    """
    from arb_pipeline.storage.history_fills import FILLS
    from arb_pipeline.storage.history_funding import FUNDING
    from arb_pipeline.storage.history_trades import TRADES

    return {table.data_set: table for table in (CANDLES, TRADES, FUNDING, FILLS)}


def table_of(page: Page) -> HistoryTable:
    """Where the rows of a page belong."""
    return CANDLES if isinstance(page, CandlePage) else history_tables()[page.data_set]


def timeframe_of(page: Page) -> Timeframe | None:
    """The length of the page's candles; None where it holds something else."""
    return page.timeframe if isinstance(page, CandlePage) else None
