"""What the OpenAPI page says of answers.

What belongs here: statuses, bodies and formats, as keyword arguments of routes. What does not:
making answers.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from arb_pipeline.api.errors import ErrorAnswer
from arb_pipeline.api.formats import ARROW, CSV
from arb_pipeline.api.rows import Page

_ERRORS = {
    400: "a host that is not ours, or what was asked for is there already",
    401: "a token is needed",
    404: "there is no such thing, or no such symbol",
    406: "no format it accepts",
    422: "a parameter is wrong",
    429: "too many requests; see Retry-After",
    500: "unexpected; the message holds a number that is in the log",
    503: "the database is away, see Retry-After",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Answers that may come instead; those every route has, and ``statuses``."""
    return {
        status: {"model": ErrorAnswer, "description": _ERRORS[status]}
        for status in sorted({400, 401, 422, 429, 500, 503, *statuses})
    }


def pages_of(model: type[BaseModel]) -> dict[str, Any]:
    """Of a route that answers with pages of rows, in any format."""
    page: dict[str, Any] = {
        "model": Page[model],  # type: ignore[valid-type] # known when it runs
        "description": "a page of rows",
        "headers": {"Link": {"description": "the next page", "schema": {"type": "string"}}},
        "content": {
            CSV: {"schema": {"type": "string"}},
            ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    }
    return {"response_model": None, "responses": {**errors(404, 406), 200: page}}
