"""freqtrade's ``download-data`` against the simulator, in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import platformdirs

from arb_pipeline_tests.benchmarks.peers import SYMBOLS, ccxt_urls

VERSION = "2026.9"


def installed() -> Path:
    """The program, installed first where it is not there yet.

    Raises:
        subprocess.CalledProcessError: the index does not have it.
    """
    home = platformdirs.user_cache_path("arb-pipeline") / f"freqtrade-{VERSION}"
    program = home / "bin" / "freqtrade"
    if not program.exists():
        subprocess.run(["uv", "venv", "--quiet", "--python", "3.11", str(home)], check=True)
        python = str(home / "bin" / "python")
        packages = ["uv", "pip", "install", "--quiet", "--python", python]
        subprocess.run([*packages, f"freqtrade=={VERSION}"], check=True)
    return program


def command(
    program: Path, home: Path, base: str, timerange: str, *, rolling_window: bool
) -> list[str]:
    """What downloads the candles into an empty directory.

    Args:
        program: :func:`installed`.
        home: an empty directory for its files.
        base: the simulator in place of ``https://api.binance.com``.
        timerange: ``20250101-20250703``.
        rolling_window: ccxt's other rate limiter in place of freqtrade's default.
    """
    (home / "user_data").mkdir(parents=True)
    algorithm = {"rateLimiterAlgorithm": "rollingWindow"} if rolling_window else {}
    ccxt = {"urls": ccxt_urls(base), **algorithm}
    configuration = {
        "dry_run": True,
        "stake_currency": "USDT",
        "stake_amount": 10,
        "trading_mode": "spot",
        "exchange": {
            "name": "binance",
            "only_from_ccxt": True,
            "pair_whitelist": list(SYMBOLS),
            "ccxt_config": ccxt,
            "ccxt_async_config": ccxt,
        },
        "pairlists": [{"method": "StaticPairList"}],
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
    }
    config = home / "config.json"
    config.write_text(json.dumps(configuration))
    return [
        *(str(program), "download-data", "--config", str(config)),
        *("--userdir", str(home / "user_data"), "--datadir", str(home / "data")),
        *("--timerange", timerange, "--timeframes", "1m", "--pairs", *SYMBOLS),
    ]
