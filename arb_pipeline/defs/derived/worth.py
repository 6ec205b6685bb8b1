"""What currencies were worth when fills were made, out of stored candles.

What belongs here: which closes are needed, and reading them at once. What does not: the choice
between them (``analytics/prices.py``).

Closes, and not books: candles are kept for ever, and an average that became unknown when books are
dropped after some days would be none. The newest close is taken that was known when the fill was
made: of the candle that had closed last, never of the one that was still open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from arb_pipeline.analytics.ledger import Fill, Worth
from arb_pipeline.analytics.prices import Board, Quote
from arb_pipeline.model import TIMEFRAMES, Exchange, Timeframe
from arb_pipeline.settings import Settings
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.portfolio import Pair, closes


def finest(configured: Settings) -> Timeframe:
    """The shortest candles that are collected."""
    found = (TIMEFRAMES[name] for name in configured.candle_timeframes)
    return min(found, key=lambda one: one.milliseconds)


async def worth_at_fills(
    connection: Connection,
    fills: Sequence[Fill],
    pairs: Sequence[Pair],
    home: Exchange,
    configured: Settings,
) -> Worth:
    """What each currency of these fills was worth when it was traded or paid as a fee."""
    timeframe, reference = finest(configured), configured.reference_currency
    needed: dict[str, set[int]] = defaultdict(set)
    for fill in fills:
        for code in _to_value(fill, reference):
            needed[code].add(timeframe.floor(fill.at))
    known = {pair.symbol_id: pair for pair in pairs}
    wanted = {
        (pair.symbol_id, moment)
        for code, moments in needed.items()
        for pair in on_the_way(code, reference, pairs)
        for moment in moments
    }
    quoted: dict[int, list[Quote]] = defaultdict(list)
    oldest_ms = round(configured.price_minutes * 60_000)
    for symbol_id, moment, close, at in await closes(
        connection, sorted(wanted), timeframe, oldest_ms
    ):
        pair = known[symbol_id]
        quoted[moment].append(Quote(pair.exchange, pair.base, pair.quote, close, at))
    boards = {moment: Board(found) for moment, found in quoted.items()}

    def worth(code: str, at: int) -> Decimal | None:
        board = boards.get(timeframe.floor(at))
        priced = board.price(code, reference, home) if board else None
        return priced.price if priced else None

    return worth


def _to_value(fill: Fill, reference: str) -> set[str]:
    codes = {fill.quote}
    if fill.fee and fill.fee_asset not in (None, fill.base, fill.quote):
        codes.add(str(fill.fee_asset))
    return codes - {reference}


def on_the_way(code: str, reference: str, pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs of the code, and those that lead on from the other side of them."""
    found = [pair for pair in pairs if code in (pair.base, pair.quote)]
    between = {pair.quote if pair.base == code else pair.base for pair in found} - {reference}
    found += [
        pair
        for pair in pairs
        if (pair.base in between and pair.quote == reference)
        or (pair.quote in between and pair.base == reference)
    ]
    return found
