"""How far a run has come, as lines in its log."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from arb_pipeline.defs.history.lanes import Lane
from arb_pipeline.model import now_ms

EVERY_SECONDS = 10.0


@asynccontextmanager
async def progress(lanes: Sequence[Lane], log: logging.Logger) -> AsyncIterator[None]:
    """Say every ten seconds of the block how much of these lanes is done, how fast, and until when.

    Runs that end before that say nothing.
    """
    task = asyncio.create_task(_tell(lanes, log))
    try:
        yield
    finally:
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
