"""The whole story on real parts: from registering a symbol to seeing its opportunity in a chart.

``arb-pipeline up`` runs as a user runs it, with daemon, schedules and sensors; nothing is started
by hand. Pictures are kept in ``ARB_SCREENSHOTS``, or in the test's own directory.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from playwright.sync_api import expect

from arb_pipeline_tests.fixtures.machine import Machine
from arb_pipeline_tests.integration.walk import CHROMIUM, browser

T = TypeVar("T")
BUY, SELL = "BINANCE_SPOT", "BYBIT_SPOT"
BPS = 150
# Two beats and the backfill of a day take two minutes on an idle machine.
PATIENCE_SECONDS = 300


def wait_for(what: str, look: Callable[[], T | None]) -> T:
    """What ``look`` finds, once it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(1)
    return found


class Desk:
    """What a person at the desk asks, over HTTP."""

    def __init__(self, machine: Machine) -> None:
        environment = machine.environment
        address = f"http://127.0.0.1:{environment['ARB_API_PORT']}"
        # Right after the start everything else begins, too: five seconds may be too few.
        self.api = httpx.Client(base_url=address, timeout=60)
        self.simulator = f"http://127.0.0.1:{environment['ARB_SIMULATOR_PORT']}/_simulator"
        self.dagster = f"http://127.0.0.1:{environment['ARB_WEBSERVER_PORT']}"

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.api.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def register(self, exchange: str) -> dict[str, Any]:
        """Once the listings of a fresh set-up are there."""

        def tried() -> dict[str, Any] | None:
            body = {"exchange": exchange, "symbol": "SOL/USDT"}
            answer = self.api.post("/symbols", json=body)
            if answer.status_code == 404:
                return None
            assert answer.status_code == 201, answer.text
            (row,) = answer.json()["data"]
            return dict(row)

        return wait_for("listings", tried)

    def filled(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The symbol, once its history is complete."""
        found: dict[str, Any] = self.api.get(f"/symbols/{row['id']}").json()
        return found if found["backfill_state"] == "complete" else None

    def opportunity(self) -> dict[str, Any] | None:
        found = self.rows("/arbitrage/opportunities", min_net_bps=BPS / 2)
        return next((one for one in found if one["buy_symbol"] == "SOL/USDT"), None)

    def books(self, minute: str) -> dict[str, dict[str, Any]]:
        """The books of the beat of a minute, by exchange."""
        window = {"start": f"{minute}:00Z", "end": f"{minute}:59Z"}
        return {
            one["exchange"]: one for one in self.rows("/book-tickers", symbol="SOL/USDT", **window)
        }


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None,
    reason="needs chromium: apt-get install chromium, then pytest -m browser",
)
def test_a_symbol_registered_over_http_ends_as_an_opportunity_in_a_chart(
    machine: Machine, tmp_path: Path
) -> None:
    machine.environment |= {
        "ARB_EXCHANGES": f"{BUY},{SELL}",  # the story is the same with all of them, and longer
        "ARB_TRACK_SYMBOLS": "BTC/USDT",
    }
    process = machine.up()
    machine.wait_until_up()
    desk = Desk(machine)

    symbols = [desk.register(exchange) for exchange in (BUY, SELL)]
    again = desk.api.post("/symbols", json={"exchange": BUY, "symbol": "SOL/USDT"})
    assert again.status_code == 400, again.text
    spread = {"exchange": SELL, "exchange_symbol": "SOLUSDT", "bps": BPS, "seconds": 900}
    assert httpx.post(f"{desk.simulator}/spreads", json=spread).status_code == 200

    for symbol in symbols:
        found = wait_for("the backfill", lambda symbol=symbol: desk.filled(symbol))  # type: ignore[misc]
        assert found["backfill_percent"] == 100
        candles = desk.rows("/candles", symbol=symbol["id"], timeframe="1m", limit=10_000)
        assert len(candles) >= 1440  # yesterday's; shortly after midnight there are no others

    best = wait_for("an opportunity", desk.opportunity)
    assert (best["buy_exchange"], best["sell_exchange"]) == (BUY, SELL)
    buy, sell, quantity = (Decimal(best[key]) for key in ("buy_price", "sell_price", "quantity"))
    assert Decimal(best["spread_bps"]) == pytest.approx((sell / buy - 1) * 10_000)
    books = desk.books(best["timestamp"][:16])
    assert buy == Decimal(books[BUY]["ask_price"])
    assert sell == Decimal(books[SELL]["bid_price"])
    assert quantity == min(Decimal(books[BUY]["ask_qty"]), Decimal(books[SELL]["bid_qty"]))

    with browser(str(desk.api.base_url), Path(os.environ.get("ARB_SCREENSHOTS", tmp_path))) as walk:
        walk.page.goto(f"{desk.api.base_url}/plot/spreads?symbol=SOL/USDT")
        expect(walk.page.locator(".js-plotly-plot .scatterlayer .trace").first).to_be_attached()
        row = walk.page.get_by_role("row").filter(has_text=re.compile(f"{BUY}.*{SELL}"))
        row.first.scroll_into_view_if_needed()
        expect(row.first).to_be_visible()
        walk.picture("spreads")
        walk.page.goto(f"{desk.dagster}/assets/arbitrage_opportunities")
        walk.see("What can be bought on the partition's exchange")
        walk.picture("opportunities-in-dagster")
        assert walk.errors == []
    health = desk.api.get("/health")
    assert health.status_code == 200, health.text

    desk.api.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0, machine.output
