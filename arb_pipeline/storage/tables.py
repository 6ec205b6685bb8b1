"""What the code expects of the live database, and how the two differ.

What belongs here: reading the live schema from the catalog, the expected one from
``sql/schema.sql``, and saying in words what differs. What does not: mending it (``migrations``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arb_pipeline.model import Exchange
from arb_pipeline.storage.database import sql, sql_directory
from arb_pipeline.storage.schema_text import Item, parse

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection

# Comments explain and bodies of views and functions are reworded by each release of PostgreSQL;
# a test compares them where the release is known.
_COMPARED = (
    "table",
    "column",
    "constraint",
    "index",
    "trigger",
    "hypertable",
    "view",
    "function",
    "procedure",
)
_RELATIONS = ("table", "view", "function", "procedure")


async def live(connection: Connection) -> list[Item]:
    """Everything the schema of the database consists of.

    Raises:
        asyncpg.UndefinedTableError: the extension timescaledb is not installed in this database.
    """
    async with connection.transaction(readonly=True):
        await connection.execute(sql("schema_session"))
        return [Item(**dict(row)) for row in await connection.fetch(sql("schema_items"))]


def expected() -> list[Item]:
    """What ``sql/schema.sql`` says the schema consists of; bodies and comments are left out."""
    return parse((sql_directory() / "schema.sql").read_text(encoding="utf-8"))


async def validate(connection: Connection) -> list[str]:
    """What differs between the database and what this code expects, in words; empty is good."""
    if not await connection.fetchval(sql("timescaledb_installed")):
        return ["the extension timescaledb is not installed in this database"]
    differences = compare(expected(), await live(connection))
    if not any(difference == "table exchanges is missing" for difference in differences):
        known = {row["enum_value"] for row in await connection.fetch(sql("exchanges"))}
        differences += [f"exchanges: no row for {e}" for e in Exchange if e.value not in known]
    return differences


def compare(wanted: Sequence[Item], found: Sequence[Item]) -> list[str]:
    """Say how ``found`` differs from ``wanted``, in the order of ``wanted``."""
    want, have = _keyed(wanted), _keyed(found)
    absent = {key[1] for key in want if key[0] in _RELATIONS and key not in have}
    extra = {key[1] for key in have if key[0] in _RELATIONS and key not in want}
    differences = []
    for key, item in want.items():
        kind, relation, name = key
        if kind in _RELATIONS and relation in absent:
            differences.append(f"{kind} {relation} is missing")
        elif relation in absent:
            continue  # said once, for the whole table
        elif key not in have:
            differences.append(_missing(kind, relation, name))
        elif have[key] != item:
            differences.append(f"{_named(kind, relation, name)} is {have[key]!r}, not {item!r}")
    for kind, relation, name in have:
        if kind in _RELATIONS and relation in extra:
            differences.append(f"{kind} {relation} is not part of the schema")
        elif relation not in extra and (kind, relation, name) not in want:
            differences.append(f"{_named(kind, relation, name)} is not part of the schema")
    return differences


def _keyed(items: Sequence[Item]) -> dict[tuple[str, str, str], str]:
    """What is compared, by kind, relation and name."""
    keyed = {}
    for item in items:
        if item.kind in ("function", "procedure"):
            keyed[item.kind, item.relation, ""] = ""
        elif item.kind == "view":
            keyed[item.kind, item.relation, ""] = item.name
        elif item.kind in _COMPARED:
            keyed[item.kind, item.relation, item.name] = item.definition
    return keyed


def _named(kind: str, relation: str, name: str) -> str:
    match kind:
        case "column":
            return f"column {relation}.{name}"
        case "hypertable":
            return f"chunk interval of {relation} ({name})"
        case "constraint" | "index" | "trigger":
            return f"{kind} {name} of {relation}"
        case _:
            return f"{kind} {relation}"


def _missing(kind: str, relation: str, name: str) -> str:
    if kind == "hypertable":
        return f"table {relation} is not a hypertable by {name}"
    return f"{_named(kind, relation, name)} is missing"
