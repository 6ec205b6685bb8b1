"""What clients are told when something is wrong: one shape, a status, and never a stack trace.

What belongs here: which error becomes which status and words. What does not: raising them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from arb_pipeline.storage.reference import UnknownSymbolError

_LOG = logging.getLogger("arb_pipeline.api")
_RETRY_SECONDS = "5"
_LONGEST = 1000
# What a database that is away, starting, stopping or full answers, or its driver.
AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver makes of a connection that broke in its hands
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)


class Error(BaseModel):
    """What is wrong: a word for programs, a sentence for people."""

    code: str
    message: str


class ErrorAnswer(BaseModel):
    """The body of every answer that is not a success."""

    error: Error


class ApiError(Exception):
    """An answer that is not a success."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers


def answer(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The one shape errors have."""
    body = orjson.dumps({"error": {"code": code, "message": message[:_LONGEST]}})
    return Response(body, status, dict(headers or {}), "application/json")


def unexpected(error: Exception) -> Response:
    """Whatever nobody foresaw: it is in the log, under the number the client is told."""
    number = uuid4().hex[:12]
    _LOG.error("request failed, error %s", number, exc_info=error)
    words = f"unexpected error {number}; the log of this server says more"
    return answer(500, "internal_error", words)


def database_answer(error: Exception) -> Response:
    """What the database, or the way to it, brought up.

    Raises:
        Exception: ``error`` itself, where neither the one nor the other is away.
    """
    if isinstance(error, asyncpg.QueryCanceledError):
        code, words = "too_slow", "the database took too long; ask for less"
    elif isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        code, words = "not_migrated", "the database is not migrated: run arb-pipeline db migrate"
    elif isinstance(error, AWAY) and not isinstance(error, ValueError):  # the driver's DataError
        code, words = "database_away", "the database cannot be reached; try again"
    else:
        raise error
    _LOG.warning("%s: %s: %s", code, type(error).__name__, error)
    return answer(503, code, words, {"Retry-After": _RETRY_SECONDS})


def add_handlers(app: FastAPI) -> None:
    """Let the application answer errors in the one shape."""

    async def of_ours(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)  # noqa: S101 - registered for it
        return answer(error.status, error.code, error.message, error.headers)

    async def of_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        code = HTTPStatus(error.status_code).name.lower()
        return answer(error.status_code, code, str(error.detail), error.headers)

    async def of_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
        return answer(422, "invalid", "; ".join(_problem(one) for one in error.errors()))

    async def of_symbol(_: Request, error: Exception) -> Response:
        return answer(404, "unknown_symbol", str(error))

    async def of_database(_: Request, error: Exception) -> Response:
        return database_answer(error)

    app.add_exception_handler(ApiError, of_ours)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(UnknownSymbolError, of_symbol)
    for kind in (*AWAY, asyncpg.PostgresError):
        app.add_exception_handler(kind, of_database)


def _problem(error: Mapping[str, object]) -> str:
    place = error.get("loc")
    parts = [str(part) for part in place] if isinstance(place, tuple) else []
    name = ".".join(parts[1:] or parts)
    return f"{name}: {error.get('msg')}" if name else str(error.get("msg"))
