"""Pages: how many rows, from where on, and how the next page is asked for.

What belongs here: limits, cursors and links. What does not: the rows (``storage.pages``).

A cursor is the key of the last row of a page, and a number that says which question it belongs to:
no page depends on how many rows were stored before it or are stored meanwhile.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from arb_pipeline.api.asking import in_utc
from arb_pipeline.api.errors import ApiError
from arb_pipeline.api.formats import Format, encoded, plain_type
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.pages import page

MOST_ROWS = 10_000
_PAGING = {"cursor", "limit"}
_LARGEST_ID = 2**31 - 1


class Asked:
    """One request for a page."""

    def __init__(
        self,
        request: Request,
        kind: Format,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="most rows")] = 1000,
        cursor: Annotated[
            str | None, Query(max_length=1000, description="next of the page before")
        ] = None,
    ) -> None:
        self.request, self.kind, self.limit, self.cursor = request, kind, limit, cursor

    async def answer(
        self,
        connection: Connection,
        name: str,
        *parameters: Any,
        model: type[BaseModel],
        key: Sequence[str],
        first: Sequence[Any],
    ) -> Response:
        """The page of the query ``page_{name}`` that was asked for.

        Args:
            connection: to read from.
            name: of the query.
            parameters: of the query.
            model: what its rows hold.
            key: columns its rows are ordered by.
            first: a key before that of any row.

        Raises:
            ApiError: 422, the cursor is not one of this question.
        """
        after = self.place(name, model, key) or first
        found = await page(connection, name, *parameters, key=key, after=after, limit=self.limit)
        if found.following is None:
            return encoded(self.kind, model, found.rows, None, {})
        cursor = self._cursor(name, found.following)
        # Without scheme and host: whatever the client called this server, the link leads back.
        url = self.request.url.include_query_params(cursor=cursor)
        link = f'<{url.path}?{url.query}>; rel="next"'
        return encoded(self.kind, model, found.rows, cursor, {"Link": link})

    def place(self, name: str, model: type[BaseModel], key: Sequence[str]) -> list[Any] | None:
        """The key of the last row of the page before; None where this is the first page.

        Raises:
            ApiError: 422, the cursor is not one of this question.
        """
        return None if self.cursor is None else self._key(self.cursor, name, model, key)

    def _cursor(self, name: str, key: Sequence[Any]) -> str:
        text = orjson.dumps([self._question(name), *key])
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    def _key(self, cursor: str, name: str, model: type[BaseModel], key: Sequence[str]) -> list[Any]:
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            question, *values = orjson.loads(text)
            kinds = [plain_type(model, column) for column in key]
            found = [_value(kind, value) for kind, value in zip(kinds, values, strict=True)]
        except (ValueError, TypeError) as error:
            raise ApiError(422, "invalid", f"cursor: none of ours ({error})") from None
        if question != self._question(name):
            raise ApiError(422, "invalid", "cursor: it belongs to another question")
        return found

    def _question(self, name: str) -> int:
        asked = sorted(
            item for item in self.request.query_params.multi_items() if item[0] not in _PAGING
        )
        return zlib.crc32(repr((name, asked)).encode("utf-8", "replace"))


Paging = Annotated[Asked, Depends(Asked)]


def _value(kind: type, value: Any) -> Any:
    """A value of a key, out of JSON.

    Raises:
        ValueError, TypeError: it is none of that kind.
    """
    if kind is datetime:
        return in_utc(datetime.fromisoformat(value))
    if kind is date:
        return date.fromisoformat(value)
    if not isinstance(value, kind) or (isinstance(value, str) and "\0" in value):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    if isinstance(value, int) and not 0 <= value <= _LARGEST_ID:
        raise ValueError(f"{value} is out of range")
    return value
