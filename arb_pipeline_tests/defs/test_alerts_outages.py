"""When an outage begins, lasts and is over; at instants of the test's own."""

from __future__ import annotations

from dataclasses import replace

from arb_pipeline.defs.monitoring.outages import Outages, news, observe, told
from arb_pipeline.model import Exchange
from arb_pipeline.storage.collections import Collection
from arb_pipeline_tests.defs.watching import BYBIT, MEXC, MINUTE

SETTLE = 25_000


def _titles(outages: Outages, now: int) -> list[str]:
    found = []
    for one in news(outages, now, SETTLE, "http://ui"):
        found.append(one.message.title)
        told(outages, one)
    return found


def _one(exchange: Exchange, asset: str, moment: int, problem: str | None = None) -> Collection:
    return Collection(exchange, asset, moment, problem=problem, is_transient=problem is not None)


def test_a_beat_that_is_not_settled_is_waited_for() -> None:
    start = 1_000 * MINUTE
    sick = _one(MEXC, "tickers", start, "gone")
    outages = observe({}, [sick], [MEXC])
    assert _titles(outages, start + SETTLE - 1) == []
    assert _titles(outages, start + SETTLE) == ["DOWN MEXC_SPOT"]
    # Up, says the first asset of the next beat; down, says the second.
    outages = observe(outages, [_one(MEXC, "tickers", start + MINUTE)], [MEXC])
    assert _titles(outages, start + MINUTE + SETTLE - 1) == []
    again = [
        _one(MEXC, "tickers", start + MINUTE), _one(MEXC, "book_tickers", start + MINUTE, "gone")
    ]  # fmt: skip
    outages = observe(outages, again, [MEXC])
    assert _titles(outages, start + 10 * MINUTE) == []
    # However many beats follow, the first that was well counts.
    for beat in range(2, 4):
        well = [replace(one, moment=start + beat * MINUTE, problem=None, is_transient=False)
                for one in again]  # fmt: skip
        outages = observe(outages, well, [MEXC])
    assert _titles(outages, start + 2 * MINUTE + SETTLE) == ["UP MEXC_SPOT, after 2 min"]
    assert outages == {}


def test_what_is_rarely_asked_for_does_not_hold_an_outage_open() -> None:
    start = 1_000 * MINUTE
    rare = _one(MEXC, "symbols", start, "gone")
    outages = observe({}, [rare, _one(MEXC, "tickers", start, "gone")], [MEXC])
    assert _titles(outages, start + MINUTE) == ["DOWN MEXC_SPOT"]
    outages = observe(outages, [rare, _one(MEXC, "tickers", start + 29 * MINUTE)], [MEXC])
    assert _titles(outages, start + 30 * MINUTE) == []
    outages = observe(outages, [rare, _one(MEXC, "tickers", start + 30 * MINUTE)], [MEXC])
    assert _titles(outages, start + 31 * MINUTE) == ["UP MEXC_SPOT, after 30 min"]


def test_no_evidence_changes_nothing_and_who_is_disabled_is_forgotten() -> None:
    outages = observe({}, [_one(MEXC, "tickers", 5 * MINUTE, "gone")], [MEXC, BYBIT])
    assert observe(outages, [], [MEXC, BYBIT]) == outages
    assert observe(outages, [], [BYBIT]) == {}
