"""``GET /health``: whether this server and what fills its database work.

What belongs here: the verdict and its parts. What does not: where they come from (``health`` of the
project, shared with ``arb-pipeline status``).

503 is for what makes every answer wrong or old: the database is away or not migrated, or Dagster's
daemons are not running. One exchange that is stale, or a schedule somebody stopped, is ``degraded``
with 200: the rest is served well. Who shows no token where one is needed sees the verdict alone:
enough for load balancers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from arb_pipeline.api.dependencies import ACQUIRE_SECONDS
from arb_pipeline.api.documents import errors
from arb_pipeline.api.errors import AWAY
from arb_pipeline.api.formats import JSON, json_body
from arb_pipeline.api.tokens import Known
from arb_pipeline.health import automation, freshness
from arb_pipeline.model import Exchange
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.migrations import pending

router = APIRouter(tags=["health"])


class Database(BaseModel):
    """The project's database."""

    is_reachable: bool
    is_migrated: bool


class Daemon(BaseModel):
    """Dagster's daemon process; ``dead`` are those of its parts that give no sign of life."""

    is_alive: bool
    dead: list[str]


class Schedule(BaseModel):
    """A schedule or sensor."""

    name: str
    kind: str
    is_running: bool
    last_tick_at: datetime | None
    has_failed: bool | None


class Fresh(BaseModel):
    """How old what is sampled of an exchange is, and what went wrong the last time."""

    exchange: Exchange
    data_set: str
    is_fresh: bool
    collected_at: datetime | None
    age_seconds: float | None
    limit_seconds: float
    problem: str | None


class Health(BaseModel):
    """The verdict (ok, degraded or down), and for who may know its parts."""

    status: str
    database: Database | None = None
    daemon: Daemon | None = None
    schedules: list[Schedule] | None = None
    freshness: list[Fresh] | None = None


@router.get(
    "/health",
    response_model=Health,
    responses={**errors(), 503: {"model": Health, "description": "down"}},
)
async def health(request: Request, known: Known) -> Response:
    """Database, Dagster's daemon, schedules and sensors, and freshness per exchange."""
    state = request.app.state
    database, fresh = await _database(state.pool, state.settings)
    daemon, schedules = await _automation(state.dagster_pool)
    is_down = not database["is_migrated"] or not daemon["is_alive"]
    is_degraded = any(not one["is_running"] or one["has_failed"] for one in schedules) or any(
        not one["is_fresh"] for one in fresh
    )
    verdict = "down" if is_down else "degraded" if is_degraded else "ok"
    parts = {"database": database, "daemon": daemon, "schedules": schedules, "freshness": fresh}
    body = {"status": verdict, **(parts if known else {})}
    return Response(json_body(body), 503 if is_down else 200, media_type=JSON)


async def _database(pool: Pool, settings: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    try:
        async with pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            if await pending(connection):
                return {"is_reachable": True, "is_migrated": False}, []
            found = await freshness(connection, settings)
    except AWAY:
        return {"is_reachable": False, "is_migrated": False}, []
    return {"is_reachable": True, "is_migrated": True}, [
        {
            "exchange": one.exchange,
            "data_set": one.data_set,
            "is_fresh": one.is_fresh,
            "collected_at": None if one.collected_at is None else to_datetime(one.collected_at),
            "age_seconds": one.age_seconds,
            "limit_seconds": one.limit_seconds,
            "problem": one.problem,
        }
        for one in found
    ]


async def _automation(pool: Pool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    try:
        async with pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            found = await automation(connection)
    except (*AWAY, asyncpg.UndefinedTableError):
        return {"is_alive": False, "dead": []}, []
    schedules = [
        {name: getattr(one, name) for name in Schedule.model_fields} for one in found.instigators
    ]
    return {"is_alive": not found.dead, "dead": list(found.dead)}, schedules
