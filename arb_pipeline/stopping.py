"""Being asked to stop: Ctrl-C, SIGTERM and a closed terminal mean the same.

What belongs here: turning those signals into one event. What does not: what stopping means.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopping(threading.Event):
    """Set by the first signal.

    Attributes:
        interrupts: whether that signal also raises ``KeyboardInterrupt`` in what is being done;
            false once there is something that has to be ended in order.
    """

    interrupts = True


@contextmanager
def stop_by_signals() -> Iterator[Stopping]:
    """While this is open, signals set the event instead of ending the process."""
    stopping = Stopping()

    def stop(_number: int, _frame: FrameType | None) -> None:
        first = not stopping.is_set()
        stopping.set()
        if first and stopping.interrupts:
            raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
