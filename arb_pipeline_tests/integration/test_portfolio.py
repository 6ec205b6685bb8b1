"""Portfolios on real parts: accounts whose fills are known, and values worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from arb_pipeline.defs.launch import (
    materialize_history,
)
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay
from arb_pipeline.model import DAY_MS, now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.valued import (
    FUTURES,
    GATE,
    MINUTE,
    NULL,
    SPOT,
    accounts,
    assert_item,
    collect,
    store,
    stored,
    value,
)

__all__ = ["accounts"]


def test_the_portfolio_is_what_fills_and_balances_say_to_the_last_digit(
    accounts: Pipeline,
) -> None:
    collect(accounts)
    launched = value(accounts)
    assert launched.problem is None, launched.problem
    # 0.5 - 0.1 for 20000: 50000 each. 0.4 for 17600 + 0.02 · 500: 37610 / 0.8 = 47012.5 each.
    # 0.2 sold for 10000 - 10: 9990 - 9402.5 = 587.5. 0.2 for 9004.5 · 0.999 = 8995.4955:
    # (0.6 · 47012.5 + 8995.4955) / 0.8 = 37202.9955 / 0.8. Worth 48000; 0.2 more were deposited.
    assert_item(
        accounts, SPOT, "BTC",
        "1.0", "0.2", "46503.744375", "60000", "BTC/USDT", "60000", "10797.0045",
        "29.021868682590357542580139816967157926839520220892", "587.5",
    )  # fmt: skip
    # 2 for 900; 0.02 paid as a fee when one was worth 500; 1.98 · 580 - 1.98 · 450.
    assert_item(
        accounts, SPOT, "BNB",
        "1.98", "0", "450", "580", "BNB/USDT", "1148.40", "257.4",
        "28.888888888888888888888888888888888888888888888889", "1",
    )  # fmt: skip
    # Deposited: what it cost is not known, nor what spending it earned.
    assert_item(
        accounts, SPOT, "USDC",
        "100", "100", NULL, "0.999", "USDC/USDT", "99.9", NULL, NULL, NULL,
    )  # fmt: skip
    note = stored(accounts, SPOT, "USDC", "note")[0]
    assert note.startswith("100 not explained by fills")
    assert "9004.5 sold that fills do not explain" in note
    # Of the 10000 - 10 USDT from the sale, all are held; the rest was there before.
    assert_item(accounts, SPOT, "USDT", "5000", "-4990", "1", "1", NULL, "5000", "0", "0", "0")
    # Perpetuals explain no asset: the margin is as it is.
    assert_item(
        accounts, FUTURES, "USDT",
        "26234.62345678", "26234.62345678", "1", "1", NULL, "26234.62345678", "0", "0", "0",
    )  # fmt: skip
    # Gate's BTC has a price though no pair of Gate is collected.
    assert_item(
        accounts, GATE, "BTC",
        "0.500000000000000001", "0.500000000000000001", NULL, "60000", "BINANCE_SPOT BTC/USDT",
        "30000.00000000000006", NULL, NULL, NULL,
    )  # fmt: skip
    assert_item(accounts, GATE, "BTC3L", "42.42", "42.42", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    assert "no fresh price leads from BTC3L" in stored(accounts, GATE, "BTC3L", "note")[0]
    # Balances and fills add up to each other, asset by asset.
    assert (
        accounts.rows(
            "SELECT p.asset_name FROM portfolio_items AS p JOIN latest_balances AS b USING"
            " (exchange_id, asset_name) WHERE p.quantity <> b.total_balance"
        )
        == [("nothing",)][1:]
    )
    today = {str(ExchangeDay(e, now_ms() // DAY_MS * DAY_MS).key) for e in ENABLED}
    assert accounts.materialized("portfolio_items") == today


def test_an_account_that_cannot_be_valued_takes_no_other_with_it(accounts: Pipeline) -> None:
    collect(accounts)
    accounts.rows(
        "UPDATE latest_balances SET timestamp = timestamp - $2::interval WHERE exchange_id ="
        " (SELECT id FROM exchanges WHERE enum_value = $1)",
        GATE.value,
        timedelta(hours=2),
    )
    launched = value(accounts)
    assert launched.problem is not None
    assert "1 of 7 partitions" in launched.problem
    assert "GATEIO_SPOT: the account was last read at" in launched.problem
    assert stored(accounts, SPOT, "BNB")
    assert not accounts.rows("SELECT 1 FROM portfolio_items_named WHERE exchange = $1", GATE.value)


def test_fills_with_a_hole_explain_nothing_until_it_is_filled(accounts: Pipeline) -> None:
    collect(accounts)
    at = "date_trunc('minute', now()) - interval"
    hole = f"tstzmultirange(tstzrange({at} '14 minutes', {at} '13 minutes'))"
    accounts.rows(
        f"UPDATE coverage SET present = present - {hole}, absent = absent - {hole}"
        " WHERE data_set = 'account_trades'"
    )
    assert value(accounts).problem is None
    assert_item(
        accounts, SPOT, "BNB", "1.98", NULL, NULL, "580", "BNB/USDT", "1148.4", NULL, NULL, NULL
    )
    note = stored(accounts, SPOT, "BNB", "note")[0]
    assert note.startswith("fills of BNBUSDT since ")
    collect_again = materialize_history(
        accounts.instance,
        "account_trades",
        [ExchangeDay(SPOT, day) for day in _days()],
    )
    assert collect_again.problem is None
    assert value(accounts).problem is None
    assert stored(accounts, SPOT, "BNB", "note") == (None,)


def _days() -> range:
    return range((now_ms() - 20 * MINUTE) // DAY_MS * DAY_MS, now_ms(), DAY_MS)


def test_a_past_day_is_valued_when_its_account_was_last_read(accounts: Pipeline) -> None:
    yesterday = now_ms() // DAY_MS * DAY_MS - DAY_MS
    read_at = yesterday + 20 * 60 * MINUTE
    for at, amount in ((read_at - 5 * MINUTE, "7"), (read_at, "3")):
        accounts.rows(
            "INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, available_balance)"
            " SELECT $2, id, 'BNB', $3 FROM exchanges WHERE enum_value = $1",
            SPOT.value,
            to_datetime(at),
            Decimal(amount),
        )
    # Books are dropped after days: the newest close counts then.
    store(accounts, "candles", "BNB/USDT", read_at - 3 * MINUTE, "550")
    launched = value(accounts, 1, 2)
    assert launched.problem is not None
    assert "no balances are stored of" in launched.problem
    assert_item(accounts, SPOT, "BNB", "3", "3", NULL, "550", "BNB/USDT", "1650", NULL, NULL, NULL)
    assert stored(accounts, SPOT, "BNB", "timestamp::text")[0].startswith(
        f"{to_datetime(read_at):%Y-%m-%d} 20:00:00"
    )
    count = "SELECT count(*), max(xmin::text) FROM portfolio_items"
    before = accounts.rows(count)
    value(accounts, 1)
    assert accounts.rows(count) == before


def test_an_account_that_was_emptied_is_worth_nothing(accounts: Pipeline) -> None:
    collect(accounts)
    assert value(accounts).problem is None
    assert_item(accounts, GATE, "BTC3L", "42.42", "42.42", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    accounts.rows(
        "UPDATE latest_balances SET available_balance = 0, locked_balance = 0"
        " WHERE exchange_id = (SELECT id FROM exchanges WHERE enum_value = $1)",
        GATE.value,
    )
    assert value(accounts).problem is None
    newest = accounts.rows(
        "SELECT asset_name, value FROM portfolio_items_named WHERE exchange = $1 AND timestamp ="
        " (SELECT max(timestamp) FROM portfolio_items_named WHERE exchange = $1)",
        GATE.value,
    )
    assert newest == [("USDT", 0)]
