"""Answers no exchange sends and something on the way may: each is an error of ours, soon."""

from __future__ import annotations

import asyncio
import gzip
import resource
import zlib

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.errors import BadResponse, ExchangeError, Unreachable
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Exchange
from arb_pipeline_tests.exchanges.scripted import Handler, Scripted, exchanges_at

GZIP = gzip.compress(b"[[1, 2, 3]]")
GZIPPED = {"Content-Encoding": "gzip"}


def sends(body: bytes, headers: dict[str, str] | None = None) -> Handler:
    """Exactly these bytes, whatever the headers promise."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(body)
        await response.write_eof()
        return response

    return answer


def says(text: bytes) -> Handler:
    """Bytes in place of a whole HTTP answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(text)
        request.transport.close()
        return web.Response()

    return answer


async def klines(exchanges: Exchanges) -> object:
    return await exchanges[Exchange.BINANCE_SPOT].call(
        "public_get_klines", {}, weight=1, expect=rows_at(), subject="x"
    )


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (sends(b"[" * 200_000), BadResponse),
        (sends(b"[" * 50_000 + b"]" * 50_000), BadResponse),
        (sends(b"[" + b"9" * 6000 + b"]"), BadResponse),
        (sends(b"[] and more"), BadResponse),
        (sends("[]".encode("utf-16")), BadResponse),
        (sends(GZIP[:-12], GZIPPED), BadResponse),
        (sends(GZIP + GZIP, GZIPPED), BadResponse),
        (sends(b"no gzip", GZIPPED), Unreachable),
        (sends(b"no brotli", {"Content-Encoding": "br"}), Unreachable),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n[]"), BadResponse),
        (says(b"HTTP/9 what\r\n\r\n"), Unreachable),
    ],
    ids=range(11),
)
async def test_what_is_no_answer_is_transient(
    exchanges: Exchanges, script: Scripted, answer: Handler, kind: type[ExchangeError]
) -> None:
    script.say(answer)
    with pytest.raises(ExchangeError) as caught:
        await klines(exchanges)
    assert type(caught.value) in {kind, Unreachable}
    assert caught.value.attempts == 3


@pytest.mark.parametrize("count", ["9" * 5000, "9" * 20, "-1", "1.5", "six", ""])
async def test_a_count_that_is_none_counts_nothing(
    exchanges: Exchanges, script: Scripted, count: str
) -> None:
    script.say(sends(b"[]", {"x-mbx-used-weight-1m": count}))
    assert await klines(exchanges) == []
    assert await klines(exchanges) == []


def bomb(megabytes: int) -> bytes:
    """Blanks, packed to a thousandth."""
    packer = zlib.compressobj(level=1, wbits=31)
    return b"".join([*(packer.compress(bytes(2**20)) for _ in range(megabytes)), packer.flush()])


async def test_an_answer_is_not_read_beyond_what_any_exchange_sends(
    script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.say(sends(bomb(200), GZIPPED))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    monkeypatch.setattr("arb_pipeline.exchanges.session._LARGEST_BODY", 2**20)
    async with exchanges_at(script.url) as exchanges:
        with pytest.raises(Unreachable, match="longer than 1 MiB"):
            await klines(exchanges)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


async def test_a_drip_is_not_waited_for(script: Scripted) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    script.say(drip)
    async with exchanges_at(script.url, timeout_seconds=0.2) as exchanges:
        with pytest.raises(Unreachable, match="no answer in time"):
            await klines(exchanges)
