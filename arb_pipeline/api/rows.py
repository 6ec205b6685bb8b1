"""What rows of answers hold: their columns, in order, in every format.

What belongs here: names and types. Decimals are text, exact, with every digit that is stored; times
are UTC. Column by column they are what the query of the same name selects.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from arb_pipeline.model import Exchange

T = TypeVar("T")
Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="exact decimal")]


class Page(BaseModel, Generic[T]):
    """Rows, and the cursor of the next page; null where this is the last."""

    data: list[T]
    next: str | None


class Candle(BaseModel):
    """Prices in quote units, volume in base units; the timestamp is when it opens."""

    symbol_id: int
    timeframe: str
    timestamp: datetime
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    volume: Amount
    quote_volume: Amount | None
    trade_count: int | None
    received_at: datetime


class Balance(BaseModel):
    """What an account holds of one asset, in units of it."""

    exchange: Exchange
    asset_name: str
    timestamp: datetime
    available_balance: Amount
    locked_balance: Amount
    total_balance: Amount
    frozen_balance: Amount | None
    borrowing_balance: Amount | None
    interest_balance: Amount | None
    exchange_timestamp: datetime | None


class BookTicker(BaseModel):
    """Best bid and ask; quantities are base units on spot, contracts on futures."""

    exchange: Exchange
    symbol: str
    exchange_symbol: str
    timestamp: datetime
    bid_price: Amount
    bid_qty: Amount
    ask_price: Amount
    ask_qty: Amount
    sequence_number: int | None
    exchange_timestamp: datetime | None
    symbol_id: int


class FundingRate(BaseModel):
    """A fraction of the position's value, predicted or settled."""

    exchange: Exchange
    symbol: str
    exchange_symbol: str
    timestamp: datetime
    funding_rate: Amount
    funding_time: datetime
    next_funding_time: datetime | None
    is_settled: bool
    funding_interval_hours: Amount | None
    mark_price: Amount | None
    index_price: Amount | None
    exchange_timestamp: datetime | None
    symbol_id: int


class PortfolioItem(BaseModel):
    """A holding and its worth in the reference currency; null where it is not known."""

    exchange: Exchange
    asset_name: str
    timestamp: datetime
    reference_currency: str
    quantity: Amount
    unexplained_quantity: Amount | None
    current_price: Amount | None
    price_route: str | None
    priced_at: datetime | None
    average_entry_price: Amount | None
    value: Amount | None
    unrealised_profit: Amount | None
    unrealised_profit_percent: Amount | None
    realised_profit: Amount | None
    balance_at: datetime | None
    note: str | None


class Opportunity(BaseModel):
    """Buy here, sell there; bps are hundredths of a percent, after fees where called net."""

    timestamp: datetime
    opportunity_id: str
    kind: str
    buy_exchange: Exchange
    buy_symbol: str
    sell_exchange: Exchange
    sell_symbol: str
    buy_price: Amount
    sell_price: Amount
    quantity: Amount
    conversion_rate: Amount
    spread_bps: Amount
    fee_bps: Amount
    funding_bps: Amount
    transfer_cost: Amount
    net_bps: Amount
    net_profit: Amount
    peak_net_bps: Amount
    opened_at: datetime
    age_seconds: Amount
    symbol_id: int
    sell_symbol_id: int


class DayCoverage(BaseModel):
    """How many seconds of a UTC day are present, absent, unreachable and missing so far."""

    exchange: Exchange
    symbol: str
    exchange_symbol: str
    data_set: str
    timeframe: str
    day: date
    present_seconds: Amount
    absent_seconds: Amount
    unreachable_seconds: Amount
    missing_seconds: Amount
    longest_absent_seconds: Amount
    updated_at: datetime | None
    symbol_id: int


class Symbol(BaseModel):
    """An instrument; active ones can be traded, tracked ones are collected.

    The backfill of a tracked one is pending, filling or complete.
    """

    id: int
    exchange: Exchange
    symbol: str
    exchange_symbol: str
    is_active: bool
    is_tracked: bool
    tracked_at: datetime | None
    backfill_state: str | None
    backfill_percent: int | None
    backfill_from: date | None
    status: str
    tick_size: Amount | None
    lot_size: Amount | None
    contract_size: Amount
    min_quantity: Amount | None
    min_notional: Amount | None
    maker_fee: Amount | None
    taker_fee: Amount | None
    listed_at: datetime | None
    delisted_at: datetime | None
