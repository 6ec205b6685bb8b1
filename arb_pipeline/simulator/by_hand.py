"""What tests and people set by hand in a simulator: quotes, balances, fills, recorded markets.

What belongs here: changing the world the exchanges live in. What does not: serving it
(``simulator.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from arb_pipeline.model import Company, Exchange, Interval
from arb_pipeline.simulator import fills, replay, replay_trades
from arb_pipeline.simulator.candles import CandleBook
from arb_pipeline.simulator.clock import Clock
from arb_pipeline.simulator.fills import Fill, Fills
from arb_pipeline.simulator.holdings import Holding, Holdings
from arb_pipeline.simulator.instruments import Listings, SimulatedInstrument
from arb_pipeline.simulator.rounds import Rounds
from arb_pipeline.simulator.spreads import Shift, Spreads

_MONEY = Holding("25000.12345678", "1000.00000000")


class ByHand:
    """The settable side of a simulator."""

    clock: Clock
    listings: Listings
    candles: CandleBook
    holdings: Holdings
    spreads: Spreads
    fills: Fills

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
        self._list(replay.instruments(recording, exchange_symbol_base, quote))
        return recording

    def replay_trades(self, path: Path | str, base: str, quote: str) -> int:
        """Serve recorded trades on all seven exchanges; returns how many.

        The market's candles are those replayed before; else those the trades make.

        Args:
            path: ``.csv`` or ``.csv.gz``, see ``replay_trades.py``.
            base: base code, such as ``XRP``.
            quote: quote code, such as ``ETH``.

        Raises:
            OSError: the file can't be read.
            ValueError: it is malformed.
        """
        found = replay_trades.read_trades(Path(path))
        self._list(replay_trades.listed_trades(self.listings, found, base, quote))
        return len(found)

    def replay_funding(self, path: Path | str, base: str, quote: str) -> int:
        """Serve recorded funding as the whole history of a perpetual; returns how many payments.

        Raises:
            OSError: the file can't be read.
            ValueError: it is malformed, or no exchange lists such a perpetual.
        """
        found = replay_trades.read_funding(Path(path))
        self._list(replay_trades.listed_funding(self.listings, found, base, quote))
        return len(found)

    def set_fills(
        self, exchange: Exchange | str, exchange_symbol: str, fills: Iterable[Fill]
    ) -> None:
        """Replace what an account traded of one symbol.

        Raises:
            KeyError: the exchange has no such symbol.
        """
        listed = self.listings.get(Exchange(exchange), exchange_symbol)
        self.fills.set(listed.exchange, listed.id, fills)

    def trade(
        self, exchange: Exchange | str, exchange_symbol: str, interval: Interval, every: int = 50
    ) -> list[Fill]:
        """Let an account have made every so many-th of the market's trades; returns its fills.

        Raises:
            KeyError: the exchange has no such symbol.
        """
        listed = self.listings.get(Exchange(exchange), exchange_symbol)
        made = fills.sampled(listed, interval, every)
        self.fills.set(listed.exchange, listed.id, made)
        return made

    def trade_in_rounds(self) -> None:
        """Let the accounts trade by themselves, see ``rounds.py``; balances move along.

        A symbol whose fills were set is left to those.
        """
        rounds, now = Rounds(self.listings), self.clock.now()
        # What it begins with has more digits than money: next to it nothing else would count.
        self.holdings.set(Exchange.BINANCE_SPOT, "USDT", _MONEY, now, moves=True)
        self.fills.otherwise = rounds.between
        self.holdings.moved = lambda wallet: rounds.moved(wallet, self.clock.now())

    def _list(self, instruments: Iterable[SimulatedInstrument]) -> None:
        for instrument in instruments:
            self.listings.add(instrument)
        self.candles.clear()
