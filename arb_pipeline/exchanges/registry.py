"""Opening and closing the exchanges of a process.

What belongs here: who shares what: one HTTP session for all, one budget per company, one client
per exchange, each made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager

from arb_pipeline.exchanges.archives import Archives, has_archives
from arb_pipeline.exchanges.budget import Budget
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline.exchanges.catalog import rate_limits
from arb_pipeline.exchanges.client import ExchangeClient
from arb_pipeline.exchanges.retrying import RetryOptions
from arb_pipeline.exchanges.session import Connection, HttpSession
from arb_pipeline.model import Company, Exchange


class Exchanges(Mapping[Exchange, ExchangeClient]):
    """The clients of all exchanges; one that can't be made hinders no other."""

    def __init__(
        self,
        connections: Mapping[Company, Connection],
        http: HttpSession,
        budgets: Mapping[Company, Budget],
        retry: RetryOptions,
        archives: Archives | None = None,
    ) -> None:
        self._archives = archives
        self._connections = connections
        self._http = http
        self._budgets = budgets
        self._retry = retry
        self._clients: dict[Exchange, ExchangeClient] = {}

    def __getitem__(self, exchange: Exchange) -> ExchangeClient:
        """The client of ``exchange``.

        Raises:
            NotSupported: its test system is wanted and it has none.
        """
        if exchange not in self._clients:
            company = exchange.company
            self._clients[exchange] = ExchangeClient(
                exchange,
                self._connections.get(company, Connection()),
                self._http,
                self._budgets[company],
                self._retry,
                self._archives if has_archives(exchange) else None,
            )
        return self._clients[exchange]

    def __iter__(self) -> Iterator[Exchange]:
        return iter(Exchange)

    def __len__(self) -> int:
        return len(Exchange)


@asynccontextmanager
async def open_exchanges(
    connections: Mapping[Company, Connection],
    *,
    retry: RetryOptions | None = None,
    timeout_seconds: float = 10.0,
    rate_safety: float = 0.8,
    budgets: Mapping[Company, Budget] | None = None,
    archive_url: str | None = None,
) -> AsyncIterator[Exchanges]:
    """Open the exchanges for the length of an ``async with`` block.

    Args:
        connections: per company; one that is missing is reached at its own address, unsigned.
        retry: how long a failing request is tried again.
        timeout_seconds: for one whole request.
        rate_safety: share of the exchange's limits that is used, above 0, at most 1; only for
            budgets that are made here.
        budgets: per company; by default one that knows this process only.
        archive_url: where Binance's archives lie; None: they are not used.
    """
    shared: dict[Company, Budget] = {
        company: LocalBudget(rate_limits(company), safety=rate_safety) for company in Company
    }
    shared.update(budgets or {})
    async with HttpSession(timeout_seconds=timeout_seconds) as http:
        options = retry or RetryOptions()
        archives = Archives(archive_url, http, options) if archive_url is not None else None
        yield Exchanges(connections, http, shared, options, archives)
