"""Progress people can see: a bar with a rate and the time that is left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

import asyncpg
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from arb_pipeline.cli.app import console
from arb_pipeline.model import now_ms

_POLL_SECONDS = 0.5


class CandleBar:
    """A bar that moves by what is committed, asked for from the database in a thread of its own.

    Use as a context manager around the work.

    Args:
        known: how many candles nobody has to ask for any more; called again and again.
        total: how many there are to be known in the end.
        unit: what is counted, where it is not candles.
    """

    def __init__(self, known: Callable[[], int], total: int, *, unit: str = "candles") -> None:
        self._known = known
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit + ", {task.fields[rate]}/s"),
            TimeElapsedColumn(),
            TextColumn("left"),
            # Over the last minute: a rate limit stops everything now and then.
            TimeRemainingColumn(),
            console=console,
            speed_estimate_period=60,
        )
        self._task = self._bar.add_task(unit, total=total, rate="…")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> CandleBar:
        self._bar.start()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self._bar.stop()

    def say(self, words: str) -> None:
        """What is being worked on, shown before the bar."""
        self._bar.update(self._task, description=words)

    def _watch(self) -> None:
        first: int | None = None
        started = now_ms()
        while True:
            last_look = self._done.is_set()
            try:
                known = self._known()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                # The bar stands still; the run itself says what it makes of a lost database.
                if self._done.wait(_POLL_SECONDS):
                    return
                continue
            first = known if first is None else first
            rate = (known - first) * 1000 // max(now_ms() - started, 1)
            self._bar.update(self._task, completed=known, rate=f"{rate:,}")
            if last_look:
                return
            self._done.wait(_POLL_SECONDS)
