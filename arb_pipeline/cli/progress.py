"""Progress people can see: a bar with a rate and the time that is left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

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

_LOOK_SECONDS = 0.5


class CandleBar:
    """A bar that moves by what this process commits, looked at in a thread of its own.

    Use as a context manager around the work.

    Args:
        committed: what the process has stored so far; called again and again.
        known: how much was known before.
        total: how much there is to be known in the end.
        unit: what is counted, where it is not candles.
    """

    def __init__(
        self, committed: Callable[[], int], *, known: int = 0, total: int, unit: str = "candles"
    ) -> None:
        self._committed = committed
        self._first = committed()
        self._known = known
        self._total = total
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
            auto_refresh=False,  # ten times a second, it would take as much CPU as some pages
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
        started = now_ms()
        while True:
            last_look = self._done.wait(_LOOK_SECONDS)
            done = self._committed() - self._first
            rate = done * 1000 // max(now_ms() - started, 1)
            # What is asked for a second time is counted twice.
            known = min(self._known + done, self._total)
            self._bar.update(self._task, completed=known, rate=f"{rate:,}", refresh=True)
            if last_look:
                return
