"""How each exchange is asked for candles, and which column of its rows is what.

What belongs here: parameters, units, column orders. What does not: judging rows
(``candle_rows.py``) and walking through time (``candles.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.model import DataSet, Exchange, Instrument, Interval, Timeframe

Key = int | str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row keeps what; integers for lists, names for objects.

    Attributes:
        time: the open time.
        quote_volume: what was traded in the quote currency.
        trades: number of trades; None where it is not sent.
        closed: a flag that says ``"false"`` while the candle is open; None where there is none.
    """

    time: Key
    open: Key
    high: Key
    low: Key
    close: Key
    volume: Key
    quote_volume: Key
    trades: Key | None = None
    closed: Key | None = None

    @property
    def numbers(self) -> tuple[Key, ...]:
        """The six columns every exchange sends, in the order of ``CandleRow``."""
        return (self.open, self.high, self.low, self.close, self.volume, self.quote_volume)


@dataclass(frozen=True, slots=True)
class CandleDialect:
    """One exchange's way of serving candles.

    Attributes:
        method: ccxt's name of the endpoint.
        path: where the rows lie in the answer.
        columns: what is where in a row.
        unit_ms: unit of the times in rows and requests.
        parameters: of a request for the candles that open from a first to a last instant, both
            included, in ``unit_ms``; the last argument is how many those are.
        in_contracts: whether volume counts contracts instead of base units.
        newest_first: the order of rows.
        times_are_texts: whether open times come in quotes.
        verdict: what holds a zero in the answer's envelope where all is well; None without one.
        cells: the kind of each cell where an exchange pads its numbers, ``i`` for an integer and
            ``n`` for a number in quotes; empty where it does not.
    """

    method: str
    path: tuple[str, ...]
    columns: Columns
    parameters: Callable[[str, str, int, int, int], dict[str, Any]]
    unit_ms: int = 1
    in_contracts: bool = False
    newest_first: bool = False
    times_are_texts: bool = False
    verdict: str | None = None
    cells: str = ""

    def request(
        self, instrument: Instrument, timeframe: Timeframe, window: Interval
    ) -> dict[str, Any]:
        """Parameters that ask for exactly the candles that open in ``window``."""
        intervals = capability(instrument.exchange, DataSet.CANDLES, timeframe.name).intervals
        last = window.end - timeframe.milliseconds
        return self.parameters(
            instrument.exchange_symbol,
            intervals[timeframe.name],
            window.start // self.unit_ms,
            last // self.unit_ms,
            (window.end - window.start) // timeframe.milliseconds,
        )


def _klines(symbol: str, interval: str, first: int, last: int, count: int) -> dict[str, Any]:
    # One past the last open: Binance includes its endTime, MEXC does not, and both send the same.
    return {
        "symbol": symbol,
        "interval": interval,
        "startTime": first,
        "endTime": last + 1,
        "limit": count,
    }


def _bybit(category: str) -> Callable[[str, str, int, int, int], dict[str, Any]]:
    def parameters(symbol: str, interval: str, first: int, last: int, count: int) -> dict[str, Any]:
        return {
            "category": category,
            "symbol": symbol,
            "interval": interval,
            "start": first,
            "end": last,
            "limit": count,
        }

    return parameters


def _gate(name: str, **more: str) -> Callable[[str, str, int, int, int], dict[str, Any]]:
    # No limit: Gate refuses it beside from and to, of which both ends are included.
    def parameters(symbol: str, interval: str, first: int, last: int, _: int) -> dict[str, Any]:
        return {name: symbol, "interval": interval, "from": first, "to": last, **more}

    return parameters


_KLINE = Columns(0, 1, 2, 3, 4, 5, quote_volume=7, trades=8)
_KLINE_CELLS = "innnnnininnn"
_BYBIT_COLUMNS = Columns(0, 1, 2, 3, 4, 5, quote_volume=6)
CANDLE_DIALECTS: Mapping[Exchange, CandleDialect] = {
    Exchange.BINANCE_SPOT: CandleDialect(
        "public_get_klines", (), _KLINE, _klines, cells=_KLINE_CELLS
    ),
    Exchange.BINANCE_FUTURES: CandleDialect(
        "fapipublic_get_klines", (), _KLINE, _klines, cells=_KLINE_CELLS
    ),
    Exchange.MEXC_SPOT: CandleDialect(
        "spot_public_get_klines", (), Columns(0, 1, 2, 3, 4, 5, quote_volume=7), _klines
    ),
    Exchange.BYBIT_SPOT: CandleDialect(
        "public_get_v5_market_kline",
        ("result", "list"),
        _BYBIT_COLUMNS,
        _bybit("spot"),
        newest_first=True,
        times_are_texts=True,
        verdict="retCode",
    ),
    Exchange.BYBIT_FUTURES: CandleDialect(
        "public_get_v5_market_kline",
        ("result", "list"),
        _BYBIT_COLUMNS,
        _bybit("linear"),
        newest_first=True,
        times_are_texts=True,
        verdict="retCode",
    ),
    Exchange.GATEIO_SPOT: CandleDialect(
        "public_spot_get_candlesticks",
        (),
        Columns(0, 5, 3, 4, 2, 6, quote_volume=1, closed=7),
        _gate("currency_pair"),
        unit_ms=1000,
        times_are_texts=True,
    ),
    Exchange.GATEIO_FUTURES: CandleDialect(
        "public_futures_get_settle_candlesticks",
        (),
        Columns("t", "o", "h", "l", "c", "v", quote_volume="sum"),
        _gate("contract", settle="usdt"),
        unit_ms=1000,
        in_contracts=True,
    ),
}
