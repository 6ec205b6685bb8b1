"""The id cache: finding symbols by every name, tracking, and the errors that help."""

from __future__ import annotations

import pytest

from arb_pipeline.model import Exchange, Listing
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.listings import sync_listings
from arb_pipeline.storage.reference import Reference, UnknownSymbolError, track, tracked, untrack

SPOT, FUTURES, MEXC = Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES, Exchange.MEXC_SPOT


@pytest.fixture
async def reference(pool: Pool) -> Reference:
    listed = {
        SPOT: {"BTCUSDT": "BTC", "ETHUSDT": "ETH", "币安人生USDT": "币安人生"},
        FUTURES: {"BTCUSDT": "BTC", "lunrUSDT": "LUNR", "LUNRUSDT": "LUNR"},
    }
    async with pool.acquire() as connection:
        for exchange, names in listed.items():
            listings = [
                Listing(exchange, name, base, "USDT", "TRADING", is_active=True, listed_at=1)
                for name, base in names.items()
            ]
            await sync_listings(connection, exchange, listings, 1_767_225_600_000)
    return await Reference.load(pool)


def test_ids_lead_to_instruments_and_back(reference: Reference) -> None:
    symbol_id = reference.symbol_id(SPOT, "币安人生USDT")
    instrument = reference.instrument(symbol_id)
    assert (instrument.exchange, instrument.base, instrument.quote) == (SPOT, "币安人生", "USDT")
    assert (instrument.contract_size, instrument.listed_at, instrument.delisted_at) == (
        "1",
        1,
        None,
    )
    assert reference.symbol_id(FUTURES, "BTCUSDT") != reference.symbol_id(SPOT, "BTCUSDT")
    assert len({reference.exchange_id(exchange) for exchange in Exchange}) == len(Exchange)
    assert reference.is_active(instrument)
    assert len(reference.listed(FUTURES)) == 3


@pytest.mark.parametrize("name", ["BTC/USDT", "btc/usdt", "BTC/USDT:USDT", "BTCUSDT"])
def test_a_symbol_is_found_by_what_people_call_it(reference: Reference, name: str) -> None:
    assert reference.find(FUTURES, name).symbol_id == reference.symbol_id(FUTURES, "BTCUSDT")


@pytest.mark.parametrize(
    ("exchange", "name", "message"),
    [
        (
            SPOT,
            "BTC/USDC",
            r"lists no 'BTC/USDC'.*Did you mean BTC/USDT.*symbols sync BINANCE_SPOT",
        ),
        (SPOT, "zzz", r"lists no 'zzz'\. If it is new: run arb-pipeline symbols sync BINANCE_SPOT"),
        (MEXC, "BTC/USDT", "no symbols of MEXC_SPOT are known yet: run arb-pipeline symbols sync"),
        (FUTURES, "LUNR/USDT", "may mean LUNRUSDT, lunrUSDT: say which"),
    ],
)
def test_what_is_not_found_is_explained(
    reference: Reference, exchange: Exchange, name: str, message: str
) -> None:
    with pytest.raises(UnknownSymbolError, match=message):
        reference.find(exchange, name)


def test_unknown_ids_raise_too(reference: Reference) -> None:
    with pytest.raises(UnknownSymbolError, match="Did you mean ETHUSDT"):
        reference.symbol_id(SPOT, "ETHUSDC")
    with pytest.raises(UnknownSymbolError, match="no symbol has the id 0"):
        reference.instrument(0)


async def test_the_active_one_of_two_is_meant(reference: Reference, pool: Pool) -> None:
    await pool.execute("UPDATE symbols SET is_active = false WHERE exchange_symbol = 'lunrUSDT'")
    again = await Reference.load(pool)
    assert again.find(FUTURES, "LUNR/USDT").exchange_symbol == "LUNRUSDT"
    assert again.find(FUTURES, "lunrUSDT").exchange_symbol == "lunrUSDT"


async def test_tracking(reference: Reference, pool: Pool) -> None:
    chosen = [reference.find(SPOT, "ETH/USDT"), reference.find(SPOT, "BTC/USDT")]
    assert await track(pool, chosen) == 2
    assert await track(pool, chosen) == 0
    again = await Reference.load(pool)
    assert [one.exchange_symbol for one in again.tracked(SPOT)] == ["BTCUSDT", "ETHUSDT"]
    assert again.tracked(FUTURES) == []
    assert await tracked(pool, [SPOT, MEXC]) == again.tracked(SPOT)
    assert await untrack(pool, chosen[:1]) == 1
    assert [one.base for one in await tracked(pool, list(Exchange))] == ["BTC"]
