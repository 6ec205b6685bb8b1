"""How long an opportunity lasts: its id, when it opened, and the best it ever was.

What belongs here: carrying these from beat to beat. What does not: finding opportunities.

The same two symbols in the same direction are the same opportunity as long as it is seen again
within two beats: one beat in which it could not be seen, or was not there, does not end it. Ids
follow from the symbols and the opening, so computing a beat anew gives the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from arb_pipeline.analytics.arbitrage import Opportunity

_NAMESPACE = UUID("6f0a1c9e-52a4-5a63-9b1e-3a2b7f8f4c11")
# From beat to beat: what samples begin later than their minute, either way.
_JITTER_MS = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an opportunity's earlier beats; ``opened_at`` in milliseconds."""

    opportunity_id: UUID
    opened_at: int
    peak_net_bps: Decimal


@dataclass(frozen=True, slots=True)
class Lasting:
    """An opportunity with its history."""

    opportunity: Opportunity
    opportunity_id: UUID
    opened_at: int
    peak_net_bps: Decimal


def remembered_ms(beat_minutes: int) -> int:
    """How long after it was last seen an opportunity is still the same, milliseconds."""
    return 2 * beat_minutes * 60_000 + _JITTER_MS


def lasting(
    found: Iterable[Opportunity], before: Mapping[tuple[int, int], Known], at: int
) -> list[Lasting]:
    """Opportunities of the moment ``at`` with what is carried over.

    Args:
        found: those of the moment.
        before: those of the last beats, by the symbol to buy and the symbol to sell.
        at: milliseconds.
    """
    carried = []
    for one in found:
        pair = (one.symbol_id, one.sell_symbol_id)
        known = before.get(pair) or Known(_identity(*pair, at), at, one.net_bps)
        peak = max(known.peak_net_bps, one.net_bps)
        carried.append(Lasting(one, known.opportunity_id, known.opened_at, peak))
    return carried


def _identity(buy: int, sell: int, opened_at: int) -> UUID:
    return uuid5(_NAMESPACE, f"{buy} {sell} {opened_at}")
