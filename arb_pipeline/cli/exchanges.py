"""``exchanges``: what each exchange is declared to serve."""

from __future__ import annotations

from typing import Annotated

import typer

from arb_pipeline.cli.app import app, console, table
from arb_pipeline.exchanges.catalog import CAPABILITIES, VENUES
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Exchange
from arb_pipeline.settings import settings


@app.command("exchanges")
def exchanges_command(
    timeframe: Annotated[str, typer.Option(help="whose history horizon to show")] = "1m",
) -> None:
    """Show page sizes, history horizons and rate limits, and which exchanges are enabled."""
    if timeframe not in TIMEFRAMES:
        raise typer.BadParameter(f"choose from {', '.join(TIMEFRAMES)}", param_hint="--timeframe")
    made = table(
        "exchange",
        "reached at",
        "on",
        "keys",
        title=f"exchanges, candles of {timeframe}",
        numbers=("page", "days back", "rate limit"),
    )
    current = settings()
    for exchange in Exchange:
        candles = CAPABILITIES[DataSet.CANDLES][exchange]
        own = current.company(exchange.company)
        venue = VENUES[exchange]
        points = candles.horizon_points
        days = (points or 0) * TIMEFRAMES[timeframe].milliseconds / DAY_MS
        made.add_row(
            exchange.value,
            own.base_url or (venue.testnet if own.testnet else None) or venue.host,
            "yes" if exchange in current.exchanges else "no",
            "yes" if own.api_key and own.api_secret else "no",
            f"{candles.page_size:,}",
            f"{days:.1f}" if points else "all",
            f"{venue.limit.weight:,}/{venue.limit.window_seconds:g} s",
        )
    console.print(made)
