"""Quantities that can be ordered, and opportunities of them, each worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.analytics.arbitrage import Reason, evaluate
from arb_pipeline.analytics.arbitrage_beat import Tally, opportunities
from arb_pipeline.analytics.books import Market
from arb_pipeline.analytics.lots import common_step, whole_lots
from arb_pipeline_tests.analytics.worked import NOW, book, figures, worked


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("0.001", "0.01", "0.01"),
        ("0.001", None, "0.001"),
        ("10", "0.5", "10"),
        ("0.0015", "0.001", "0.003"),
        ("4", "6", "12"),
        ("0.00100000", "0.0001", "0.001"),
        ("1E+3", "0.5", "1000"),
    ],
)
def test_a_quantity_of_both_is_a_whole_number_of_each(
    one: str, other: str | None, both: str
) -> None:
    found = common_step(Decimal(one), None if other is None else Decimal(other))
    assert found == Decimal(both)


def test_quantities_are_rounded_down() -> None:
    assert whole_lots(Decimal("1.2399999999999999999999999"), Decimal("0.01")) == Decimal("1.23")
    assert whole_lots(Decimal("0.3"), Decimal("0.1")) == Decimal("0.3")
    assert whole_lots(Decimal("0.0999"), Decimal("0.1")) == 0
    assert whole_lots(Decimal("1e9"), Decimal("1e-18")) == Decimal("1e9")
    assert common_step(None, None) is None
    assert whole_lots(Decimal("0.7"), None) == Decimal("0.7")


def test_profit_is_that_of_the_rounded_quantity() -> None:
    # 1.5 × 100 and 0.77 × 100.5 would be 2.27; of steps of 0.1 and 0.25 that is 2 = 4 × 0.5:
    # cost 150 + 0.5 × 100.5 = 200.25, proceeds 2 × 102 = 204; fees 0.20025 + 0.204.
    buy = book(1, asks=[("100", "1.5"), ("100.5", "0.77")], fee="0.001", step="0.1")
    sell = book(2, bids=[("102", "9")], fee="0.001", step="0.25")
    found = worked(buy, sell)
    assert figures(found, "quantity", "net_profit") == ["2", "3.34575"]
    assert figures(found, "buy_price", "sell_price") == ["100.125", "102"]


def test_contracts_are_whole() -> None:
    # 25 on spot against contracts of 10: two of them. Against 9.9 not one.
    sell = book(2, bids=[("101", "40")], rate="0", step="10")
    assert figures(worked(book(1, asks=[("100", "25")]), sell), "quantity") == ["20"]
    few = book(1, asks=[("100", "9.9")], step="0.1")
    assert evaluate(few, sell, at=NOW) is Reason.TOO_SMALL


def test_a_smallest_value_holds_on_both_sides_in_their_own_quote() -> None:
    buy, sell = book(1, asks=[("100", "1")]), book(2, bids=[("110", "1")], quote="USDC")
    for least, found in (("100", True), ("100.01", False)):
        bought = book(1, asks=[("100", "1")], least=least)
        result = evaluate(bought, sell, at=NOW)
        assert (result is not Reason.TOO_SMALL) is found
    for least, found in (("110", True), ("110.01", False)):
        sold = book(2, bids=[("110", "1")], quote="USDC", least=least)
        result = evaluate(buy, sold, at=NOW, conversion=Decimal("0.95"))
        assert (result is not Reason.TOO_SMALL) is found


@pytest.mark.parametrize(("fewest", "found"), [("0.3", True), ("0.31", False)])
def test_a_smallest_quantity_holds_on_both_sides(fewest: str, found: bool) -> None:
    # Steps of 0.1 leave 0.3 of what is offered: that much is an order, more is asked for in vain.
    offered, step = [("100", "0.35")], "0.1"
    buy, sell = book(1, asks=offered, step=step), book(2, bids=[("110", "9")])
    strict = book(1, asks=offered, step=step, fewest=fewest)
    assert (evaluate(strict, sell, at=NOW) is not Reason.TOO_SMALL) is found
    strict = book(2, bids=[("110", "9")], fewest=fewest)
    assert (evaluate(buy, strict, at=NOW) is not Reason.TOO_SMALL) is found


def test_transfer_and_threshold_are_judged_by_what_can_be_ordered() -> None:
    # 0.05 of the base to move: of 2.9 × 2 that is 5.8 - 5, of 2 it is 4 - 5.
    buy = book(1, asks=[("100", "2.9")], step="1")
    sell = book(2, bids=[("102", "9")])
    assert evaluate(buy, sell, at=NOW, transfer=Decimal("0.05")) is Reason.NO_PROFIT
    free = book(1, asks=[("100", "2.9")])
    assert figures(worked(free, sell, transfer="0.05"), "net_profit") == ["0.8"]


def test_what_an_account_can_pay_is_rounded_too() -> None:
    # 111 pay for 1.09… at 101; whole lots of 0.5 are 1.
    buy = book(1, asks=[("101", "4")], fee="0.001", step="0.5")
    assert figures(worked(buy, book(2, bids=[("110", "9")]), spendable="111"), "quantity") == ["1"]


def test_what_is_too_small_is_counted() -> None:
    few = book(1, bids="99", asks=[("100", "0.4")], step="1")
    found = opportunities([few, book(2, "110", "111")], Market(NOW, 30_000))
    assert found.opportunities == []
    assert found.tallies[1] == Tally(book_count=1, pair_count=1, too_small_count=1)
