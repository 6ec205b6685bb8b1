"""All pairs of a beat: what is compared, what is left out, and how it is counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from arb_pipeline.analytics.arbitrage_beat import Beat, Tally, opportunities
from arb_pipeline.analytics.books import Book, Market
from arb_pipeline.analytics.conversions import conversions
from arb_pipeline_tests.analytics.worked import NOW, book, figures

STALE_MS = 30_000


def beat(*books: Book, **market: Any) -> Beat:
    return opportunities(books, Market(NOW, STALE_MS, **market))


def pairs(found: Beat) -> set[tuple[int, int]]:
    return {(one.symbol_id, one.sell_symbol_id) for one in found.opportunities}


def test_every_pair_of_exchanges_is_compared_in_both_directions() -> None:
    found = beat(book(1, "99", "100"), book(2, "101", "102"), book(3, "103", "104"))
    assert pairs(found) == {(1, 2), (1, 3), (2, 3)}
    assert [found.tallies[n].pair_count for n in (1, 2, 3)] == [2, 2, 2]
    assert [found.tallies[n].opportunity_count for n in (1, 2, 3)] == [2, 1, 0]
    assert found.tallies[1].best_net_bps == Decimal(300)
    assert found.tallies[3].best_net_bps is None


def test_what_cannot_be_compared_is_not() -> None:
    same_exchange = book(2, "200", "201", exchange=1)
    other_base = book(3, "200", "201", base="ETH")
    found = beat(book(1, "99", "100"), same_exchange, other_base)
    assert pairs(found) == set()
    assert found.tallies[1] == Tally(book_count=2, alone_count=2)
    assert found.tallies[3] == Tally(book_count=1, alone_count=1)


def test_stale_crossed_and_unpriced_books_are_left_out_and_counted() -> None:
    found = beat(
        book(1, "99", "100"),
        book(2, "110", "111", age_ms=STALE_MS + 1),
        book(3, "110", "110"),
        book(4, "111", "110"),
        book(5, "110", "111", fee=None),
    )
    assert pairs(found) == set()
    assert found.tallies[1] == Tally(book_count=1, alone_count=1)
    assert found.tallies[2] == Tally(book_count=1, stale_count=1)
    assert found.tallies[3] == found.tallies[4] == Tally(book_count=1, crossed_count=1)
    assert found.tallies[5] == Tally(book_count=1, no_fee_count=1)
    # At the limit it is not stale.
    assert pairs(beat(book(1), book(2, "110", "111", age_ms=STALE_MS))) == {(1, 2)}


def test_books_too_far_apart_are_no_pair() -> None:
    later = -10_000  # sampled ten seconds after the moment
    found = beat(book(1, age_ms=STALE_MS - 5_000), book(2, "110", "111", age_ms=later))
    assert pairs(found) == set()
    assert [found.tallies[n].apart_count for n in (1, 2)] == [1, 1]


def test_quotes_are_never_mixed_without_a_rate() -> None:
    books = (book(1, "99", "100"), book(2, "101", "102", quote="USDC"))
    found = beat(*books)
    assert pairs(found) == set()
    assert [found.tallies[n].no_conversion_count for n in (1, 2)] == [1, 1]
    rates = {("USDC", "USDT"): Decimal("0.995")}
    found = beat(*books, conversions=rates)
    assert pairs(found) == {(1, 2)}
    # 101 × 0.995 = 100.495
    assert figures(found.opportunities[0], "net_bps", "conversion_rate") == ["49.5", "0.995"]
    # The other direction needs the other rate.
    assert [found.tallies[n].no_conversion_count for n in (1, 2)] == [0, 1]


def test_a_perpetual_without_funding_is_left_out_and_counted() -> None:
    found = beat(book(1), book(2, "110", "111", perpetual=True), book(3, "105", "106", rate="0"))
    assert pairs(found) == {(1, 3)}
    assert [found.tallies[n].no_funding_count for n in (1, 2, 3)] == [1, 2, 1]


def test_no_pair_that_pays_is_passed_over_by_its_first_look() -> None:
    # Bids below asks, but the short receives 30 basis points, or the long does.
    assert pairs(beat(book(1, "99", "100"), book(2, "99.9", "101", rate="0.003"))) == {(1, 2)}
    assert pairs(beat(book(1, "99", "100", rate="-0.003"), book(2, "99.9", "101"))) == {(1, 2)}
    # A threshold below zero shows what nearly paid.
    books = (book(1, "99", "100"), book(2, "99.9", "101"))
    assert pairs(beat(*books)) == set()
    assert pairs(beat(*books, min_net_bps=Decimal(-10))) == {(1, 2)}
    assert pairs(beat(*books, min_net_bps=Decimal("-9.99"))) == set()


def test_transfers_concern_spot_to_spot() -> None:
    books = (book(1, "99", "100"), book(2, "101", "102"), book(3, "101", "102", rate="0"))
    found = beat(*books, transfers={(1, "BTC"): Decimal("0.02")})
    assert pairs(found) == {(1, 3)}


def test_balances_limit_both_sides() -> None:
    books = (book(1, "99", "100"), book(2, "101", "102"), book(3, "101", "102", rate="0"))
    half = {(1, "USDT"): Decimal(1000), (2, "BTC"): Decimal("0.5"), (3, "USDT"): Decimal("25.25")}
    found = beat(*books, balances=half)
    # A short of 25.25 without leverage is 0.25 at 101.
    assert [(o.sell_symbol_id, str(o.quantity.normalize())) for o in found.opportunities] == [
        (2, "0.5"), (3, "0.25"),
    ]  # fmt: skip
    found = beat(*books, balances={(1, "USDT"): Decimal(1000)})
    assert pairs(found) == set()
    assert found.tallies[1].no_balance_count == 2


def test_rates_are_the_markets_worse_side() -> None:
    wide = book(1, "0.9990", "1.0010", base="USDC")
    narrow = book(2, "0.9995", "0.9997", base="USDC")
    passed_over = (
        book(3, "0.9999", "0.99991", base="USDC", age_ms=STALE_MS + 1),
        book(4, "1.0001", "1.0000", base="USDC"),
        book(5, "0.99990", "0.99991", base="USDC", rate="0"),
        book(6, "0.99990", "0.99991", base="BTC"),
    )
    currencies = ["USDT", "USDC", "USD"]
    books = [wide, narrow, *passed_over]
    assert conversions(books, currencies, at=NOW, stale_ms=STALE_MS) == {
        ("USDC", "USDT"): (Decimal("0.9995"), 2),
        # 1 / 0.9997, the last of 18 digits rounded down.
        ("USDT", "USDC"): (Decimal("1.00030009002700810"), 2),
    }
    assert conversions(books, ["USDC"], at=NOW, stale_ms=STALE_MS) == {}


def test_a_pair_listed_the_other_way_round_is_the_same_pair() -> None:
    # 1 USDC for 0.9995 to 0.9997 USDT; turned round and wide: 1 USDT for 0.99 to 1.01 USDC.
    narrow = book(1, "0.9995", "0.9997", base="USDC")
    wide = book(2, "0.99", "1.01", base="USDT", quote="USDC")
    for books in ((narrow, wide), (wide, narrow)):
        rates = conversions(books, ["USDT", "USDC"], at=NOW, stale_ms=STALE_MS)
        assert {symbol_id for _, symbol_id in rates.values()} == {1}
        assert rates["USDC", "USDT"][0] == Decimal("0.9995")
