"""The charts in a real browser: drawn, in UTC, and without asking any other host.

Pictures of every page are kept in ``ARB_SCREENSHOTS``, or in the test's own directory.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import expect

from arb_pipeline.api.app import create_app
from arb_pipeline.ports import any_free_port
from arb_pipeline.settings import load_settings
from arb_pipeline.storage.database import open_pool
from arb_pipeline_tests.api.serving import stock
from arb_pipeline_tests.integration.walk import CHROMIUM, browser

DAY = "start=2026-01-01&end=2026-01-02"
# What has to be among the letters of each chart.
CHARTS = {
    "prices": ("Close price (USDT, log scale)", "BYBIT_FUTURES", "00:04"),
    "spreads": ("Best bid over best ask elsewhere (basis points)", "00:04"),
    "balances": ("units", "BINANCE_SPOT", "Time (UTC)"),
    "coverage": ("Candles", "BINANCE_SPOT BTC/USDT 1m", "partly missing"),
    "funding": ("% per interval", "BYBIT_FUTURES settled", "Time (UTC)"),
}


@pytest.fixture
def address(database_url: str) -> Iterator[str]:
    """The API with its charts on a free port, over rows for every question."""

    async def fill() -> None:
        async with await open_pool(database_url, size=1) as pool:
            await stock(pool)

    asyncio.run(fill())
    port = any_free_port("127.0.0.1")
    app = create_app(load_settings(), database_url, database_url)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None,
    reason="needs chromium: apt-get install chromium, then pytest -m browser",
)
def test_every_chart_is_drawn_and_nothing_leaves(address: str, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("ARB_SCREENSHOTS", tmp_path))
    with browser(address, pictures) as walk:
        asked: list[str] = []
        walk.page.on("request", lambda request: asked.append(request.url))
        walk.page.goto(address)
        walk.see("2 symbols are tracked", "Dagster", "BYBIT_FUTURES")
        walk.picture("start")
        for name, words in CHARTS.items():
            walk.page.goto(f"{address}/plot/{name}?{DAY}")
            chart = walk.page.locator("#chart[data-drawn=true]")
            expect(chart.locator("svg.main-svg").first).to_be_visible()
            drawn = chart.locator("svg.main-svg").all_text_contents()
            assert not [word for word in words if word not in "".join(drawn)], (name, drawn)
            marks = ".hm image" if name == "coverage" else ".scatterlayer path"
            assert chart.locator(marks).count() > 0, name
            walk.picture(name)
        # Read from New York, the chart shows the same times.
        away = walk.page.context.browser
        assert away is not None
        page = away.new_page(timezone_id="America/New_York", color_scheme="dark")
        page.goto(f"{address}/plot/prices?{DAY}")
        text = page.locator("#chart[data-drawn=true] svg.main-svg").all_text_contents()
        assert "00:04" in "".join(text)
        page.screenshot(path=pictures / "night.png")
        page.close()
        assert walk.errors == []
    outside = [url for url in asked if not url.startswith((f"{address}/", "data:", "blob:"))]
    assert asked
    assert outside == []
