"""Questions about what the accounts hold and held; all amounts in units of the asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arb_pipeline.model import now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.asked import (
    Exchanges,
    Names,
    Window,
    exchange_ids,
    exchange_names,
    names,
    window,
)
from arb_pipeline.storage.queries.frames import frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection

_HOUR_MS = 3_600_000


async def latest_balances(
    connection: Connection,
    exchanges: Names = None,
    assets: Names = None,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """What accounts hold now, by exchange, by asset, by both or altogether (None is all).

    An asset whose newest row is zero is gone and is left out. How old a balance may be is the
    reader's to judge by ``timestamp``: an account that is no longer sampled keeps its last rows.

    Columns: exchange, asset_name, timestamp, available_balance, locked_balance, total_balance,
    frozen_balance, borrowing_balance, interest_balance, exchange_timestamp, exchange_id.
    """
    wanted = exchange_names(exchanges)
    return await frame(connection, "balances_latest", wanted, names(assets), floats=floats)


async def balance_history(
    connection: Connection,
    asset: str,
    hours: float,
    exchange: str | None = None,
    *,
    floats: bool = False,
) -> pd.DataFrame:
    """What was held of one asset during the last hours, sample by sample, in the order of time.

    Zeros are among them: the sample in which the asset was first seen to be gone. Columns as of
    ``latest_balances``.
    """
    wanted = exchange_names(exchange)
    return await frame(
        connection,
        "balances_history",
        asset,
        to_datetime(now_ms() - int(hours * _HOUR_MS)),
        None if wanted is None else wanted[0],
        floats=floats,
    )


async def total_balances(
    connection: Connection, assets: Names = None, *, floats: bool = False
) -> pd.DataFrame:
    """What all accounts together hold now, per asset (None is all); what is gone is left out.

    Columns: asset_name, available_balance, locked_balance, total_balance, exchange_count (accounts
    that hold it), oldest (receipt of the oldest of the rows added up).
    """
    return await frame(connection, "balances_total", names(assets), floats=floats)


async def balances(
    connection: Connection, exchanges: Exchanges, asked: Window, *, floats: bool = False
) -> pd.DataFrame:
    """Stored samples of some accounts, zeros among them.

    Columns: exchange, exchange_id, asset_name, timestamp, available_balance, locked_balance,
    total_balance, frozen_balance, borrowing_balance, interest_balance, exchange_timestamp,
    created_at.
    """
    interval = window(asked)
    return await frame(
        connection,
        "balances_range",
        await exchange_ids(connection, exchanges),
        to_datetime(interval.start),
        to_datetime(interval.end),
        floats=floats,
    )
