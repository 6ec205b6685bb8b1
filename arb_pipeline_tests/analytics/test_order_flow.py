"""Order flow, each value worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arb_pipeline.analytics.order_flow import (
    BookFlow,
    Top,
    book_flows,
    change,
    microprice,
    volume_imbalance,
)
from arb_pipeline.model import Interval

MINUTE = 60_000
LENGTH, GAP = 5 * MINUTE, 3 * MINUTE


def top(minute: float, bid: str, bid_quantity: str, ask: str, ask_quantity: str) -> Top:
    numbers = map(Decimal, (bid, bid_quantity, ask, ask_quantity))
    return Top(round(minute * MINUTE), *numbers)


BEFORE = top(0, "100", "5", "101", "7")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        # nothing moved: + 5 - 5 - 7 + 7
        (("100", "5", "101", "7"), "0"),
        # more is bid: + 8 - 5 - 7 + 7
        (("100", "8", "101", "7"), "3"),
        # less is offered: + 5 - 5 - 2 + 7
        (("100", "5", "101", "2"), "5"),
        # the bid rose, all of its quantity is new: + 2 - 7 + 7
        (("100.5", "2", "101", "7"), "2"),
        # the bid fell, all that was there is gone: - 5 - 7 + 7
        (("99", "9", "101", "7"), "-5"),
        # the ask rose, all that was offered is gone: + 5 - 5 + 7
        (("100", "5", "102", "4"), "7"),
        # the ask fell, all of its quantity is new: + 5 - 5 - 4
        (("100", "5", "100.5", "4"), "-4"),
        # both rose: + 3 + 7
        (("102", "3", "103", "1"), "10"),
        # both fell: - 5 - 1
        (("98", "3", "99", "1"), "-6"),
    ],
)
def test_order_flow_between_two_books(after: tuple[str, str, str, str], expected: str) -> None:
    assert change(BEFORE, top(1, *after)) == Decimal(expected)


def test_microprice_leans_to_the_thinner_side() -> None:
    # (100 · 3 + 102 · 9) / 12 = 1218 / 12
    assert microprice(top(0, "100", "9", "102", "3")) == Decimal("101.5")
    # (10 · 1 + 20 · 2) / 3 = 50 / 3, to 50 digits
    assert microprice(top(0, "10", "2", "20", "1")) == Decimal("16." + "6" * 47 + "7")
    assert microprice(top(0, "100", "0", "102", "3")) == Decimal(100)
    assert microprice(top(0, "100", "0", "102", "0")) is None


def test_volume_imbalance() -> None:
    assert volume_imbalance(Decimal(3), Decimal(1)) == Decimal("0.5")
    assert volume_imbalance(Decimal(0), Decimal("0.1")) == Decimal(-1)
    assert volume_imbalance(Decimal(0), Decimal(0)) is None


BOOKS = [
    top(-1, "100", "5", "101", "7"),
    top(1, "100", "8", "101", "7"),  # + 3
    top(3, "100", "8", "101", "2"),  # + 5
    top(4, "99", "1", "101", "2"),  # - 8
    top(6, "99", "4", "101", "2"),  # + 3: belongs to the second window
    top(9, "99.5", "1", "100", "3"),  # + 1 - 3
]


def flows(books: list[Top], windows: int = 2, gap: int = GAP) -> list[BookFlow]:
    return list(book_flows(books, Interval(0, windows * LENGTH), LENGTH, gap))


def test_windows_lead_from_the_last_book_before_them_and_add_up() -> None:
    first, second = flows(BOOKS)
    assert first == BookFlow(
        Interval(0, LENGTH), 3, Decimal(0), microprice(top(0, "99", "1", "101", "2"))
    )
    assert (second.book_count, second.imbalance) == (2, Decimal(1))
    # (99.5 · 3 + 100 · 1) / 4
    assert second.microprice == Decimal("99.625")
    # Their sum is that of one long window.
    (both,) = book_flows(BOOKS, Interval(0, 2 * LENGTH), 2 * LENGTH, GAP)
    assert both.imbalance == Decimal(1)


def test_a_book_at_the_end_belongs_to_the_next_window() -> None:
    books = [*BOOKS[:4], top(5, "99", "2", "101", "2")]
    first, second = flows(books)
    assert (first.book_count, second.book_count) == (3, 1)
    assert second.microprice is second.imbalance is None  # it lies 5 minutes before its end


def test_without_a_book_before_it_a_window_has_no_imbalance() -> None:
    first, second = flows(BOOKS[1:])
    assert first.imbalance is None
    assert first.microprice is not None
    assert second.imbalance == Decimal(1)
    late = [top(-3.1, "100", "5", "101", "7"), *BOOKS[1:]]
    assert flows(late)[0].imbalance is None


def test_a_gap_in_the_window_makes_it_unknown() -> None:
    gap = [BOOKS[0], top(4, "100", "8", "101", "7"), *BOOKS[4:]]
    first, second = flows(gap)
    assert (first.imbalance, first.book_count) == (None, 1)
    assert second.imbalance is not None


def test_a_window_without_its_end_is_unknown() -> None:
    first, second = flows([*BOOKS[:2], *BOOKS[4:]])
    assert first.imbalance is first.microprice is None
    assert second.imbalance is None  # nor does the next one know where it begins


def test_no_books_are_no_zero() -> None:
    nothing = [BookFlow(Interval(at, at + LENGTH), 0, None, None) for at in (0, LENGTH)]
    assert flows([]) == nothing
