"""Asking Binance for trades by time, by id, and for the newest.

What belongs here: single requests and what they prove. What does not: pages of a window
(``trades_by_id.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.history_draft import ID, TIME, Answer, Draft, HistoryRow, identity_of
from arb_pipeline.exchanges.history_draft import read_answer as read
from arb_pipeline.exchanges.history_source import FROM_ID, ever
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.exchanges.trades_sources import TRADES_BY_ID, aggregated
from arb_pipeline.model import DataSet, Instrument, Interval, Rejection

_EVER, _NEVER = Interval(0, 2**62), Interval(0, 0)
_FEW = 10
# The first trade of a market has one of these numbers.
FIRST_IDS = (0, 1)


@dataclass(frozen=True, slots=True)
class First:
    """The first trade of a window.

    Attributes:
        number: its id, or that of the first one after the window; None where there is neither.
        is_known: whether that there is none is more than an empty answer.
        unreachable: what lies before the oldest trade the exchange serves, though there were some.
    """

    number: int | None
    unreachable: Interval = _NEVER
    is_known: bool = True


@dataclass(slots=True)
class Run:
    """Trades without a missing id.

    Attributes:
        rows: by id, each one more than that before.
        refused: rows that could not be read.
        following: the id that comes next.
        skipped: the exchange has no trade of the id that was asked for, nor of some after it.
        is_doubtful: rows were refused where ids are missing.
    """

    following: int
    rows: list[HistoryRow] = field(default_factory=list)
    refused: list[Rejection] = field(default_factory=list)
    skipped: bool = False
    is_doubtful: bool = False


class Lookup:
    """The requests for the trades of one instrument."""

    def __init__(self, client: ExchangeClient, instrument: Instrument, tally: Counters) -> None:
        self._client = client
        self._instrument = instrument
        self._able = capability(client.exchange, DataSet.TRADES)
        self._tally = tally

    async def first_in(self, window: Interval) -> First:
        """The first trade at or after the start of ``window``.

        Where its first hour is empty, the oldest trade and the newest one tell whether it is worth
        while to look on: by time in the next hour, then by ids. What is found may lie behind the
        window; the id before it is then what proves that the window holds none.

        Raises:
            ExchangeError: the exchange could not be asked.
        """
        hour = self._able.max_window_ms or window.end - window.start
        number = await self._in(Interval(window.start, min(window.start + hour, window.end)))
        if number is not None:
            return First(number)
        oldest = await self.oldest()
        if oldest is not None and oldest[TIME] >= window.start:
            # Numbers that do not begin with the first: older trades are not served any more.
            gone = int(oldest[ID]) > FIRST_IDS[-1]
            lost = Interval(window.start, min(oldest[TIME], window.end))
            number = int(oldest[ID]) if oldest[TIME] < window.end else None
            return First(number, lost if gone else _NEVER)
        newest = await self._one({})
        if oldest is None or newest is None:
            return First(None, is_known=False)
        if newest[TIME] < window.start:
            return First(None)
        number = await self._in(Interval(window.start, window.start + hour))
        if number is None:
            number = await self._between(int(oldest[ID]), int(newest[ID]), window.start)
        return First(number)

    async def oldest(self) -> HistoryRow | None:
        """The oldest trade the exchange serves.

        Raises:
            ExchangeError: the exchange could not be asked.
        """
        return await self._one({FROM_ID: 0})

    async def run(self, number: int) -> Run:
        """The trades from ``number`` on; one that is missing is asked for twice.

        Raises:
            ExchangeError: the exchange could not be asked.
        """
        run = await self._run(number)
        is_whole = bool(run.rows) and (not run.skipped or number == FIRST_IDS[0])
        return run if is_whole else await self._run(number)

    async def after(self, run: Run) -> Run:
        """The trades after those of ``run``; no rows where there are none yet.

        Raises:
            ExchangeError: the exchange could not be asked.
        """
        return await self.run(run.following)

    async def _run(self, number: int) -> Run:
        answer = await self._ask({FROM_ID: number, "limit": self._able.page_size}, _EVER)
        draft = Draft(_EVER, identity_of)
        draft.add(answer)
        by_number = {int(row[ID]): row for row in draft.rows() if row[ID].isdecimal()}
        first = min((found for found in by_number if found >= number), default=None)
        if first is None:
            return Run(number, refused=draft.refused, is_doubtful=bool(draft.refused))
        rows = [by_number[first]]
        while first + len(rows) in by_number:
            rows.append(by_number[first + len(rows)])
        # Those that come later are asked for again.
        last = rows[-1][TIME]
        refused = [one for one in draft.refused if one.timestamp is None or one.timestamp <= last]
        return Run(
            first + len(rows),
            rows,
            refused,
            skipped=first > number,
            is_doubtful=bool(refused),
        )

    async def _in(self, stretch: Interval) -> int | None:
        found = await self._one({"startTime": stretch.start, "endTime": stretch.end - 1}, stretch)
        return None if found is None else int(found[ID])

    async def _between(self, before: int, after: int, time: int) -> int:
        """The first trade at ``time`` or later: not that of the first id, but that of the last."""
        while after - before > 1:
            found = await self._one({FROM_ID: (before + after) // 2})
            if found is not None and found[TIME] < time:
                before = int(found[ID])
            elif found is None or int(found[ID]) >= after:
                after = (before + after) // 2
            else:
                after = int(found[ID])
        return after

    async def _one(self, params: Mapping[str, Any], span: Interval = _EVER) -> HistoryRow | None:
        # A few rows, so that one that can't be read or was left out hides nothing.
        answer = await self._ask({**params, "limit": _FEW}, span)
        rows = [row for row, _ in answer.rows]
        return (max if not params else min)(rows, key=_number, default=None)

    async def _ask(self, params: Mapping[str, Any], span: Interval) -> Answer:
        rows = rows_at()
        symbol = self._instrument.exchange_symbol
        about: object = span
        if span == _EVER:
            span, about = await ever(self._client), f"from id {params.get(FROM_ID, 'newest')}"
        return await self._client.call(
            TRADES_BY_ID[self._client.exchange],
            {"symbol": symbol, **params},
            weight=self._able.weight(self._able.page_size),
            expect=lambda payload: read(rows(payload), payload, self._instrument, aggregated, span),
            subject=f"{symbol} {DataSet.TRADES} {about}",
            tally=self._tally,
        )


def _number(row: HistoryRow) -> int:
    return int(row[ID])
