"""``arb-pipeline portfolio``: what the accounts hold, what it is worth, what it earned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arb_pipeline.cli.app import app, console, errors, table
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.model import DAY_MS, now_ms
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.portfolio import newest_items

if TYPE_CHECKING:
    from asyncpg import Record

_SUMS = ("value", "unrealised_profit", "realised_profit")


@app.command()
def portfolio(
    now: Annotated[bool, typer.Option("--now", help="Value the accounts first.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Every digit, and why something is not known.")
    ] = False,
) -> None:
    """Show the newest valuation of every account; empty is unknown."""
    with open_session() as session:
        currency = session.settings.reference_currency
        problem = _value(session) if now else None

        async def ask(pool: Pool) -> list[Record]:
            async with pool.acquire() as connection:
                return await newest_items(connection, currency)

        found = session.query(ask)
    if as_json:
        typer.echo(json.dumps([dict(row) for row in found], default=_written, indent=1))
    else:
        _show(found, currency)
    if problem:
        errors.print(problem, highlight=False, markup=False)
        raise typer.Exit(1)


def _value(session: Session) -> str | None:
    """Value all accounts; what could not be valued, and why."""
    # Imported here: Dagster, which showing what is stored does not need.
    from arb_pipeline.defs.launch import materialize_derived
    from arb_pipeline.defs.partitions import ENABLED, ExchangeDay

    today = now_ms() // DAY_MS * DAY_MS
    days = [ExchangeDay(exchange, today) for exchange in ENABLED]
    return materialize_derived(session.instance, "portfolio_items", days).problem


def _show(found: Sequence[Record], currency: str) -> None:
    if not found:
        console.print("nothing was valued yet: arb-pipeline portfolio --now")
        return
    made = table(
        "exchange",
        "asset",
        title=f"portfolio in {currency}",
        numbers=(
            "quantity", "unexplained", "entry", "price", "value", "unrealised", "%", "realised",
            "valued (UTC)",
        ),
    )  # fmt: skip
    for row in found:
        made.add_row(
            row["exchange"],
            row["asset_name"],
            _number(row["quantity"], 8),
            _number(row["unexplained_quantity"], 8),
            _number(row["average_entry_price"], 4),
            _number(row["current_price"], 4),
            _number(row["value"], 2),
            _number(row["unrealised_profit"], 2),
            _number(row["unrealised_profit_percent"], 2),
            _number(row["realised_profit"], 2),
            f"{row['timestamp']:%m-%d %H:%M}",
        )
    console.print(made)
    for column in _SUMS:
        known = [row[column] for row in found if row[column] is not None]
        unknown = (
            f", of {len(found) - len(known)} assets unknown" if len(known) < len(found) else ""
        )
        name = column.replace("_", " ")
        console.print(f"{name}: {_number(sum(known, Decimal(0)), 2)}{unknown}", highlight=False)
    console.print("unexplained: not by fills, such as deposits; why a place is empty: --json")


def _number(value: Decimal | None, places: int) -> str:
    if value is None:
        return ""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places > 2 else text


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else format(value, "f")
