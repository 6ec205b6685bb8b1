"""Average cost over fills, each result worked out by hand in the comment beside it."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.analytics.ledger import Fill, Ledger
from arb_pipeline.analytics.prices import MONEY

PRICES = {"BNB": Decimal(500), "GT": Decimal(8), "BTC": Decimal(50_000), "USDC": Decimal("0.999")}


def fill(
    what: str,
    quantity: str,
    price: str,
    fee: str | None = "0",
    fee_asset: str | None = None,
    pair: str = "BTC/USDT",
    value: str | None = None,
) -> Fill:
    base, quote = pair.split("/")
    return Fill(
        at=0,
        base=base,
        quote=quote,
        is_sale=what == "sell",
        price=Decimal(price),
        quantity=Decimal(quantity),
        value=None if value is None else Decimal(value),
        fee=None if fee is None else Decimal(fee),
        fee_asset=fee_asset,
    )


def booked(*fills: Fill, **prices: Decimal) -> Ledger:
    ledger = Ledger("USDT", lambda asset, _: {**PRICES, **prices}.get(asset))
    for one in fills:
        ledger.add(one)
    return ledger


def state(ledger: Ledger, asset: str = "BTC") -> tuple[str, str | None, str | None]:
    """Quantity, average and realised profit, as they are stored."""
    position = ledger.positions[asset]
    numbers = (position.quantity, position.average, position.realised_profit)
    return tuple(None if n is None else format(n.normalize(MONEY), "f") for n in numbers)  # type: ignore[return-value]


FIRST, SECOND = fill("buy", "1", "40000"), fill("buy", "3", "44000")


def test_purchases_are_averaged_by_quantity() -> None:
    # (40000 + 3 · 44000) / 4 = 172000 / 4
    assert state(booked(FIRST, SECOND)) == ("4", "43000", "0")


def test_a_partial_sale_keeps_the_average() -> None:
    # 1.5 · (45000 - 43000)
    ledger = booked(FIRST, SECOND, fill("sell", "1.5", "45000"))
    assert state(ledger) == ("2.5", "43000", "3000")
    # the USDT that were spent are not explained by fills; those the sale brought were left
    assert state(ledger, "USDT")[:2] == ("67500", "1")


def test_a_full_exit_begins_anew_and_keeps_what_was_realised() -> None:
    out = (fill("sell", "1.5", "45000"), fill("sell", "2.5", "42000"))
    # 3000 + 2.5 · (42000 - 43000)
    assert state(booked(FIRST, SECOND, *out)) == ("0", None, "500")
    again = fill("buy", "0.5", "60000")
    assert state(booked(FIRST, SECOND, *out, again)) == ("0.5", "60000", "500")


def test_a_fee_in_base_units_buys_less_for_the_same_cost() -> None:
    # 1000 / (0.025 - 0.000025) = 1000 / 0.024975, to 50 digits
    ledger = booked(fill("buy", "0.025", "40000", "0.000025", "BTC"))
    average = "40040.040040040040040040040040040040040040040040040"
    assert state(ledger) == ("0.024975", average.rstrip("0"), "0")
    # A sale gives the fee away with what is sold: 1 - 0.5 - 0.1; 0.5 · 60000 - 0.6 · 40000
    sold = booked(FIRST, fill("sell", "0.5", "60000", "0.1", "BTC"))
    assert state(sold) == ("0.4", "40000", "6000")


def test_a_fee_in_quote_units_costs_more_and_brings_less() -> None:
    # (40000 + 40) / 1; 0.5 · 50000 - 25 - 0.5 · 40040
    bought = fill("buy", "1", "40000", "40", "USDT")
    ledger = booked(bought, fill("sell", "0.5", "50000", "25", "USDT"))
    assert state(ledger) == ("0.5", "40040", "4955")
    assert state(ledger, "USDT")[0] == "24975"


def test_a_fee_in_a_third_asset_is_a_cost_at_its_price_and_sells_that_asset() -> None:
    # 40000 + 0.08 · 500; the fee sells 0.08 BNB, bought at 450, for 500 each: 0.08 · 50
    bnb = fill("buy", "1", "450", pair="BNB/USDT")
    ledger = booked(bnb, fill("buy", "1", "40000", "0.08", "BNB"))
    assert state(ledger) == ("1", "40040", "0")
    assert state(ledger, "BNB") == ("0.92", "450", "4")
    # 45000 - 0.09 · 500 - 40040; 4 + 0.09 · 50
    ledger.add(fill("sell", "1", "45000", "0.09", "BNB"))
    assert state(ledger) == ("0", None, "4915")
    assert state(ledger, "BNB") == ("0.83", "450", "8.5")


def test_a_rebate_is_a_negative_fee_in_whatever_it_is_paid() -> None:
    assert state(booked(fill("buy", "1", "40000", "-4", "USDT"))) == ("1", "39996", "0")
    # 40000 / 1.25
    assert state(booked(fill("buy", "1", "40000", "-0.25", "BTC"))) == ("1.25", "32000", "0")
    # 40000 - 0.5 · 8; the half GT came in at its price of 8
    ledger = booked(fill("buy", "1", "40000", "-0.5", "GT"))
    assert state(ledger) == ("1", "39996", "0")
    assert state(ledger, "GT") == ("0.5", "8", "0")
    # 1 · 45000 + 4.5 - 40000
    sold = booked(FIRST, fill("sell", "1", "45000", "-4.5", "USDT"))
    assert state(sold) == ("0", None, "5004.5")


def test_another_quote_currency_is_valued_then_and_itself_sold() -> None:
    # 10 ETH for 0.6 BTC worth 50000 each: 30000 / 10. The BTC had cost 40000: 0.6 · 10000.
    ledger = booked(FIRST, fill("buy", "10", "0.06", pair="ETH/BTC"))
    assert state(ledger, "ETH") == ("10", "3000", "0")
    assert state(ledger) == ("0.4", "40000", "6000")
    # 5 ETH for 0.35 BTC: 0.35 · 50000 - 5 · 3000; BTC: (0.4 · 40000 + 17500) / 0.75
    ledger.add(fill("sell", "5", "0.07", pair="ETH/BTC"))
    assert state(ledger, "ETH") == ("5", "3000", "2500")
    quantity, average, realised = state(ledger)
    assert (quantity, realised) == ("0.75", "6000")
    assert average == "44666." + "6" * 44 + "7"


def test_what_the_exchange_says_was_paid_counts_before_the_product() -> None:
    assert state(booked(fill("buy", "3", "0.33333333", value="0.99999999")))[1] == "0.33333333"
    assert state(booked(fill("buy", "4", "0.3", value="1")))[1] == "0.25"


def test_a_price_that_is_not_known_makes_the_average_unknown_until_all_is_sold() -> None:
    odd = fill("buy", "1", "40000", "3", "POINT")
    ledger = booked(FIRST, odd)
    assert state(ledger) == ("2", None, "0")
    reason = ledger.positions["BTC"].why_unknown
    assert reason == "no price of POINT in USDT is stored of 1970-01-01T00:00:00Z"
    ledger.add(fill("sell", "2", "50000"))
    assert state(ledger) == ("0", None, None)  # what that earned is not known
    assert ledger.positions["BTC"].why_unrealised == reason
    ledger.add(fill("buy", "1", "41000"))
    assert state(ledger) == ("1", "41000", None)


def test_unknown_proceeds_leave_the_average_of_the_rest() -> None:
    ledger = booked(FIRST, fill("sell", "0.5", "42000", pair="BTC/TRY"))
    assert state(ledger) == ("0.5", "40000", None)
    assert state(ledger, "TRY") == ("21000", None, "0")


def test_an_unknown_fee_is_an_unknown_cost() -> None:
    assert state(booked(fill("buy", "1", "40000", None))) == ("1", None, "0")
    assert state(booked(fill("buy", "1", "40000", "1", None))) == ("1", None, "0")
    # Of no fee it does not matter in what it is paid.
    assert state(booked(fill("buy", "1", "40000", "0", "POINT"))) == ("1", "40000", "0")


def test_more_is_sold_than_fills_explain() -> None:
    ledger = booked(FIRST, fill("sell", "2.5", "50000", "50", "USDT"))
    # Of 124950 for 2.5, 1 / 2.5 is for what was bought: 49980 - 40000
    assert state(ledger) == ("0", None, "9980")
    assert ledger.positions["BTC"].sold_beyond == Decimal("1.5")
    # Of what nothing was bought, nothing is known.
    assert state(booked(fill("sell", "1", "50000"))) == ("0", None, None)


def test_a_fee_as_large_as_all_of_it_leaves_nothing() -> None:
    assert state(booked(fill("buy", "1", "40000", "2", "BTC")))[0] == "0"
    assert state(booked(FIRST, fill("sell", "1", "1", "2", "USDT")), "USDT")[0] == "0"
