"""What every fault of the simulator does to a page: healed, refused by name, or raised."""

from __future__ import annotations

import pytest

from arb_pipeline.exchanges.candles import candle_pages
from arb_pipeline.exchanges.errors import BadResponse, Banned, ExchangeError, Unreachable
from arb_pipeline.model import Exchange, Interval
from arb_pipeline.simulator import Fault, FaultKind, Simulator
from arb_pipeline_tests.exchanges.candle_pages import (
    DIALECTS,
    M1,
    MINUTE,
    NOW,
    OPENS,
    btc,
    pages_under,
    rows_of,
    simulated,
)
from arb_pipeline_tests.exchanges.scripted import QUICK

HEALED = [
    FaultKind(kind)
    for kind in (
            "http_500", "http_524", "html_200", "null_200", "empty_body_200", "empty_object_200",
            "empty_list_200", "truncated_json_200", "short_body", "reset", "reset_before_response",
            "duplicate_rows", "out_of_order_rows", "missing_rows",
    )
]  # fmt: skip


@pytest.mark.parametrize("exchange", DIALECTS)
@pytest.mark.parametrize("kind", HEALED)
async def test_one_bad_answer_leaves_no_trace(
    simulator: Simulator, exchange: Exchange, kind: FaultKind
) -> None:
    clean = rows_of(await pages_under(simulator, exchange, None))
    fault = Fault(kind, exchange=exchange, endpoint="candles", times=1)
    pages = await pages_under(simulator, exchange, fault)
    assert fault.hits == 1
    assert rows_of(pages) == clean
    assert [row[0] for row in clean] == OPENS
    assert not any(page.absent or page.rejected for page in pages)


@pytest.mark.parametrize("exchange", DIALECTS)
@pytest.mark.parametrize("kind", [FaultKind.RATE_429, FaultKind.BAN_418, FaultKind.FORBIDDEN_403])
async def test_a_refusal_is_waited_out(
    simulator: Simulator, exchange: Exchange, kind: FaultKind
) -> None:
    fault = Fault(kind, exchange=exchange, endpoint="candles", times=1, retry_after=0)
    assert [r[0] for r in rows_of(await pages_under(simulator, exchange, fault))] == OPENS


LASTING = [
    (FaultKind.HTTP_500, Unreachable),
    (FaultKind.HTTP_524, Unreachable),
    (FaultKind.SHORT_BODY, Unreachable),
    (FaultKind.RESET, Unreachable),
    (FaultKind.HTML_200, BadResponse),
    (FaultKind.NULL_200, BadResponse),
    (FaultKind.EMPTY_OBJECT_200, BadResponse),
    (FaultKind.TRUNCATED_JSON_200, BadResponse),
    (FaultKind.BAN_418, Banned),
]


@pytest.mark.parametrize("exchange", DIALECTS)
@pytest.mark.parametrize(("kind", "error"), LASTING)
async def test_a_lasting_fault_names_the_page_and_keeps_those_before_it(
    simulator: Simulator, exchange: Exchange, kind: FaultKind, error: type[ExchangeError]
) -> None:
    window = Interval(M1.floor(NOW) - 4500 * MINUTE, M1.floor(NOW) - 500 * MINUTE)
    broken = Interval(window.end - MINUTE, window.end)
    fault = Fault(kind, exchange=exchange, endpoint="candles", interval=broken, retry_after=0)
    simulator.faults.add(fault)
    kept = []
    async with simulated(simulator) as exchanges:
        client, instrument = exchanges[exchange], btc(simulator, exchange)
        pages = candle_pages(client, instrument, M1, window, grace_ms=0)
        while True:
            try:
                kept.append(await anext(pages))
            except error as raised:
                caught = raised
                break
    assert caught.attempts == QUICK.attempts
    assert caught.interval is not None
    assert caught.interval.end == window.end
    assert str(instrument) in str(caught)
    assert [r[0] for r in rows_of(kept)] == list(
        M1.opens(Interval(window.start, caught.interval.start))
    )


@pytest.mark.parametrize("exchange", DIALECTS)
@pytest.mark.parametrize("lag", [MINUTE, 90_000])
async def test_a_candle_the_exchange_is_still_writing_is_not_taken_for_closed(
    simulator: Simulator, exchange: Exchange, lag: int
) -> None:
    closed = M1.floor(NOW - 2000)
    window = Interval(closed - 100 * MINUTE, closed)
    truth = {row[0]: row for row in rows_of(await pages_under(simulator, exchange, None, window))}
    assert len(truth) == 100
    fault = Fault(FaultKind.OPEN_LAST_CANDLE, exchange=exchange, endpoint="candles", lag_ms=lag)
    pages = await pages_under(simulator, exchange, fault, window)
    assert fault.hits > 0
    rows = rows_of(pages)
    assert all(truth[row[0]] == row for row in rows)
    assert not any(page.absent or page.rejected for page in pages)
    assert len(rows) >= 97
    simulator.faults.clear()
    rest = Interval(pages[-1].asked.end, window.end)
    assert rows_of(await pages_under(simulator, exchange, None, rest))[-1] == truth[closed - MINUTE]
