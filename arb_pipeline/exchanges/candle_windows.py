"""Which stretches of time can be asked for candles: closed, served, over for good.

What belongs here: where the past begins and ends, and cutting it into pages that do not depend on
each other. What does not: asking (``candles.py``).
"""

from __future__ import annotations

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.model import DataSet, Exchange, Interval, Timeframe

# Points of the horizon left alone: it moves on while requests wait for their turn.
_HORIZON_MARGIN = 5
# How long an exchange's books may be behind its clock. Within this time a candle counts as closed
# only when one that opens later is there as well.
SETTLED_AFTER_MS = 120_000


def closed_until(timeframe: Timeframe, now: int, grace_ms: int) -> int:
    """End of the last closed candle, milliseconds.

    Args:
        timeframe: of the candles.
        now: the exchange's time, milliseconds.
        grace_ms: how long after its end a candle may still change.
    """
    return timeframe.floor(now - grace_ms)


def horizon(
    exchange: Exchange, timeframe: Timeframe, now: int, *, margin: int = _HORIZON_MARGIN
) -> int | None:
    """First open time worth asking for at ``now``; None where the exchange serves everything.

    Args:
        exchange: which.
        timeframe: of the candles.
        now: the exchange's time, milliseconds.
        margin: candles the exchange still serves, but may not any more when it is asked.
    """
    points = capability(exchange, DataSet.CANDLES, timeframe.name).horizon_points
    if points is None:
        return None
    return timeframe.ceil(now - (points - margin) * timeframe.milliseconds)


async def independent_windows(
    client: ExchangeClient, timeframe: Timeframe, window: Interval
) -> list[Interval]:
    """Cut ``window`` into pieces whose pages can be asked for in any order, oldest first.

    Every piece but the last two is one full page whose candles are long over: what its answer
    means does not depend on any other. Before them comes what the exchange no longer serves, and
    last the rest, up to and beyond now, which ``candle_pages`` walks through in the order of time.

    Args:
        client: the exchange.
        timeframe: of the candles.
        window: any stretch of time; candles that open in it are meant.

    Raises:
        ExchangeError: the exchange's clock can't be read.
    """
    now = await client.clock()
    rest = timeframe.align(window)
    pieces = []
    oldest = horizon(client.exchange, timeframe, now)
    if oldest is not None and rest.start < oldest:
        pieces.append(Interval(rest.start, min(oldest, rest.end)))
        rest = Interval(pieces[0].end, rest.end)
    declared = capability(client.exchange, DataSet.CANDLES, timeframe.name)
    length = declared.page_size * timeframe.milliseconds
    over = min(rest.end, timeframe.floor(now - SETTLED_AFTER_MS))
    starts = range(rest.start, over - length + 1, length)
    pieces += [Interval(start, start + length) for start in starts]
    rest = Interval(rest.start + len(starts) * length, rest.end)
    return [*pieces, rest] if rest else pieces
