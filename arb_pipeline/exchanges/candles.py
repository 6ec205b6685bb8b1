"""Candles of a stretch of time, one bounded page after the other.

What belongs here: walking through time in pages, and deciding what a missing row means. What does
not: how an exchange is asked (``candle_dialects.py``) and what a row must look like
(``candle_rows.py``). ccxt's own paging is not used: it loses candles where pages meet.

What a page says about the stretch it asked for:

* a row is there: the candle is present;
* none is there, and asking again for all gaps at once brought nothing new: it is *absent*. The
  second answer also heals pages that were cut short or lost rows on the way;
* a row came and was refused, or answers contradict each other: it stays missing;
* older than the exchange serves: *unreachable*, and not asked for. So is what was none by the
  time of the answer and is not in it: the horizon moves on while a request waits for its turn.

A listing time is no reason to call anything absent: the one Binance states for BTCUSDT
perpetuals is 17 days after their first candle.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from arb_pipeline.exchanges.candle_dialects import CANDLE_DIALECTS
from arb_pipeline.exchanges.candle_page import PageDraft
from arb_pipeline.exchanges.candle_rows import ParsedRows, RowReader
from arb_pipeline.exchanges.candle_windows import SETTLED_AFTER_MS, closed_until, horizon
from arb_pipeline.exchanges.catalog import Capability, capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError, NotSupported, OutOfHorizon
from arb_pipeline.exchanges.shapes import rows_at
from arb_pipeline.model import CandlePage, DataSet, Instrument, Interval, Timeframe

__all__ = ["candle_pages", "closed_until", "horizon"]

# How often a page is asked for its gaps while every answer brings something new.
_ROUNDS = 6


async def candle_pages(
    client: ExchangeClient,
    instrument: Instrument,
    timeframe: Timeframe,
    window: Interval,
    *,
    grace_ms: int,
) -> AsyncIterator[CandlePage]:
    """Every closed candle of ``window``, oldest page first; pages join without gap or overlap.

    The last page ends early where the newest candles are closed by the clock, but the exchange
    shows no later one within ``SETTLED_AFTER_MS``: they may not be final. Pages that were yielded
    stay valid when a later one fails.

    Args:
        client: the exchange that lists the instrument.
        instrument: what to fetch.
        timeframe: of the candles.
        window: any stretch of time; candles that open in it are meant.
        grace_ms: how long after its end a candle may still change.

    Raises:
        NotSupported: the exchange has no such timeframe.
        ExchangeError: a page could not be fetched; ``interval`` says which.
    """
    if instrument.exchange is not client.exchange:
        raise NotSupported(client.exchange, f"{instrument} is listed elsewhere")
    walk = _Walk(client, instrument, timeframe)
    aligned = timeframe.align(window)
    try:
        end = min(aligned.end, closed_until(timeframe, await client.clock(), grace_ms))
    except ExchangeError as error:
        error.interval = aligned
        raise
    start = aligned.start
    while start < end:
        now = await client.clock()
        oldest = horizon(instrument.exchange, timeframe, now)
        if oldest is not None and start < oldest:
            lost = Interval(start, min(oldest, end))
            yield CandlePage(instrument, timeframe, lost, unreachable=[lost])
            start = lost.end
            continue
        try:
            page, settled = await walk.page(Interval(start, end), now)
        except OutOfHorizon:
            if start >= (await _served(client, timeframe) or 0):
                raise
            continue
        _give_up(page, await _served(client, timeframe))
        if page.asked:
            yield page
        if not settled:
            return
        start = page.asked.end


async def _served(client: ExchangeClient, timeframe: Timeframe) -> int | None:
    return horizon(client.exchange, timeframe, await client.clock(), margin=0)


def _give_up(page: CandlePage, oldest: int | None) -> None:
    """Nothing is absent that the exchange did not serve any more when it answered."""
    if oldest is None or page.asked.start >= oldest:
        return
    served = Interval(oldest, page.asked.end)
    passed = [part.intersect(Interval(0, oldest)) for part in page.absent]
    page.unreachable = [part for part in passed if part]
    page.absent = [rest for part in page.absent if (rest := part.intersect(served))]


class _Walk:
    """The requests for one instrument and timeframe."""

    def __init__(
        self, client: ExchangeClient, instrument: Instrument, timeframe: Timeframe
    ) -> None:
        self._client = client
        self._instrument = instrument
        self._timeframe = timeframe
        self._dialect = CANDLE_DIALECTS[instrument.exchange]
        self._capability: Capability = capability(
            instrument.exchange, DataSet.CANDLES, timeframe.name
        )
        self._reader = RowReader(self._dialect, timeframe, instrument.contract_size)
        self._rows = rows_at(*self._dialect.path)

    async def page(self, rest: Interval, now: int) -> tuple[CandlePage, bool]:
        """The first page of ``rest``, and whether its end is settled; else it is cut short."""
        length = self._timeframe.milliseconds
        window = Interval(
            rest.start, min(rest.end, rest.start + self._capability.page_size * length)
        )
        unsettled = self._timeframe.floor(now - SETTLED_AFTER_MS)
        # Towards now, one candle more is asked for: if it is there, those before it are final.
        peek = window.end > unsettled
        if peek and window.end - window.start == self._capability.page_size * length:
            window = Interval(window.start, window.end - length)
            peek = window.end > unsettled
        tally = Counters()
        try:
            draft = await self._fetch(window, peek=peek, tally=tally)
        except ExchangeError as error:
            error.interval = window
            raise
        settled = draft.beyond or not peek
        if not settled:
            draft.cut(max(unsettled, draft.latest, window.start))
        return draft.finished(self._instrument, tally.requests), settled

    async def _fetch(self, window: Interval, *, peek: bool, tally: Counters) -> PageDraft:
        draft = PageDraft(self._timeframe, window)
        draft.add(await self._ask(window, peek=peek, tally=tally, first=True))
        for _ in range(_ROUNDS):
            hull = draft.hull()
            if not hull:
                break
            answer = await self._ask(hull, peek=peek and hull.end == window.end, tally=tally)
            if not draft.add(answer):
                draft.confirmed = not answer.doubtful
                break
        return draft

    async def _ask(
        self, window: Interval, *, peek: bool, tally: Counters, first: bool = False
    ) -> ParsedRows:
        # A glance keeps no row as it came, which is what a second answer is compared with.
        length = self._timeframe.milliseconds
        asked = Interval(window.start, window.end + length * peek)
        return await self._client.call(
            self._dialect.method,
            self._dialect.request(self._instrument, self._timeframe, asked),
            weight=self._capability.weight((asked.end - asked.start) // length),
            expect=lambda payload: self._reader.read(self._rows(payload), window),
            subject=f"{self._instrument.exchange_symbol} {self._timeframe.name} {window}",
            tally=tally,
            glance=(lambda body: self._reader.glance(body, window)) if first else None,
        )
