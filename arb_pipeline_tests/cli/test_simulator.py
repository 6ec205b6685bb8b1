"""``arb-pipeline simulator`` as a process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import typer

from arb_pipeline.cli.simulator import accounts, parse_replay, replay_into
from arb_pipeline.model import Company
from arb_pipeline.settings import load_settings
from arb_pipeline.simulator import Simulator

RECORDING = """open_time_ms,open,high,low,close,volume
1570752000000,0.00141342,0.00141557,0.00141266,0.00141418,1482
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_a_recording_until_it_is_told_to_stop(
    tmp_path: Path, stop: signal.Signals
) -> None:
    file = tmp_path / "exchange_xrp-eth_candles-1m.csv"
    file.write_text(RECORDING)
    command = [sys.executable, "-c", "from arb_pipeline.cli import main; main()", "simulator"]
    with subprocess.Popen(
        [*command, "--port", "0", "--replay", str(file)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
        base_url = lines[1].removeprefix("simulated exchanges: ")
        query = "symbol=XRPETH&interval=1m&startTime=1570752000000"
        with urllib.request.urlopen(f"{base_url}/binance/api/v3/klines?{query}") as response:
            [row] = json.load(response)
        process.send_signal(stop)
        assert process.wait(timeout=10) == 0
    assert lines[0].startswith("XRP/ETH: 1 candles")
    assert row[1:6] == ["0.00141342", "0.00141557", "0.00141266", "0.00141418", "1482"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b_xrp-eth_candles-1m.csv.gz", (Path("b_xrp-eth_candles-1m.csv.gz"), "XRP", "ETH", "1m")),
        ("a/x.csv=BTC/USDT", (Path("a/x.csv"), "BTC", "USDT", "1m")),
        ("a/x.csv=ETH/BTC@5m", (Path("a/x.csv"), "ETH", "BTC", "5m")),
        ("b_xrp-eth_trades.csv.gz", (Path("b_xrp-eth_trades.csv.gz"), "XRP", "ETH", "trades")),
        (
            "b_xrp-usdt_funding-8h.csv",
            (Path("b_xrp-usdt_funding-8h.csv"), "XRP", "USDT", "funding"),
        ),
        ("a/x.csv=ETH/BTC@trades", (Path("a/x.csv"), "ETH", "BTC", "trades")),
    ],
)
def test_what_a_replay_says(text: str, expected: tuple[Path, str, str, str]) -> None:
    assert parse_replay(text) == expected


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "x_xrp-eth_trades.csv",
            "trade_id,time_ms,taker_side,price,quantity\n7,1570752000000,buy,0.0014,3\n",
            "XRP/ETH: 1 trades of x_xrp-eth_trades.csv",
        ),
        (
            "x_xrp-usdt_funding-8h.csv",
            "funding_time_ms,funding_rate\n1637193600017,0.0001\n",
            "XRP/USDT: 1 funding of x_xrp-usdt_funding-8h.csv",
        ),
        ("x_xrp-eth_candles-1m.csv", RECORDING, "XRP/ETH: 1 candles of x_xrp-eth_candles-1m.csv"),
    ],
)
def test_candles_trades_and_funding_can_be_replayed(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert replay_into(Simulator(), str(file)) == said
    file.write_text("nothing of the kind\n")
    with pytest.raises(typer.BadParameter, match=name):
        replay_into(Simulator(), str(file))


def test_a_file_that_tells_no_market_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="XRP/ETH"):
        parse_replay("candles.csv")


def test_configured_credentials_open_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARB_SIMULATOR", "false")  # else there are simulated ones
    for company in Company:
        for name in ("KEY", "SECRET"):
            monkeypatch.delenv(f"{company}_API_{name}", raising=False)
    assert accounts(load_settings()) == {}
    monkeypatch.setenv("MEXC_API_KEY", "a-key")
    assert accounts(load_settings()) == {}
    monkeypatch.setenv("MEXC_API_SECRET", "a-secret")
    assert accounts(load_settings()) == {Company.MEXC: ("a-key", "a-secret")}
