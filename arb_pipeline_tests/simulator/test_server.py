"""Serving, the control interface, the journal."""

from __future__ import annotations

import asyncio
import threading
import time

import aiohttp
import pytest

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Fault, FaultKind, Rule, Simulator
from arb_pipeline_tests.simulator.asking import NOW, arrived, ask, candle_query


async def test_it_serves_under_a_prefix_for_each_company(simulator: Simulator) -> None:
    assert set(simulator.company_urls) == set(Company)
    before = simulator.clock.now()
    async with aiohttp.ClientSession() as http:
        url = simulator.company_urls[Company.GATEIO] + "/api/v4/spot/time"
        async with http.get(url) as response:
            assert response.status == 200
            assert response.content_type == "application/json"
            body = await response.json()
    assert before <= body["server_time"] <= simulator.clock.now()


async def test_an_unknown_company_is_not_found(simulator: Simulator) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{simulator.base_url}/kraken/x") as got:
        assert got.status == 404


async def test_latency_holds_answers_back_side_by_side(simulator: Simulator) -> None:
    simulator.latency_ms = 500
    url = f"{simulator.base_url}/mexc/api/v3/time"
    async with aiohttp.ClientSession() as http:
        begun = time.monotonic()
        await asyncio.gather(*(_status(http, url) for _ in range(20)))
        elapsed = time.monotonic() - begun
    assert 0.5 <= elapsed < 5  # one after the other they would take ten seconds


async def _status(http: aiohttp.ClientSession, url: str) -> int:
    async with http.get(url) as response:
        await response.read()
        return response.status


def test_it_stops_completely_and_can_serve_again() -> None:
    simulator = Simulator()
    # Those of other tests may end meanwhile.
    before = set(threading.enumerate())
    for _ in range(2):
        with simulator.serve() as base_url:
            assert base_url.startswith("http://127.0.0.1:")
            assert len(set(threading.enumerate()) - before) == 1
        assert set(threading.enumerate()) <= before


def test_a_taken_port_is_an_error_and_nothing_is_left_running(simulator: Simulator) -> None:
    port = int(simulator.base_url.rpartition(":")[2])
    before = set(threading.enumerate())
    with pytest.raises(OSError, match="address"), Simulator().serve(port):
        pass
    assert set(threading.enumerate()) <= before


def test_serving_twice_at_once_is_refused(simulator: Simulator) -> None:
    with pytest.raises(RuntimeError, match="already"), simulator.serve():
        pass


async def test_stopping_cuts_requests_left_hanging() -> None:
    simulator = Simulator()
    simulator.faults.add(Fault(FaultKind.TIMEOUT))
    async with aiohttp.ClientSession() as http:
        with simulator.serve() as base_url:
            pending = asyncio.ensure_future(_status(http, f"{base_url}/mexc/api/v3/time"))
            await arrived(simulator)
            assert not pending.done()
        begun = time.monotonic()
        (result,) = await asyncio.gather(pending, return_exceptions=True)
        assert time.monotonic() - begun < 30  # a client waits for minutes
    assert isinstance(result, aiohttp.ClientError) or result == 503


async def test_the_control_interface(simulator: Simulator) -> None:
    control = f"{simulator.base_url}/_simulator"
    async with aiohttp.ClientSession() as http:

        async def call(method: str, name: str, body: object = None) -> tuple[int, object]:
            async with http.request(method, f"{control}/{name}", json=body) as response:
                return response.status, await response.json()

        assert await call("GET", "health") == (200, {"status": "ok"})
        assert await call("POST", "clock", {"freeze": NOW}) == (200, {"now": NOW, "frozen": True})
        await call("POST", "clock", {"advance": 1000})
        assert simulator.clock.now() == NOW + 1000
        assert (await call("POST", "clock", {"jump": 1}))[0] == 400
        assert (await call("POST", "clock", {"resume": True}))[0] == 200
        assert not simulator.clock.frozen

        fault = {
            "kind": "http_500", "company": "MEXC", "interval": [0, NOW], "endpoint": "candles",
            "times": 3,
        }  # fmt: skip
        status, faults = await call("POST", "faults", fault)
        assert status == 200
        assert isinstance(faults, list)
        assert fault.items() <= faults[0].items()
        assert simulator.faults.all()[0].kind is FaultKind.HTTP_500
        assert (await call("POST", "faults", {"kind": "nope"}))[0] == 400
        assert (await call("POST", "faults", {"kind": "reset", "colour": "red"}))[0] == 400
        assert await call("DELETE", "faults") == (200, [])

        await call("POST", "state", {"latency_ms": 3})
        assert simulator.latency_ms == 3
        await _status(http, f"{simulator.base_url}/mexc/api/v3/time")
        _, state = await call("GET", "state")
        assert isinstance(state, dict)
        assert state["latency_ms"] == 3
        _, requests = await call("GET", "requests")
        assert requests == {
            "MEXC": {"requests": 1, "weight": 1, "endpoint time": 1, "status 200": 1}
        }
        assert await call("DELETE", "requests") == (200, {})


def test_the_journal_knows_what_was_asked(offline: Simulator) -> None:
    for exchange in (Exchange.GATEIO_FUTURES, Exchange.BYBIT_SPOT):
        path, query = candle_query(exchange, NOW - 600_000, NOW - 60_000)
        ask(offline, path, **query)
    ask(offline, "bybit/v5/market/time")
    [record] = offline.requests.select(exchange=Exchange.GATEIO_FUTURES)
    assert record.company is Company.GATEIO
    assert (record.endpoint, record.exchange_symbol, record.timeframe) == (
        "candles", "BTC_USDT", "1m",
    )  # fmt: skip
    assert (record.start, record.end) == (NOW - 600_000, NOW - 60_000)
    assert (record.status, record.weight, record.fault) == (200, 1, "")
    assert [r.endpoint for r in offline.requests.select(company=Company.BYBIT)] == [
        "candles",
        "time",
    ]
    assert len(offline.requests) == 3
    assert offline.requests.said(Company.BYBIT, 200) == 2
    offline.requests.clear()
    assert len(offline.requests) == 0


async def test_limits_hold_over_http_and_are_counted(simulator: Simulator) -> None:
    simulator.limits.configure("bybit", Rule(3, 3600))
    url = f"{simulator.base_url}/bybit/v5/market/time"
    async with aiohttp.ClientSession() as http:
        statuses = [await _status(http, url) for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert simulator.requests.said(Company.BYBIT, 429) == 2


def test_the_cache_of_rendered_rows_is_bounded() -> None:
    simulator = Simulator(cache_bytes=400_000)
    simulator.clock.freeze(NOW)
    for day in range(1, 8):
        path, query = candle_query(
            Exchange.BINANCE_SPOT, NOW - day * 86_400_000, NOW - day * 86_400_000 + 60_000
        )
        assert ask(simulator, path, **query).status == 200
        assert simulator.candles.cached_bytes <= 400_000
