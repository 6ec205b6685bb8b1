"""Rate limits as the companies enforce them, in real seconds.

What belongs here: counting weight in windows, saying no, banning who does not listen. What does
not: how a refusal is worded (the dialects). Windows begin at whole multiples of their length on
this machine's clock and are measured by a monotonic one, so that neither the simulated clock nor
a step of the real one moves them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """How much weight fits a window.

    Attributes:
        capacity: weight (or requests) per window.
        window_seconds: how long a window is.
        ban_after: refused requests in one window after which the address is banned; None: never.
        ban_seconds: how long.
    """

    capacity: int
    window_seconds: float
    ban_after: int | None = None
    ban_seconds: float = 120.0


RULES: dict[str, Rule] = {
    "binance-spot": Rule(6000, 60, ban_after=10),
    "binance-futures": Rule(2400, 60, ban_after=10),
    "binance-archive": Rule(100_000, 60),  # a file server, of which no limit is known
    "mexc": Rule(500, 10),
    "gate": Rule(200, 10),
    "bybit": Rule(600, 5),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limiter says to one request; ``retry_after`` is in seconds."""

    used: int
    capacity: int
    reset_at: float
    retry_after: float = 0.0
    banned: bool = False

    @property
    def allowed(self) -> bool:
        """Whether the request is answered."""
        return not self.retry_after


@dataclass(slots=True)
class _Window:
    index: int = -1
    used: int = 0
    refused: int = 0
    banned_until: float = 0.0


class Limits:
    """The rate limits of all companies; safe to use from several threads.

    A pool is named ``mexc`` or, where each endpoint counts by itself, ``gate/spot/candlesticks``;
    its rule is found by the part before the slash.

    Args:
        monotonic: seconds that never run backwards; tests bring their own.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._to_wall = time.time() - monotonic()
        self._rules = dict(RULES)
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    def configure(self, pool: str, rule: Rule) -> None:
        """Replace the rule of ``pool``.

        Raises:
            KeyError: there is no such pool.
        """
        with self._lock:
            if pool not in self._rules:
                raise KeyError(f"no rate limit {pool!r}; there are {', '.join(self._rules)}")
            self._rules[pool] = rule

    def rule(self, pool: str) -> Rule:
        """The rule of ``pool``."""
        return self._rules[pool.partition("/")[0]]

    def charge(self, pool: str, weight: int) -> Verdict:
        """Count one request and say whether it is answered."""
        with self._lock:
            rule = self._rules[pool.partition("/")[0]]
            now = self._monotonic() + self._to_wall
            window = self._windows.setdefault(pool, _Window())
            index = int(now // rule.window_seconds)
            if index != window.index:
                window.index, window.used, window.refused = index, 0, 0
            reset_at = (index + 1) * rule.window_seconds
            if now < window.banned_until:
                left = window.banned_until - now
                return Verdict(window.used, rule.capacity, reset_at, left, banned=True)
            window.used += weight
            if window.used <= rule.capacity:
                return Verdict(window.used, rule.capacity, reset_at)
            window.refused += 1
            if rule.ban_after is not None and window.refused > rule.ban_after:
                window.banned_until = now + rule.ban_seconds
                left = rule.ban_seconds
                return Verdict(window.used, rule.capacity, reset_at, left, banned=True)
            return Verdict(window.used, rule.capacity, reset_at, reset_at - now)

    def reset(self) -> None:
        """Forget every window and ban."""
        with self._lock:
            self._windows.clear()
