"""How far runs of this process have come: as lines in their logs, and for a bar on the screen."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.model import now_ms

EVERY_SECONDS = 10.0
# The lanes that are being filled, and what the lanes of earlier runs committed.
_filling: list[Sequence[Lane]] = []
_earlier = 0


def committed() -> int:
    """Units of history this process has stored so far, all runs together; asks nobody."""
    return _earlier + sum(lane.done for lanes in _filling for lane in lanes)


@asynccontextmanager
async def progress(lanes: Sequence[Lane], log: logging.Logger) -> AsyncIterator[None]:
    """Say every ten seconds of the block how much of these lanes is done, how fast, and until when.

    Runs that end before that say nothing.
    """
    global _earlier  # a process has one screen
    task = asyncio.create_task(_tell(lanes, log))
    _filling.append(lanes)
    try:
        yield
    finally:
        _filling.remove(lanes)
        _earlier += sum(lane.done for lane in lanes)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tell(lanes: Sequence[Lane], log: logging.Logger) -> None:
    began = time.monotonic()
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        log.info(line(lanes, time.monotonic() - began))


def line(lanes: Sequence[Lane], seconds: float) -> str:
    """One sentence: what is done after so many seconds, of how much, and when the rest will be."""
    now = now_ms()
    done = sum(lane.done for lane in lanes)
    wanted = max(sum(lane.expected(now) for lane in lanes), done)
    rate = done / seconds
    left = f"{(wanted - done) / rate:,.0f} s left" if rate else "no page stored yet"
    failed = sum(len(lane.failures) for lane in lanes)
    unit = lanes[0].source.unit if lanes else "rows"
    trouble = f"; {failed} stretches failed so far" if failed else ""
    share = done / wanted if wanted else 1.0
    return f"{done:,} of {wanted:,} {unit} ({share:.0%}), {rate:,.0f}/s, {left}{trouble}"
