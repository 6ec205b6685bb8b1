"""Pages, one after the other, are the whole: whatever is stored while they are read."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import httpx
import orjson

from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import LISTS

MORE_BOOKS = """
INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, ask_qty)
SELECT '2026-01-01'::timestamptz + $1 * INTERVAL '1 second', id, 1, 1, 2, 2
FROM symbols WHERE is_tracked
"""


async def pages(client: httpx.AsyncClient, address: str, limit: int) -> list[list[Any]]:
    """Every page, by the cursor of the one before."""
    separator = "&" if "?" in address else "?"
    found: list[list[Any]] = []
    cursor = ""
    while True:
        answer = await client.get(f"{address}{separator}limit={limit}{cursor}")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.append(body["data"])
        if body["next"] is None:
            assert "link" not in answer.headers
            return found
        cursor = f"&cursor={body['next']}"


async def test_pages_add_up_to_the_whole(client: httpx.AsyncClient) -> None:
    for address in LISTS:
        (whole,) = await pages(client, address, 1000)
        for limit in (1, 2, len(whole)):
            found = await pages(client, address, limit)
            if "/candles" in address:  # without a start: the newest ``limit`` of them
                assert found == [whole[-limit:]]
                continue
            assert [row for page in found for row in page] == whole, (address, limit)
            assert {len(page) for page in found[:-1]} <= {limit}


async def test_candles_are_paged_within_a_window(client: httpx.AsyncClient) -> None:
    address = "/candles?exchange=BINANCE_SPOT&symbol=BTC/USDT&start=2026-01-01"
    found = await pages(client, address, 4)
    assert [len(page) for page in found] == [4, 4, 2]
    assert len({row["timestamp"] for page in found for row in page}) == 10


async def test_what_is_stored_meanwhile_moves_nothing(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    address = "/book-tickers?start=2026-01-01&end=2026-01-02"
    (before,) = await pages(client, address, 1000)
    seen: list[dict[str, Any]] = []
    cursor: str | None = ""
    second = 0
    while cursor is not None:
        body = (await client.get(f"{address}&limit=2{cursor}")).json()
        seen += body["data"]
        cursor = f"&cursor={body['next']}" if body["next"] else None
        if second < 300:  # behind the reader, and before him
            await pool.execute(MORE_BOOKS, second := second + 37)
    keys = [(datetime.fromisoformat(row["timestamp"]), row["symbol_id"]) for row in seen]
    assert keys == sorted(set(keys))
    assert [row for row in seen if row in before] == before
    assert len(seen) > len(before)


async def test_the_link_leads_on_and_keeps_the_question(client: httpx.AsyncClient) -> None:
    answer = await client.get("/balances", params={"limit": 1, "exchange": "BINANCE_SPOT"})
    link = answer.links["next"]["url"]
    assert link.startswith("/balances?")
    following = await client.get(link)
    assert [row["asset_name"] for row in following.json()["data"]] == ["USDT"]
    csv = await client.get("/balances?limit=1", headers={"Accept": "text/csv"})
    assert "cursor=" in csv.links["next"]["url"]


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


async def test_cursors_of_others_are_refused(client: httpx.AsyncClient) -> None:
    history = "/balances/history?start=2026-01-01&end=2026-01-02&limit=1"
    cursor = (await client.get(history)).json()["next"]
    question = orjson.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    moved = await client.get(f"{history.replace('limit=1', 'limit=3')}&cursor={cursor}")
    assert moved.status_code == 200
    for address, wrong in [
        (f"{history}&asset=BTC", cursor),
        ("/balances", cursor),
        (history, "nonsense"),
        (history, "ü"),
        (history, forged(question)),
        (history, forged(question, "2026-01-01T00:00:00Z", "BTC", "\0")),
        (history, forged(question, "0001-01-01T00:00:00+14:00", "A", "B")),
        (history, forged(question, 1, "A", "B")),
        ("/symbols", forged(0, 2**40)),
        (history, base64.urlsafe_b64encode(b"{}").decode()),
    ]:
        answer = await client.get(address, params={**httpx.URL(address).params, "cursor": wrong})
        assert answer.status_code == 422, (address, wrong, answer.text)
        assert answer.json()["error"]["message"].startswith("cursor: ")


async def test_pages_of_the_newest_beat_are_of_one_beat(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    copied = (
        "INSERT INTO arbitrage_opportunities (timestamp, opportunity_id, kind, symbol_id,"
        " buy_exchange_id, sell_symbol_id, sell_exchange_id, buy_price, sell_price, quantity,"
        " spread_bps, fee_bps, net_bps, net_profit, peak_net_bps, opened_at) SELECT"
    )
    # The same the other way round, in the newest beat.
    await pool.execute(
        f"{copied} timestamp, gen_random_uuid(), kind, sell_symbol_id, sell_exchange_id, symbol_id,"
        " buy_exchange_id, buy_price, sell_price, quantity, spread_bps, fee_bps, net_bps,"
        " net_profit, peak_net_bps, opened_at FROM arbitrage_opportunities"
        " WHERE timestamp = '2026-01-01T00:02Z'"
    )
    whole = (await client.get("/arbitrage/opportunities")).json()["data"]
    first = (await client.get("/arbitrage/opportunities?limit=1")).json()
    assert (len(whole), first["data"]) == (2, whole[:1])
    # The next beat finds both of them again.
    await pool.execute(
        f"{copied} timestamp + INTERVAL '1 minute', opportunity_id, kind, symbol_id,"
        " buy_exchange_id, sell_symbol_id, sell_exchange_id, buy_price, sell_price, quantity,"
        " spread_bps, fee_bps, net_bps, net_profit, peak_net_bps, opened_at"
        " FROM arbitrage_opportunities WHERE timestamp = '2026-01-01T00:02Z'"
    )
    await pool.execute(
        "INSERT INTO arbitrage_beats"
        " SELECT '2026-01-01T00:03:00Z', 1, 9, 1, 1, 1, 1, 9, 1, 1, 1, 1, 2, 8"
    )
    rest = await client.get(f"/arbitrage/opportunities?limit=5&cursor={first['next']}")
    assert (rest.json()["data"], rest.json()["next"]) == (whole[1:], None)
