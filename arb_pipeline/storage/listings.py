"""Synchronising ``symbols`` with what an exchange lists.

What belongs here: one list, as fetched, becoming rows: new ones added, changed and renamed ones
updated, missing ones marked as delisted, malformed ones kept in ``rejected_records``. No row of
``symbols`` is ever deleted and no id ever changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

import asyncpg

from arb_pipeline.model import Exchange, Listing, Rejection
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# As in listings_put.sql, is_active being the only one that is not text.
_FIELDS = (
    "exchange_symbol", "base", "quote", "status", "is_active", "tick_size", "lot_size",
    "contract_size", "min_quantity", "min_notional", "maker_fee", "taker_fee",
    "funding_interval_hours", "listed_at",
)  # fmt: skip
_values = attrgetter(*_FIELDS)
_LONGEST_REASON = 500


class SuspiciousListingsError(RuntimeError):
    """The list is so short that believing it would delist most symbols; nothing was changed."""


@dataclass(slots=True)
class SyncReport:
    """What became of one list; names are the exchange's own ids.

    Attributes:
        new: seen for the first time.
        changed: status, steps, fees and the like differ from before.
        renamed: the same id under another base or quote (``ID: OLD/Q → NEW/Q``), or a new id that
            took over base and quote of one that disappeared (``OLD → NEW``).
        delisted: no longer in the list.
        relisted: in the list again.
        unchanged: number of the others.
        rejected: malformed ones, stored in ``rejected_records``.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    delisted: list[str] = field(default_factory=list)
    relisted: list[str] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)


async def sync_listings(
    connection: Connection,
    exchange: Exchange,
    listings: Sequence[Listing],
    seen_at: int,
    *,
    refused: Sequence[Rejection] = (),
    allow_mass_delisting: bool = False,
) -> SyncReport:
    """Make ``symbols`` what ``exchange`` lists, in one transaction.

    Args:
        connection: to the database.
        exchange: whose complete list this is.
        listings: every symbol the exchange lists.
        seen_at: when it was fetched, milliseconds.
        refused: rows of the list that could not be read; kept in ``rejected_records``.
        allow_mass_delisting: believe a list that lacks more than half of the known symbols.

    Raises:
        SuspiciousListingsError: the list is empty or lacks more than half of the known symbols.
        ValueError: a listing belongs to another exchange.
        LookupError: the database does not know the exchange.
    """
    if any(listing.exchange is not exchange for listing in listings):
        raise ValueError(f"a list of {exchange} holds symbols of another exchange")
    if not listings:
        raise SuspiciousListingsError(f"{exchange} listed no symbols at all; nothing was changed")
    async with connection.transaction():
        exchange_id = await connection.fetchval(sql("listings_lock"), exchange.value)
        if exchange_id is None:
            raise LookupError(f"the table exchanges has no row for {exchange}: is it migrated?")
        await connection.execute(sql("listings_stage"))
        report = SyncReport(rejected=list(refused))
        malformed = await _stage(connection, exchange_id, _unique(listings, report), report)
        await connection.execute("ANALYZE listings_staging")  # joins are planned by its size
        # What is listed, however malformed, is not delisted.
        there = {listing.exchange_symbol for listing in malformed}
        there |= {text for rejection in refused for text in _texts(rejection.payload)}
        named = sorted(name for name in there if _stores(name))
        known = await connection.fetchrow(sql("listings_gone"), exchange_id, named)
        if known and known["gone"] * 2 > known["listed"] and not allow_mass_delisting:
            raise SuspiciousListingsError(
                f"the list of {exchange} lacks {known['gone']} of its {known['listed']} known "
                "symbols; nothing was changed. Is it complete?"
            )
        rows = await connection.fetch(
            sql("listings_merge"), exchange_id, to_datetime(seen_at), named
        )
        for row in rows:
            if row["outcome"] == "unchanged":
                report.unchanged += 1
            else:
                getattr(report, row["outcome"]).append(row["name"])
        await connection.execute(
            sql("listings_reject"),
            exchange_id,
            [rejection.reason for rejection in report.rejected],
            [rejection.payload for rejection in report.rejected],
        )
        await connection.execute("DROP TABLE listings_staging")
    return report


def _unique(listings: Iterable[Listing], report: SyncReport) -> list[Listing]:
    """The first listing of each name; further ones are rejected."""
    first: dict[str, Listing] = {}
    for listing in listings:
        if listing.exchange_symbol in first:
            report.rejected.append(_rejection(listing, "listed more than once in one list"))
        else:
            first[listing.exchange_symbol] = listing
    return list(first.values())


async def _stage(
    connection: Connection, exchange_id: int, listings: Sequence[Listing], report: SyncReport
) -> list[Listing]:
    """Stage listings, isolating by halves those the schema refuses; returns the refused ones."""
    columns = [list(column) for column in zip(*map(_values, listings), strict=True)]
    columns[-1] = [None if value is None else str(value) for value in columns[-1]]
    try:
        async with connection.transaction():
            await connection.execute(sql("listings_put"), exchange_id, *columns)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError) as error:
        if len(listings) > 1:
            middle = len(listings) // 2
            return [
                *await _stage(connection, exchange_id, listings[:middle], report),
                *await _stage(connection, exchange_id, listings[middle:], report),
            ]
        report.rejected.append(_rejection(listings[0], await _reason(connection, error)))
        return list(listings)
    return []


async def _reason(connection: Connection, error: Exception) -> str:
    """Why the database refused a row: the rule it broke, or what it could not read."""
    name = getattr(error, "constraint_name", None)
    if name:
        rule = await connection.fetchval(sql("constraint_definition"), name)
        return f"{name}: {rule}"[:_LONGEST_REASON]
    return str(error)[:_LONGEST_REASON]


def _rejection(listing: Listing, reason: str) -> Rejection:
    text = json.dumps(asdict(listing), ensure_ascii=False)
    return Rejection(payload=text.encode(errors="backslashreplace").decode(), reason=reason)


def _texts(payload: str) -> list[str]:
    """Every text a JSON document holds as a value, in whatever depth; none if it is no JSON."""
    try:
        rest = [json.loads(payload)]
    except ValueError:
        return []
    texts: list[str] = []
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)
    return texts


def _stores(name: str) -> bool:
    """Whether a name can be sent to the database at all."""
    return "\x00" not in name and name.encode(errors="ignore").decode() == name
