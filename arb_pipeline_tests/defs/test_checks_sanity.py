"""What cannot be fails by name: books, prices, clocks, balances, and rows that were refused."""

from __future__ import annotations

import dagster as dg

from arb_pipeline.model import DataSet, Exchange
from arb_pipeline_tests.defs.snapshot_rows import Snapshots
from arb_pipeline_tests.defs.watching import BYBIT, ERROR, MEXC, PERPETUAL, WARN, Check


def test_senseless_samples_fail_by_name(rows: Snapshots, check: Check) -> None:
    crossed, jumping, calm, slow = rows.track(BYBIT, MEXC, Exchange.GATEIO_SPOT, PERPETUAL)
    rows.book(crossed, 30, bid="101", ask="100.5")
    rows.book(crossed, 90, bid="101", ask="101")
    rows.book(jumping, 90, bid="100", ask="102")
    rows.book(jumping, 30, bid="105.1", ask="107.1")  # 505 basis points of 101
    rows.book(calm, 500, bid="100", ask="102")  # too long before the next to be a jump
    rows.book(calm, 30, bid="200", ask="202")
    rows.book(slow, 30, behind=31)
    rows.book(slow, 90, behind=29)
    found = check()
    for name, exchange, words in [
        ("spread_positive", "BYBIT_SPOT", "2 × bid ≥ ask, latest 101 ≥ 100.5"),
        ("no_price_jump", "MEXC_SPOT", "505 basis points"),
        ("clocks_right", "BYBIT_FUTURES", "1 rows of 1 symbols behind, this one most: 31.0 s"),
    ]:
        one = found["book_tickers", name]
        assert (one.passed, one.severity) == (False, WARN), name
        assert one.metadata["findings"].value == 1, name
        table = one.metadata["what was found"]
        assert isinstance(table, dg.TableMetadataValue)
        (record,) = table.records
        assert record.data["exchange"] == exchange
        assert words in str(record.data["what"])
    assert found["book_tickers", "prices_positive"].passed
    assert found["book_tickers", "book_tickers_rows_accepted"].passed


def test_refused_rows_fail_by_name(rows: Snapshots, check: Check) -> None:
    (symbol,) = rows.track(PERPETUAL)
    late = "its time is 3600 s ahead of the time of receipt"
    refused = [
        (DataSet.BOOK_TICKERS, "violates chk_positive_prices"),
        (DataSet.BOOK_TICKERS, "bid_qty: 'NaN' is no number"),
        (DataSet.TICKERS, "violates chk_last_price"),
        (DataSet.TICKERS, late),
        (DataSet.FUNDING_RATES, "violates chk_mark_price"),
        (DataSet.BALANCES, "violates chk_positive_balances"),
        (DataSet.BALANCES, "violates chk_valid_asset_name"),
        (DataSet.BALANCES, late),
    ]
    for data_set, reason in refused:
        about = None if data_set is DataSet.BALANCES else symbol
        rows.refuse(data_set, PERPETUAL, about, reason)
    rows.beats([PERPETUAL], range(1, 60))
    found = check()
    failing = {
        key: (one.severity, one.metadata["findings"].value)
        for key, one in found.items()
        if not one.passed and not key[1].startswith("fresh_")
    }
    assert failing == {
        ("book_tickers", "prices_positive"): (WARN, 1),
        ("book_tickers", "book_tickers_rows_accepted"): (WARN, 2),
        ("tickers", "prices_positive"): (WARN, 1),
        ("tickers", "clocks_right"): (ERROR, 1),
        ("tickers", "tickers_rows_accepted"): (ERROR, 2),
        ("funding_rates", "funding_rates_rows_accepted"): (WARN, 1),
        ("balances", "balances_sane"): (ERROR, 3),
        ("balances", "clocks_right"): (ERROR, 1),
    }
    words = str(found["tickers", "clocks_right"].description)
    assert words.startswith(f"1 finding(s) at BYBIT_FUTURES, such as BTCUSDT: {late} (1 × so far)")


def test_stored_rows_that_cannot_be_mean_that_the_schema_is_broken(
    rows: Snapshots, check: Check
) -> None:
    (symbol,) = rows.track(MEXC)
    rows.execute("ALTER TABLE book_ticker_snapshots DROP CONSTRAINT chk_positive_prices")
    rows.execute("ALTER TABLE ticker_snapshots DROP CONSTRAINT chk_last_price")
    rows.execute("ALTER TABLE balance_snapshots DROP CONSTRAINT chk_positive_balances")
    rows.book(symbol, 5, bid="0")
    rows.execute(
        "INSERT INTO ticker_snapshots (timestamp, symbol_id, last_price) SELECT now(), id, -1 "
        "FROM symbols; INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, "
        "available_balance) VALUES (now(), 1, 'BTC', 'NaN'), (now(), 1, 'ETH', -1)"
    )
    found = check()
    for key, count in [
        (("book_tickers", "prices_positive"), 1),
        (("tickers", "prices_positive"), 1),
        (("balances", "balances_sane"), 2),
    ]:
        assert (found[key].passed, found[key].severity) == (False, ERROR)
        assert found[key].metadata["findings"].value == count


def test_only_what_came_since_the_last_evaluation_is_looked_at(
    rows: Snapshots, check: Check
) -> None:
    (symbol,) = rows.track(MEXC)
    rows.book(symbol, 700, bid="101", ask="100")
    rows.beats([MEXC], range(1, 60))
    assert check()["book_tickers", "spread_positive"].passed
    rows.book(symbol, 500, bid="101", ask="100")
    assert not check()["book_tickers", "spread_positive"].passed
    assert not check()["book_tickers", "spread_positive"].passed  # twice in a row, the same twice
