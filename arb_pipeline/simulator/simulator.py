"""The simulator as one object: what tests and the command line hold in their hands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from arb_pipeline.model import Company, Exchange, Interval
from arb_pipeline.simulator import control, replay
from arb_pipeline.simulator.candles import CandleBook
from arb_pipeline.simulator.clock import Clock
from arb_pipeline.simulator.dialect import World
from arb_pipeline.simulator.fault_board import FaultBoard
from arb_pipeline.simulator.holdings import Holding, Holdings
from arb_pipeline.simulator.instruments import Listings
from arb_pipeline.simulator.journal import Journal
from arb_pipeline.simulator.limits import Limits, Rule
from arb_pipeline.simulator.server import Server
from arb_pipeline.simulator.service import PREFIXES, Service
from arb_pipeline.simulator.spreads import Shift, Spreads
from arb_pipeline.simulator.universe import universe


class Simulator:
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
        self.service = Service(
            World(
                self.clock,
                self.listings,
                self.candles,
                self.accounts,
                self.holdings,
                self.spreads,
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

    def open_spread(
        self,
        exchange: Exchange | str,
        exchange_symbol: str,
        bps: Decimal | int | str,
        seconds: float,
    ) -> None:
        """Shift the quotes of one symbol off those of the other exchanges, from now on.

        The exchanges differ by up to 10 basis points anyway: to be sure of an arbitrage of 30,
        shift by 50. Candles, last, mark and index price stay where they are. 0 closes a spread,
        also one the model has opened.

        Args:
            exchange: where.
            exchange_symbol: by the exchange's own id.
            bps: basis points up, or down where negative.
            seconds: how long, by the simulated clock.

        Raises:
            ValueError: there is no such exchange, or the shift is not from -5000 to 100000.
            KeyError: the exchange has no such symbol.
        """
        instrument = self.listings.get(Exchange(exchange), exchange_symbol)
        shift, now = Decimal(str(bps)), self.clock.now()
        if not shift.is_finite() or not -5_000 <= shift <= 100_000:
            raise ValueError(f"{bps} bps is no shift; it must be from -5000 to 100000")
        interval = Interval(now, now + round(seconds * 1000))
        self.spreads.open(instrument.exchange, instrument.id, Shift(shift, interval))

    def set_balance(
        self,
        exchange_or_company: Exchange | Company | str,
        asset: str,
        available: Decimal | str,
        locked: Decimal | str = "0",
        *,
        borrowed: Decimal | str = "0",
        interest: Decimal | str = "0",
    ) -> None:
        """Replace what an account holds of one asset; text is sent to the letter.

        Args:
            exchange_or_company: whose wallet; Bybit's two exchanges share one.
            asset: the exchange's own code.
            available: in units of the asset.
            locked: in orders, or as margin.
            borrowed: shown by unified accounts only.
            interest: the same.

        Raises:
            ValueError: there is no such wallet, or an amount is no finite decimal number.
        """
        amounts = (
            a if isinstance(a, str) else format(a, "f")
            for a in (available, locked, borrowed, interest)
        )
        now = self.clock.now()
        self.holdings.set(exchange_or_company, asset, Holding(*amounts), now)

    def replay_candles(
        self, path: Path | str, exchange_symbol_base: str, quote: str, timeframe: str = "1m"
    ) -> replay.Recording:
        """List a recorded market on all seven exchanges; it takes the place of its namesake.

        Args:
            path: ``.csv`` or ``.csv.gz``, see ``replay.py``.
            exchange_symbol_base: base code, such as ``XRP``.
            quote: quote code, such as ``ETH``.
            timeframe: length of the recorded candles.

        Raises:
            OSError: the file can't be read.
            ValueError: it is malformed.
        """
        recording = replay.recording_of(Path(path), timeframe)
        for instrument in replay.instruments(recording, exchange_symbol_base, quote):
            self.listings.add(instrument)
        self.candles.clear()
        return recording
