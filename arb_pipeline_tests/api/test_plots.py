"""Pages of charts and the start page: what they say, and that nothing of them is elsewhere."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import served

DAY = "start=2026-01-01&end=2026-01-02"
CHARTS = ("prices", "spreads", "balances", "coverage", "funding")
DAGSTER = "http://127.0.0.1:3000"  # its own UI
PAGES = ("/", *(f"/plot/{name}?{DAY}" for name in CHARTS))


def figure(text: str) -> dict[str, Any]:
    """The figure a page carries."""
    found = re.search(r'<script type="application/json" id="figure">(.*?)</script>', text)
    assert found is not None, text
    made: dict[str, Any] = json.loads(found[1])
    return made


async def test_pages_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    for place in PAGES:
        answer = await client.get(place)
        assert answer.status_code == 200, answer.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "//" not in policy
        addresses = set(re.findall(r'https?://[^"<> ]+', answer.text))
        assert addresses == ({DAGSTER} if place == "/" else set())
        for source in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
            if source.startswith("/static/"):
                assert (await client.get(source)).status_code == 200
            else:
                assert source.startswith("/") or source in {"data:,", DAGSTER}
        # Scripts of the page itself would have to be allowed by name.
        assert not re.search(r"<script>|<style|\son[a-z]+=", answer.text)


async def test_plotly_comes_from_us_once(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/plot/prices?{DAY}")).text
    source = re.search(r'src="(/static/plotly.min.js\?v=[0-9a-f]{16})"', page)
    assert source is not None
    answer = await client.get(source[1])
    assert "plotly.js v" in answer.text[:100]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    plain = await client.get("/static/plotly.min.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text
    assert plain.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": plain.headers["etag"]}
    assert (await client.get("/static/plotly.min.js", headers=known)).status_code == 304
    for name in ("nothing.js", "../pages.py", "%2e%2e%2fpages.py"):
        assert (await client.get(f"/static/{name}")).status_code == 404


async def test_prices_of_all_or_of_one_exchange(client: httpx.AsyncClient) -> None:
    every = figure((await client.get(f"/plot/prices?{DAY}")).text)
    assert {(line["legendgroup"], line["name"]) for line in every["data"]} == {
        ("BTC/USDT", "BINANCE_SPOT"),
        ("BTC/USDT", "BYBIT_FUTURES"),
    }
    assert every["layout"]["yaxis"]["type"] == "log"
    one = figure((await client.get(f"/plot/prices?{DAY}&exchange=BINANCE_SPOT")).text)
    assert [line["name"] for line in one["data"]] == ["BINANCE_SPOT"]
    assert one["data"][0]["x"][0] == "2026-01-01T00:00:00"
    empty = "/plot/prices?exchange=&symbol=&days=&timeframe=&start=2026-01-01&end=2026-01-02"
    assert len(figure((await client.get(empty)).text)["data"]) == 2


async def test_however_long_the_window_a_line_has_few_points(pool: Pool, database_url: str) -> None:
    await pool.execute(
        """
        INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status,
            is_active, is_tracked)
        SELECT id, 'BTCUSDT', 'BTC', 'USDT', 'TRADING', true, true FROM exchanges
        WHERE enum_value = 'MEXC_SPOT';
        INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close, volume)
        SELECT s.id, '1m', '2026-01-01'::timestamptz + n * INTERVAL '1 minute', 1, 1e6, 1, n + 1, 1
        FROM symbols AS s CROSS JOIN generate_series(0, 9999) AS n (n);
        """
    )
    async with served(database_url) as client:
        answer = await client.get("/plot/prices?start=2026-01-01&end=2026-01-07T22:40")
        assert "Last close of every 5m, from stored 1m candles" in answer.text
        (line,) = figure(answer.text)["data"]
        assert len(line["x"]) == 2000
        short = await client.get("/plot/prices?start=2026-01-01&end=2026-01-02")
        assert "Last close of every 1m" in short.text
        assert len(figure(short.text)["data"][0]["x"]) == 1440


async def test_spreads_and_opportunities(client: httpx.AsyncClient, pool: Pool) -> None:
    answer = await client.get(f"/plot/spreads?{DAY}")
    (line,) = figure(answer.text)["data"]
    assert line["name"] == "BTC/USDT"
    assert line["hovertemplate"].count("→") == 2
    assert "None: no two books were far enough apart" in answer.text
    await pool.execute(
        """
        INSERT INTO arbitrage_opportunities (timestamp, opportunity_id, kind, symbol_id,
            buy_exchange_id, sell_symbol_id, sell_exchange_id, buy_price, sell_price, quantity,
            spread_bps, fee_bps, net_bps, net_profit, peak_net_bps, opened_at)
        SELECT now() - INTERVAL '1 minute', opportunity_id, kind, symbol_id, buy_exchange_id,
            sell_symbol_id, sell_exchange_id, buy_price, sell_price, quantity, spread_bps, fee_bps,
            net_bps, net_profit, peak_net_bps, now() - INTERVAL '9 minutes'
        FROM arbitrage_opportunities WHERE net_bps = 87
        """
    )
    answer = await client.get(f"/plot/spreads?{DAY}&symbol=BTC/USDT")
    assert len(figure(answer.text)["data"]) == 2  # there and back
    assert '<td class="number">87.00</td>' in answer.text
    assert '<td class="number">8 min</td>' in answer.text


async def test_balances_coverage_and_funding_show_what_is_stored(
    client: httpx.AsyncClient,
) -> None:
    held = figure((await client.get(f"/plot/balances?{DAY}&asset=BTC")).text)
    assert {area["name"] for area in held["data"]} == {"BTC", "BINANCE_SPOT", "BYBIT_SPOT"}
    known = figure((await client.get(f"/plot/coverage?{DAY}")).text)
    assert known["data"][0]["y"] == ["BYBIT_FUTURES BTC/USDT 1m", "BINANCE_SPOT BTC/USDT 1m"]
    assert known["data"][0]["customdata"][0][0].startswith("partly missing")
    rates = figure((await client.get(f"/plot/funding?{DAY}")).text)
    assert {line["name"] for line in rates["data"]} == {
        "BYBIT_FUTURES predicted",
        "BYBIT_FUTURES settled",
    }


async def test_where_there_is_nothing_a_page_says_what_to_do(database_url: str) -> None:
    async with served(database_url) as client:
        for name in CHARTS:
            answer = await client.get(f"/plot/{name}")
            assert answer.status_code == 200
            assert 'class="card empty"' in answer.text, name
            assert "arb-pipeline" in answer.text, name
        start = await client.get("/")
        assert "Nothing is tracked yet" in start.text
        assert "samples are late or missing" in start.text


async def test_what_cannot_be_drawn_is_refused_in_the_one_shape(client: httpx.AsyncClient) -> None:
    for question, status, code in (
        ("prices?symbol=NOPE/USDT", 404, "unknown_symbol"),
        ("funding?exchange=MEXC_SPOT&symbol=NOPE", 404, "unknown_symbol"),
        ("prices?exchange=KRAKEN", 422, "invalid"),
        ("prices?timeframe=7m", 422, "invalid"),
        ("coverage?days=0", 422, "invalid"),
        ("coverage?days=nan", 422, "invalid"),
        ("balances?start=2026-01-02&end=2026-01-01", 422, "invalid"),
        ("spreads?symbol=%00", 422, "invalid"),
    ):
        answer = await client.get(f"/plot/{question}")
        assert answer.status_code == status, question
        assert answer.json()["error"]["code"] == code, question


async def test_names_from_an_exchange_are_text_and_not_a_page(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    await pool.execute("UPDATE symbols SET symbol_base = '</script><b>' WHERE is_tracked")
    page = (await client.get(f"/plot/prices?{DAY}")).text
    assert "</script><b>" not in page
    assert figure(page)["data"][0]["legendgroup"] == "</script><b>/USDT"
    page = (await client.get("/plot/balances?asset=%22%3E%3Cb%3E")).text
    assert "<b>" not in page
