"""Python's garbage collector while pages stream through the process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New objects between two looks for cycles; a page is some ten thousand, and none of them cyclic.
_THRESHOLD = 100_000


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let the collector leave alone what was there before the block.

    A page of candles is thousands of small lists; each few hundred make the collector look for
    cycles, and now and then through the 400,000 objects of Dagster too, which took more time than
    reading the pages. What the block makes is still looked through, less often.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_THRESHOLD, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
