"""Questions about what was computed: opportunities, order flow, the portfolio, conversion rates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.asked import (
    Names,
    Symbols,
    Window,
    exchange_names,
    names,
    symbol_ids,
    window,
)
from arb_pipeline.storage.queries.frames import frame, named_frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection


async def opportunities(
    connection: Connection,
    asked: Window,
    exchanges: Names = None,
    *,
    min_net_bps: Decimal | float | None = None,
    floats: bool = False,
) -> pd.DataFrame:
    """Arbitrage opportunities of a window, a row per beat, newest and best first.

    Args:
        connection: to the database.
        asked: the window.
        exchanges: only those that buy or sell on one of these; None is all.
        min_net_bps: only those of which at least so much is left, hundredths of a percent.
        floats: as of ``frame``.

    Returns:
        Columns: timestamp, opportunity_id (the same for as long as it lasts), kind, buy_exchange,
        buy_symbol, sell_exchange, sell_symbol, buy_price, sell_price, quantity (base units),
        conversion_rate, spread_bps, fee_bps, funding_bps, transfer_cost, net_bps, net_profit
        (quote units of the symbol to buy), peak_net_bps, opened_at, age, symbol_id,
        sell_symbol_id.
    """
    interval = window(asked)
    return await frame(
        connection,
        "opportunities_range",
        to_datetime(interval.start),
        to_datetime(interval.end),
        exchange_names(exchanges),
        _exact(min_net_bps),
        floats=floats,
    )


async def latest_opportunities(
    connection: Connection,
    exchanges: Names = None,
    *,
    min_net_bps: Decimal | float | None = None,
    floats: bool = False,
) -> pd.DataFrame:
    """The opportunities of the newest beat, best first; empty where it found none.

    Arguments and columns as of ``opportunities``.
    """
    return await frame(
        connection,
        "opportunities_latest",
        exchange_names(exchanges),
        _exact(min_net_bps),
        floats=floats,
    )


async def order_flow(
    connection: Connection,
    symbols: Symbols,
    asked: Window,
    window_seconds: int | None = None,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """Order-flow metrics whose windows end in a window; None is every length.

    Columns: exchange, symbol, symbol_id, timestamp (end of the window), window_seconds, ofi_score,
    microprice, volume_imbalance (-1 to 1), buy_volume, sell_volume (base units), book_count,
    trade_count.
    """
    interval = window(asked)
    return await named_frame(
        connection,
        "order_flow_range",
        await symbol_ids(connection, symbols),
        to_datetime(interval.start),
        to_datetime(interval.end),
        window_seconds,
        floats=floats,
    )


async def portfolio(
    connection: Connection, exchanges: Names = None, assets: Names = None, *, floats: bool = False
) -> pd.DataFrame:
    """What each account held when it was last valued, and what it was worth; None is all.

    An account that was last valued more than a day before the newest valuation is left out.

    Returns:
        Columns: exchange, asset_name, timestamp (of valuation), reference_currency, quantity,
        unexplained_quantity (not explained by fills), current_price, price_route, priced_at,
        average_entry_price, value, unrealised_profit, unrealised_profit_percent, realised_profit,
        exchange_id. Null is unknown; prices, values and profits are in the reference currency.
    """
    return await frame(
        connection, "portfolio_latest", exchange_names(exchanges), names(assets), floats=floats
    )


async def portfolio_history(
    connection: Connection,
    asked: Window,
    exchanges: Names = None,
    assets: Names = None,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """Every valuation of a window, in the order of time; arguments and columns as ``portfolio``."""
    interval = window(asked)
    return await frame(
        connection,
        "portfolio_range",
        to_datetime(interval.start),
        to_datetime(interval.end),
        exchange_names(exchanges),
        names(assets),
        floats=floats,
    )


async def conversion_rates(
    connection: Connection, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """What currencies were exchanged for in a window, from books and as entered.

    Columns: timestamp, from_currency, to_currency, rate (units of to_currency per unit of
    from_currency), exchange and exchange_symbol (null where entered), valid_until, symbol_id.
    """
    interval = window(asked)
    return await frame(
        connection,
        "conversion_rates_range",
        to_datetime(interval.start),
        to_datetime(interval.end),
        floats=floats,
    )


def _exact(value: Decimal | float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
