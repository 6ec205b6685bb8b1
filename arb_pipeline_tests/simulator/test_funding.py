"""Funding rates, mark and index prices."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import ask
from arb_pipeline_tests.simulator.snapshots import by_id

HOUR = 3_600_000
LATER = 1_780_000_000_123  # 2026-05-28, when everything is listed
FUTURES = "binance/fapi/v1"
PREMIUM = f"{FUTURES}/premiumIndex"
ONE = {"symbol": "BTCUSDT"}


def test_funding_by_the_interval_of_each_symbol(offline: Simulator) -> None:
    offline.clock.freeze(LATER)
    premium = by_id(ask(offline, PREMIUM).body)
    info = {row["symbol"]: row for row in ask(offline, f"{FUTURES}/fundingInfo").body}
    gate = {row["name"]: row for row in ask(offline, "gate/api/v4/futures/usdt/contracts").body}
    bybit = by_id(ask(offline, "bybit/v5/market/tickers", category="linear").body)
    assert "BTCUSDT" not in info
    for base, hours in (("BTC", 8), ("W", 4), ("4", 1)):
        row = premium[f"{base}USDT"]
        assert row["nextFundingTime"] == (LATER // (hours * HOUR) + 1) * hours * HOUR
        assert (row["time"], len(row["lastFundingRate"].partition(".")[2])) == (LATER, 8)
        assert info.get(f"{base}USDT", {"fundingIntervalHours": 8})["fundingIntervalHours"] == hours
        contract = gate[f"{base}_USDT"]
        assert contract["funding_interval"] == hours * 3600
        assert contract["funding_next_apply"] * 1000 == row["nextFundingTime"]
        linear = bybit[f"{base}USDT"]
        assert (linear["fundingIntervalHour"], linear["nextFundingTime"]) == (
            str(hours), str(row["nextFundingTime"]),
        )  # fmt: skip
        rates = [
            Decimal(rate)
            for rate in (
                row["lastFundingRate"], contract["funding_rate"], linear["fundingRate"],
            )
        ]  # fmt: skip
        assert len(set(rates)) > 1
        assert all(abs(rate) <= Decimal("0.0004") for rate in rates)
        for mark, index in (
            (row["markPrice"], row["indexPrice"]),
            (contract["mark_price"], contract["index_price"]),
            (linear["markPrice"], linear["indexPrice"]),
        ):
            assert abs(Decimal(mark) / Decimal(index) - 1) < Decimal("0.0015")
    offline.clock.freeze(premium["BTCUSDT"]["nextFundingTime"])
    later = ask(offline, PREMIUM, **ONE).body
    assert later["nextFundingTime"] == premium["BTCUSDT"]["nextFundingTime"] + 8 * HOUR


def test_a_dated_contract_pays_no_funding(offline: Simulator) -> None:
    offline.clock.freeze(LATER)
    row = ask(offline, PREMIUM, symbol="BTCUSDT_261225").body
    assert (row["lastFundingRate"], row["nextFundingTime"]) == ("", 0)
    linear = by_id(ask(offline, "bybit/v5/market/tickers").body)["BTCUSDT-25DEC26"]
    assert (linear["fundingRate"], linear["nextFundingTime"]) == ("", "0")
