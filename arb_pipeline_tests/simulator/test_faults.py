"""Injected faults as a client sees them: every kind, on all four dialects, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, arrived, candle_query, times_of

COMPANIES = [
    Exchange.BINANCE_SPOT, Exchange.MEXC_SPOT, Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES,
    Exchange.BYBIT_SPOT,
]  # fmt: skip
START = NOW - NOW % MINUTE - 300 * MINUTE
END = START + 99 * MINUTE
TIMES = list(range(START, END + 1, MINUTE))


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@dataclass(frozen=True)
class Got:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


async def _get(http: aiohttp.ClientSession, simulator: Simulator, exchange: Exchange) -> Got:
    path, query = candle_query(exchange, START, END)
    url = f"{simulator.base_url}/{path}"
    async with http.get(url, params=query) as response:
        return Got(response.status, dict(response.headers), await response.read())


def _break(simulator: Simulator, exchange: Exchange, kind: FaultKind, **more: object) -> Fault:
    simulator.clock.freeze(NOW)
    return simulator.faults.add(Fault(kind, company=exchange.company, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("exchange", COMPANIES)
@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (FaultKind.HTTP_500, 500, b"<!DOCTYPE html>"),
        (FaultKind.HTTP_524, 524, b"<!DOCTYPE html>"),
        (FaultKind.HTML_200, 200, b"<!DOCTYPE html>"),
        (FaultKind.NULL_200, 200, b"null"),
        (FaultKind.EMPTY_BODY_200, 200, b""),
        (FaultKind.EMPTY_OBJECT_200, 200, b"{}"),
        (FaultKind.EMPTY_LIST_200, 200, b"[]"),
        (FaultKind.BAN_418, 418, b""),
        (FaultKind.FORBIDDEN_403, 403, b""),
        (FaultKind.RATE_429, 429, b"{"),
    ],
)
async def test_another_answer_is_sent_once_and_then_the_true_one(
    simulator: Simulator,
    http: aiohttp.ClientSession,
    exchange: Exchange,
    kind: FaultKind,
    status: int,
    body: bytes,
) -> None:
    fault = _break(simulator, exchange, kind, times=1, retry_after=7)
    got = await _get(http, simulator, exchange)
    assert got.status == status
    assert got.body.startswith(body)
    if body in (b"", b"null", b"{}", b"[]") and status == 200:
        assert got.body == body
    assert (got.headers.get("Retry-After") == "7") is (status in (418, 403, 429))
    again = await _get(http, simulator, exchange)
    assert again.status == 200
    assert sorted(times_of(json.loads(again.body))) == TIMES
    assert fault.hits == 1
    assert [record.fault for record in simulator.requests] == [kind, ""]


@pytest.mark.parametrize("exchange", COMPANIES)
async def test_truncated_json_with_200(
    simulator: Simulator, http: aiohttp.ClientSession, exchange: Exchange
) -> None:
    _break(simulator, exchange, FaultKind.TRUNCATED_JSON_200)
    got = await _get(http, simulator, exchange)
    assert got.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(got.body)


@pytest.mark.parametrize("exchange", COMPANIES)
@pytest.mark.parametrize(
    ("kind", "error", "requests"),
    [
        # Without an answer aiohttp asks a second time by itself, which a client can't see.
        (FaultKind.RESET_BEFORE_RESPONSE, aiohttp.ClientOSError, 2),
        (FaultKind.RESET, aiohttp.ClientPayloadError, 1),
        (FaultKind.SHORT_BODY, aiohttp.ClientPayloadError, 1),
    ],
)
async def test_broken_connections(
    simulator: Simulator,
    http: aiohttp.ClientSession,
    exchange: Exchange,
    kind: FaultKind,
    error: type[Exception],
    requests: int,
) -> None:
    fault = _break(simulator, exchange, kind, times=requests)
    with pytest.raises(error):
        await _get(http, simulator, exchange)
    assert fault.hits == requests
    assert (await _get(http, simulator, exchange)).status == 200


async def test_a_timeout_hangs_until_the_client_gives_up(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    _break(simulator, Exchange.BYBIT_SPOT, FaultKind.TIMEOUT)
    hanging = asyncio.ensure_future(_get(http, simulator, Exchange.BYBIT_SPOT))
    await arrived(simulator)
    _, pending = await asyncio.wait({hanging}, timeout=0.3)
    assert pending == {hanging}
    hanging.cancel()
    assert (await _get(http, simulator, Exchange.MEXC_SPOT)).status == 200
    assert [record.status for record in simulator.requests] == [0, 200]


@pytest.mark.parametrize("exchange", COMPANIES)
@pytest.mark.parametrize("variant", ["invalid_symbol", "server_error"])
async def test_error_payloads_of_the_company(
    simulator: Simulator, http: aiohttp.ClientSession, exchange: Exchange, variant: str
) -> None:
    _break(simulator, exchange, FaultKind.ERROR_JSON, variant=variant)
    got = await _get(http, simulator, exchange)
    body = json.loads(got.body)
    payloads: dict[Company, dict[str, tuple[int, object]]] = {
        Company.BINANCE: {"invalid_symbol": (400, -1121), "server_error": (500, -1000)},
        Company.MEXC: {"invalid_symbol": (400, -1121), "server_error": (500, 500)},
        Company.GATEIO: {
            "invalid_symbol": (400, "INVALID_CURRENCY_PAIR"),
            "server_error": (500, "SERVER_ERROR"),
        },
        Company.BYBIT: {"invalid_symbol": (200, 10001), "server_error": (200, 10016)},
    }
    code = body.get("code", body.get("label", body.get("retCode")))
    assert (got.status, code) == payloads[exchange.company][variant]
