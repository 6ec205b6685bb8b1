"""Order flow of one exchange: from stored books and trades to stored windows.

What belongs here: which windows are computed, units, and when something is wrong. What does not:
the formulas (``analytics/order_flow.py``), SQL (``storage/``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arb_pipeline.analytics.order_flow import Top, book_flows, volume_imbalance
from arb_pipeline.analytics.prices import MONEY
from arb_pipeline.defs.outcomes import Outcome
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import Interval, iso
from arb_pipeline.settings import Settings
from arb_pipeline.storage import order_flow as stored
from arb_pipeline.storage.database import Connection, Pool
from arb_pipeline.storage.order_flow import Collected, FlowRow, Volumes
from arb_pipeline.storage.reference import Reference

_MINUTE_MS = 60_000
# What is read and held at once: books of a hundred symbols for that long are some 20 MB.
_AT_ONCE_MS = 180 * _MINUTE_MS


@dataclass(slots=True)
class _Tally:
    """What came of one partition."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, rows: Sequence[FlowRow], inserted: int, updated: int) -> None:
        self.counts["rows inserted"] += inserted
        self.counts["rows updated"] += updated
        self.counts["rows unchanged"] += len(rows) - inserted - updated
        self.counts["dagster/partition_row_count"] += len(rows)
        for name, column in (
            ("windows without imbalance of orders", "ofi_score"),
            ("windows without microprice", "microprice"),
            ("windows whose trades are not all known", "buy_volume"),
        ):
            self.counts[name] += sum(1 for row in rows if getattr(row, column) is None)


@dataclass(frozen=True, slots=True)
class Flow:
    """Computes the order flow of partitions.

    Attributes:
        now: windows that end later are not computed yet, milliseconds.
        since: windows that end at or before are left as they are; None computes whole days.
    """

    pool: Pool
    reference: Reference
    configured: Settings
    now: int
    since: int | None = None

    async def compute(self, day: ExchangeDay) -> Outcome:
        """Compute and store the windows of one exchange that begin on a day."""
        key = str(day.key)
        length_ms = self.configured.order_flow_seconds * 1000
        span = self._span(day, length_ms)
        tally, last_seen = _Tally(), False
        async with self.pool.acquire() as connection:
            symbols = await stored.collected_symbols(
                connection, self.reference.exchange_id(day.exchange)
            )
            if not symbols or not span:
                note = "no symbol is tracked" if not symbols else "no window of it has ended"
                return Outcome(key, {"dagster/partition_row_count": 0, "note": note})
            for part in _parts(span, length_ms):
                rows = await self._rows(connection, symbols, part, length_ms)
                tally.add(rows, *await stored.store_windows(connection, length_ms, rows))
                newest = [row for row in rows if row.ends_at == span.end]
                last_seen = any(row.book_count for row in newest)
        problem = self._problem(symbols, span, length_ms, tally, last_seen=last_seen)
        return Outcome(key, {**tally.counts, "windows": str(span)}, [problem] if problem else [])

    def _span(self, day: ExchangeDay, length_ms: int) -> Interval:
        """The windows of a day that have ended, and that are to be computed."""
        end = min(day.interval.end, self.now - self.now % length_ms)
        start = day.interval.start
        if self.since is not None:
            start = max(start, self.since - self.since % length_ms)
        return Interval(start, end)

    @property
    def _gap_ms(self) -> int:
        configured = self.configured
        return configured.fresh_intervals * configured.book_tickers_minutes * _MINUTE_MS

    async def _rows(
        self, connection: Connection, symbols: Sequence[Collected], span: Interval, length_ms: int
    ) -> list[FlowRow]:
        ids = [symbol.symbol_id for symbol in symbols]
        known = Interval(span.start - self._gap_ms, span.end)
        tops: dict[int, list[Top]] = defaultdict(list)
        for symbol_id, *top in await stored.books(connection, ids, known):
            tops[symbol_id].append(Top(*top))
        traded = await stored.volumes(connection, ids, span, length_ms)
        return [
            row
            for symbol in symbols
            for row in self._windows(symbol, tops[symbol.symbol_id], traded, span, length_ms)
        ]

    def _windows(
        self,
        symbol: Collected,
        tops: Sequence[Top],
        traded: Mapping[tuple[int, int], Volumes],
        span: Interval,
        length_ms: int,
    ) -> Iterator[FlowRow]:
        """The windows of one symbol something is known of."""
        for flow in book_flows(tops, span, length_ms, self._gap_ms):
            volumes = traded.get((symbol.symbol_id, flow.window.start))
            if volumes is None and not flow.book_count:
                continue
            yield FlowRow(
                symbol.symbol_id,
                flow.window.end,
                _base(flow.imbalance, symbol),
                flow.microprice,
                volume_imbalance(volumes.bought, volumes.sold) if volumes else None,
                _base(volumes.bought, symbol) if volumes else None,
                _base(volumes.sold, symbol) if volumes else None,
                flow.book_count,
                volumes.trade_count if volumes else 0,
            )

    def _problem(
        self,
        symbols: Sequence[Collected],
        span: Interval,
        length_ms: int,
        tally: _Tally,
        *,
        last_seen: bool,
    ) -> str | None:
        if self.since is None and not tally.counts["dagster/partition_row_count"]:
            kept = self.configured.keep_days
            days = {name: kept.get(f"{name}_snapshots") for name in ("book_ticker", "trade")}
            return (
                f"neither books nor complete trades of {span} are stored (kept for "
                f"{days['book_ticker'] or 'any number of'} and {days['trade'] or 'any number of'} "
                "days); what was computed before is left as it is"
            )
        newest = Interval(span.end - length_ms, span.end)
        was_collected = any(one.tracked_at < newest.start - self._gap_ms for one in symbols)
        if self.since is not None and was_collected and not last_seen:
            return f"no book of {iso(newest.start)} to {iso(newest.end)} is stored"
        return None


def _parts(span: Interval, length_ms: int) -> Iterator[Interval]:
    """A span in stretches of whole windows that are read at once."""
    step = max(1, _AT_ONCE_MS // length_ms) * length_ms
    for start in range(span.start, span.end, step):
        yield Interval(start, min(start + step, span.end))


def _base(amount: Decimal | None, symbol: Collected) -> Any:
    """An amount in base units; a contract may hold more or less than one."""
    return None if amount is None else MONEY.multiply(amount, symbol.contract_size)
