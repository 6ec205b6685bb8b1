"""The algebra of intervals and timeframes, against sets of instants."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from arb_pipeline.model import DAY_MS, TIMEFRAMES, Exchange, Interval, iso, merge, subtract

intervals = st.builds(
    lambda start, length: Interval(start, start + length),
    st.integers(0, 60),
    st.integers(0, 20),
)


def instants(parts: list[Interval]) -> set[int]:
    return {instant for part in parts for instant in range(part.start, part.end)}


@given(st.lists(intervals, max_size=8))
def test_merge_keeps_every_instant_in_disjoint_parts(parts: list[Interval]) -> None:
    merged = merge(parts)
    assert instants(merged) == instants(parts)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(intervals, st.lists(intervals, max_size=8))
def test_subtract_leaves_exactly_the_rest(whole: Interval, taken: list[Interval]) -> None:
    rest = subtract(whole, taken)
    assert instants(rest) == instants([whole]) - instants(taken)
    assert all(part for part in rest)


@given(st.sampled_from(sorted(TIMEFRAMES)), st.integers(0, 4 * 10**12))
def test_floor_and_ceil_are_open_times_around_the_instant(name: str, instant: int) -> None:
    timeframe = TIMEFRAMES[name]
    assert timeframe.floor(instant) <= instant <= timeframe.ceil(instant)
    assert timeframe.ceil(instant) - timeframe.floor(instant) in (0, timeframe.milliseconds)
    assert (timeframe.floor(instant) - timeframe.origin) % timeframe.milliseconds == 0


def test_weekly_candles_open_on_mondays() -> None:
    monday = 1_704_067_200_000  # 2024-01-01
    assert list(TIMEFRAMES["1w"].opens(Interval(monday, monday + 14 * DAY_MS))) == [
        monday,
        monday + 7 * DAY_MS,
    ]
    assert not TIMEFRAMES["1w"].align(Interval(monday + DAY_MS, monday + 2 * DAY_MS))


def test_an_interval_is_cut_at_utc_midnights() -> None:
    assert list(Interval(DAY_MS - 5, 2 * DAY_MS + 7).days()) == [
        Interval(DAY_MS - 5, DAY_MS),
        Interval(DAY_MS, 2 * DAY_MS),
        Interval(2 * DAY_MS, 2 * DAY_MS + 7),
    ]


def test_times_are_written_with_milliseconds_only_where_there_are_any() -> None:
    assert iso(1_704_067_200_000) == "2024-01-01T00:00:00Z"
    assert iso(1_704_067_200_007) == "2024-01-01T00:00:00.007Z"


def test_an_exchange_knows_its_company_and_market() -> None:
    assert (Exchange.GATEIO_FUTURES.company, Exchange.GATEIO_FUTURES.market_type) == (
        "GATEIO",
        "FUTURES",
    )
