"""Symbols are registered and let go over HTTP, and say how far their backfill is."""

from __future__ import annotations

import asyncio

import httpx

from arb_pipeline.model import Exchange
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import served, stock

ETH = {"symbol": "ETH/USDT", "exchange": "BINANCE_SPOT"}


async def test_registering_tracks_and_says_how_far_the_backfill_is(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    answer = await client.post("/symbols", json=ETH)
    assert answer.status_code == 201, answer.text
    (row,) = answer.json()["data"]
    assert (row["exchange"], row["symbol"], row["tick_size"]) == (
        "BINANCE_SPOT", "ETH/USDT", "0.010",
    )  # fmt: skip
    begun = (row["is_tracked"], row["backfill_state"], row["backfill_percent"])
    assert begun == (True, "pending", None)
    assert await pool.fetchval(
        "SELECT is_tracked AND tracked_at > now() - INTERVAL '1 minute' FROM symbols WHERE id = $1",
        row["id"],
    )
    # As the sensor registers it, and as the backfill goes on.
    await pool.execute(
        "INSERT INTO registrations (symbol_id, data_set, timeframe, registered_at, history_from)"
        " SELECT id, 'candles', '1m', tracked_at, (now() AT TIME ZONE 'UTC')::date - 1 FROM symbols"
        " WHERE id = $1",
        row["id"],
    )
    found = (await client.get(f"/symbols/{row['id']}")).json()
    assert (found["backfill_state"], found["backfill_percent"]) == ("filling", 0)
    await pool.execute("UPDATE registrations SET completed_at = now()")
    found = (await client.get(f"/symbols/{row['id']}")).json()
    assert (found["backfill_state"], found["backfill_percent"]) == ("complete", 100)

    again = await client.post("/symbols", json=ETH)
    assert again.status_code == 400
    error = again.json()["error"]
    assert error["code"] == "already_registered"
    assert f"already tracked since {row['tracked_at'][:19]}Z" in error["message"]


async def test_without_an_exchange_it_is_registered_wherever_it_is_listed(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    await pool.execute("UPDATE symbols SET is_tracked = false WHERE exchange_symbol = 'BTCUSDT'")
    answer = await client.post("/symbols", json={"symbol": "btc/usdt"})
    assert answer.status_code == 201, answer.text
    found = answer.json()["data"]
    assert [row["exchange"] for row in found] == ["BINANCE_SPOT", "BYBIT_FUTURES"]
    assert all(row["is_tracked"] for row in found)
    await pool.execute("UPDATE symbols SET is_tracked = false WHERE id = $1", found[0]["id"])
    assert (await client.post("/symbols", json={"symbol": "BTC/USDT"})).status_code == 201
    assert (await client.post("/symbols", json={"symbol": "BTC/USDT"})).status_code == 400


async def test_what_cannot_be_registered(client: httpx.AsyncClient, pool: Pool) -> None:
    for body, status, words in [
        ({"symbol": "NO/PE", "exchange": "BINANCE_SPOT"}, 404, "BINANCE_SPOT lists no 'NO/PE'"),
        ({"symbol": "NO/PE"}, 404, "none of "),
        ({"symbol": "BTC/USDT", "exchange": "KRAKEN"}, 422, "exchange: "),
        ({"symbol": ""}, 422, "symbol: "),
        ({"symbol": "BTC USDT"}, 422, "symbol: "),
        ({"symbol": "BTC\0USDT"}, 422, "symbol: "),
        ({"symbol": 7}, 422, "symbol: "),
        ({}, 422, "symbol: Field required"),
        ({"symbol": "ETH/USDT", "exchanges": "BINANCE_SPOT"}, 422, "exchanges: "),
        (["ETH/USDT"], 422, ""),
    ]:
        answer = await client.post("/symbols", json=body)
        assert answer.status_code == status, (body, answer.text)
        assert words in answer.json()["error"]["message"]
    broken = await client.post(
        "/symbols", content=b'{"symbol": ', headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 422
    assert await pool.fetchval("SELECT count(*) FROM symbols WHERE is_tracked") == 2


async def test_letting_go_keeps_the_rows(client: httpx.AsyncClient, pool: Pool) -> None:
    tracked = (await client.get("/symbols?tracked=true")).json()["data"]
    assert [row["backfill_state"] for row in tracked] == ["pending", "pending"]
    gone = tracked[0]["id"]
    answer = await client.delete(f"/symbols/{gone}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await pool.fetchval("SELECT count(*) FROM candles WHERE symbol_id = $1", gone) == 10
    left = (await client.get("/symbols?tracked=true")).json()["data"]
    assert [row["id"] for row in left] == [tracked[1]["id"]]
    assert (await client.get(f"/symbols/{gone}")).json()["backfill_state"] is None
    for symbol_id in (gone, 999_999):
        again = await client.delete(f"/symbols/{symbol_id}")
        assert again.status_code == 404
        assert again.json()["error"]["code"] == "not_registered"
    assert (await client.get("/symbols/999999")).status_code == 404


async def test_lists_by_state(client: httpx.AsyncClient) -> None:
    async def names(query: str) -> set[str]:
        found = (await client.get(f"/symbols?{query}")).json()["data"]
        return {row["exchange_symbol"] for row in found}

    assert await names("active=false") == {"OLDUSDT"}
    assert "OLDUSDT" not in await names("active=true")
    assert await names("exchange=BYBIT_FUTURES") == {"BTCUSDT"}
    assert len(await names("")) == 4


async def test_of_two_at_once_one_registers(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/symbols", json=ETH) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400]


async def test_exchanges_that_are_not_collected_from_are_refused(
    database_url: str, pool: Pool
) -> None:
    await stock(pool)
    async with served(database_url, exchanges=[Exchange.MEXC_SPOT]) as client:
        answer = await client.post("/symbols", json=ETH)
        assert answer.status_code == 422
        assert "none of ARB_EXCHANGES, MEXC_SPOT" in answer.json()["error"]["message"]
