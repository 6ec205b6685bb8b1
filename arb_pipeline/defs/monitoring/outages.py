"""What is down, since when, and what people were told of it.

What belongs here: the step from the newest collecting of every exchange and asset to the outages
there are, and the words about them. What does not: reading, posting, keeping the state.

An outage is of one exchange: however many assets and beats it takes, there is one message when it
begins and one when it is over. What is no outage but somebody's business (wrong credentials,
refused rows, missing symbols) is of one exchange and asset.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from arb_pipeline.model import Exchange, iso
from arb_pipeline.storage.collections import Collection
from arb_pipeline.webhook import Message

UNREACHABLE = "unreachable"
# Data sets that are asked for rarely do not hold an outage open for hours: if the exchange has
# answered everything since, a problem nobody looked at again for so long is taken for over.
_FORGET_MS = 30 * 60_000


@dataclass(slots=True)
class Outage:
    """One thing that is down.

    Attributes:
        exchange: where.
        scope: ``UNREACHABLE``, or the asset that has a problem of its own.
        reason: the first problem.
        since: when it was first seen, the moment of that collecting, milliseconds.
        run_id: the run that saw it first.
        assets: everything it took along.
        is_posted: whether people were told.
        over_at: the moment by which it was over; None while it lasts.
    """

    exchange: str
    scope: str
    reason: str
    since: int
    run_id: str
    assets: list[str] = field(default_factory=list)
    is_posted: bool = False
    over_at: int | None = None


Outages = dict[str, Outage]


def load(cursor: str | None) -> Outages:
    """The state kept in a sensor's cursor; empty for one that holds none."""
    return {key: Outage(**values) for key, values in json.loads(cursor or "{}").items()}


def dump(outages: Outages) -> str:
    """The opposite of :func:`load`."""
    return json.dumps({key: asdict(outage) for key, outage in outages.items()})


def observe(outages: Outages, newest: Sequence[Collection], enabled: Iterable[Exchange]) -> Outages:
    """The outages after looking at the newest collecting of each exchange and asset.

    Without newer evidence everything stays as it is. Exchanges that are no longer enabled are
    forgotten.
    """
    found: Outages = {}
    for exchange in enabled:
        own = sorted(
            (one for one in newest if one.exchange is exchange), key=lambda c: (c.moment, c.asset)
        )
        scopes = {UNREACHABLE: own, **{one.asset: [one] for one in own}}
        # An outage whose asset is not collected any more has no newer evidence.
        known = [outage.scope for outage in outages.values() if outage.exchange == exchange.value]
        for scope in dict.fromkeys([*scopes, *known]):
            key = f"{exchange.value} {scope}"
            outage = _step(outages.get(key), scope, scopes.get(scope, []))
            if outage is not None:
                found[key] = outage
    return found


def _step(known: Outage | None, scope: str, looked_at: Sequence[Collection]) -> Outage | None:
    """The outage of one scope after the newest collectings that concern it, in order of time."""
    bad = _outage(looked_at) if scope == UNREACHABLE else _lasting_problem(known, looked_at)
    if bad:
        if known is None:
            first = bad[0]
            reason = first.problem or f"{first.rejected} rows were refused, see rejected_records"
            known = Outage(first.exchange.value, scope, reason, first.moment, first.run_id)
        known.assets = sorted({*known.assets, *(one.asset for one in bad)})
        known.over_at = None
    elif known is not None and known.over_at is None:
        # The moment stays the first one by which all was well, however many follow.
        over = [one.moment for one in looked_at if one.moment > known.since]
        known.over_at = max(over, default=None)
    return known


def _outage(looked_at: Sequence[Collection]) -> list[Collection]:
    answered = max((one.moment for one in looked_at if not one.is_transient), default=0)
    return [
        one
        for one in looked_at
        if one.problem is not None and one.is_transient and answered - one.moment < _FORGET_MS
    ]


def _lasting_problem(known: Outage | None, looked_at: Sequence[Collection]) -> list[Collection]:
    """Problems of one asset that time alone does not mend.

    An exchange that cannot be reached says nothing of them: one that was there lasts on.
    """
    return [
        one
        for one in looked_at
        if (one.problem is not None or one.rejected > 0)
        and (not one.is_transient or (known is not None and known.over_at is None))
    ]


@dataclass(frozen=True, slots=True)
class News:
    """A message that is due.

    Attributes:
        key: of the outage.
        message: what to say.
        is_over: whether it says that the outage is over.
    """

    key: str
    message: Message
    is_over: bool


def news(outages: Outages, now: int, settle_ms: int, ui: str) -> Iterator[News]:
    """What people are to be told, the oldest outage first.

    Args:
        outages: what there is. ``is_posted`` is read as the iteration goes on, so that a message
            that was posted may be followed by the one that it is over.
        now: milliseconds.
        settle_ms: how long after its moment a beat may still bring more of the same.
        ui: address of Dagster's UI.
    """
    for key, outage in sorted(outages.items(), key=lambda item: item[1].since):
        if not outage.is_posted and now - outage.since >= settle_ms:
            yield News(key, _message(outage, ui), is_over=False)
        if outage.is_posted and outage.over_at is not None and now - outage.over_at >= settle_ms:
            yield News(key, _message(outage, ui), is_over=True)


def told(outages: Outages, one: News) -> None:
    """Note that a message was posted."""
    if one.is_over:
        del outages[one.key]
    else:
        outages[one.key].is_posted = True


def _message(outage: Outage, ui: str) -> Message:
    what = outage.exchange if outage.scope == UNREACHABLE else f"{outage.exchange} {outage.scope}"
    lines = [f"assets: {', '.join(outage.assets)}", f"reason: {outage.reason}"]
    # It is told that it is over only after it was told that it began.
    over = outage.over_at if outage.is_posted else None
    if over is not None:
        minutes = (over - outage.since) / 60_000
        title = f"UP {what}, after {minutes:.0f} min"
        lines.append(f"was down from {iso(outage.since)} to {iso(over)}")
    else:
        title = f"DOWN {what}"
        lines.append(f"since {iso(outage.since)}")
    return Message(title, lines, link=f"{ui}/runs/{outage.run_id}" if outage.run_id else None)
