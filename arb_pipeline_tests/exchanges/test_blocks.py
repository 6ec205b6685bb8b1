"""Who was told to wait is left alone by every process, each of which is new."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

import pytest

from arb_pipeline.exchanges import Connection, Exchanges, RetryOptions, open_exchanges
from arb_pipeline.exchanges.account import check_credentials
from arb_pipeline.exchanges.errors import Banned, RateLimited
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Company, Exchange, now_ms
from arb_pipeline_tests.exchanges.scripted import QUICK, Scripted, always

Block = tuple[Company, int, str]
IMPATIENT = RetryOptions(attempts=3, base_seconds=0.001, max_seconds=0.01, patience_seconds=0.2)


async def klines(exchanges: Exchanges, exchange: Exchange = Exchange.BINANCE_SPOT) -> list[Any]:
    futures = exchange is Exchange.BINANCE_FUTURES
    return await exchanges[exchange].call(
        "fapipublic_get_klines" if futures else "public_get_klines",
        {"symbol": "BTCUSDT", "interval": "1m"},
        weight=1,
        expect=rows_at(),
        subject="BTCUSDT",
    )


def everywhere(url: str) -> dict[Company, Connection]:
    return {company: Connection(base_url=url) for company in Company}


@pytest.mark.parametrize("status", [418, 429, 403])
async def test_what_one_process_is_told_holds_for_the_next(script: Scripted, status: int) -> None:
    script.say(always({}, status, {"Retry-After": "120"}), always([]))
    told: list[Block] = []
    began = now_ms()
    async with open_exchanges(
        everywhere(script.url),
        retry=QUICK,
        on_block=lambda company, until, reason: told.append((company, until, reason)),
    ) as first:
        with pytest.raises(RateLimited):
            await klines(first)
    ((company, until, reason),) = told
    assert company is Company.BINANCE
    assert began + 120_000 <= until <= now_ms() + 120_000
    assert reason.startswith("BINANCE_SPOT BTCUSDT: ")
    assert f"HTTP {status}" in reason

    async with open_exchanges(
        everywhere(script.url), retry=QUICK, blocked_until={company: until}
    ) as second:
        for exchange in (Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES):
            with pytest.raises(Banned, match="nothing is asked before") as caught:
                await klines(second, exchange)
            named = re.search(r"before (\S+)Z", caught.value.cause)
            assert named is not None
            moment = datetime.fromisoformat(named[1] + "+00:00").timestamp() * 1000
            assert moment == pytest.approx(until, abs=2000)
            assert caught.value.retry_after == pytest.approx(120, abs=5)
        assert len(script.requests) == 1
        # Nobody else is held up by it.
        await second[Exchange.MEXC_SPOT].call(
            "spot_public_get_klines", {}, weight=1, expect=rows_at(), subject="x"
        )


async def test_signed_requests_wait_as_well(script: Scripted) -> None:
    script.say(always([]))
    async with open_exchanges(
        everywhere(script.url), retry=QUICK, blocked_until={Company.GATEIO: now_ms() + 60_000}
    ) as exchanges:
        with pytest.raises(Banned):
            await check_credentials(exchanges[Exchange.GATEIO_SPOT])
    assert not script.requests


async def test_a_block_that_is_over_and_one_that_is_short_are_no_obstacle(script: Scripted) -> None:
    script.say(always([]))
    began = now_ms()
    blocks = {Company.BINANCE: began + 150, Company.MEXC: began - 5000}
    async with open_exchanges(
        everywhere(script.url), retry=QUICK, blocked_until=blocks
    ) as exchanges:
        await klines(exchanges)
        assert now_ms() - began >= 145
        assert len(script.requests) == 1


async def test_only_what_prolongs_a_block_is_told(script: Scripted) -> None:
    script.say(
        always({}, 429, {"Retry-After": "0.05"}),
        always({}, 429, {"Retry-After": "0.05"}),
        always({}, 418, {"Retry-After": "600"}),
    )
    told: list[Block] = []
    async with open_exchanges(
        everywhere(script.url), retry=QUICK, on_block=lambda *block: told.append(block)
    ) as exchanges:
        for _ in range(2):
            with pytest.raises(Banned):
                await klines(exchanges)
    assert [company for company, _, _ in told] == [Company.BINANCE] * 3
    assert [until for _, until, _ in told] == sorted(until for _, until, _ in told)
    assert len(script.requests) == 3


async def test_the_impatient_fail_at_once(script: Scripted) -> None:
    script.say(always({}, 429, {"Retry-After": "1"}))
    async with open_exchanges(everywhere(script.url), retry=IMPATIENT) as exchanges:
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(RateLimited):
                await klines(exchanges)
        assert time.monotonic() - began < 0.5
    assert len(script.requests) == 1
