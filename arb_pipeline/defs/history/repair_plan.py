"""From days that miss something to runs: which partitions, which symbols, in which order.

What belongs here: the pure step. A run asks for exactly what is missing: a rectangle of days of
one exchange by symbols and timeframes, all of which miss something on all of these days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from arb_pipeline.defs.history.kept import KEPT
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.model import DAY_MS, Exchange, iso
from arb_pipeline.storage.repair import Gap

# More than a year of partitions make the events of a run hard to read.
_MOST_DAYS = 366

# Symbol and timeframe, and whether its whole day is asked for rather than the pieces that miss.
_Column = tuple[str, str, bool]
_Days = dict[int, dict[_Column, Gap]]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One run that would complete some days.

    Attributes:
        asset: what to materialize.
        exchange: of which exchange.
        days: neighbouring days, oldest first.
        symbols: the exchange's own names.
        timeframes: empty where the data set has none.
        refetch: whether to ask for whole days, where their pieces would cost more requests.
        gaps: what it is for, one per day, symbol and timeframe.
    """

    asset: str
    exchange: Exchange
    days: list[int]
    symbols: list[str]
    timeframes: list[str]
    refetch: bool
    gaps: list[Gap]

    @property
    def partitions(self) -> list[ExchangeDay]:
        """The partitions of the run."""
        return [ExchangeDay(self.exchange, day) for day in self.days]

    @property
    def config(self) -> dict[str, Any]:
        """The configuration of the asset."""
        config: dict[str, Any] = {"symbols": self.symbols, "refetch": self.refetch}
        return {**config, "timeframes": self.timeframes} if self.timeframes else config

    def __str__(self) -> str:
        first, last = iso(self.days[0])[:10], iso(self.days[-1])[:10]
        days = first if first == last else f"{first} … {last}"
        names = ", ".join(self.symbols[:3]) + (" …" if len(self.symbols) > 3 else "")
        return f"{self.asset} of {self.exchange} {names}, {days}"


def plan(gaps: Iterable[Gap], *, days_per_run: int, requests_per_run: int) -> Iterator[RunPlan]:
    """Runs for every gap, newest days first, the exchanges in turn; take as many as may start.

    Of one day, data sets come in the order of ``KEPT``: candles first.

    Args:
        gaps: what is missing and may be asked for now.
        days_per_run: most days of one run, but for what follows; data sets with few rows take as
            many as miss something.
        requests_per_run: so many may be for more days: between two runs that take a second each
            lie the seconds until the next look.
    """
    rest: dict[tuple[Exchange, str], _Days] = defaultdict(lambda: defaultdict(dict))
    for gap in gaps:
        of = gap.line.of
        column = (of.exchange_symbol, of.timeframe, gap.is_shattered)
        rest[of.exchange, of.data_set][gap.day][column] = gap
    order = list(KEPT)
    while rest:
        # One run each, whoever misses the newest day first; then the next run of each.
        for key in sorted(rest, key=lambda one: (-max(rest[one]), order.index(one[1]), one)):
            yield _cut(*key, rest[key], days_per_run, requests_per_run)
            if not rest[key]:
                del rest[key]


def _cut(
    exchange: Exchange, data_set: str, missing: _Days, days_per_run: int, requests_per_run: int
) -> RunPlan:
    """Take the next run out of what one exchange misses of a data set."""
    kept = KEPT[data_set]
    most = _MOST_DAYS if kept.is_sparse else days_per_run
    newest = max(missing)
    columns = _rectangle(missing[newest])
    days: list[int] = []
    day, requests = newest, 0
    while len(days) < _MOST_DAYS and columns <= missing.get(day, {}).keys():
        requests += sum(missing[day][column].pages for column in columns)
        if len(days) >= most and requests > requests_per_run:
            break
        days.insert(0, day)
        day -= DAY_MS
    taken = [missing[day].pop(column) for day in days for column in sorted(columns)]
    for day in days:
        if not missing[day]:
            del missing[day]
    return RunPlan(
        asset=kept.asset,
        exchange=exchange,
        days=days,
        symbols=sorted({symbol for symbol, _, _ in columns}),
        timeframes=sorted({timeframe for _, timeframe, _ in columns if timeframe}),
        refetch=any(refetch for _, _, refetch in columns),
        gaps=taken,
    )


def _rectangle(missing: Mapping[_Column, Gap]) -> set[_Column]:
    """The largest group of symbols that miss the same timeframes and are asked for alike."""
    wanted: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for symbol, timeframe, refetch in missing:
        wanted[symbol, refetch].add(timeframe)
    alike: dict[tuple[tuple[str, ...], bool], list[str]] = defaultdict(list)
    for (symbol, refetch), timeframes in wanted.items():
        alike[tuple(sorted(timeframes)), refetch].append(symbol)
    (names, refetch), symbols = max(alike.items(), key=lambda item: (len(item[1]), item[0]))
    return {(symbol, name, refetch) for symbol in symbols for name in names}
