"""Who and what: companies, market types, exchanges, data sets."""

from __future__ import annotations

from enum import StrEnum


class Company(StrEnum):
    """A company that runs exchanges; credentials, base URL and rate budget belong to it."""

    BINANCE = "BINANCE"
    BYBIT = "BYBIT"
    GATEIO = "GATEIO"
    MEXC = "MEXC"


class MarketType(StrEnum):
    """What is traded: coins themselves, or USDT-margined perpetual contracts."""

    SPOT = "SPOT"
    FUTURES = "FUTURES"


class Exchange(StrEnum):
    """One market of one company; the value is ``exchanges.enum_value`` in the database."""

    BINANCE_FUTURES = "BINANCE_FUTURES"
    BINANCE_SPOT = "BINANCE_SPOT"
    BYBIT_FUTURES = "BYBIT_FUTURES"
    BYBIT_SPOT = "BYBIT_SPOT"
    GATEIO_FUTURES = "GATEIO_FUTURES"
    GATEIO_SPOT = "GATEIO_SPOT"
    MEXC_SPOT = "MEXC_SPOT"

    @property
    def company(self) -> Company:
        """The company that runs this exchange."""
        return Company(self.value.rpartition("_")[0])

    @property
    def market_type(self) -> MarketType:
        """Spot or USDT-margined perpetuals."""
        return MarketType(self.value.rpartition("_")[2])


class DataSet(StrEnum):
    """One kind of fact; the value is ``coverage.data_set`` in the database."""

    CANDLES = "candles"
    TRADES = "trades"
    BOOK_TICKERS = "book_tickers"
    TICKERS = "tickers"
    FUNDING_RATES = "funding_rates"
    BALANCES = "balances"
    ACCOUNT_TRADES = "account_trades"
    ORDER_BOOKS = "order_books"
