"""Who was told to wait is left alone by everybody who shares the budget."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

import pytest

from arb_pipeline.exchanges import Connection, Exchanges, RetryOptions, open_exchanges
from arb_pipeline.exchanges.account import check_credentials
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.errors import Banned, RateLimited
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.exchanges.venues import rate_limits
from arb_pipeline.model import Company, Exchange, now_ms
from arb_pipeline_tests.exchanges.scripted import QUICK, Scripted, always

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


def local_budgets() -> dict[Company, LocalBudget]:
    return {company: LocalBudget(rate_limits(company)) for company in Company}


@pytest.mark.parametrize("status", [418, 429, 403])
async def test_what_one_is_told_holds_for_all_who_share_the_budget(
    script: Scripted, status: int
) -> None:
    script.say(always({}, status, {"Retry-After": "120"}), always([]))
    budgets = local_budgets()
    until = now_ms() + 120_000
    async with open_exchanges(everywhere(script.url), retry=QUICK, budgets=budgets) as first:
        with pytest.raises(RateLimited):
            await klines(first)

    async with open_exchanges(everywhere(script.url), retry=QUICK, budgets=budgets) as second:
        for exchange in (Exchange.BINANCE_SPOT, Exchange.BINANCE_FUTURES):
            with pytest.raises(Banned, match="nothing is asked before") as caught:
                await klines(second, exchange)
            named = re.search(r"before (\S+)Z", caught.value.cause)
            assert named is not None
            moment = datetime.fromisoformat(named[1] + "+00:00").timestamp() * 1000
            assert moment == pytest.approx(until, abs=5000)
            assert caught.value.retry_after == pytest.approx(120, abs=5)
        assert len(script.requests) == 1
        # Nobody else is held up by it.
        await second[Exchange.MEXC_SPOT].call(
            "spot_public_get_klines", {}, weight=1, expect=rows_at(), subject="x"
        )


async def test_signed_requests_wait_as_well(script: Scripted) -> None:
    script.say(always([]))
    budgets = local_budgets()
    await budgets[Company.GATEIO].block(60.0)
    async with open_exchanges(everywhere(script.url), retry=QUICK, budgets=budgets) as exchanges:
        with pytest.raises(Banned):
            await check_credentials(exchanges[Exchange.GATEIO_SPOT])
    assert not script.requests


async def test_a_block_that_is_short_is_waited_for(script: Scripted) -> None:
    script.say(always([]))
    budgets = local_budgets()
    began = now_ms()
    await budgets[Company.BINANCE].block(0.15)
    async with open_exchanges(everywhere(script.url), retry=QUICK, budgets=budgets) as exchanges:
        await klines(exchanges)
        assert now_ms() - began >= 145
        assert len(script.requests) == 1


class Told(LocalBudget):
    """Notes what it is told of blocks."""

    def __init__(self) -> None:
        super().__init__(rate_limits(Company.BINANCE))
        self.blocks: list[tuple[float, str, str | None]] = []

    async def block(self, seconds: float, reason: str = "", refused_by: str | None = None) -> None:
        self.blocks.append((seconds, reason, refused_by))
        await super().block(seconds, reason, refused_by)


async def test_a_budget_is_told_why_and_which_counter_refused(
    script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the middle of a minute, the window of Binance.
    monkeypatch.setattr(ExchangeClient, "now", lambda _: 1_700_000_010_000)
    script.say(
        always({}, 429),
        # The window has half a minute left: it is not what the exchange means.
        always({}, 429, {"Retry-After": "0.05"}),
        always({}, 418, {"Retry-After": "600"}),
    )
    told = Told()
    async with open_exchanges(
        everywhere(script.url), retry=QUICK, budgets={Company.BINANCE: told}
    ) as exchanges:
        with pytest.raises(Banned):
            await klines(exchanges)
    (plain, short, ban) = told.blocks
    assert plain[2] == "spot"
    assert (short[0], short[2]) == (0.05, None)
    assert (ban[0], ban[2]) == (600, None)
    for (_, reason, _), status in ((plain, 429), (short, 429), (ban, 418)):
        assert reason.startswith("BINANCE_SPOT BTCUSDT: ")
        assert f"HTTP {status}" in reason
    assert len(script.requests) == 3


async def test_the_impatient_fail_at_once(script: Scripted) -> None:
    script.say(always({}, 429, {"Retry-After": "30"}))
    async with open_exchanges(everywhere(script.url), retry=IMPATIENT) as exchanges:
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(RateLimited):
                await klines(exchanges)
        assert time.monotonic() - began < 10
    assert len(script.requests) == 1
