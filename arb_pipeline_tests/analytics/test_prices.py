"""The way from an asset to the reference currency, with prices worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.analytics.prices import Board, Priced, Quote
from arb_pipeline.model import Exchange

HOME, SAME_COMPANY, OTHER = Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES, Exchange.MEXC_SPOT


def book(
    base: str, quote: str, bid: str, ask: str, at: int = 1000, exchange: Exchange = HOME
) -> Quote:
    return Quote.of_book(exchange, base, quote, Decimal(bid), Decimal(ask), at)


def priced(*quotes: Quote, asset: str = "GT", home: Exchange = HOME) -> Priced | None:
    return Board(quotes).price(asset, "USDT", home)


def test_the_pair_itself_gives_the_mid() -> None:
    assert priced(book("GT", "USDT", "9.98", "10.01")) == Priced(Decimal("9.995"), "GT/USDT", 1000)


def test_a_pair_is_read_from_the_other_side_too() -> None:
    found = priced(book("USDT", "GT", "0.09", "0.11"))
    assert found == Priced(Decimal(10), "1/USDT/GT", 1000)


def test_without_the_pair_two_steps_lead_there_and_the_older_one_counts() -> None:
    found = priced(
        book("GT", "BTC", "0.00009", "0.00011", at=3000),
        book("BTC", "USDT", "59990", "60010", at=2000),
    )
    assert found == Priced(Decimal(6), "GT/BTC > BTC/USDT", 2000)


def test_two_steps_may_turn_a_pair_round() -> None:
    # A BTC costs 50000 EUR and 60000 USDT: a EUR is worth 1.2 USDT.
    found = priced(
        book("BTC", "EUR", "49990", "50010"), book("BTC", "USDT", "59990", "60010"), asset="EUR"
    )
    assert found == Priced(Decimal("1.2"), "1/BTC/EUR > BTC/USDT", 1000)


def test_the_pair_is_taken_before_any_two_steps() -> None:
    found = priced(
        book("GT", "BTC", "0.0001", "0.0001"),
        book("BTC", "USDT", "60000", "60000"),
        book("GT", "USDT", "4", "8", at=500, exchange=OTHER),
    )
    assert found == Priced(Decimal(6), "MEXC_SPOT GT/USDT", 500)


def test_the_nearest_exchange_is_taken_however_wide_its_spread() -> None:
    own = book("GT", "USDT", "9", "11")
    sister = book("GT", "USDT", "19.9", "20.1", exchange=SAME_COMPANY)
    other = book("GT", "USDT", "30", "30.001", exchange=OTHER)
    assert priced(own, sister, other) == Priced(Decimal(10), "GT/USDT", 1000)
    assert priced(sister, other) == Priced(Decimal(20), "GATEIO_FUTURES GT/USDT", 1000)


def test_of_two_ways_the_tighter_is_taken_and_a_last_price_comes_after_books() -> None:
    wide = (book("GT", "BTC", "0.00009", "0.00011"), book("BTC", "USDT", "59999", "60001"))
    tight = (book("GT", "ETH", "0.00199", "0.00201"), book("ETH", "USDT", "2999", "3001"))
    assert priced(*wide, *tight) == Priced(Decimal(6), "GT/ETH > ETH/USDT", 1000)
    last = Quote(HOME, "GT", "ETH", Decimal("0.5"), 9000)
    assert priced(*wide, last, tight[1]) == Priced(Decimal(6), "GT/BTC > BTC/USDT", 1000)


def test_of_equal_ways_the_fresher_is_taken() -> None:
    older = Quote(Exchange.BYBIT_SPOT, "GT", "USDT", Decimal(5), 1000)
    newer = Quote(Exchange.MEXC_SPOT, "GT", "USDT", Decimal(7), 2000)
    assert priced(older, newer) == Priced(Decimal(7), "MEXC_SPOT GT/USDT", 2000)


def test_three_steps_are_too_many() -> None:
    quotes = (
        book("GT", "ETH", "1", "1"),
        book("ETH", "BTC", "1", "1"),
        book("BTC", "USDT", "1", "1"),
    )
    assert priced(*quotes) is None
    assert priced() is None
