"""Candles in Gate's dialect; times are in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arb_pipeline.model import DAY_MS, TIMEFRAMES, Exchange, Timeframe
from arb_pipeline.simulator.dialect import (
    HOUR,
    Asked,
    Call,
    Refused,
    Reply,
    World,
    dump,
    integer,
    served,
    window_of,
)

HORIZON_POINTS = 10_000
_COMMON: dict[str, Timeframe] = {
    **{name: timeframe for name, timeframe in TIMEFRAMES.items() if name != "1w"},
    "2h": Timeframe("2h", 2 * HOUR),
    "8h": Timeframe("8h", 8 * HOUR),
}
# Spot knows one week, called 7d. Whether it begins on Mondays is nowhere documented.
SPOT_INTERVALS = {**_COMMON, "7d": TIMEFRAMES["1w"]}
# Contracts know two: the natural week, and 7d counted from the epoch, hence from Thursdays.
FUTURES_INTERVALS = {**_COMMON, "1w": TIMEFRAMES["1w"], "7d": Timeframe("7d", 7 * DAY_MS)}


def error(label: str, message: str, status: int = 400) -> Reply:
    """An error payload."""
    return dump({"label": label, "message": message}, status)


def _invalid(message: str) -> Refused:
    return Refused(error("INVALID_PARAM_VALUE", message))


@dataclass(frozen=True, slots=True)
class Candlesticks:
    """How one market answers ``candlesticks``.

    Attributes:
        symbol: name of the parameter that holds the symbol.
        intervals: by the names this market gives them.
        maximum: points a request may span.
        too_old: refusal of a range that begins before the horizon.
        unknown: refusal of a symbol that does not exist.
    """

    exchange: Exchange
    symbol: str
    intervals: Mapping[str, Timeframe]
    maximum: int
    too_old: str
    unknown: Reply

    def asked(self, call: Call) -> Asked:
        """What the request is about."""
        query = call.query
        start, end = _milliseconds(query.get("from")), _milliseconds(query.get("to"))
        limit = integer(query.get("limit")) or (100 if start is None else self.maximum)
        timeframe = self.intervals.get(query.get("interval", "30m"))
        return Asked(
            self.exchange, query.get(self.symbol), timeframe.name if timeframe else None,
            start, end, limit, window_of(start, end, limit, timeframe, call.now),
        )  # fmt: skip

    def answer(self, world: World, call: Call) -> Reply:
        """The page."""
        query = call.query
        timeframe = self.intervals.get(query.get("interval", "30m"))
        if timeframe is None:
            raise _invalid(f"Invalid interval: {query.get('interval')}")
        instrument = world.listings.find(self.exchange, query.get(self.symbol, ""), call.now)
        if instrument is None:
            raise Refused(self.unknown)
        if not served(instrument, timeframe):
            raise _invalid(f"Invalid interval: {query.get('interval')}")
        start, end, limit = self._range(call, timeframe)
        layout = "gate-spot"
        if instrument.is_futures:
            exact = call.headers.get("X-Gate-Size-Decimal") == "1"
            layout = "gate-futures-decimal" if exact else "gate-futures"
        rows = world.candles.page(
            instrument, timeframe, layout, first=start, last=end, limit=limit, now=call.now,
            newest=start is None,
        )  # fmt: skip
        return Reply(b"[" + rows + b"]")

    def _range(self, call: Call, timeframe: Timeframe) -> tuple[int | None, int | None, int]:
        query = call.query
        for name in ("from", "to", "limit"):
            if name in query and integer(query[name]) is None:
                raise _invalid(f"Invalid {name}: {query[name]}")
        start, end = _milliseconds(query.get("from")), _milliseconds(query.get("to"))
        limit = integer(query.get("limit"))
        if limit is not None:
            if start is not None:
                raise _invalid("limit conflicts with from and to")
            if not 1 <= limit <= self.maximum:
                raise _invalid(f"Maximum {self.maximum} data points are allowed per request")
        length = timeframe.milliseconds
        last = min(end if end is not None else call.now, call.now)
        limit = limit or (100 if start is None else self.maximum)
        first = start if start is not None else last - (limit - 1) * length
        if start is not None and (last - first) // length + 1 > self.maximum:
            raise _invalid(
                f"Candlestick range too broad. Maximum {self.maximum} data points are allowed "
                "per request"
            )
        if first < call.now - HORIZON_POINTS * length:
            raise _invalid(self.too_old)
        return start, end, limit


def _milliseconds(text: str | None) -> int | None:
    seconds = integer(text)
    return None if seconds is None else seconds * 1000


def unknown_pair() -> Reply:
    """Refusal of a pair that does not exist."""
    return error("INVALID_CURRENCY_PAIR", "Invalid currency pair")


SPOT = Candlesticks(
    Exchange.GATEIO_SPOT,
    "currency_pair",
    SPOT_INTERVALS,
    1000,
    f"Candlestick too long ago. Maximum {HORIZON_POINTS} points ago are allowed",
    unknown_pair(),
)
FUTURES = Candlesticks(
    Exchange.GATEIO_FUTURES,
    "contract",
    FUTURES_INTERVALS,
    1999,
    f"Candlestick too long ago. Maximum {HORIZON_POINTS} points recently are allowed",
    error("CONTRACT_NOT_FOUND", "contract not found"),
)
