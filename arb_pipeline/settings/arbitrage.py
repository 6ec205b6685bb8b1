"""Settings of what is computed of books: opportunities, their costs, and depth."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import field_validator
from pydantic_settings import BaseSettings, NoDecode

from arb_pipeline.model import Exchange
from arb_pipeline.settings.reading import MODEL_CONFIG, env

# Standard taker fees of those who tell theirs to account holders only; the others list them.
_UNLISTED_FEES = {
    "BINANCE_SPOT": Decimal("0.001"),
    "BINANCE_FUTURES": Decimal("0.0005"),
    "BYBIT_SPOT": Decimal("0.001"),
    "BYBIT_FUTURES": Decimal("0.00055"),
}
_Amounts = Annotated[dict[str, Decimal], NoDecode]


class ArbitrageSettings(BaseSettings):
    """What counts as an opportunity, and what it costs."""

    model_config = MODEL_CONFIG

    min_net_bps: Decimal = env("ARB_MIN_NET_BPS", default=Decimal(0), allow_inf_nan=False)
    book_stale_seconds: float = env("ARB_BOOK_STALE_SECONDS", default=30.0, gt=0)
    taker_fees: _Amounts = env("ARB_TAKER_FEES", default=_UNLISTED_FEES)
    transfer_costs: _Amounts = env("ARB_TRANSFER_COSTS", default={})
    limit_to_balances: bool = env("ARB_LIMIT_TO_BALANCES", default=False)
    conversion_currencies: Annotated[list[str], NoDecode] = env(
        "ARB_CONVERSION_CURRENCIES", default=["USDT", "USDC", "USD", "FDUSD"]
    )
    conversion_stale_seconds: float = env("ARB_CONVERSION_STALE_SECONDS", default=300.0, gt=0)
    order_book_levels: int = env("ARB_ORDER_BOOK_LEVELS", default=0, ge=0, le=50)
    order_books_minutes: int = env("ARB_ORDER_BOOKS_MINUTES", default=1, ge=1, le=1440)

    @field_validator("taker_fees", "transfer_costs", mode="before")
    @classmethod
    def _amounts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found: dict[str, Decimal] = {}
        for part in filter(None, (part.strip() for part in value.split(","))):
            name, separator, amount = part.partition("=")
            try:
                found[name.strip()] = Decimal(amount.strip())
            except InvalidOperation:
                separator = ""
            if not separator or not found[name.strip()].is_finite():
                raise ValueError(f"{part!r} is not like BINANCE_SPOT=0.00075")
        return found

    @field_validator("taker_fees")
    @classmethod
    def _fees(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        for name, fee in value.items():
            _require_exchange(name)
            if not -1 < fee < 1:
                raise ValueError(f"{name}: a fee is a fraction of the value, such as 0.00075")
        return value

    @field_validator("transfer_costs")
    @classmethod
    def _costs(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        for name, cost in value.items():
            if ":" in name:
                _require_exchange(name)
            if cost < 0:
                raise ValueError(f"{name}: a cost is not below zero")
        return value

    @field_validator("conversion_currencies", mode="before")
    @classmethod
    def _currencies(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    def fee_override(self, exchange: Exchange, exchange_symbol: str) -> Decimal | None:
        """The taker fee of the settings, a fraction: of the symbol, else of its exchange."""
        own = self.taker_fees.get(f"{exchange}:{exchange_symbol}")
        return own if own is not None else self.taker_fees.get(exchange.value)

    def transfer_cost(self, exchange: Exchange, base: str) -> Decimal:
        """What taking a base off an exchange costs, base units: there, else anywhere, else 0."""
        own = self.transfer_costs.get(f"{exchange}:{base}")
        return own if own is not None else self.transfer_costs.get(base, Decimal(0))


def _require_exchange(name: str) -> None:
    exchange = name.partition(":")[0]
    if exchange not in set(Exchange):
        raise ValueError(f"{name}: {exchange} is none of {', '.join(Exchange)}")
