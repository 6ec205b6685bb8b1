"""The simulator as one object: what tests and the command line hold in their hands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from arb_pipeline.model import Company
from arb_pipeline.simulator import control
from arb_pipeline.simulator.by_hand import ByHand
from arb_pipeline.simulator.candles import CandleBook
from arb_pipeline.simulator.clock import Clock
from arb_pipeline.simulator.dialect import World
from arb_pipeline.simulator.fault_board import FaultBoard
from arb_pipeline.simulator.fills import Fills
from arb_pipeline.simulator.holdings import Holdings
from arb_pipeline.simulator.instruments import Listings
from arb_pipeline.simulator.journal import Journal
from arb_pipeline.simulator.limits import Limits, Rule
from arb_pipeline.simulator.server import Server
from arb_pipeline.simulator.service import PREFIXES, Service
from arb_pipeline.simulator.spreads import Spreads
from arb_pipeline.simulator.universe import universe


class Simulator(ByHand):
    """Four companies' exchanges on this machine.

    Args:
        latency_ms: how long every answer is held back, milliseconds; may be changed any time.
        limits: rate limits by pool that replace the real ones, see ``limits.RULES``.
        cache_bytes: how much rendered text is kept.
        accounts: key and secret of each company's one account; by default every key is unknown.

    Attributes:
        clock: the time the exchanges live in.
        faults: what is broken.
        requests: what was asked.
        limits: the rate limits.
        listings: the instruments.
        accounts: who may sign; may be changed any time.
        holdings: what the accounts hold; long exact amounts to begin with.
        fills: what the accounts traded; nothing to begin with.
        spreads: where quotes lie off those of the other exchanges.
    """

    def __init__(
        self,
        *,
        latency_ms: float = 0.0,
        limits: Mapping[str, Rule] | None = None,
        cache_bytes: int = 256 * 2**20,
        accounts: Mapping[Company, tuple[str, str]] | None = None,
    ) -> None:
        self.latency_ms = latency_ms
        self.clock = Clock()
        self.listings = Listings(universe())
        self.candles = CandleBook(cache_bytes)
        self.limits = Limits()
        for pool, rule in (limits or {}).items():
            self.limits.configure(pool, rule)
        self.faults = FaultBoard()
        self.requests = Journal()
        self.accounts = dict(accounts or {})
        self.holdings = Holdings()
        self.spreads = Spreads()
        self.fills = Fills()
        self.service = Service(
            World(
                self.clock,
                self.listings,
                self.candles,
                self.accounts,
                self.holdings,
                self.spreads,
                self.fills,
            ),
            self.limits,
            self.faults,
            self.requests,
        )
        self._server = Server(
            self.service,
            latency=lambda: self.latency_ms / 1000,
            routes=lambda app: control.add_routes(app, self),
        )

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve on 127.0.0.1 while the block runs; yields the base URL.

        Args:
            port: 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._server.start(port)
        try:
            yield self.base_url
        finally:
            self._server.stop()

    @property
    def base_url(self) -> str:
        """Where it serves; meaningful while it does."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def company_urls(self) -> dict[Company, str]:
        """What stands in the place of each company's host."""
        return {company: f"{self.base_url}/{prefix}" for company, prefix in PREFIXES.items()}

    @property
    def archive_url(self) -> str:
        """What stands in the place of Binance's archives."""
        return f"{self.company_urls[Company.BINANCE]}-archive"
