"""Answers of the database as pandas frames.

What belongs here: turning rows into columns. Types follow the columns of the query and not the rows
that happen to be there: a frame without rows has the same columns and types as any other, and a
number too large for a float stays whole beside a null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    import pandas as pd
    from asyncpg import Record

    from arb_pipeline.storage.database import Connection

_EXACT = "numeric"
# What is not named here stays the Python object it is: Decimal, date, UUID.
_DTYPES = {
    "int2": "Int64",
    "int4": "Int64",
    "int8": "Int64",
    "float8": "float64",
    "bool": "boolean",
    "text": "str",
    "timestamptz": "datetime64[us, UTC]",
    "interval": "timedelta64[us]",
}
# The types of columns, by query: asked once per process, they are the same every time.
_columns: dict[str, list[tuple[str, str]]] = {}


async def frame(
    connection: Connection, name: str, *parameters: Any, floats: bool = False
) -> pd.DataFrame:
    """The rows of a named query as a frame.

    Args:
        connection: to the database.
        name: of the query.
        parameters: of the query.
        floats: NUMERIC columns as ``float64`` and no longer exact, null as NaN; by default they
            hold ``Decimal``, null as None.
    """
    if name not in _columns:
        statement = await connection.prepare(sql(name))
        _columns[name] = [(a.name, a.type.name) for a in statement.get_attributes()]
    rows = await connection.fetch(sql(name), *parameters)
    return _frame(_columns[name], rows, floats)


async def named_frame(
    connection: Connection, name: str, *parameters: Any, floats: bool = False
) -> pd.DataFrame:
    """As ``frame``, of a query that gives ``symbol_id``, with exchange and symbol by name before.

    Names are looked up once per symbol: joined to every row, they would double what is sent.
    """
    found = await frame(connection, name, *parameters, floats=floats)
    ids = found["symbol_id"]
    names = {
        row["id"]: row
        for row in await connection.fetch(sql("symbol_names"), [int(i) for i in ids.unique()])
    }
    for place, column in enumerate(("exchange", "symbol")):
        values = ids.map({key: row[column] for key, row in names.items()})
        found.insert(place, column, values.astype("str"))
    return found


def _frame(columns: list[tuple[str, str]], rows: list[Record], floats: bool) -> pd.DataFrame:
    # Imported here: a third of a second that processes which make no frame need not spend.
    import pandas as pd

    return pd.DataFrame(
        {
            column: pd.Series([row[place] for row in rows], dtype=_dtype(kind, floats))
            for place, (column, kind) in enumerate(columns)
        }
    )


def _dtype(kind: str, floats: bool) -> str:
    return "float64" if floats and kind == _EXACT else _DTYPES.get(kind, "object")
