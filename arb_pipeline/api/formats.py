"""Rows as JSON, CSV or an Arrow stream, as the request's Accept header likes best.

Decimals are text in all three, exact to the last digit, zeros at the end included (Arrow's decimals
have one scale per column and at most 76 digits; NUMERIC has neither limit). Times are UTC: ISO 8601
with Z in JSON and CSV, timestamps of microseconds in Arrow. What is null is null, or empty in CSV.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, get_args

import orjson
from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from arb_pipeline.api.errors import ApiError

if TYPE_CHECKING:
    import pyarrow as pa
    from asyncpg import Record

JSON = "application/json"
CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
OFFERED = (JSON, CSV, ARROW)  # of what is liked alike, the first
_ROWS_AT_ONCE = 500


def chosen(request: Request) -> str:
    """The format the request likes best.

    Raises:
        ApiError: 406, it accepts none.
    """
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    best, quality = "", 0.0
    for offered in OFFERED:
        found = _quality(accept, offered)
        if found > quality:
            best, quality = offered, found
    if not best:
        raise ApiError(406, "not_acceptable", f"there are {', '.join(OFFERED)}")
    return best


Format = Annotated[str, Depends(chosen)]


def _quality(accept: str, offered: str) -> float:
    """How much a media type is liked: by the most precise range that names it (RFC 9110)."""
    precise, quality = -1, 0.0
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        ranges = ("*/*", f"{offered.partition('/')[0]}/*", offered)
        if name not in ranges or ranges.index(name) <= precise:
            continue
        precise, quality = ranges.index(name), 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                quality = _weight(value.strip())
    return quality


def _weight(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def encoded(
    kind: str,
    model: type[BaseModel],
    rows: Sequence[Record],
    following: str | None,
    headers: Mapping[str, str],
    status: int = 200,
) -> Response:
    """The answer in one of the formats; the cursor of what follows is in JSON only."""
    own = {**headers, "Vary": "Accept, Authorization"}
    if kind == CSV:
        lines = csv_lines(model, rows)
        return StreamingResponse(lines, status, own, "text/csv; charset=utf-8; header=present")
    if kind == ARROW:
        return Response(arrow_stream(model, rows), status, own, ARROW)
    return Response(
        json_body({"data": [dict(row) for row in rows], "next": following}), status, own, JSON
    )


def json_body(content: Any) -> bytes:
    """JSON with times in UTC as ``2026-01-31T12:00:00Z``."""
    return orjson.dumps(content, option=orjson.OPT_UTC_Z)


def csv_lines(model: type[BaseModel], rows: Sequence[Record]) -> Iterator[str]:
    """A header and the rows, in pieces; sent from a thread, so that others are served meanwhile."""
    names = list(model.model_fields)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(names)
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        for row in rows[first : first + _ROWS_AT_ONCE]:
            writer.writerow([_text(row[name]) for name in names])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def arrow_schema(model: type[BaseModel]) -> pa.Schema:
    """Types by those of the model's fields."""
    import pyarrow as pa  # 40 MB that only those who ask for Arrow pay

    makers: dict[type, Callable[[], pa.DataType]] = {
        int: pa.int64,
        str: pa.string,
        bool: pa.bool_,
        date: pa.date32,
        datetime: lambda: pa.timestamp("us", tz="UTC"),
    }
    return pa.schema(
        [
            pa.field(name, makers[plain_type(model, name)](), nullable=_may_be_null(model, name))
            for name in model.model_fields
        ]
    )


def arrow_stream(model: type[BaseModel], rows: Sequence[Record]) -> bytes:
    """The rows as an Arrow IPC stream of one batch."""
    import pyarrow as pa

    schema = arrow_schema(model)
    columns = [
        pa.array([row[name] for row in rows], schema.field(name).type) for name in schema.names
    ]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch(columns, schema=schema))
    return bytes(sink.getvalue())


def plain_type(model: type[BaseModel], name: str) -> type:
    """The Python type of a field's values that are not null."""
    annotation: Any = model.model_fields[name].annotation
    found = next((one for one in get_args(annotation) if one is not type(None)), annotation)
    while get_args(found):  # Annotated
        found = get_args(found)[0]
    return str if issubclass(found, Enum) else found


def _may_be_null(model: type[BaseModel], name: str) -> bool:
    return type(None) in get_args(model.model_fields[name].annotation)
