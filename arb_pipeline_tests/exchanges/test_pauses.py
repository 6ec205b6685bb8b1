"""How long an answer asks to be left alone, and that nobody asks meanwhile."""

from __future__ import annotations

import asyncio
import email.utils
import time

import pytest
from aiohttp import web

from arb_pipeline.exchanges import Connection, Exchanges, RetryOptions, open_exchanges
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline.exchanges.catalog import rate_limits
from arb_pipeline.exchanges.errors import Banned, RateLimited
from arb_pipeline.exchanges.pauses import retry_after
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import Company, Exchange
from arb_pipeline_tests.exchanges.scripted import Scripted, always, exchanges_at, reply

DEFAULT = RetryOptions()
WEEK = 7 * 86_400.0


def at(seconds: float) -> str:
    """An HTTP date so many seconds from now."""
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


# Named: were the date part of a test's name, processes that collect in different seconds would
# have different tests, and pytest-xdist runs none then.
PAST = pytest.param(at(-60), id="a minute ago")
FAR = pytest.param(at(10 * 365 * 86_400), id="in ten years")


async def klines(exchanges: Exchanges) -> None:
    await exchanges[Exchange.BINANCE_SPOT].call(
        "public_get_klines", {}, weight=1, expect=rows_at(), subject="x"
    )


@pytest.mark.parametrize("value", ["", "nan", "soon", "0x10", "Wed, 99 Foo 99999"])
def test_what_is_no_time_says_nothing(value: str) -> None:
    assert retry_after({"Retry-After": value}) is None


@pytest.mark.parametrize("value", ["0", "0.0", "-5", "-inf", PAST])
def test_what_is_over_is_now(value: str) -> None:
    assert retry_after({"Retry-After": value}) == 0


@pytest.mark.parametrize("value", ["inf", "1e400", "1732200000000", FAR])
def test_nobody_is_shut_out_for_years(value: str) -> None:
    assert retry_after({"Retry-After": value}) == WEEK


def test_three_days_are_three_days() -> None:
    assert retry_after({"Retry-After": "259200"}) == 259_200


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_a_date_counts_from_that_of_the_answer(zone: str) -> None:
    """Whatever this machine's clock says: for it both are long past."""
    day = "Wed, 21 Oct 2015 07:28"
    headers = {"Retry-After": f"{day}:30 {zone}", "Date": f"{day}:00 GMT"}
    assert retry_after(headers) == 30
    assert retry_after({"Retry-After": at(30)}) == pytest.approx(30, abs=2)


@pytest.mark.parametrize("value", ["0", PAST])
async def test_after_no_seconds_is_not_at_once(script: Scripted, value: str) -> None:
    script.say(always({}, 429, {"Retry-After": value, "Date": at(0)}))
    slow = RetryOptions(attempts=3, base_seconds=0.1, max_seconds=5.0)
    async with exchanges_at(script.url, slow) as exchanges:
        began = time.monotonic()
        with pytest.raises(RateLimited):
            await klines(exchanges)
        assert time.monotonic() - began >= 0.2 + 0.4  # the blocks after the first two
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("status", "headers"), [(418, {}), (418, {"Retry-After": "0"}), (403, {}), (403, {"X": "1"})]
)
async def test_a_ban_that_names_no_end_is_left_to_end(
    script: Scripted, status: int, headers: dict[str, str]
) -> None:
    script.say(always({}, status, headers))
    async with exchanges_at(script.url, DEFAULT) as exchanges:
        for _ in range(2):
            with pytest.raises(Banned) as caught:
                await klines(exchanges)
            assert caught.value.retry_after == pytest.approx(600, abs=5)
    assert len(script.requests) == 1


async def test_of_many_at_once_only_those_under_way_are_banned(script: Scripted) -> None:
    async def ban(_: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return reply({}, 418, {"Retry-After": "600"})

    script.say(ban)
    async with exchanges_at(script.url, DEFAULT) as exchanges:
        every = [klines(exchanges) for _ in range(100)]
        found = await asyncio.gather(*every, return_exceptions=True)
    assert {type(one) for one in found} == {Banned}
    assert len(script.requests) <= 32


class Counting(LocalBudget):
    """Counts who was given leave."""

    granted = 0

    async def acquire(self, weight: int, pool: str, patience_seconds: float) -> None:
        await super().acquire(weight, pool, patience_seconds)
        self.granted += 1


async def test_what_may_be_asked_is_asked_at_once(script: Scripted) -> None:
    """Weight that is charged to one window and spent in a later one bursts that."""

    arrived, answered = asyncio.Event(), asyncio.Event()

    async def held_back(_: web.Request) -> web.Response:
        if len(script.requests) == 32:
            arrived.set()
        await answered.wait()
        return reply([])

    script.say(held_back)
    company = Company.BINANCE
    budget = Counting(rate_limits(company))
    async with open_exchanges(
        {company: Connection(script.url)}, budgets={company: budget}
    ) as exchanges:
        every = asyncio.gather(*(klines(exchanges) for _ in range(80)))
        await asyncio.wait_for(arrived.wait(), 30)
        await asyncio.sleep(0.1)  # in which more would have come
        assert budget.granted == len(script.requests) == 32
        answered.set()
        await every
    assert budget.granted == len(script.requests) == 80
