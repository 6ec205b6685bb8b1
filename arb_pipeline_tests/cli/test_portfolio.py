"""``arb-pipeline portfolio``: the newest valuation of each account, empty where it is unknown."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from arb_pipeline.cli import app as cli
from arb_pipeline.settings import settings
from arb_pipeline.storage.database import connect

_ITEM = (
    "INSERT INTO portfolio_items (timestamp, exchange_id, asset_name, reference_currency, quantity,"
    " value, realised_profit, note) VALUES "
)
ROWS = (
    "('2026-01-01', 1, 'BTC', 'USDT', 7, 8, 9, NULL),"
    "('2026-01-02', 1, 'BTC', 'USDT', 1.000000000000000001, 60000.00000000000006, -2.5, NULL),"
    "('2026-01-02', 1, 'XYZ', 'USDT', 5, NULL, NULL, 'no fresh price leads from XYZ to USDT'),"
    "('2026-01-02', 1, 'BTC', 'EUR', 1, 50000, 0, NULL),"
    "('2025-12-31', 2, 'USDT', 'USDT', 100, 100, 0, NULL)"
)


async def _fill(url: str) -> None:
    connection = await connect(url)
    try:
        await connection.execute(_ITEM + ROWS)
    finally:
        await connection.close()


def test_the_newest_valuation_of_each_account(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ARB_SIMULATOR", "false")
    monkeypatch.setattr("arb_pipeline.cli.portfolio.console.width", 200)
    settings.cache_clear()
    nothing = CliRunner().invoke(cli.app, ["portfolio"])
    asyncio.run(_fill(database_url))
    told = CliRunner().invoke(cli.app, ["portfolio"])
    exact = CliRunner().invoke(cli.app, ["portfolio", "--json"])
    settings.cache_clear()
    assert "nothing was valued yet" in nothing.output
    assert told.exit_code == 0, told.output
    assert "value: 60,100.00, of 1 assets unknown" in told.output
    assert "realised profit: -2.50, of 1 assets unknown" in told.output
    margin, *rows = json.loads(exact.output)
    assert (margin["exchange"], margin["asset_name"]) == ("BINANCE_FUTURES", "USDT")
    assert [row["asset_name"] for row in rows] == ["BTC", "XYZ"]
    assert rows[0]["quantity"] == "1.000000000000000001"
    assert rows[0]["value"] == "60000.00000000000006"
    assert rows[1]["value"] is None
    assert rows[1]["note"] == "no fresh price leads from XYZ to USDT"
