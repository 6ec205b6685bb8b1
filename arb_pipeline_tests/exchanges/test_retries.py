"""Retrying and pacing, over real HTTP."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest
from aiohttp import web

from arb_pipeline.exchanges import (
    Connection,
    Counters,
    Exchanges,
    RetryOptions,
    open_exchanges,
)
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline.exchanges.catalog import rate_limits
from arb_pipeline.exchanges.errors import (
    BadResponse,
    Banned,
    RateLimited,
)
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Company, Exchange
from arb_pipeline_tests.exchanges.scripted import (
    QUICK,
    Scripted,
    always,
    exchanges_at,
    reply,
)


async def klines(exchanges: Exchanges, tally: Counters | None = None) -> list[Any]:
    return await exchanges[Exchange.BINANCE_SPOT].call(
        "public_get_klines",
        {"symbol": "币安人生USDT", "interval": "1m"},
        weight=2,
        expect=rows_at(),
        subject="币安人生USDT",
        tally=tally,
    )


async def test_a_passing_failure_is_survived_and_counted(
    exchanges: Exchanges, script: Scripted
) -> None:
    script.say(always({}, 500), always({"a": 1}), always([[1]]))
    tally = Counters()
    assert await klines(exchanges, tally) == [[1]]
    assert (tally.requests, tally.retries) == (3, 2)
    counters = exchanges[Exchange.BINANCE_SPOT].counters
    assert (counters.requests, counters.retries) == (3, 2)
    assert counters.received_bytes == len("{}") + len('{"a": 1}') + len("[[1]]")


async def test_attempts_are_bounded_and_the_last_error_is_raised(
    exchanges: Exchanges, script: Scripted
) -> None:
    script.say(always({}, 500), always({}, 500), always({"a": 1}))
    with pytest.raises(BadResponse, match=r"币安人生USDT: .*an object with a, 3 attempts"):
        await klines(exchanges)


class Watched(LocalBudget):
    """Says when everyone was told to wait."""

    def __init__(self) -> None:
        super().__init__(rate_limits(Company.BINANCE))
        self.blocked = asyncio.Event()

    async def block(self, seconds: float, reason: str = "", refused_by: str | None = None) -> None:
        await super().block(seconds, reason, refused_by)
        self.blocked.set()


async def test_retry_after_is_honoured_by_everyone_of_the_company(script: Scripted) -> None:
    script.say(always({}, 429, {"Retry-After": "0.3"}), always([]))
    budget = Watched()
    began = time.monotonic()

    async def another_market(exchanges: Exchanges) -> float:
        await asyncio.wait_for(budget.blocked.wait(), 30)
        await exchanges[Exchange.BINANCE_FUTURES].call(
            "fapipublic_get_klines", {}, weight=1, expect=rows_at(), subject="x"
        )
        return time.monotonic() - began

    async with open_exchanges(
        {Company.BINANCE: Connection(script.url)}, retry=QUICK, budgets={Company.BINANCE: budget}
    ) as exchanges:
        _, later = await asyncio.gather(klines(exchanges), another_market(exchanges))
    assert later >= 0.29
    assert len(script.requests) == 3


async def test_another_company_is_not_held_up(exchanges: Exchanges, script: Scripted) -> None:
    script.say(always({}, 418, {"Retry-After": "600"}), always([]))
    with pytest.raises(Banned):
        await klines(exchanges)
    # It would be refused at once: nobody here waits for ten minutes.
    await exchanges[Exchange.MEXC_SPOT].call(
        "spot_public_get_klines", {}, weight=1, expect=rows_at(), subject="x"
    )
    assert len(script.requests) == 2


async def test_a_long_ban_is_not_waited_for_and_nothing_more_is_asked(
    exchanges: Exchanges, script: Scripted
) -> None:
    script.say(always({}, 418, {"Retry-After": "600"}))
    for _ in range(2):
        with pytest.raises(Banned) as caught:
            await klines(exchanges)
        assert caught.value.retry_after == pytest.approx(600, abs=5)
    assert len(script.requests) == 1


async def test_a_refusal_without_a_time_blocks_for_a_while(
    script: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    script.say(always({}, 429), always([]))
    slow = RetryOptions(attempts=2, base_seconds=0.1, max_seconds=5.0)
    async with exchanges_at(script.url, slow) as exchanges:
        began = time.monotonic()
        with caplog.at_level(logging.WARNING, "arb_pipeline.exchanges"):
            await klines(exchanges)
        assert time.monotonic() - began >= 0.19  # base times two, whatever the jitter is
    assert "BINANCE_SPOT 币安人生USDT: RateLimited" in caplog.text


async def test_each_error_carries_the_headers_of_its_own_answer(script: Scripted) -> None:
    async def echo(request: web.Request) -> web.Response:
        number = int(request.query["limit"])
        await asyncio.sleep(0.02 * (number % 3))
        return reply({}, 429, {"Retry-After": str(1000 + number)})

    script.say(echo)
    once = RetryOptions(attempts=1, patience_seconds=10_000.0)

    async def ask(exchanges: Exchanges, company: Exchange, method: str, number: int) -> None:
        with pytest.raises(RateLimited) as caught:
            await exchanges[company].call(
                method, {"limit": number}, weight=1, expect=rows_at(), subject="x"
            )
        assert caught.value.retry_after == 1000 + number

    async with exchanges_at(script.url, once) as exchanges:
        await asyncio.gather(
            *(
                ask(exchanges, Exchange.BINANCE_SPOT, "public_get_klines", number)
                for number in range(30)
            )
        )


async def test_the_exchanges_own_count_reaches_the_budget(script: Scripted) -> None:
    script.say(always([], headers={"x-mbx-used-weight-1m": "6000"}))
    impatient = RetryOptions(attempts=1, patience_seconds=1.0)
    async with exchanges_at(script.url, impatient) as exchanges:
        await klines(exchanges)
        with pytest.raises(RateLimited, match="rate budget is spent; nothing was asked") as caught:
            await klines(exchanges)
        assert caught.value.retry_after == pytest.approx(60, abs=5)
    assert len(script.requests) == 1


async def test_numbers_stay_as_they_were_sent(exchanges: Exchanges, script: Scripted) -> None:
    async def raw(_: web.Request) -> web.Response:
        return reply('[[1, 0.1234567890123456789, 1e-7, 12345678901234567890, "1.50"]]')

    script.say(raw)
    assert await klines(exchanges) == [
        [1, "0.1234567890123456789", "1e-7", 12345678901234567890, "1.50"]
    ]
