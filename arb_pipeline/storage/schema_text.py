"""The schema as text: how ``sql/schema.sql`` is written from the catalog, and read again.

What belongs here: that one format, both ways. The file can be executed, but databases are made by
the migrations; it is there to be read, and it is what the code expects of a live database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

HEADER = """\
-- What the migrations add up to. Generated: arb-pipeline db schema > sql/schema.sql
-- Databases are made by the migrations; this is for reading, and db validate compares with it.

CREATE EXTENSION IF NOT EXISTS timescaledb;
"""
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (\w+) ON (\w+) ")
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+) ")
_HYPERTABLE = re.compile(r"SELECT create_hypertable\('(\w+)', by_range\('(\w+)', INTERVAL '(.+?)'")
_ROUTINE = re.compile(r"CREATE OR REPLACE (FUNCTION|PROCEDURE) public\.(\w+)\(")
_VIEW_COLUMNS = "-- Columns: "


@dataclass(frozen=True, slots=True)
class Item:
    """One fact of the schema.

    Attributes:
        kind: table, column, constraint, index, trigger, hypertable, view, function, procedure
            or comment.
        relation: the table, view, function or procedure it belongs to.
        name: of the column, constraint, index or trigger; the time column of a hypertable; the
            columns with their types of a view; empty for the relation itself.
        definition: the rest, as SQL; of a hypertable, the chunk interval.
    """

    kind: str
    relation: str
    name: str
    definition: str


def render(items: Sequence[Item]) -> str:
    """The text of ``sql/schema.sql`` for items in the order of the catalog query."""
    blocks = [HEADER]
    for _, group in groupby(items, key=lambda item: item.relation):
        own = list(group)
        blocks.append("".join(_statement(item, own) for item in own))
    return "\n".join(blocks)


def _statement(item: Item, own: Sequence[Item]) -> str:
    """``item`` as SQL; ``own`` are all items of its relation, the relation itself first."""
    match item.kind:
        case "table":
            lines = ",\n".join(
                f"    {'CONSTRAINT ' if part.kind == 'constraint' else ''}{part.name} "
                f"{part.definition}"
                for part in own
                if part.kind in ("column", "constraint")
            )
            return f"CREATE TABLE {item.relation} (\n{lines}\n);\n"
        case "index" | "trigger" | "function" | "procedure":
            return f"{item.definition.strip()};\n"
        case "hypertable":
            return (
                f"SELECT create_hypertable('{item.relation}', by_range('{item.name}', "
                f"INTERVAL '{item.definition}'), create_default_indexes => false);\n"
            )
        case "view":
            body = item.definition.strip()
            return f"{_VIEW_COLUMNS}{item.name}\nCREATE VIEW {item.relation} AS\n{body}\n"
        case "comment":
            what = f"COLUMN {item.relation}.{item.name}" if item.name else _titled(own[0])
            text = item.definition.replace("'", "''")
            return f"COMMENT ON {what} IS '{text}';\n"
        case _:
            return ""  # columns and constraints stand inside their table


def _titled(relation: Item) -> str:
    return f"{relation.kind.upper()} {relation.relation}"


def parse(text: str) -> list[Item]:
    """The items of a rendered schema, but for comments and the bodies of views and functions.

    Raises:
        ValueError: the text is not one that :func:`render` wrote.
    """
    items: list[Item] = []
    table = columns = ""
    for line in text.splitlines():
        if line.startswith("CREATE TABLE "):
            table = line.split()[2]
            items.append(Item("table", table, "", ""))
        elif line == ");":
            table = ""
        elif table:
            line = line.strip().removesuffix(",")
            kind = "constraint" if line.startswith("CONSTRAINT ") else "column"
            name, _, definition = line.removeprefix("CONSTRAINT ").partition(" ")
            items.append(Item(kind, table, name, definition))
        elif found := _INDEX.match(line):
            items.append(Item("index", found[2], found[1], line.removesuffix(";")))
        elif found := _TRIGGER.match(line):
            items.append(Item("trigger", found[2], found[1], line.removesuffix(";")))
        elif found := _HYPERTABLE.match(line):
            items.append(Item("hypertable", found[1], found[2], found[3]))
        elif line.startswith(_VIEW_COLUMNS):
            columns = line.removeprefix(_VIEW_COLUMNS)
        elif line.startswith("CREATE VIEW "):
            items.append(Item("view", line.split()[2], columns, ""))
        elif found := _ROUTINE.match(line):
            items.append(Item(found[1].lower(), found[2], "", ""))
    if not items:
        raise ValueError("this is no schema")
    return items
