"""Rows that were refused: kept with their reason, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arb_pipeline.model import DataSet, Rejection
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# The reason is part of a unique index.
_LONGEST_REASON = 500
# Year 9999: what a broken row claims may be no time at all; its payload still says it.
_LATEST_MS = 253_402_300_799_000


async def keep_rejected(
    connection: Connection,
    *,
    data_set: DataSet,
    symbol_id: int,
    timeframe: str,
    rejections: Sequence[Rejection],
) -> None:
    """Store refused rows; one refused again for the same reason raises its count."""
    await connection.execute(
        sql("rejected_record"),
        data_set.value,
        symbol_id,
        timeframe,
        [_claimed(rejection.timestamp) for rejection in rejections],
        [rejection.reason[:_LONGEST_REASON] for rejection in rejections],
        [rejection.payload.replace("\x00", "\\u0000") for rejection in rejections],
    )


def _claimed(timestamp: int | None) -> object:
    known = timestamp is not None and 0 <= timestamp <= _LATEST_MS
    return to_datetime(timestamp) if known and timestamp is not None else None


def reason_of(problem: Exception) -> str:
    """Why a row was refused, the same words each time: no chunk names, no times of storing."""
    constraint = getattr(problem, "constraint_name", None)
    column = getattr(problem, "column_name", None)
    if constraint:
        return f"violates {constraint}"
    return f"{column} is missing" if column else str(problem).partition("\n")[0]
