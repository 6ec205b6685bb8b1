"""JSON, CSV and Arrow say the same, letter by letter."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any, get_type_hints

import httpx
import pyarrow as pa
import pytest
from pydantic import BaseModel
from starlette.requests import Request

from arb_pipeline.api import rows
from arb_pipeline.api.errors import ApiError
from arb_pipeline.api.formats import ARROW, CSV, JSON, chosen, plain_type
from arb_pipeline.storage.database import Pool, sql
from arb_pipeline_tests.api.serving import LISTS

MODELS: dict[str, type[BaseModel]] = {
    "candles": rows.Candle,
    "balances": rows.Balance,
    "balances_history": rows.Balance,
    "book_tickers": rows.BookTicker,
    "book_tickers_newest": rows.BookTicker,
    "funding_rates": rows.FundingRate,
    "funding_rates_newest": rows.FundingRate,
    "portfolio": rows.PortfolioItem,
    "portfolio_newest": rows.PortfolioItem,
    "opportunities": rows.Opportunity,
    "coverage": rows.DayCoverage,
    "symbols": rows.Symbol,
}
TYPES = {
    "text": str, "int4": int, "int8": int, "bool": bool, "date": date, "timestamptz": datetime,
}  # fmt: skip


def as_text(value: Any) -> str:
    """As CSV writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


async def test_all_formats_hold_the_same(client: httpx.AsyncClient) -> None:
    for address in LISTS:
        answers = [
            await client.get(address, headers={"Accept": kind}) for kind in (JSON, CSV, ARROW)
        ]
        json_rows = answers[0].json()["data"]
        assert json_rows, address
        csv_rows = list(csv.DictReader(io.StringIO(answers[1].text)))
        with pa.ipc.open_stream(answers[2].content) as reader:
            arrow_rows = reader.read_all().to_pylist()
        texts = [{name: as_text(value) for name, value in row.items()} for row in json_rows]
        assert csv_rows == texts, address
        assert [
            {name: as_text(value) for name, value in row.items()} for row in arrow_rows
        ] == texts, address
        kinds = [answer.headers["content-type"].partition(";")[0] for answer in answers]
        assert kinds == [JSON, CSV, ARROW]


async def test_empty_answers_have_their_columns(client: httpx.AsyncClient) -> None:
    address = "/balances?asset=NOTHING"
    assert (await client.get(address)).json() == {"data": [], "next": None}
    names = list(rows.Balance.model_fields)
    assert (await client.get(address, headers={"Accept": CSV})).text == ",".join(names) + "\r\n"
    content = (await client.get(address, headers={"Accept": ARROW})).content
    with pa.ipc.open_stream(content) as reader:
        assert reader.schema.names == names
        assert reader.schema.field("timestamp").type == pa.timestamp("us", tz="UTC")


async def test_models_are_what_queries_select(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for name, model in MODELS.items():
            statement = await connection.prepare(sql(f"page_{name}"))
            selected = [(one.name, TYPES[one.type.name]) for one in statement.get_attributes()]
            fields = [(field, plain_type(model, field)) for field in get_type_hints(model)
                      if field in model.model_fields]  # fmt: skip
            assert fields == selected, name


def choice(*accept: str) -> str:
    headers = [(b"accept", value.encode()) for value in accept]
    return chosen(Request({"type": "http", "headers": headers}))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ((), JSON),
        (("*/*",), JSON),
        (("text/html,application/xhtml+xml,*/*;q=0.8",), JSON),
        (("text/*",), CSV),
        (("application/json;q=0.5, text/csv",), CSV),
        (("application/json;q=0.5", "text/csv;q=0.6"), CSV),
        (("application/json;q=0, */*;q=0.1",), CSV),
        ((ARROW,), ARROW),
        (("APPLICATION/VND.APACHE.ARROW.STREAM; Q=1",), ARROW),
        (("*/*;q=nonsense, text/csv;q=0.1",), CSV),
    ],
)
def test_the_most_liked_format_is_chosen(accept: tuple[str, ...], kind: str) -> None:
    assert choice(*accept) == kind


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*", ","])
def test_nothing_acceptable_is_refused(accept: str) -> None:
    with pytest.raises(ApiError, match=r"there are application/json, text/csv"):
        choice(accept)
