"""Where archives are looked for: never in another world than the rows beside them."""

from __future__ import annotations

import os

import pytest

from arb_pipeline.defs.resources import archive_url, configured_exchanges
from arb_pipeline.model import Exchange
from arb_pipeline.settings import ConfigurationError, Settings, load_settings

LIVE = {"ARB_SIMULATOR": "false", "ARB_BINANCE_ARCHIVES": "true"}


def configured(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name in os.environ.keys() & {"BINANCE_BASE_URL", "BINANCE_TESTNET", "BINANCE_ARCHIVE_URL"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARB_ENV_FILE", os.devnull)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({**LIVE}, "https://data.binance.vision"),
        ({**LIVE, "ARB_BINANCE_ARCHIVES": "false"}, None),
        ({**LIVE, "BINANCE_ARCHIVE_URL": "http://mirror.lan/b"}, "http://mirror.lan/b"),
        ({**LIVE, "BINANCE_TESTNET": "true"}, None),
        ({**LIVE, "BINANCE_BASE_URL": "http://sim:1/binance"}, "http://sim:1/binance-archive"),
        (
            {**LIVE, "ARB_SIMULATOR": "true", "ARB_SIMULATOR_PORT": "8901"},
            "http://127.0.0.1:8901/binance-archive",
        ),
    ],
)
def test_archives_lie_where_binance_does(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str | None
) -> None:
    assert archive_url(configured(monkeypatch, **variables)) == expected


def test_they_are_off_unless_somebody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARB_BINANCE_ARCHIVES", raising=False)
    assert archive_url(configured(monkeypatch, ARB_SIMULATOR="false")) is None


async def test_clients_are_given_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted in ("true", "false"):
        variables = {**LIVE, "ARB_BINANCE_ARCHIVES": wanted}
        async with configured_exchanges(configured(monkeypatch, **variables)) as exchanges:
            has = exchanges[Exchange.BINANCE_FUTURES].archives is not None
            assert has == (wanted == "true")
            assert exchanges[Exchange.MEXC_SPOT].archives is None


def test_an_address_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"BINANCE_ARCHIVE_URL: .*http"):
        configured(monkeypatch, BINANCE_ARCHIVE_URL="data.binance.vision")
