"""Items of a portfolio: known to the last digit, or null with the reason."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.analytics.average_cost import Position
from arb_pipeline.analytics.portfolio import Held, Item, items
from arb_pipeline.analytics.prices import Board, Quote
from arb_pipeline.model import Exchange

HOME = Exchange.BINANCE_SPOT
BOARD = Board([Quote(HOME, "BTC", "USDT", Decimal(60_000), 900)])


def position(quantity: str, average: str | None = "40000", realised: str = "12.5") -> Position:
    return Position(
        Decimal(quantity), None if average is None else Decimal(average), Decimal(realised), True
    )


def item(
    held: str | None,
    of: Position | None = None,
    *,
    asset: str = "BTC",
    doubts: dict[str, str] | None = None,
    owed: str = "0",
) -> Item:
    holding = [] if held is None else [Held(asset, asset, Decimal(held), 800, Decimal(owed))]
    positions = {} if of is None else {asset: of}
    (found,) = items(holding, positions, doubts or {}, BOARD, "USDT", HOME, read_at=800)
    return found


def test_what_fills_explain_has_its_profit_to_the_last_digit() -> None:
    assert item("0.5", position("0.5")) == Item(
        asset_name="BTC",
        quantity=Decimal("0.5"),
        unexplained_quantity=Decimal(0),
        current_price=Decimal(60_000),
        price_route="BTC/USDT",
        priced_at=900,
        average_entry_price=Decimal(40_000),
        value=Decimal(30_000),
        unrealised_profit=Decimal(10_000),
        unrealised_profit_percent=Decimal(50),
        realised_profit=Decimal("12.5"),
        balance_at=800,
        note=None,
    )


def test_a_deposit_has_no_price_and_says_so() -> None:
    found = item("2", position("0.5"))
    assert found.unexplained_quantity == Decimal("1.5")
    assert (found.value, found.unrealised_profit) == (Decimal(120_000), Decimal(10_000))
    expected = "1.5 not explained by fills (deposited, moved or older), without an entry price"
    assert found.note == expected
    only = item("2")
    assert only.unexplained_quantity == Decimal(2)
    assert only.average_entry_price is None
    assert only.unrealised_profit is only.unrealised_profit_percent is only.realised_profit is None
    assert only.value == Decimal(120_000)


def test_a_withdrawal_takes_its_profit_along() -> None:
    found = item("0.2", position("0.5"))
    assert found.unexplained_quantity == Decimal("-0.3")
    assert found.unrealised_profit == Decimal(4_000)
    assert found.note == "0.3 that fills bought is not held (withdrawn or moved)"


def test_without_a_price_nothing_has_a_value_and_the_average_stays() -> None:
    found = item("5", position("5", "3"), asset="XYZ")
    known = (found.current_price, found.value, found.price_route, found.priced_at)
    assert known == (None, None, None, None)
    assert found.unrealised_profit is found.unrealised_profit_percent is None
    assert found.average_entry_price == Decimal(3)
    assert found.note == "no fresh price leads from XYZ to USDT"


def test_an_unknown_average_says_why() -> None:
    unknown = position("0.5", None)
    unknown.why_unknown, unknown.why_unrealised = "no price of GT", "no price of GT then"
    found = item("0.5", unknown)
    assert found.average_entry_price is found.unrealised_profit is found.realised_profit is None
    assert found.note == (
        "average unknown: no price of GT; realised profit unknown: no price of GT then"
    )


def test_fills_that_are_not_complete_explain_nothing() -> None:
    found = item("0.5", position("0.5"), doubts={"BTC": "fills since … are not complete"})
    assert found.unexplained_quantity is found.average_entry_price is found.realised_profit is None
    assert found.unrealised_profit is None
    assert found.value == Decimal(30_000)
    assert found.note == "fills since … are not complete"


def test_the_reference_currency_costs_and_is_worth_one() -> None:
    found = item("1000", position("400", "1", "0"), asset="USDT")
    assert (found.current_price, found.value) == (Decimal(1), Decimal(1000))
    assert (found.average_entry_price, found.unrealised_profit) == (Decimal(1), Decimal(0))
    assert found.unexplained_quantity == Decimal(600)
    assert found.note == "600 not explained by fills (deposited, moved or older)"


def test_what_was_sold_out_keeps_its_profit() -> None:
    found = item(None, position("0", None))
    assert (found.quantity, found.value, found.realised_profit) == (
        Decimal(0),
        Decimal(0),
        Decimal("12.5"),
    )
    assert found.average_entry_price is found.unrealised_profit is None
    assert found.note is None


def test_of_what_was_sold_beyond_fills_the_profit_is_not_told() -> None:
    sold = position("0", None)
    sold.sold_beyond = Decimal("1.5")
    found = item("0.1", sold)
    assert found.realised_profit == Decimal("12.5")
    assert "1.5 sold that fills do not explain is in no realised profit" in (found.note or "")


def test_what_is_borrowed_is_said() -> None:
    assert "250.5 of it is borrowed" in (item("300", asset="USDT", owed="250.5").note or "")


def test_two_assets_of_one_code_share_no_position() -> None:
    held = [Held(name, "BTC", Decimal(1), 800) for name in ("BTC", "XBT")]
    found = items(held, {"BTC": position("1")}, {}, BOARD, "USDT", HOME, read_at=800)
    assert [one.asset_name for one in found] == ["BTC", "XBT"]
    assert {one.average_entry_price for one in found} == {None}
    assert found[0].note == "2 assets of this account are all called BTC"
