"""The control interface: markets and accounts changed from outside."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import aiohttp

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import NOW


async def test_spreads_and_balances_are_controlled_over_http(simulator: Simulator) -> None:
    simulator.clock.freeze(NOW)
    async with aiohttp.ClientSession() as http:

        async def call(method: str, name: str, body: object = None) -> tuple[int, Any]:
            url = f"{simulator.base_url}/_simulator/{name}"
            async with http.request(method, url, json=body) as response:
                return response.status, await response.json()

        symbol: dict[str, object] = {"exchange": "BYBIT_SPOT", "exchange_symbol": "BTCUSDT"}
        told = [symbol | {"bps": "80.5", "from": NOW, "until": NOW + 2_500}]
        assert await call("POST", "spreads", symbol | {"bps": 80.5, "seconds": 2.5}) == (200, told)
        instrument = simulator.listings.get(Exchange.BYBIT_SPOT, "BTCUSDT")
        assert simulator.spreads.bps(instrument, NOW + 2_499) == Decimal("80.5")
        assert simulator.spreads.bps(instrument, NOW + 2_500) == 0
        assert await call("DELETE", "spreads") == (200, [])
        wrong: Mapping[str, object]
        for wrong in ({**symbol, "bps": "x", "seconds": 1}, {"bps": 1}, {**symbol, "bps": 1e9}):
            assert (await call("POST", "spreads", wrong))[0] == 400

        amount = {"asset": "BTC", "available": "0.123456789012345678"}
        status, wallets = await call("POST", "balances", {"exchange": "BYBIT", **amount})
        assert status == 200
        assert wallets["BYBIT_SPOT"]["BTC"] == {
            "available": "0.123456789012345678", "locked": "0", "borrowed": "0", "interest": "0",
        }  # fmt: skip
        assert (await call("GET", "balances"))[1] == wallets
        for wrong in ({"exchange": "BYBIT"}, {"exchange": "GATEIO", **amount}, amount):
            assert (await call("POST", "balances", wrong))[0] == 400
