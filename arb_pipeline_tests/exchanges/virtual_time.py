"""Time that passes only where somebody sleeps: tests of waiting take none, and measure exactly.

What belongs here: an event loop whose clock jumps to the next thing that is due. What does not:
tests that talk to a server, which takes real time to answer.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any


class _Skipping(selectors.SelectSelector):
    """Moves a clock on in place of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("everybody waits for something that never comes")
        self.now += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now


def in_virtual_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test on a loop of its own; its clock is ``now``."""

    def run() -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(test())

    return run


def now() -> float:
    """Seconds since the test began, of those that were slept."""
    return asyncio.get_running_loop().time()
