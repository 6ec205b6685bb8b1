from __future__ import annotations

import asyncio

import pytest

from arb_pipeline.exchanges import Exchanges
from arb_pipeline.exchanges.clock import ExchangeClock
from arb_pipeline.exchanges.errors import Unreachable
from arb_pipeline.model import Exchange, now_ms
from arb_pipeline_tests.exchanges.scripted import Scripted, always

THEIRS = 1_800_000_000_000


class Machine:
    """A monotonic clock a test moves, and an exchange it asks."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.asked = 0
        self.round_trip = 0.0
        self.down = False

    def monotonic(self) -> float:
        return self.seconds

    async def ask(self) -> int:
        self.asked += 1
        if self.down:
            raise Unreachable(Exchange.MEXC_SPOT, "no connection")
        theirs = THEIRS + int((self.seconds + self.round_trip / 2 - 1000) * 1000)
        self.seconds += self.round_trip
        return theirs


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> ExchangeClock:
    return ExchangeClock(machine.ask, machine.monotonic)


async def test_half_the_round_trip_is_corrected(machine: Machine, clock: ExchangeClock) -> None:
    machine.round_trip = 0.5
    assert await clock.read() == pytest.approx(THEIRS + 500, abs=1)


async def test_it_runs_on_and_is_measured_anew_after_five_minutes(
    machine: Machine, clock: ExchangeClock
) -> None:
    await clock.read()
    machine.seconds += 299
    assert await clock.read() == pytest.approx(THEIRS + 299_000, abs=1)
    assert machine.asked == 1
    machine.seconds += 2
    await clock.read()
    assert machine.asked == 2


async def test_many_readers_measure_once(machine: Machine, clock: ExchangeClock) -> None:
    await asyncio.gather(*(clock.read() for _ in range(20)))
    assert machine.asked == 1


async def test_an_hour_without_an_answer_is_bridged_and_no_longer(
    machine: Machine, clock: ExchangeClock
) -> None:
    await clock.read()
    machine.down = True
    machine.seconds += 3000
    assert await clock.read() == pytest.approx(THEIRS + 3_000_000, abs=1)
    machine.seconds += 1000
    with pytest.raises(Unreachable):
        await clock.read()


async def test_forgetting_measures_anew(machine: Machine, clock: ExchangeClock) -> None:
    await clock.read()
    clock.forget()
    await clock.read()
    assert machine.asked == 2


async def test_before_the_first_measurement_it_is_our_own(clock: ExchangeClock) -> None:
    assert abs(clock.estimate() - now_ms()) < 1000


@pytest.mark.parametrize(
    ("exchange", "path", "body"),
    [
        (Exchange.BINANCE_SPOT, "/api/v3/time", {"serverTime": THEIRS}),
        (Exchange.BINANCE_FUTURES, "/fapi/v1/time", {"serverTime": THEIRS}),
        (Exchange.MEXC_SPOT, "/api/v3/time", {"serverTime": THEIRS}),
        (Exchange.GATEIO_SPOT, "/api/v4/spot/time", {"server_time": THEIRS}),
        (Exchange.GATEIO_FUTURES, "/api/v4/spot/time", {"server_time": THEIRS}),
        (Exchange.BYBIT_SPOT, "/v5/market/time", {"retCode": 0, "result": {}, "time": THEIRS}),
        (Exchange.BYBIT_FUTURES, "/v5/market/time", {"retCode": 0, "result": {}, "time": THEIRS}),
    ],
)
async def test_every_exchange_tells_its_time(
    exchanges: Exchanges, script: Scripted, exchange: Exchange, path: str, body: dict[str, int]
) -> None:
    script.say(always(body))
    assert await exchanges[exchange].server_time() == THEIRS
    assert script.targets == [path]
    assert abs(await exchanges[exchange].clock() - THEIRS) < 1000
