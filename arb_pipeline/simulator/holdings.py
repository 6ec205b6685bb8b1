"""What the accounts hold: exact amounts, by wallet.

What belongs here: amounts, and which exchanges share a wallet. What does not: how an exchange
lists them, zero rows included (``account.py``), and who may ask (``signing.py``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal, InvalidOperation

from arb_pipeline.model import Company, Exchange

# Wide enough to add any two amounts exactly.
_EXACT = Context(prec=200)
# When the holdings an account begins with were last changed, milliseconds: 2023-11-14.
BEGAN = 1_700_000_000_000


@dataclass(frozen=True, slots=True)
class Holding:
    """What a wallet holds of one asset, in its units, as the text the exchange sends.

    Attributes:
        borrowed: what is owed, without interest; only unified accounts tell.
        interest: what is owed on top of it.
    """

    available: str
    locked: str = "0"
    borrowed: str = "0"
    interest: str = "0"

    @property
    def total(self) -> str:
        """Available and locked together."""
        return added(self.available, self.locked)

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing and nothing is owed."""
        return not any(map(Decimal, (self.available, self.locked, self.borrowed, self.interest)))


def added(*amounts: str) -> str:
    """The exact sum of amounts."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, Decimal(amount))
    return format(total, "f")


_DEFAULTS: dict[Exchange, dict[str, Holding]] = {
    Exchange.BINANCE_SPOT: {
        "BTC": Holding("1.234567890123456789", "0.5"),
        "ETH": Holding("12.000000000000000001"),
        "USDT": Holding("12345678901234567890.12345678", "1000.00000000"),
        "BNB": Holding("3.14159265"),
        "币安人生": Holding("8888.8"),
        "DOGE": Holding("0.00001000"),
    },
    Exchange.BINANCE_FUTURES: {
        "USDT": Holding("25000.12345678", "1234.50000000"),
        "BNB": Holding("0.00000042"),
    },
    Exchange.MEXC_SPOT: {
        "BTC": Holding("0.123456789012345678"),
        "USDT": Holding("9876.543210987654321", "123.456"),
        "GAS": Holding("1000"),
        "GTC_HT": Holding("0.00000001"),
    },
    Exchange.GATEIO_SPOT: {
        "BTC": Holding("0.5", "0.000000000000000001"),
        "USDT": Holding("5000.000000000000000005"),
        "BTC3L": Holding("42.42"),
        "POINT": Holding("0"),
    },
    Exchange.GATEIO_FUTURES: {"USDT": Holding("4321.123456789012", "678.9")},
    Exchange.BYBIT_SPOT: {
        "BTC": Holding("0.805994123456789012", "0.1"),
        "USDT": Holding("17887.726142370000000001", borrowed="250.5", interest="0.012345678"),
        "USDC": Holding("0.00000001"),
    },
}


def wallet_of(exchange_or_company: Exchange | Company | str) -> Exchange:
    """The exchange by whose name the wallet goes; Bybit's two share the one of spot.

    Raises:
        ValueError: there is no such exchange, or the company has several wallets.
    """
    if exchange_or_company in Company.__members__:
        company = Company(exchange_or_company)
        wallets = [exchange for exchange in _DEFAULTS if exchange.company is company]
        if len(wallets) > 1:
            raise ValueError(f"{company} has several wallets: {', '.join(wallets)}")
        return wallets[0]
    exchange = Exchange(exchange_or_company)
    return Exchange.BYBIT_SPOT if exchange is Exchange.BYBIT_FUTURES else exchange


class Holdings:
    """All wallets; safe to use from several threads.

    Attributes:
        moved: by how much trading has changed what is free of some assets, by wallet; what was
            set by hand stays as it was set.
    """

    def __init__(self) -> None:
        self.moved: Callable[[Exchange], Mapping[str, Decimal]] = lambda _: {}
        self._wallets = {exchange: dict(held) for exchange, held in _DEFAULTS.items()}
        self._changed = dict.fromkeys(_DEFAULTS, BEGAN)
        self._by_hand: frozenset[tuple[Exchange, str]] = frozenset()
        self._lock = threading.Lock()

    def set(
        self,
        exchange_or_company: Exchange | Company | str,
        asset: str,
        holding: Holding,
        now: int,
        *,
        moves: bool = False,
    ) -> None:
        """Replace what a wallet holds of one asset; all zeros are a row of zeros.

        Args:
            exchange_or_company: whose wallet.
            asset: the exchange's own code.
            holding: what it holds.
            now: milliseconds.
            moves: whether trading goes on changing it.

        Raises:
            ValueError: there is no such wallet, or an amount is no finite decimal number.
        """
        wallet = wallet_of(exchange_or_company)
        for amount in (holding.available, holding.locked, holding.borrowed, holding.interest):
            try:
                finite = Decimal(amount).is_finite()
            except InvalidOperation:
                finite = False
            if not finite:
                raise ValueError(f"{amount!r} is no amount; break a row by a fault instead")
        with self._lock:
            self._wallets[wallet] = {**self._wallets[wallet], asset: holding}
            self._changed[wallet] = now
            if not moves:
                self._by_hand |= {(wallet, asset)}

    def held(self, exchange: Exchange) -> dict[str, Holding]:
        """By asset, in the exchange's own codes, zeros included."""
        wallet = wallet_of(exchange)
        held = dict(self._wallets[wallet])
        for asset, amount in self.moved(wallet).items():
            if (wallet, asset) in self._by_hand:
                continue
            one = held.get(asset, Holding("0"))
            held[asset] = replace(one, available=added(one.available, format(amount, "f")))
        return held

    def changed(self, exchange: Exchange) -> int:
        """When a wallet was last changed, milliseconds."""
        return self._changed[wallet_of(exchange)]

    def wallets(self) -> list[Exchange]:
        """The names of all wallets."""
        return list(self._wallets)
