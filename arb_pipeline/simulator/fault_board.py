"""The faults in force: added, counted, ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from arb_pipeline.model import Company
from arb_pipeline.simulator.dialect import Asked
from arb_pipeline.simulator.faults import Fault


class FaultBoard:
    """The faults in force; safe to use from several threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and return it."""
        if fault.seconds is not None:
            fault.ends_at = time.monotonic() + fault.seconds
        with self._lock:
            self._faults = [*self._faults, fault]
        return fault

    def remove(self, fault: Fault) -> None:
        """End a fault; one that is over already is no error."""
        with self._lock:
            self._faults = [other for other in self._faults if other is not fault]

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults = []

    def all(self) -> list[Fault]:
        """The faults in force."""
        now = time.monotonic()
        return [fault for fault in self._faults if now < fault.ends_at]

    def hit(self, company: Company, endpoint: str, asked: Asked) -> Iterable[Fault]:
        """The faults that hit this request; each counts it."""
        if not self._faults:
            return ()
        hit: list[Fault] = []
        with self._lock:
            self._faults = self.all()
            for fault in self._faults:
                if not fault.matches(company, endpoint, asked):
                    continue
                if fault.probability < 1 and fault.random.random() >= fault.probability:
                    continue
                fault.hits += 1
                hit.append(fault)
            self._faults = [f for f in self._faults if f.times is None or f.hits < f.times]
        return hit
