"""The time the simulated exchanges live in.

What belongs here: one clock, shared by every answer. What does not: rate limits, which count
real seconds whatever this clock says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from arb_pipeline.model import now_ms


class Clock:
    """Real time until it is told otherwise; safe to use from several threads.

    Args:
        source: where real time comes from, milliseconds since the epoch.
    """

    def __init__(self, source: Callable[[], int] = now_ms) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._offset = 0
        self._frozen: int | None = None

    def now(self) -> int:
        """The simulated instant, milliseconds since the epoch."""
        with self._lock:
            return self._now()

    def _now(self) -> int:
        return self._source() + self._offset if self._frozen is None else self._frozen

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen is not None

    def freeze(self, instant: int | None = None) -> None:
        """Stop time, at ``instant`` or where it is now."""
        with self._lock:
            self._frozen = self._now() if instant is None else instant

    def set(self, instant: int) -> None:
        """Jump to ``instant``; time keeps running, or keeps standing still."""
        with self._lock:
            if self._frozen is None:
                self._offset = instant - self._source()
            else:
                self._frozen = instant

    def advance(self, milliseconds: int) -> None:
        """Move on (or back, where negative) by ``milliseconds``."""
        with self._lock:
            if self._frozen is None:
                self._offset += milliseconds
            else:
                self._frozen += milliseconds

    def resume(self) -> None:
        """Let time run on from where it stands."""
        with self._lock:
            if self._frozen is not None:
                self._offset = self._frozen - self._source()
                self._frozen = None

    def reset(self) -> None:
        """Return to real time."""
        with self._lock:
            self._offset = 0
            self._frozen = None
