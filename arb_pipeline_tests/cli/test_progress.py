"""The bar shows what this process commits, and asks no database for it."""

from __future__ import annotations

import asyncio
import logging
from typing import cast

import pytest
from rich.console import Console

from arb_pipeline.cli import progress as bars
from arb_pipeline.cli.progress import CandleBar
from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.defs.history.progress import committed, progress


class _Lane:
    """As much of a lane as progress looks at."""

    def __init__(self) -> None:
        self.done = 0


def test_what_was_committed_counts_while_a_run_lasts_and_afterwards() -> None:
    first, second = _Lane(), _Lane()

    async def work(lane: _Lane, units: int) -> int:
        async with progress([cast(Lane, lane)], logging.getLogger(__name__)):
            lane.done = units
            return committed()

    before = committed()
    assert asyncio.run(work(first, 5)) - before == 5
    assert committed() - before == 5
    assert asyncio.run(work(second, 2)) - before == 7
    assert committed() - before == 7


def test_the_bar_begins_with_what_was_known_and_ends_with_what_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    console = Console(record=True, width=120, force_terminal=True)
    monkeypatch.setattr(bars, "console", console)
    done = 1000  # of earlier work, which is not this bar's

    with CandleBar(lambda: done, known=40, total=100):
        done += 25
    assert "65/100" in console.export_text()


def test_what_is_asked_for_twice_does_not_go_beyond_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    console = Console(record=True, width=120, force_terminal=True)
    monkeypatch.setattr(bars, "console", console)
    done = 0
    with CandleBar(lambda: done, total=100):
        done = 130
    assert "100/100" in console.export_text()
