"""Answers of the database as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection


async def frame(connection: Connection, name: str, *parameters: Any) -> pd.DataFrame:
    """The rows of a named query; columns are there even if no row is, numbers are ``Decimal``."""
    rows = await connection.fetch(sql(name), *parameters)
    if rows:
        return pd.DataFrame([tuple(row.values()) for row in rows], columns=list(rows[0].keys()))
    # The driver's cache of statements is not for these: asked only where rows cannot tell.
    statement = await connection.prepare(sql(name))
    return pd.DataFrame(columns=[attribute.name for attribute in statement.get_attributes()])
