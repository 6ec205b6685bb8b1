"""What a chart is asked to show: which exchange and symbol, since when and until when.

What belongs here: parameters of the pages of charts, where a field of a form that was left empty is
one that was not given. What does not: drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator, Field

from arb_pipeline.api.asking import Moment, Name
from arb_pipeline.api.errors import ApiError
from arb_pipeline.api.pages import entry, select
from arb_pipeline.model import TIMEFRAMES, Exchange, Interval
from arb_pipeline.storage.coverage import to_ms

_Left = BeforeValidator(lambda value: None if value == "" else value)


def _known(value: str) -> str:
    if value not in TIMEFRAMES:
        raise ValueError(f"choose from {', '.join(TIMEFRAMES)}")
    return value


ExchangeField = Annotated[Exchange | None, _Left, Query(description="default: all")]
SymbolField = Annotated[
    Name | None, _Left, Query(description="such as BTC/USDT, or its id; default: tracked")
]
AssetField = Annotated[Name | None, _Left, Query(description="such as BTC; default: all")]
TimeframeField = Annotated[
    Annotated[str, AfterValidator(_known)] | None, _Left, Query(description="of the stored candles")
]
_Days = Annotated[
    Annotated[float, Field(gt=0, le=3660)] | None,
    _Left,
    Query(description="up to the end, where no start is given"),
]
_Start = Annotated[
    Moment | None, _Left, Query(description="ISO 8601, UTC unless it says otherwise")
]
_End = Annotated[Moment | None, _Left, Query(description="not included; default: now")]


@dataclass(frozen=True, slots=True)
class View:
    """A window, and how many days it was asked to have."""

    interval: Interval
    days: float

    def field(self) -> str:
        """The days as a field of a form."""
        return entry("days", "days", f"{self.days:g}")


def view(default: float) -> Callable[..., View]:
    """What gives the window of a page that shows ``default`` days unless asked otherwise."""

    def asked(start: _Start = None, end: _End = None, days: _Days = None) -> View:
        until = end or datetime.now(tz=UTC)
        length = timedelta(days=days or default)
        since = start or until - length
        if since >= until:
            raise ApiError(422, "invalid", f"start: {since:%FT%TZ} is not before {until:%FT%TZ}")
        return View(Interval(to_ms(since), to_ms(until)), (until - since) / timedelta(days=1))

    return asked


def exchange_field(exchanges: list[Exchange], chosen: Exchange | None) -> str:
    """The exchange as a field of a form."""
    options = {"": "all", **{one.value: one.value for one in exchanges}}
    return select("exchange", "exchange", options, chosen or "")


def symbol_field(chosen: str | None) -> str:
    """The symbol as a field of a form."""
    return entry("symbol", "symbol", chosen or "", "all tracked")
