"""Public trades whose ids are consecutive: complete because no id is missing.

What belongs here: finding the first trade of a window by time, following ids from there, and what
a missing id means. What does not: the requests themselves (``trades_id_lookup.py``).

An hour may hold more trades than a page, and a window by time can't be continued exactly: so time
only finds the first trade, and the pages after it are asked for by id. The first page begins with
the trade *before* the window, which proves that nothing was left out at its beginning; each page
begins with the id after the last one's; the walk ends with a trade behind the window, or when the
exchange twice has no further one.

Where an id is missing the page ends before it and is asked for from there once more. If the
exchange skips it again, the time from one neighbour to the other is *absent*, their own
milliseconds included, for it may be of either; if a row came that could not be read, it is left
missing. That goes for the trade before the window's first one, too; only where the exchange serves
nothing older at all, although there was something (ids say so), what lies before is *unreachable*.

A page ends with the millisecond before its last trade's: those of that millisecond may go on in
the next answer and are held back until they are all there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import BadResponse, ExchangeError
from arb_pipeline.exchanges.history_draft import ID, TIME, HistoryRow, in_order
from arb_pipeline.exchanges.history_source import Edge
from arb_pipeline.exchanges.trades_id_lookup import FIRST_IDS, Lookup, Run
from arb_pipeline.model import DataSet, HistoryPage, Instrument, Interval, Rejection, subtract


async def id_pages(
    client: ExchangeClient, instrument: Instrument, window: Interval, grace_ms: int
) -> AsyncIterator[HistoryPage]:
    """Every trade of ``window``, oldest page first; pages join without gap or overlap.

    Raises:
        ExchangeError: a page could not be fetched; ``interval`` says from where on.
    """
    edge = await Edge.now(client, DataSet.TRADES, window, grace_ms)
    if window.start >= edge.end:
        return
    walk = _Walk(client, instrument, Interval(window.start, edge.end), edge)
    try:
        async for page in walk.pages():
            yield page
    except ExchangeError as error:
        error.interval = Interval(walk.done, edge.end)
        raise


class _Walk:
    """One window being followed by ids.

    Attributes:
        done: pages up to here were handed out, milliseconds.
    """

    def __init__(
        self, client: ExchangeClient, instrument: Instrument, window: Interval, edge: Edge
    ) -> None:
        self.done = window.start
        self._instrument = instrument
        self._window = window
        self._edge = edge
        self._tally = Counters()
        self._lookup = Lookup(client, instrument, self._tally)
        self._held: list[HistoryRow] = []
        self._refused: list[Rejection] = []
        self._holes: list[Interval] = []
        self._absent: list[Interval] = []
        self._unreachable: list[Interval] = []

    async def pages(self) -> AsyncIterator[HistoryPage]:
        found = await self._lookup.first_in(self._window)
        if found.unreachable:
            lost = found.unreachable.intersect(self._window)
            yield self._page(lost.end, unreachable=[lost])
        if found.number is None:
            if self.done < self._window.end:
                sure = self._edge.settled if found.is_known else self._window.start
                yield self._page(self._window.end, sure=sure)
            return
        run = await self._begin(found.number)
        latest = self._window.start
        self._take(run, latest, is_first=True)
        while run.rows:
            latest = max([latest, *(row[TIME] for row in run.rows)])
            if latest >= self._window.end:
                break
            if latest > self.done:
                yield self._page(latest)
            run = await self._lookup.after(run)
            self._take(run, latest)
        if not run.rows and run.refused:
            self._refused += run.refused
            self._holes.append(Interval(latest, self._window.end))
        yield self._page(self._window.end, sure=max(self._edge.settled, latest))

    async def _begin(self, number: int) -> Run:
        """The page that begins with a trade before the window, or with the very first."""
        number -= 1
        while True:
            run = await self._lookup.run(max(number, 0))
            if not run.rows:
                raise BadResponse(
                    self._instrument.exchange,
                    f"there is a trade of this window, but none from id {number} on",
                    subject=f"{self._instrument.exchange_symbol} {DataSet.TRADES}",
                )
            first = run.rows[0]
            if first[TIME] < self._window.start or number <= FIRST_IDS[0]:
                return run
            if int(first[ID]) > number and not run.is_doubtful:
                # The trade before exists no more, unless the numbers have just begun.
                if number > FIRST_IDS[-1]:
                    await self._cut_off(first[TIME])
                return run
            number -= 1000

    async def _cut_off(self, first: int) -> None:
        """The trade before the one of ``first`` is not served: left out, or too old by now."""
        oldest = await self._lookup.oldest()
        if oldest is not None and oldest[TIME] < self._window.start:
            self._absent.append(Interval(self._window.start, first + 1))
        else:
            self._unreachable.append(Interval(self._window.start, first))

    def _take(self, run: Run, latest: int, *, is_first: bool = False) -> None:
        """Keep what a page holds of the window; ``latest`` is the time of the last trade so far."""
        if not run.rows:
            return
        self._refused += run.refused
        times = [row[TIME] for row in run.rows]
        # Where one of no possible time belongs, its missing id says.
        refused = [one.timestamp for one in run.refused if one.timestamp is not None]
        self._holes += [Interval(time, time + 1) for time in refused]
        if run.skipped and not is_first:
            gap = Interval(latest, times[0] + 1)
            (self._holes if run.is_doubtful else self._absent).append(gap)
        self._held += [row for row in run.rows if self._window.start <= row[TIME]]

    def _page(
        self, end: int, *, sure: int | None = None, unreachable: Sequence[Interval] = ()
    ) -> HistoryPage:
        """What is held before ``end``; ``sure``: up to where it is known to be complete."""
        end = min(end, self._window.end)
        rows = sorted((row for row in self._held if row[TIME] < end), key=in_order)
        self._held = [row for row in self._held if row[TIME] >= end]
        # A trade that is older than its number, and than what was handed out already.
        start = min([self.done, *(row[TIME] for row in rows[:1])])
        asked = Interval(start, end)
        absent = [part.intersect(asked) for part in self._absent]
        lost = [part.intersect(asked) for part in (*self._unreachable, *unreachable)]
        known = Interval(self.done, end if sure is None else min(end, sure))
        page = HistoryPage(
            self._instrument,
            DataSet.TRADES,
            asked,
            rows=rows,
            present=subtract(known, [*self._holes, *absent, *lost]),
            absent=[part for part in absent if part],
            unreachable=[part for part in lost if part],
            rejected=self._refused,
            requests=self._tally.requests,
        )
        self._refused = []
        self._tally.requests = 0
        self.done = end
        return page
