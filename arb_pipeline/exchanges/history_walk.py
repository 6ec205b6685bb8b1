"""History without a timeframe, in pages of bounded size, where it is asked for by time.

What belongs here: walking through time so that no row is lost where answers meet, and saying what
is known completely. What does not: what an exchange calls things (the sources), history whose ids
prove more than its times (``trades_by_id.py``), and lists of the newest (``trades_newest.py``).

A stretch of time is complete when an answer for it was not full: what did not fit is fetched by
following the exchange's own paging, where it has one, or by asking for a shorter stretch. Rows at
the seam belong to one stretch only, since stretches are whole milliseconds (or whole seconds where
the exchange counts those).

What a page says about its stretch:

* *present*: it was asked for as a whole and everything was delivered. That goes for stretches
  without a row of their own too, which are asked for twice: for events, "nothing happened" is as
  complete as any other answer, and *absent* would ask again for every quiet night;
* *unreachable*: older than the exchange serves, or more rows in one instant than it hands out;
* neither: around a row that was refused, and so near to now that the exchange's books may still
  be behind its clock (``Capability.grace_ms``). Rows that are there already are in the page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from arb_pipeline.exchanges.catalog import Capability, capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import BadResponse, ExchangeError
from arb_pipeline.exchanges.history_draft import TIME, Answer, Draft, read_answer
from arb_pipeline.exchanges.history_source import FROM_ID, Edge, Source, reach
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import DataSet, HistoryPage, Instrument, Interval, Rejection, subtract

# Pages that are followed before a shorter stretch is asked for: what bounds a page's memory.
_FOLLOWED = 10
_MOST_PAGES = 100
# A number of rows that is a whole hundred may be a limit nobody has told of.
_ROUND = 100
_MOST_GROWTH = 16  # of a stretch, from one to the next


class Walk:
    """The requests for one data set of one instrument."""

    def __init__(
        self, client: ExchangeClient, instrument: Instrument, data_set: DataSet, source: Source
    ) -> None:
        self._client = client
        self._instrument = instrument
        self._data_set = data_set
        self._source = source
        self._able: Capability = capability(instrument.exchange, data_set)
        self._rows = rows_at(*source.path)

    async def pages(self, window: Interval, grace_ms: int) -> AsyncIterator[HistoryPage]:
        """Everything in ``window``, oldest page first; pages join without gap or overlap.

        Raises:
            ExchangeError: a page could not be fetched; ``interval`` says which.
        """
        edge = await Edge.now(self._client, self._data_set, window, grace_ms)
        longest = self._able.max_window_ms or 2**62
        start, length = window.start, min(self._source.first_ms, longest)
        requests = Counters()
        while start < edge.end:
            if lost := Interval(start, min(await self._horizon(), edge.end)):
                yield self._page(Draft(lost, None), edge, requests, unreachable=[lost])
                start = lost.end
            # It is not looked at again before asking: each millisecond would be a page of its own.
            if start == edge.end:
                return
            piece = self._piece(start, min(start + length, edge.end), edge)
            draft, shorter = await self._fetch(piece, requests)
            if piece.start < await self._horizon(margin_ms=0):
                # It moved on while the request waited: the answer may be empty because of that.
                continue
            if shorter is not None and shorter < piece.end - piece.start:
                length = shorter
                continue
            # What is full and can't be cut any shorter holds more than the exchange hands out.
            beyond_reach = [] if shorter is None else [piece]
            yield self._page(draft, edge, requests, unreachable=beyond_reach)
            requests = Counters()
            start = piece.end
            length = min(max(length, length * self._room(draft)), longest)

    async def _horizon(self, **margin: int) -> int:
        now = await self._client.clock()
        return reach(self._instrument.exchange, self._data_set, now, **margin) or 0

    def _piece(self, start: int, end: int, edge: Edge) -> Interval:
        """A stretch that ends where a unit of the exchange's time does, if it is longer."""
        whole = end - end % self._able.time_unit_ms
        return Interval(start, whole if start < whole and end < edge.end else end)

    def _room(self, draft: Draft) -> int:
        """How many times more than these rows would still leave half of a page free."""
        return min(_MOST_GROWTH, self._able.page_size // (2 * draft.came + 1))

    async def _fetch(self, piece: Interval, tally: Counters) -> tuple[Draft, int | None]:
        """The rows of a stretch; and how long a shorter one should be where they are too many."""
        try:
            draft, is_whole = await self._collect(piece, tally)
            if draft.is_silent():
                draft, is_whole = await self._collect(piece, tally)
        except ExchangeError as error:
            error.interval = piece
            raise
        if is_whole:
            return draft, None
        unit, length = self._able.time_unit_ms, piece.end - piece.start
        times = [row[TIME] for row in draft.rows()] or [piece.start]
        dense = (times[-1] - times[0]) * self._able.page_size * 4 // (5 * max(1, draft.came))
        # Where the newest come first, what lies before them is likely to have room.
        dense = max(dense, times[0] - piece.start)
        return draft, max(unit, min(length // 2, dense) // unit * unit)

    async def _collect(self, piece: Interval, tally: Counters) -> tuple[Draft, bool]:
        """What the pages of a stretch hold, and whether they hold all of it."""
        source, limit = self._source, self._able.page_size
        draft = Draft(piece, source.key)
        params: dict[str, Any] | None = source.request(
            self._instrument, Interval(piece.start - source.lead_ms, piece.end), limit
        )
        for number in range(1, _MOST_PAGES + 1):
            if params is None:
                return draft, False
            answer = await self._ask(params, piece, tally)
            new = draft.add(answer)
            if not self._has_more(answer, limit, piece) or _passed(params, answer, piece):
                return draft, True
            if number > 1 and not new:
                raise BadResponse(
                    self._client.exchange, "the next page holds nothing new", subject=str(piece)
                )
            if source.following is None or (number >= _FOLLOWED and self._is_long(piece)):
                return draft, False
            params = source.following(params, answer, number)
        return draft, False

    def _is_long(self, piece: Interval) -> bool:
        """Whether a shorter stretch could be asked for."""
        return piece.end - piece.start > self._able.time_unit_ms

    def _has_more(self, answer: Answer, limit: int, piece: Interval) -> bool:
        if self._source.has_more is not None:
            return self._source.has_more(answer, limit)
        # A doubt that nothing can resolve is none.
        may_doubt = self._source.following is not None or self._is_long(piece)
        is_round = answer.count > 0 and answer.count % _ROUND == 0
        return answer.count >= limit or (is_round and may_doubt)

    async def _ask(self, params: Mapping[str, Any], piece: Interval, tally: Counters) -> Answer:
        unit = self._able.time_unit_ms
        first = (piece.start - self._source.lead_ms) // unit * unit
        span = Interval(first, -(-piece.end // unit) * unit + unit)
        if FROM_ID in params:  # which knows no end
            span = Interval(first, 2**62)
        return await self._client.call(
            self._source.method,
            params,
            weight=self._able.weight(self._able.page_size),
            expect=lambda payload: read_answer(
                self._rows(payload), payload, self._instrument, self._source.read, span
            ),
            subject=f"{self._instrument.exchange_symbol} {self._data_set} {piece}",
            tally=tally,
        )

    def _is_led(self, refused: Rejection, piece: Interval) -> bool:
        """Whether a row was asked for only to finish others; it belongs to the stretch before."""
        time, lead = refused.timestamp, self._source.lead_ms
        return time is not None and piece.start - lead <= time < piece.start

    def _page(
        self, draft: Draft, edge: Edge, tally: Counters, unreachable: Sequence[Interval]
    ) -> HistoryPage:
        piece = draft.stretch
        finished = self._source.finish(draft.rows())
        rows = [row for row in finished if piece.start <= row[0] < piece.end]
        sure = edge.settled
        if self._source.newest_settles and rows:
            sure = max(sure, rows[-1][0])
        known = Interval(piece.start, min(piece.end, sure))
        return HistoryPage(
            self._instrument,
            self._data_set,
            piece,
            rows=rows,
            present=subtract(known, [*draft.holes, *unreachable]),
            unreachable=unreachable,
            rejected=[one for one in draft.refused if not self._is_led(one, piece)],
            requests=tally.requests,
        )


def _passed(params: Mapping[str, Any], answer: Answer, piece: Interval) -> bool:
    """Whether paging by id, which knows no end, has come past the stretch."""
    return FROM_ID in params and any(row[TIME] >= piece.end for row, _ in answer.rows)
