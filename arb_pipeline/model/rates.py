"""What budgets (``exchanges/``) and the account they share (``storage/``) say to each other.

What belongs here: plain data of rate counters and leases. What does not: deciding anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from arb_pipeline.model.names import Company


@dataclass(frozen=True, slots=True)
class Counter:
    """One of an exchange's rate counters, as the ledger has to know it.

    Attributes:
        company: who counts.
        pool: which of the company's counters.
        window_seconds: the exchange counts from whole multiples of this, by its own clock.
        allowed: weight all processes together may spend in a window.
        reserve: share of it that only those with a claim to the reserve may take.
    """

    company: Company
    pool: str
    window_seconds: float
    allowed: int
    reserve: float

    @property
    def head_seconds(self) -> float:
        """For how long after a window's begin the exchange may still be in the one before.

        Its clock may be a second behind the ledger's; of short windows, a fifth.
        """
        return min(1.0, self.window_seconds * 0.2)

    @property
    def tail_seconds(self) -> float:
        """How long before a window's end a request may arrive in the next one.

        The clock may be a second ahead, and a request half a second under way; of short windows,
        three tenths.
        """
        return min(1.5, self.window_seconds * 0.3)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a process wants of a counter, and what it knows of it.

    Attributes:
        weight: the least that is of use.
        at_most: what it expects to spend within the next moments, at least ``weight``.
        reserved: whether it has a claim to the reserve.
        unspent: what is left of its latest lease, and is given back.
        zone: the zone of that lease.
        heard: the exchange's own count of the current window; 0 where it tells none.
        heard_zone: the zone it was told in.
    """

    weight: int
    at_most: int
    reserved: bool = False
    unspent: int = 0
    zone: int = 0
    heard: int = 0
    heard_zone: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """What the ledger answers. Seconds count from when it was asked.

    Attributes:
        weight: what may be spent; 0 where there is no room, or a block.
        zone: the stretch of time it belongs to.
        seconds: how long that lasts: what is not sent by then is lost.
        retry_seconds: when there may be room again.
        blocked_seconds: for how long nobody may ask the company anything; at most 0 if it may.
    """

    weight: int
    zone: int
    seconds: float
    retry_seconds: float
    blocked_seconds: float
