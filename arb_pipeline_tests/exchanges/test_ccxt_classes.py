"""Ccxt comes without its hundred other exchanges, and whole to whoever imports it afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

from arb_pipeline.exchanges.ccxt_classes import ccxt_class

_SCRIPT = """
import sys
from arb_pipeline.exchanges.ccxt_classes import ccxt_class
made = {name: ccxt_class(name) for name in ("binance", "bybit", "gate", "mexc")}
assert all(kind.__name__ == name and hasattr(kind, "sign") for name, kind in made.items())
assert "ccxt" not in sys.modules and "ccxt.async_support.kraken" not in sys.modules
errors = sys.modules["ccxt.base.errors"]
import ccxt.async_support
assert ccxt.async_support.binance is made["binance"]
assert "kraken" in ccxt.async_support.exchanges and ccxt.kraken is not None
assert ccxt.AuthenticationError is errors.AuthenticationError
assert ccxt_class("kraken") is ccxt.async_support.kraken
"""


def test_few_classes_are_imported_and_the_package_is_whole_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_exchange_that_ccxt_does_not_have_is_an_import_error() -> None:
    with pytest.raises(ImportError):
        ccxt_class("nowhere")
