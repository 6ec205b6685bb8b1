"""Serving and fetching tops of books."""

from __future__ import annotations

from typing import Any

import pytest

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.tickers import fetch_book_tickers
from arb_pipeline.model import BookTicker, Company, Exchange, Instrument, SnapshotPage
from arb_pipeline_tests.exchanges.sampled import SKEW, instrument, served
from arb_pipeline_tests.exchanges.scripted import Scripted, always

each_exchange = pytest.mark.parametrize("exchange", Exchange)
IN_BULK = [one for one in Exchange if one.company is not Company.GATEIO]
in_bulk = pytest.mark.parametrize("exchange", IN_BULK)
# Whose rows, in a list of books, have a time of their own.
TIMED = [Exchange.BINANCE_FUTURES, Exchange.BYBIT_SPOT, Exchange.BYBIT_FUTURES,
         Exchange.GATEIO_SPOT, Exchange.GATEIO_FUTURES]  # fmt: skip


def answer_with(script: Scripted, exchange: Exchange, rows: list[Any]) -> None:
    """The list; one book after the other on Gate."""
    if exchange.company is Company.GATEIO:
        script.say(*(always(row) for row in rows))
    else:
        script.say(always(served(exchange, rows)))


async def fetch(
    exchanges: Exchanges, exchange: Exchange, *wanted: Instrument
) -> SnapshotPage[BookTicker]:
    return await fetch_book_tickers(
        exchanges[exchange], wanted or [instrument(exchange)], skew_ms=SKEW
    )
