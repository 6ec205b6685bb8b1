"""What a sample says of the id cache: rows looked up by their symbol, and rows of none it knows."""

from __future__ import annotations

from typing import Any

from arb_pipeline.defs.snapshots.io_manager import looked_up
from arb_pipeline.model import DataSet, Exchange, Rejection, SnapshotPage

_REFUSED = Rejection("5", "the row is 5, of no symbol")


def _page(data_set: DataSet, rows: int, *rejected: int | None) -> SnapshotPage[Any]:
    return SnapshotPage(
        Exchange.BYBIT_SPOT,
        data_set,
        rows=[object() for _ in range(rows)],  # only counted
        rejected=[(symbol_id, _REFUSED) for symbol_id in rejected],
    )


def test_rows_that_name_no_known_symbol_are_misses() -> None:
    assert looked_up(_page(DataSet.TICKERS, 20)) == (20, 0)
    # Of three refused rows, the symbol of one is known.
    assert looked_up(_page(DataSet.TICKERS, 17, None, 4, None)) == (20, 2)


def test_assets_have_no_ids_and_no_sample_no_rows() -> None:
    assert looked_up(_page(DataSet.BALANCES, 9, None)) == (0, 0)
    assert looked_up(None) == (0, 0)
