"""Symbols: what exchanges list, what is tracked, and registering it.

What belongs here: these questions and the two changes. What does not: who else registers
(``storage.tracking`` is shared), and filling history (the sensor ``registration``).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from arb_pipeline.api import rows
from arb_pipeline.api.asking import Enabled, Exchanges, Name
from arb_pipeline.api.dependencies import Database
from arb_pipeline.api.documents import errors, pages_of
from arb_pipeline.api.errors import ApiError
from arb_pipeline.api.formats import JSON, encoded, json_body
from arb_pipeline.api.paging import Paging
from arb_pipeline.model import Exchange
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.pages import Page, page
from arb_pipeline.storage.tracking import NotEnabledError, track_symbol, untrack_id

router = APIRouter(prefix="/symbols", tags=["symbols"])

SymbolId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Registration(BaseModel):
    """What is to be collected from now on, and its history filled."""

    model_config = ConfigDict(extra="forbid")

    symbol: Name = Field(description="BTC/USDT, or the exchange's own id", examples=["BTC/USDT"])
    exchange: Exchange | None = Field(
        default=None, description="default: every enabled exchange that lists it"
    )


@router.get("", **pages_of(rows.Symbol))
async def symbols(
    asked: Paging,
    database: Database,
    exchanges: Exchanges,
    active: Annotated[bool | None, Query(description="whether it can be traded")] = None,
    tracked: Annotated[bool | None, Query(description="whether it is collected")] = None,
) -> Response:
    """What the exchanges list, by id, and how far the backfills of tracked ones are."""
    return await asked.answer(
        database,
        "symbols",
        [exchange.value for exchange in exchanges],
        active,
        tracked,
        None,
        model=rows.Symbol,
        key=["id"],
        first=[0],
    )


@router.get("/{symbol_id}", response_model=rows.Symbol, responses=errors(404))
async def symbol(symbol_id: SymbolId, database: Database) -> Response:
    """One symbol, and how far its backfill is."""
    found = await _of(database, [symbol_id])
    if not found.rows:
        raise ApiError(404, "unknown_symbol", f"no symbol has the id {symbol_id}")
    return Response(json_body(dict(found.rows[0])), media_type=JSON)


@router.post(
    "",
    status_code=201,
    response_model=rows.Page[rows.Symbol],
    responses=errors(404),
)
async def register(registration: Registration, database: Database, enabled: Enabled) -> Response:
    """Track a symbol: it is collected from the next beat on, and a sensor fills its history.

    The answer holds one row per exchange, with the state of its backfill. 400 if it is registered
    everywhere already, 404 if it is not listed.
    """
    try:
        tracked = await track_symbol(
            database, registration.symbol, exchange=registration.exchange, enabled=enabled
        )
    except NotEnabledError as error:
        raise ApiError(422, "invalid", f"exchange: {error}") from None
    if not any(one.is_new for one in tracked):
        words = "; ".join(str(one) for one in tracked)
        raise ApiError(400, "already_registered", words)
    found = await _of(database, [one.instrument.symbol_id for one in tracked])
    return encoded(JSON, rows.Symbol, found.rows, None, {}, status=201)


@router.delete("/{symbol_id}", status_code=204, response_model=None, responses=errors(404))
async def unregister(symbol_id: SymbolId, database: Database) -> Response:
    """Stop collecting a symbol; what is stored stays."""
    if not await untrack_id(database, symbol_id):
        raise ApiError(404, "not_registered", f"no tracked symbol has the id {symbol_id}")
    return Response(status_code=204)


async def _of(connection: Connection, ids: list[int]) -> Page:
    everywhere = [exchange.value for exchange in Exchange]
    return await page(
        connection, "symbols", everywhere, None, None, ids, key=["id"], after=[0], limit=len(ids)
    )
