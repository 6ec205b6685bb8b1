"""Opportunities of one pair, each worked by hand in its comment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.analytics.arbitrage import Reason, evaluate, funding_due
from arb_pipeline.analytics.books import levels
from arb_pipeline_tests.analytics.worked import HOUR, NOW, book, figures, worked

BPS = ("spread_bps", "fee_bps", "funding_bps", "net_bps")


def test_spot_to_spot_with_both_fees() -> None:
    # 2 at 100 cost 200; 2 at 101 bring 202; fees 200 × 0.001 + 202 × 0.002 = 0.604;
    # left 202 - 200 - 0.604 = 1.396, of 200 that is 69.8 basis points.
    buy = book(1, [("99", "9")], [("100", "3")], fee="0.001")
    sell = book(2, [("101", "2")], [("102", "9")], fee="0.002")
    found = worked(buy, sell)
    assert found.kind == "spot_spot"
    assert (found.symbol_id, found.sell_symbol_id) == (1, 2)
    assert (found.buy_exchange_id, found.sell_exchange_id) == (1, 2)
    assert figures(found, "quantity", "buy_price", "sell_price") == ["2", "100", "101"]
    assert figures(found, *BPS) == ["100", "30.2", "0", "69.8"]
    assert figures(found, "net_profit", "conversion_rate") == ["1.396", "1"]


def test_fees_may_eat_it_and_the_threshold_decides() -> None:
    # 100 to 100.1 is 10 basis points; fees are 10 + 10.01.
    buy, sell = book(1, asks="100", fee="0.001"), book(2, bids="100.1", fee="0.001")
    assert evaluate(buy, sell, at=NOW) is Reason.NO_PROFIT
    assert figures(worked(buy, sell, least="-10.01"), "net_bps") == ["-10.01"]
    assert evaluate(buy, sell, at=NOW, min_net_bps=Decimal("-10")) is Reason.NO_PROFIT
    # To the last digit: exactly nothing is left of 100 × 1.001 = 100.1.
    free = book(2, bids="100.1")
    assert figures(worked(buy, free), "net_bps", "net_profit") == ["0", "0"]
    less = book(2, bids="100.09999999999999999999999999999999")
    assert evaluate(buy, less, at=NOW) is Reason.NO_PROFIT


def test_a_rebate_is_a_negative_fee() -> None:
    # 100 × -0.0001 + 100 × 0.0002 = 0.01 on a spread of nothing.
    buy, sell = book(1, asks="100", fee="-0.0002"), book(2, bids="100", fee="0.0001")
    assert figures(worked(buy, sell), *BPS) == ["0", "-1", "0", "1"]


def test_contracts_are_counted_in_base_units() -> None:
    # 300 contracts of 0.0001 are 0.03; the spot side offers 0.05.
    contracts = levels(
        [(Decimal("101"), Decimal(300)), (Decimal("100"), Decimal(0))], Decimal("0.0001")
    )
    assert [tuple(map(str, level)) for level in contracts] == [("101", "0.0300")]
    sell = book(2, [("101", "0.03")], rate="0")
    found = worked(book(1, asks=[("100", "0.05")]), sell)
    assert found.kind == "spot_perpetual"
    assert figures(found, "quantity", "net_profit") == ["0.03", "0.03"]


@pytest.mark.parametrize(
    ("buy_rate", "sell_rate", "expected"),
    [
        # 1 at 100, sold at 101. Short: 101 × 0.0005 = 0.0505 received, 5.05 basis points of 100.
        (None, "0.0005", ("spot_perpetual", "5.05", "105.05")),
        (None, "-0.0005", ("spot_perpetual", "-5.05", "94.95")),
        # Long: 100 × 0.0005 = 0.05 paid.
        ("0.0005", None, ("perpetual_spot", "-5", "95")),
        ("-0.0005", None, ("perpetual_spot", "5", "105")),
        # Both: 101 × 0.0003 - 100 × 0.0001 = 0.0303 - 0.01.
        ("0.0001", "0.0003", ("perpetual_perpetual", "2.03", "102.03")),
    ],
)  # fmt: skip
def test_longs_pay_and_shorts_receive(
    buy_rate: str | None, sell_rate: str | None, expected: tuple[str, str, str]
) -> None:
    found = worked(book(1, asks="100", rate=buy_rate), book(2, bids="101", rate=sell_rate))
    assert (found.kind, *figures(found, "funding_bps", "net_bps")) == expected


def test_funding_is_that_of_the_next_payment() -> None:
    def due(buy_hours: float, sell_hours: float) -> tuple[str, str]:
        buy = book(1, rate="0.0001", due_hours=buy_hours)
        sell = book(2, rate="0.0002", due_hours=sell_hours)
        paid, received = funding_due(buy, sell, NOW)
        return str(paid), str(received)

    assert due(1, 1) == ("0.0001", "0.0002")
    assert due(1, 8) == ("0.0001", "0")
    assert due(8, 1) == ("0", "0.0002")
    # A few milliseconds are the same hour; what has passed is not due.
    assert due(1, 1 + 3 / HOUR) == ("0.0001", "0.0002")
    assert due(-1, 2) == ("0", "0.0002")
    assert due(-1, 0) == ("0", "0")


def test_funding_can_make_an_opportunity_of_a_loss() -> None:
    # 100 to 99.9 loses 10 basis points; a short receives 99.9 × 0.003 = 0.2997.
    found = worked(book(1, asks="100"), book(2, bids="99.9", rate="0.003"))
    assert figures(found, *BPS) == ["-10", "0", "29.97", "19.97"]


def test_other_quotes_are_compared_by_the_rate() -> None:
    # Sold for 2 × 102 USDC at 0.99 USDT: 201.96; fees 0.2 + 201.96 × 0.001 = 0.40196.
    buy = book(1, asks=[("100", "2")], fee="0.001")
    sell = book(2, bids=[("102", "5")], quote="USDC", fee="0.001")
    found = worked(buy, sell, conversion="0.99")
    assert figures(found, "sell_price", "conversion_rate") == ["102", "0.99"]
    assert figures(found, *BPS) == ["98", "20.098", "0", "77.902"]
    assert figures(found, "net_profit") == ["1.55804"]
    assert evaluate(buy, sell, at=NOW, conversion=Decimal("0.98")) is Reason.NO_PROFIT


def test_depth_is_taken_as_long_as_one_more_unit_is_worth_it() -> None:
    # Fees of 0.1 % each. Asks 1 × 100, 2 × 100.4, 9 × 101; bids 2 × 101, 5 × 100.7.
    # 1 × (100, 101), 1 × (100.4, 101), then 100.4 × 1.001 = 100.5004 against 100.7 × 0.999 =
    # 100.5993: 1 more. Then 101 against 100.7: no.
    # cost 100 + 200.8 = 300.8, proceeds 202 + 100.7 = 302.7, fees 0.3008 + 0.3027.
    buy = book(1, asks=[("100", "1"), ("100.4", "2"), ("101", "9")], fee="0.001")
    sell = book(2, bids=[("101", "2"), ("100.7", "5")], fee="0.001")
    found = worked(buy, sell)
    assert figures(found, "quantity", "net_profit") == ["3", "1.2965"]
    assert str(found.buy_price) == "100.2666666666666666666666667"  # 300.8 / 3
    assert figures(found, "sell_price") == ["100.9"]
    assert figures(found, "net_bps") == ["43.10172872"]  # 1.2965 / 300.8
    # Dearer by 0.1 % more, the third unit is not worth it any more.
    dearer = book(2, bids=[("101", "2"), ("100.7", "5")], fee="0.002")
    assert figures(worked(buy, dearer), "quantity") == ["2"]


def test_a_book_that_ends_ends_the_walk() -> None:
    buy = book(1, asks=[("100", "1"), ("101", "1")])
    assert figures(worked(buy, book(2, bids=[("105", "9")])), "quantity", "buy_price") == [
        "2", "100.5",
    ]  # fmt: skip
    sell = book(2, bids=[("105", "1"), ("104", "0.5")])
    assert figures(worked(buy, sell), "quantity") == ["1.5"]
    assert evaluate(buy, book(2, bids=[]), at=NOW) is Reason.EMPTY


def test_transfer_costs_once() -> None:
    # 0.01 of the base, at 100, is 1 of the 4 that 2 bring; 3 of 200 are 150 basis points.
    buy, sell = book(1, asks=[("100", "2")]), book(2, bids=[("102", "2")])
    found = worked(buy, sell, transfer="0.01")
    assert figures(found, "transfer_cost", "net_profit", "net_bps") == ["1", "3", "150"]
    assert evaluate(buy, sell, at=NOW, transfer=Decimal("0.05")) is Reason.NO_PROFIT


def test_balances_limit_the_quantity() -> None:
    buy, sell = book(1, asks=[("100", "1"), ("101", "4")], fee="0.01"), book(2, bids=[("110", "9")])
    assert figures(worked(buy, sell), "quantity") == ["5"]
    # 101 pay for 1 with its fee; 102.01 are left for one more at 101 × 1.01.
    assert figures(worked(buy, sell, spendable="203.01"), "quantity") == ["2"]
    # 10 / 102.01, cut at 18 decimals, never more than can be paid.
    found = worked(buy, sell, spendable="111")
    assert str(found.quantity) == "1.098029604940692089"
    assert figures(worked(buy, sell, sellable="0.25"), "quantity") == ["0.25"]
    for limits in ({"spendable": Decimal(0)}, {"sellable": Decimal(0)}):
        with pytest.raises(AssertionError, match="NO_BALANCE"):
            worked(buy, sell, **{name: str(value) for name, value in limits.items()})


def test_no_digit_is_lost() -> None:
    # 0.00000001 × 0.00001234 = 1.234e-13, sold at the double.
    buy = book(1, asks=[("0.00001234", "0.00000001")])
    sell = book(2, bids=[("0.00002468", "123456789.123456789")])
    assert figures(worked(buy, sell), "net_profit", "net_bps") == ["0.0000000000001234", "10000"]
