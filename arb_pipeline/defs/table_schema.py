"""What the UI shows of a table: name, columns, types and comments, read from ``sql/schema.sql``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import dagster as dg

from arb_pipeline.storage.database import sql_directory
from arb_pipeline.storage.tables import expected

_COMMENT = re.compile(r"^COMMENT ON COLUMN (\w+)\.(\w+) IS '((?:[^']|'')*)';$", re.MULTILINE)
_NOT_NULL = " NOT NULL"


@lru_cache(maxsize=1)
def _comments() -> dict[tuple[str, str], str]:
    text = (sql_directory() / "schema.sql").read_text(encoding="utf-8")
    return {(found[1], found[2]): found[3].replace("''", "'") for found in _COMMENT.finditer(text)}


def table_metadata(table: str) -> dict[str, Any]:
    """Metadata of an asset that is stored in ``table``.

    Raises:
        LookupError: the schema has no such table.
    """
    columns = [
        dg.TableColumn(
            name=item.name.strip('"'),
            type=item.definition.partition(_NOT_NULL)[0].partition(" DEFAULT")[0],
            description=_comments().get((table, item.name.strip('"'))),
            constraints=dg.TableColumnConstraints(nullable=_NOT_NULL not in item.definition),
        )
        for item in expected()
        if item.kind == "column" and item.relation == table
    ]
    if not columns:
        raise LookupError(f"sql/schema.sql has no table {table}")
    return {
        "dagster/table_name": f"public.{table}",
        "dagster/storage_kind": "timescaledb",
        "dagster/column_schema": dg.TableSchema(columns=columns),
    }
