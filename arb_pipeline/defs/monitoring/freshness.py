"""Whether what is sampled still arrives, per data set and exchange.

What belongs here: the verdict, from facts that were gathered elsewhere. One verdict per exchange,
so that a dead one cannot hide behind one that lives; Dagster's own freshness policy looks at
whatever partition came last, and says only that the collector runs at all.
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import dagster as dg

from arb_pipeline.health import SAMPLED
from arb_pipeline.model import DataSet, Exchange, MarketType, iso
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.collections import Collection
from arb_pipeline.storage.snapshot_checks import Newest

_NAMED = 20


def limit_ms(data_set: DataSet, configured: Settings) -> int:
    """How old the newest row may be, milliseconds."""
    return configured.stale_after_ms(data_set)


def collector_freshness(data_set: DataSet) -> dg.FreshnessPolicy:
    """For the asset: fails when no exchange at all has brought anything for too long."""
    window = timedelta(milliseconds=limit_ms(data_set, settings()))
    return dg.FreshnessPolicy.time_window(fail_window=window)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the verdicts are made of.

    Attributes:
        now: milliseconds.
        newest: of every symbol that is collected, when it was last stored.
        answered: when each exchange's account last answered, milliseconds.
        moments: when anything was to be sampled lately, sorted, milliseconds.
        latest: the latest attempt per exchange and asset.
        accounts: exchanges with credentials.
    """

    now: int
    newest: Sequence[Newest] = ()
    answered: Mapping[Exchange, int] = field(default_factory=dict)
    moments: Sequence[int] = ()
    latest: Mapping[tuple[Exchange, str], Collection] = field(default_factory=dict)
    accounts: frozenset[Exchange] = frozenset()


def check_name(exchange: Exchange) -> str:
    """Such as ``fresh_mexc_spot``."""
    return f"fresh_{exchange.value.lower()}"


def specs(configured: Settings) -> list[dg.AssetCheckSpec]:
    """One check per data set and enabled exchange that can have it."""
    return [
        dg.AssetCheckSpec(
            check_name(exchange),
            asset=dg.AssetKey(data_set.value),
            description=(
                f"{exchange} brought {data_set.value.replace('_', ' ')} within the last "
                f"{limit_ms(data_set, configured) // 60_000} minutes. Its own check, so that it "
                "cannot hide behind exchanges that live."
            ),
        )
        for data_set in SAMPLED
        for exchange in configured.exchanges
        if data_set is not DataSet.FUNDING_RATES or exchange.market_type is MarketType.FUTURES
    ]


def verdict(
    data_set: DataSet, exchange: Exchange, facts: Facts, configured: Settings
) -> dg.AssetCheckResult:
    """Fresh, stale, not configured, or not to be expected yet.

    Stale is an ERROR: a snapshot that was not taken can never be taken again. A symbol that is
    behind while its exchange lives is a WARN, and so is that nobody collects anything: then the
    collector is stopped or has just been started, which is no fault of this exchange.
    """
    limit = limit_ms(data_set, configured)
    symbols = [n for n in facts.newest if (n.data_set, n.exchange) == (data_set, exchange)]
    if data_set is DataSet.BALANCES:
        # Not by stored rows: an account that holds nothing but dust has none.
        newest = facts.answered.get(exchange)
        missing = None if exchange in facts.accounts else "it has no credentials"
    else:
        newest = max((n.at for n in symbols if n.at is not None), default=None)
        missing = None if symbols else "none of its symbols that can be traded is tracked"
    if missing is not None:
        return _result(data_set, exchange, limit, None, True, f"not configured: {missing}")
    age = None if newest is None else facts.now - newest
    if age is None or age > limit:
        passed, severity, words = _without(data_set, exchange, facts, configured, newest)
        return _result(data_set, exchange, limit, age, passed, words, severity)
    behind = [n for n in symbols if n.at is None or facts.now - n.at > limit]
    if behind and not _is_young(facts, configured, limit):
        names = ", ".join(n.exchange_symbol for n in behind[:_NAMED])
        more = f" and {len(behind) - _NAMED} more" if len(behind) > _NAMED else ""
        words = f"{len(behind)} of {len(symbols)} symbols are behind: {names}{more}"
        return _result(data_set, exchange, limit, age, False, words, dg.AssetCheckSeverity.WARN)
    return _result(data_set, exchange, limit, age, True, None)


def _without(
    data_set: DataSet,
    exchange: Exchange,
    facts: Facts,
    configured: Settings,
    newest: int | None,
) -> tuple[bool, dg.AssetCheckSeverity, str]:
    """Whether it is wrong that there is nothing recent, how wrong, and in words."""
    last = f"nothing since {iso(newest)}" if newest is not None else "nothing in the last day"
    resumed = collecting_since(facts, configured)
    if resumed is None:
        if not facts.moments:
            return False, dg.AssetCheckSeverity.WARN, "nothing was collected of any exchange yet"
        stopped = f"nobody collects since {iso(facts.moments[-1])}: {last}"
        return False, dg.AssetCheckSeverity.WARN, stopped
    if _is_young(facts, configured, limit_ms(data_set, configured)):
        due = resumed + limit_ms(data_set, configured)
        words = f"nothing yet since collecting began at {iso(resumed)}; stale from {iso(due)} on"
        return True, dg.AssetCheckSeverity.ERROR, words
    attempt = facts.latest.get((exchange, data_set.value))
    why = f"; last attempt at {iso(attempt.moment)}: {attempt.problem}" if attempt else ""
    return False, dg.AssetCheckSeverity.ERROR, f"stale: {last}{why}"


def collecting_since(facts: Facts, configured: Settings) -> int | None:
    """When the present stretch of collecting began, of whatever exchange; None: nobody collects."""
    longest_pause = min(limit_ms(data_set, configured) for data_set in SAMPLED)
    later = facts.now
    for moment in reversed(facts.moments):
        if later - moment > longest_pause:
            break
        later = moment
    return later if later != facts.now else None


def _is_young(facts: Facts, configured: Settings, limit: int) -> bool:
    resumed = collecting_since(facts, configured)
    return resumed is not None and facts.now - resumed <= limit


def _result(
    data_set: DataSet,
    exchange: Exchange,
    limit: int,
    age: int | None,
    passed: bool,
    description: str | None,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=check_name(exchange),
        asset_key=dg.AssetKey(data_set.value),
        passed=passed,
        severity=severity,
        description=description,
        metadata={
            **({"age (s)": round(age / 1000, 1)} if age is not None else {}),
            "stale after (s)": limit // 1000,
        },
    )
