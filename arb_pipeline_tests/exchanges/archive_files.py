"""What the tests of archives share: files made by hand, and clients that know where they lie."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Connection, Exchanges, open_exchanges
from arb_pipeline.exchanges.archive_candles import pages
from arb_pipeline.model import TIMEFRAMES, CandlePage, Exchange, Instrument, Interval
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.exchanges.candle_pages import fetch, rows_of, simulated
from arb_pipeline_tests.exchanges.scripted import QUICK

M5 = TIMEFRAMES["5m"]


def instant(year: int, month: int, day: int = 1) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


MARCH = Interval(instant(2025, 3), instant(2025, 4))
MARKETS = [Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES]
SPOT = Exchange.BINANCE_SPOT
ALL = len(M5.opens(MARCH))


@pytest.fixture(autouse=True)
def may(simulator: Simulator) -> None:
    """So late that April is published as well."""
    simulator.clock.freeze(instant(2025, 5, 20))


async def over_rest(
    simulator: Simulator, instrument: Instrument, window: Interval = MARCH
) -> list[object]:
    """The rows of a window as REST has them; its requests are forgotten."""
    async with simulated(simulator) as exchanges:
        found = rows_of(await fetch(exchanges, instrument, window, M5))
    simulator.requests.clear()
    return found


def zipped(*lines: str, names: tuple[str, ...] = ("BTCUSDT-5m-2025-03.csv",)) -> bytes:
    """A zip whose files all hold these lines."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "".join(f"{line}\n" for line in lines))
    return file.getvalue()


def unzipped(file: bytes) -> list[str]:
    """The lines of a zip's only file."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        (name,) = archive.namelist()
        return archive.read(name).decode("ascii").splitlines()


def line(time: int, volume: str = "50") -> str:
    """A candle as the archive writes it; ``time`` in whatever unit."""
    return f"{time},1.10,1.30,1.00,1.20,{volume},{time + 299_999},60.5,7,1,2,0"


async def published(request: web.Request, file: bytes) -> web.Response:
    """``file`` and its checksum, whatever month is asked for."""
    if request.path.endswith(".CHECKSUM"):
        name = request.path.rpartition("/")[2].removesuffix(".CHECKSUM")
        return web.Response(text=f"{hashlib.sha256(file).hexdigest()}  {name}\n")
    return web.Response(body=file, content_type="application/zip")


@asynccontextmanager
async def with_archives(
    simulator: Simulator, archive_url: str | None = None
) -> AsyncIterator[Exchanges]:
    """Clients of a running simulator that use archives, by default the simulator's."""
    connections = {company: Connection(url) for company, url in simulator.company_urls.items()}
    async with open_exchanges(
        connections,
        retry=QUICK,
        rate_safety=1.0,
        archive_url=archive_url or simulator.archive_url,
    ) as exchanges:
        yield exchanges


async def fetched(
    exchanges: Exchanges, instrument: Instrument, window: Interval = MARCH
) -> list[CandlePage]:
    """Every page of a window of 5m candles, out of files where they are worth it."""
    client = exchanges[instrument.exchange]
    return [page async for page in pages(client, instrument, M5, window, grace_ms=2000)]


def asked(simulator: Simulator, endpoint: str) -> int:
    """Requests the simulator got for ``candles``, ``archives`` or ``archive_checksums``."""
    return len(simulator.requests.select(endpoint=endpoint))
