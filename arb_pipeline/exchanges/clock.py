"""The exchange's clock, kept on this machine.

What belongs here: measuring how far the exchange's clock is from ours and how old that knowledge
is. A candle is closed when *the exchange's* clock says so; this machine's may be minutes off.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from arb_pipeline.exchanges.errors import Transient
from arb_pipeline.exchanges.shapes import milliseconds_at
from arb_pipeline.model import Exchange, now_ms

log = logging.getLogger("arb_pipeline.exchanges")
_FRESH_SECONDS = 300.0
_USABLE_SECONDS = 3600.0
# How the time is asked for, and where the answer has it.
SERVER_TIME: Mapping[Exchange, tuple[str, Callable[[Any], int]]] = {
    Exchange.BINANCE_SPOT: ("public_get_time", milliseconds_at("serverTime")),
    Exchange.BINANCE_FUTURES: ("fapipublic_get_time", milliseconds_at("serverTime")),
    Exchange.BYBIT_SPOT: ("public_get_v5_market_time", milliseconds_at("time")),
    Exchange.BYBIT_FUTURES: ("public_get_v5_market_time", milliseconds_at("time")),
    Exchange.GATEIO_SPOT: ("public_spot_get_time", milliseconds_at("server_time")),
    Exchange.GATEIO_FUTURES: ("public_spot_get_time", milliseconds_at("server_time")),
    Exchange.MEXC_SPOT: ("spot_public_get_time", milliseconds_at("serverTime")),
}


class ExchangeClock:
    """Our monotonic clock plus a measured offset, so that a jump of the wall clock is no jump.

    Args:
        ask: fetches the exchange's time, milliseconds since the epoch.
        monotonic: seconds of a clock that never jumps.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[int]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._offset_ms: float | None = None
        self._measured = -_USABLE_SECONDS
        self._turn = asyncio.Lock()

    def estimate(self) -> int:
        """The exchange's time as far as it is known; before the first measurement, our own."""
        if self._offset_ms is None:
            return now_ms()
        return int(self._monotonic() * 1000 + self._offset_ms)

    async def read(self) -> int:
        """The exchange's time, measured anew when the last measurement is five minutes old.

        Raises:
            ExchangeError: the exchange can't be asked and the last measurement is too old.
        """
        if self._age() >= _FRESH_SECONDS:
            async with self._turn:
                if self._age() >= _FRESH_SECONDS:
                    await self._measure()
        return self.estimate()

    def forget(self) -> None:
        """Measure anew before the next use: the exchange refused a time of ours."""
        self._measured = self._monotonic() - _USABLE_SECONDS

    def _age(self) -> float:
        return self._monotonic() - self._measured

    async def _measure(self) -> None:
        asked = self._monotonic()
        try:
            theirs = await self._ask()
        except Transient as error:
            if self._offset_ms is None or self._age() >= _USABLE_SECONDS:
                raise
            log.warning("the clock keeps its last measurement: %s", error)
            return
        answered = self._monotonic()
        # The answer was written about half a round trip before it arrived.
        self._offset_ms = theirs - (asked + answered) / 2 * 1000
        self._measured = answered
