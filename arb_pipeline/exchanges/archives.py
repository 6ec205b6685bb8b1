"""Files of Binance's public archive, ``data.binance.vision``: fetched and verified.

What belongs here: addresses, the checksum, trying again, and when to give the archive up. What
does not: what lies in a file (``archive_rows.py``) and when one is worth it
(``archive_candles.py``). It is a file server: no key, no rate budget, no clock.

https://github.com/binance/binance-public-data describes it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import aiohttp
from yarl import URL

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.classify import no_answer
from arb_pipeline.exchanges.client import Counters
from arb_pipeline.exchanges.errors import (
    BadResponse,
    ExchangeError,
    RateLimited,
    Refused,
    Transient,
    Unreachable,
)
from arb_pipeline.exchanges.pauses import retry_after
from arb_pipeline.exchanges.retrying import RetryOptions, RetryPolicy
from arb_pipeline.exchanges.session import HttpSession
from arb_pipeline.model import DataSet, Exchange, Instrument, Interval, Timeframe

log = logging.getLogger("arb_pipeline.exchanges")

PUBLIC_ARCHIVE = "https://data.binance.vision"
_FOLDERS: Mapping[Exchange, str] = {
    Exchange.BINANCE_SPOT: "data/spot/monthly/klines",
    Exchange.BINANCE_FUTURES: "data/futures/um/monthly/klines",
}
# Files between their request and the commit of their last row: 2 MB each for a month of minutes.
_AT_ONCE = 6
# How much longer than a page a file may take: it is as long as fifty of them.
_PATIENCE = 6.0
_CHECKSUM = re.compile(rb"(?P<digest>[0-9a-fA-F]{64}) [ *](?P<name>\S+)\s*")


def has_archives(exchange: Exchange) -> bool:
    """Whether there are archives of this exchange's candles."""
    return exchange in _FOLDERS


def archive_name(instrument: Instrument, timeframe: Timeframe, month: Interval) -> str:
    """What a month's file is called, zipped or not, without what says which."""
    declared = capability(instrument.exchange, DataSet.CANDLES, timeframe.name)
    first = datetime.fromtimestamp(month.start // 1000, tz=UTC)
    return f"{instrument.exchange_symbol}-{declared.intervals[timeframe.name]}-{first:%Y-%m}"


class Archives:
    """The archive, as one process asks it.

    Once it could not be reached it is left alone for as long as this object lives: waiting for it
    again with every month would take longer than asking the REST interface.

    Args:
        base_url: where it lies.
        http: the session all exchanges share.
        retry: how long a failing request is tried again.

    Attributes:
        turns: to be held from before a file is asked for until its rows are committed.
    """

    def __init__(self, base_url: str, http: HttpSession, retry: RetryOptions) -> None:
        self.turns = asyncio.Semaphore(_AT_ONCE)
        self._base_url = base_url.rstrip("/")
        self._http = http
        self._retry = RetryPolicy(retry)
        self._given_up = False

    async def month(
        self, instrument: Instrument, timeframe: Timeframe, month: Interval, tally: Counters
    ) -> bytes | None:
        """The zip with a month's candles, its checksum verified.

        Args:
            instrument: whose.
            timeframe: of the candles.
            month: a whole one, UTC.
            tally: counts the requests.

        Returns:
            None where there is no such file, or the archive was given up before.

        Raises:
            Refused: it can't be had, or is not what its checksum says, however often it was tried.
        """
        if self._given_up:
            return None
        exchange = instrument.exchange
        interval = capability(exchange, DataSet.CANDLES, timeframe.name).intervals[timeframe.name]
        name = f"{archive_name(instrument, timeframe, month)}.zip"
        symbol = quote(instrument.exchange_symbol)
        folder = f"{self._base_url}/{_FOLDERS[exchange]}/{symbol}/{interval}"

        async def attempt(number: int) -> bytes | None:
            tally.retries += number > 1
            try:
                return await self._verified(exchange, folder, name, tally)
            except ExchangeError as error:
                error.subject = f"archive {name}"
                error.attempts = number
                raise

        try:
            return await self._retry.run(attempt)
        except ExchangeError as error:
            broken = isinstance(error, BadResponse)
            self._given_up |= not broken
            consequence = "nothing is taken of it" if broken else "the archive is left alone"
            raise Refused(
                exchange,
                f"{error.cause} ({error.attempts} attempts); {consequence}",
                subject=error.subject,
                status=error.status,
            ) from error

    async def _verified(
        self, exchange: Exchange, folder: str, name: str, tally: Counters
    ) -> bytes | None:
        url = f"{folder}/{quote(name)}"
        stated = await self._get(exchange, f"{url}.CHECKSUM", tally)
        zipped = await self._get(exchange, url, tally) if stated is not None else None
        if stated is None or zipped is None:
            return None
        line = _CHECKSUM.fullmatch(stated)
        if line is None:
            raise BadResponse(exchange, "its CHECKSUM is none")
        if line["name"].decode(errors="replace") != name:
            raise BadResponse(exchange, "its CHECKSUM is that of another file")
        expected, found = line["digest"].decode().lower(), hashlib.sha256(zipped).hexdigest()
        if expected != found:
            raise BadResponse(
                exchange,
                f"its SHA-256 is {found[:16]}…, its CHECKSUM says {expected[:16]}…: "
                f"{len(zipped):,} bytes came, cut short or altered",
            )
        return zipped

    async def _get(self, exchange: Exchange, url: str, tally: Counters) -> bytes | None:
        """A file as it is; None where there is none.

        Raises:
            Transient, Refused: by HTTP status.
        """
        tally.requests += 1
        try:
            answer = await self._http.send(
                "GET", URL(url, encoded=True), None, None, patience=_PATIENCE
            )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise no_answer(exchange, error) from None
        tally.received_bytes += len(answer.body)
        status = answer.status
        if status == 404:
            return None
        if status == 200:
            return answer.body
        kind: type[Transient] | None = (
            RateLimited if status == 429 else Unreachable if status >= 500 else None
        )
        if kind is None:
            raise Refused(exchange, "the archive does not answer", status=status)
        pause = retry_after(answer.headers)
        raise kind(exchange, "the archive does not answer", retry_after=pause, status=status)
