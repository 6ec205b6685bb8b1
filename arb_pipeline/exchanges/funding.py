"""Funding of perpetuals as predicted now.

What belongs here: the rate that will be paid next, when, and how long after that the next one is.
What does not: rates that were paid, which have a history of their own.

Payments are no longer always 8 hours apart: the interval comes from the exchange, per symbol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from arb_pipeline.exchanges.candle_cells import BadRow, shown
from arb_pipeline.exchanges.catalog import FUNDING_INFO_WEIGHT, capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.sampling import Picked, Source, ask, both, by_symbol, read
from arb_pipeline.exchanges.snapshot_cells import EXACT, Receipt, Row, amount, known, moment
from arb_pipeline.exchanges.tickers import BYBIT_TICKERS, PREMIUM_INDEX, premium_index
from arb_pipeline.model import (
    Company,
    DataSet,
    Exchange,
    FundingRate,
    Instrument,
    SnapshotPage,
)

_SOURCES: Mapping[Exchange, Source] = {
    Exchange.BINANCE_FUTURES: PREMIUM_INDEX,
    Exchange.BYBIT_FUTURES: BYBIT_TICKERS[Exchange.BYBIT_FUTURES],
    Exchange.GATEIO_FUTURES: Source(
        method="public_futures_get_settle_contracts",
        symbol="name",
        parameters={"settle": "usdt"},
    ),
}
# Binance lists the perpetuals whose terms were changed; all others pay every 8 hours.
_FUNDING_INFO = Source(method="fapipublic_get_fundinginfo", may_be_empty=True)
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class _Fields:
    """What an exchange calls the fields of funding, and their units in milliseconds."""

    rate: str
    time: str
    time_ms: int
    interval: str
    interval_ms: int
    mark: str = "markPrice"
    index: str = "indexPrice"


_HOURS = "fundingIntervalHours"
_FIELDS: Mapping[Company, _Fields] = {
    Company.BINANCE: _Fields("lastFundingRate", "nextFundingTime", 1, _HOURS, _HOUR_MS),
    Company.BYBIT: _Fields("fundingRate", "nextFundingTime", 1, "fundingIntervalHour", _HOUR_MS),
    Company.GATEIO: _Fields(
        "funding_rate",
        "funding_next_apply",
        1000,
        "funding_interval",
        1000,
        "mark_price",
        "index_price",
    ),
}


async def fetch_funding_rates(
    client: ExchangeClient, instruments: Sequence[Instrument], *, skew_ms: int
) -> SnapshotPage[FundingRate]:
    """The rate each perpetual is predicted to pay next.

    One request; two for Binance, which tells intervals elsewhere.

    Args:
        client: the exchange that lists the instruments.
        instruments: whose; rows of others are ignored.
        skew_ms: a row whose exchange time is further than this from receipt is rejected.

    Raises:
        NotSupported: a spot exchange, which knows no funding.
        ExchangeError: the exchange could not be asked, or answered with something else.
    """
    asked = capability(client.exchange, DataSet.FUNDING_RATES)
    wanted = by_symbol(client, instruments)
    page: SnapshotPage[FundingRate] = SnapshotPage(client.exchange, DataSet.FUNDING_RATES)
    if not wanted:
        return page
    tally = Counters()
    if client.exchange is Exchange.BINANCE_FUTURES:
        picked = await _binance(client, wanted, tally)
    else:
        picked = await ask(
            client,
            _SOURCES[client.exchange],
            wanted,
            weight=asked.sample_weight,
            subject="funding rates",
            tally=tally,
        )
    read(page, picked, list(wanted.values()), _funding_rate, skew_ms)
    page.requests = tally.requests
    return page


async def _binance(
    client: ExchangeClient, wanted: Mapping[str, Instrument], tally: Counters
) -> Picked:
    info = ask(
        client,
        _FUNDING_INFO,
        wanted,
        weight=FUNDING_INFO_WEIGHT,
        subject="funding intervals",
        tally=tally,
    )
    picked, changed = await both(premium_index(client, wanted, tally), info)
    picked.rows = {
        name: {_HOURS: changed.rows.get(name, {}).get(_HOURS, 8), **row}
        for name, row in picked.rows.items()
    }
    return picked


def _funding_rate(one: Instrument, row: Row, receipt: Receipt) -> FundingRate:
    names = _FIELDS[one.exchange.company]
    stamp = receipt.believe(moment(row, "time"))
    time = moment(row, names.time, names.time_ms)
    if time is None:
        raise BadRow(f"{names.time} is {shown(row.get(names.time))}, not a time")
    interval = known(row, names.interval)
    hours, following = None, None
    if interval is not None:
        length = EXACT.multiply(interval, Decimal(names.interval_ms))
        hours, following = length / _HOUR_MS, time + int(length)
    return FundingRate(
        one.symbol_id,
        receipt.at,
        amount(row, names.rate),
        time,
        following,
        funding_interval_hours=hours,
        mark_price=known(row, names.mark),
        index_price=known(row, names.index),
        exchange_timestamp=stamp,
    )
