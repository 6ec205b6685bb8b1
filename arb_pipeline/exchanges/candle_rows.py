"""From an exchange's rows to ours, refusing by name what is no candle.

What belongs here: everything that can be wrong with one answer's rows. What does not: what a
missing row means (``candles.py``) and whether prices make sense (the database's constraints).

Nearly every page is right, and read as lines (``candle_lines.py``) or by its columns
(``candle_columns.py``). Anything unusual goes row by row. All ways give the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from arb_pipeline.exchanges.candle_cells import (
    DECIMAL,
    BadRow,
    cell,
    contradiction,
    number,
    product,
    rejection,
    same_candle,
    shown,
)
from arb_pipeline.exchanges.candle_columns import NAMES, ColumnReader, ParsedRows
from arb_pipeline.exchanges.candle_dialects import CandleDialect
from arb_pipeline.exchanges.candle_lines import PaddedReader
from arb_pipeline.exchanges.shapes import WrongShape
from arb_pipeline.model import CandleRow, Interval, Timeframe, iso

__all__ = ["ParsedRows", "RowReader"]


class RowReader:
    """Reads the rows of one exchange and timeframe.

    Args:
        dialect: the exchange's.
        timeframe: of the candles.
        contract_size: base units per contract; counts only where volume is in contracts.
    """

    def __init__(self, dialect: CandleDialect, timeframe: Timeframe, contract_size: str) -> None:
        self._dialect = dialect
        self._timeframe = timeframe
        self._size = Decimal(contract_size)
        self._closed = dialect.columns.closed
        self._columns = ColumnReader(dialect, timeframe, contract_size)
        self._padded = PaddedReader(dialect, timeframe) if dialect.cells else None

    def glance(self, body: bytes, window: Interval) -> ParsedRows | None:
        """The candles of a whole answer with nothing unusual in it; None where it is not such."""
        seen = self._padded.glance(body, window) if self._padded else None
        return seen or self._columns.glance(body, window)

    def read(self, rows: Sequence[Any], window: Interval) -> ParsedRows:
        """The candles that open in ``window``.

        Raises:
            WrongShape: there are rows, and none of them is of this window.
        """
        if not rows:
            return ParsedRows()
        try:
            return self._columns.read(rows, window)
        except (ValueError, TypeError, LookupError):
            return self._read_each(rows, window)

    def _read_each(self, rows: Sequence[Any], window: Interval) -> ParsedRows:
        """Row by row, keeping what is right and naming what is not."""
        parsed = ParsedRows()
        found: dict[int, tuple[CandleRow, Any]] = {}
        for row in rows:
            open_time: int | None = None
            try:
                open_time = self._time(row)
                if open_time == window.end:
                    parsed.beyond = True
                    continue
                self._check_time(open_time, window)
                candle = self._candle(open_time, row)
            except BadRow as bad:
                parsed.rejected.append(rejection(row, str(bad), open_time))
                if open_time is not None and window.start <= open_time < window.end:
                    parsed.spoiled.add(self._timeframe.floor(open_time))
                else:
                    parsed.doubtful = True
                continue
            known, came = found.setdefault(open_time, (candle, row))
            if not same_candle(known, candle):
                parsed.rejected += [contradiction(one, open_time) for one in (came, row)]
                parsed.contradicted.add(open_time)
        if not found and not parsed.spoiled and not parsed.beyond:
            raise WrongShape(f"{len(rows)} rows, none of them a candle of {window}")
        kept = [pair for time, pair in sorted(found.items()) if time not in parsed.contradicted]
        parsed.rows = [candle for candle, _ in kept]
        parsed.raw = [row for _, row in kept]
        parsed.spoiled = (parsed.spoiled - found.keys()) | parsed.contradicted
        return parsed

    def _time(self, row: Any) -> int:
        time = cell(row, self._dialect.columns.time, "open time")
        if isinstance(time, str) and DECIMAL.fullmatch(time) and time.isdecimal():
            time = int(time)
        if not isinstance(time, int) or isinstance(time, bool) or not 0 < time < 10**14:
            raise BadRow(f"open time is {shown(time)}, not a time")
        return time * self._dialect.unit_ms

    def _check_time(self, open_time: int, window: Interval) -> None:
        if not window.start <= open_time < window.end:
            raise BadRow(f"opens at {iso(open_time)}, outside of what was asked for")
        if self._timeframe.floor(open_time) != open_time:
            raise BadRow(f"opens at {iso(open_time)}, where no {self._timeframe.name} candle does")

    def _candle(self, open_time: int, row: Any) -> CandleRow:
        columns = self._dialect.columns
        if self._closed is not None and cell(row, self._closed, "closed flag") != "true":
            raise BadRow("the exchange says the candle is still open")
        o, h, low, c, volume, quote_volume = (
            number(cell(row, key, name), name)
            for key, name in zip(columns.numbers, NAMES, strict=True)
        )
        if self._dialect.in_contracts:
            volume = product(volume, self._size)
        trades = None
        if columns.trades is not None:
            count = cell(row, columns.trades, "number of trades")
            if type(count) is not int or count < 0:
                raise BadRow(f"number of trades is {shown(count)}")
            trades = str(count)
        return (open_time, o, h, low, c, volume, quote_volume, trades)
