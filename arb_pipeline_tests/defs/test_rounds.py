"""Rounds of sampling: at the moment, side by side, each within its own limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from arb_pipeline.defs.snapshots.rounds import Asker, Plan, Round, TooLateError
from arb_pipeline.exchanges.errors import BadCredentials, Unreachable
from arb_pipeline.model import DataSet, Exchange, SnapshotPage, now_ms

BYBIT, GATE, MEXC = Exchange.BYBIT_SPOT, Exchange.GATEIO_SPOT, Exchange.MEXC_SPOT
BOOKS, TICKERS = DataSet.BOOK_TICKERS, DataSet.TICKERS


def begin(ask: Asker, exchanges: list[Exchange], data_sets: list[DataSet], **plan: Any) -> Round:
    settled = {"moment": now_ms(), "latest_ms": None, "limit_seconds": 5.0, **plan}

    @asynccontextmanager
    async def opened() -> AsyncIterator[Asker]:
        yield ask

    begun = Round(Plan(**settled), exchanges, data_sets, opened())
    begun.start()
    return begun


async def answer(exchange: Exchange, data_set: DataSet) -> SnapshotPage[Any]:
    return SnapshotPage(exchange, data_set)


def test_everything_is_asked_at_the_moment_and_not_before() -> None:
    moment = now_ms() + 700
    begun = begin(answer, [BYBIT, GATE], [BOOKS, TICKERS], moment=moment)
    samples = [*begun.samples(BOOKS), *begun.samples(TICKERS)]
    assert len(samples) == 4
    assert all(0 <= sample.sampled_at - moment < 5000 for sample in samples)


def test_one_that_hangs_is_given_up_and_delays_nobody() -> None:
    async def ask(exchange: Exchange, data_set: DataSet) -> SnapshotPage[Any]:
        if exchange is GATE:
            await asyncio.sleep(60)
        return await answer(exchange, data_set)

    begun = begin(ask, [GATE, MEXC, BYBIT], [BOOKS, TICKERS], limit_seconds=2.0)
    started = time.monotonic()
    books = list(begun.samples(BOOKS))
    tickers = list(begun.samples(TICKERS))
    assert {s.exchange for s in books[:2]} == {MEXC, BYBIT}
    assert all(s.page is not None and s.seconds < 1.5 for s in (*books[:2], *tickers[:2]))
    assert isinstance(books[2].error, Unreachable)
    assert "no answer within 2 s" in str(books[2].error)
    # Both data sets hung at the same time, not one after the other.
    assert time.monotonic() - started < 3.8


def test_what_fails_for_the_moment_is_asked_again_and_what_fails_for_good_is_not() -> None:
    asked: list[Exchange] = []

    async def ask(exchange: Exchange, data_set: DataSet) -> SnapshotPage[Any]:
        asked.append(exchange)
        if exchange is MEXC:
            raise BadCredentials(MEXC, "API key invalid")
        if asked.count(exchange) < 3:
            raise Unreachable(exchange, "HTTP 500")
        return await answer(exchange, data_set)

    begun = begin(ask, [MEXC, GATE], [DataSet.BALANCES], retries=3, retry_seconds=0.1)
    found = {sample.exchange: sample for sample in begun.samples(DataSet.BALANCES)}
    assert found[GATE].page is not None
    assert found[GATE].error is None
    assert found[GATE].attempts == 3
    assert found[GATE].seconds >= 0.3  # 0.1 and twice as long
    assert isinstance(found[MEXC].error, BadCredentials)
    assert asked.count(MEXC) == 1


def test_the_last_failure_stands_when_the_retries_are_used_up() -> None:
    async def ask(exchange: Exchange, data_set: DataSet) -> SnapshotPage[Any]:
        raise Unreachable(exchange, "HTTP 500")

    begun = begin(ask, [GATE], [DataSet.BALANCES], retries=2, retry_seconds=0.01)
    (sample,) = begun.samples(DataSet.BALANCES)
    assert sample.attempts == 3
    assert isinstance(sample.error, Unreachable)


def test_a_moment_long_gone_samples_nothing() -> None:
    begun = begin(answer, [GATE], [BOOKS], moment=now_ms() - 31_000, latest_ms=30_000)
    with pytest.raises(TooLateError, match="Nothing was sampled"):
        list(begun.samples(BOOKS))


def test_a_round_that_cannot_begin_fails_for_every_data_set() -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Asker]:
        raise ConnectionRefusedError("no database")
        yield answer

    begun = Round(Plan(now_ms(), None, 1.0), [GATE], [BOOKS, TICKERS], opened())
    begun.start()
    for data_set in (BOOKS, TICKERS):
        with pytest.raises(ConnectionRefusedError):
            list(begun.samples(data_set))


def test_why_there_is_nothing_to_ask_for_is_passed_on() -> None:
    async def ask(exchange: Exchange, data_set: DataSet) -> str:
        return "not configured"

    (sample,) = begin(ask, [GATE], [DataSet.BALANCES]).samples(DataSet.BALANCES)
    assert (sample.note, sample.page, sample.error) == ("not configured", None, None)
