"""Where the steps of a run meet one round of sampling.

What belongs here: starting a run's round when its first step asks, and opening what the round
needs. What does not: how a round samples (``rounds``), and what is stored of it (``io_manager``).
"""

# Annotations are not postponed here: Dagster reads those of resources.

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from arb_pipeline.defs.outcomes import Report
from arb_pipeline.defs.partitions import ENABLED, ExchangeDay, partition_keys
from arb_pipeline.defs.resources import DatabaseResource, ExchangesResource
from arb_pipeline.defs.snapshots.rounds import Asker, Plan, Round
from arb_pipeline.exchanges.account import SHARED_ACCOUNTS, fetch_balances
from arb_pipeline.exchanges.errors import ExchangeError
from arb_pipeline.exchanges.funding import fetch_funding_rates
from arb_pipeline.exchanges.order_books import fetch_order_books
from arb_pipeline.exchanges.registry import Exchanges
from arb_pipeline.exchanges.tickers import fetch_book_tickers, fetch_tickers
from arb_pipeline.model import DAY_MS, DataSet, Exchange, MarketType, SnapshotPage, now_ms
from arb_pipeline.settings import settings
from arb_pipeline.storage.reference import Reference

# The moment a scheduled run samples at is its tag's plus ARB_BEAT_BUFFER_SECONDS.
MOMENT_TAG = "arb/moment"
SNAPSHOTS = (
    DataSet.BOOK_TICKERS,
    DataSet.TICKERS,
    DataSet.FUNDING_RATES,
    DataSet.ORDER_BOOKS,
    DataSet.BALANCES,
)
_FETCH: Mapping[DataSet, Callable[..., Any]] = {
    DataSet.BOOK_TICKERS: fetch_book_tickers,
    DataSet.TICKERS: fetch_tickers,
    DataSet.FUNDING_RATES: fetch_funding_rates,
    DataSet.ORDER_BOOKS: fetch_order_books,
}


@dataclass(frozen=True, slots=True)
class Sampled:
    """The value of a snapshot asset: its part of a round, arriving while it is stored.

    Attributes:
        data_set: what was sampled.
        days: the partitions, all of today.
        round: where the samples come from.
        report: where per-partition metadata goes.
    """

    data_set: DataSet
    days: Sequence[ExchangeDay]
    round: Round
    run_id: str
    report: Report


class SamplingResource(dg.ConfigurableResource[None]):
    """Rounds of sampling, one per run, shared by the run's steps."""

    database: dg.ResourceDependency[DatabaseResource]
    exchanges: dg.ResourceDependency[ExchangesResource]
    _rounds: dict[str, Round] = PrivateAttr(default_factory=dict)

    def sample(self, context: dg.AssetExecutionContext, data_set: DataSet) -> Sampled:
        """The samples of one data set for this run's partitions; the first step starts the round.

        Raises:
            dagster.Failure: a partition is not of today.
        """
        days = [ExchangeDay.parse(key) for key in partition_keys(context)]
        refuse_other_days(days)
        run_id = context.run.run_id
        if run_id not in self._rounds:
            selected = {key.path[-1] for key in context.job_def.asset_layer.selected_asset_keys}
            wanted = [one for one in SNAPSHOTS if one.value in selected]
            plan = plan_of(context.run.tags, balances=DataSet.BALANCES in wanted)
            exchanges = [day.exchange for day in days]
            self._rounds[run_id] = Round(
                plan, exchanges, wanted, self._opened(exchanges, plan.limit_seconds)
            )
            self._rounds[run_id].start()
        return Sampled(data_set, days, self._rounds[run_id], run_id, context.add_asset_metadata)

    @asynccontextmanager
    async def _opened(
        self, wanted: Sequence[Exchange], patience_seconds: float
    ) -> AsyncIterator[Asker]:
        async with (
            self.database.pool(2) as pool,
            self.exchanges.clients(
                pool, patience_seconds=patience_seconds, reserved=True
            ) as clients,
        ):
            reference = await Reference.load(pool)
            for exchange in wanted:
                # Made before the moment, not in it; what fails here is raised where it is asked.
                with suppress(ExchangeError):
                    clients[exchange]

            async def ask(exchange: Exchange, data_set: DataSet) -> SnapshotPage[Any] | str:
                return await _ask(clients, reference, exchange, data_set)

            yield ask


def plan_of(tags: Mapping[str, str], *, balances: bool) -> Plan:
    """When and how to sample, by the settings and by the moment a schedule tagged the run with."""
    configured = settings()
    tagged = tags.get(MOMENT_TAG)
    moment = now_ms()
    if tagged is not None:
        moment = round(datetime.fromisoformat(tagged).timestamp() * 1000)
    return Plan(
        moment=moment,
        latest_ms=round(configured.beat_latest_seconds * 1000) if tagged is not None else None,
        limit_seconds=configured.sample_limit_seconds,
        retries=configured.balance_retries if balances else 0,
        retry_seconds=configured.balance_retry_seconds,
    )


def refuse_other_days(days: Sequence[ExchangeDay]) -> None:
    """Raise unless every partition is of today, by the collector's clock.

    Raises:
        dagster.Failure: nothing was asked and nothing is touched.
    """
    today = now_ms() // DAY_MS * DAY_MS
    others = [str(day.key) for day in days if day.day != today]
    if others:
        shown = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
        raise dg.Failure(
            f"a snapshot can only be taken now, not of another day: {shown} "
            f"({len(others)} of {len(days)} partitions). Nothing was asked and nothing stored was "
            "touched; materialize the partitions of today, UTC, alone",
            allow_retries=False,
        )


async def _ask(
    clients: Exchanges, reference: Reference, exchange: Exchange, data_set: DataSet
) -> SnapshotPage[Any] | str:
    skew_ms = round(settings().max_clock_skew_seconds * 1000)
    client = clients[exchange]
    if data_set is DataSet.BALANCES:
        if not client.has_credentials:
            company = exchange.company.value
            return f"not configured: set {company}_API_KEY and {company}_API_SECRET"
        shares = SHARED_ACCOUNTS.get(exchange)
        if shares in ENABLED:
            return f"one account with {shares}, where its balances are"
        return await fetch_balances(
            client, reference.exchange_id(exchange), skew_ms=skew_ms, alone=True
        )
    if data_set is DataSet.ORDER_BOOKS and not settings().order_book_levels:
        return "not collected: ARB_ORDER_BOOK_LEVELS is 0"
    if data_set is DataSet.FUNDING_RATES and exchange.market_type is MarketType.SPOT:
        return "nothing to collect: spot has no funding"
    instruments = [one for one in reference.tracked(exchange) if reference.is_active(one)]
    if not instruments:
        return (
            f"no symbol that can be traded is tracked: arb-pipeline symbols track {exchange} "
            "BTC/USDT"
        )
    more = {}
    if data_set is DataSet.ORDER_BOOKS:
        more["levels"] = settings().order_book_levels
    page: SnapshotPage[Any] = await _FETCH[data_set](client, instruments, skew_ms=skew_ms, **more)
    return page
