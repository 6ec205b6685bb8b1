"""How the tests of this room read tickers, tops of books and books of any dialect."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arb_pipeline.model import Company, Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline_tests.simulator.asking import ask

Pair = tuple[Decimal, Decimal]  # price and quantity

# Where each exchange answers for all symbols at once: last prices, tops of books, and books.
TICKERS: dict[Exchange, tuple[str, dict[str, str]]] = {
    Exchange.BINANCE_SPOT: ("binance/api/v3/ticker/24hr", {}),
    Exchange.BINANCE_FUTURES: ("binance/fapi/v1/ticker/24hr", {}),
    Exchange.MEXC_SPOT: ("mexc/api/v3/ticker/24hr", {}),
    Exchange.GATEIO_SPOT: ("gate/api/v4/spot/tickers", {}),
    Exchange.GATEIO_FUTURES: ("gate/api/v4/futures/usdt/tickers", {}),
    Exchange.BYBIT_SPOT: ("bybit/v5/market/tickers", {"category": "spot"}),
    Exchange.BYBIT_FUTURES: ("bybit/v5/market/tickers", {"category": "linear"}),
}
BOOK_TICKERS: dict[Exchange, tuple[str, dict[str, str]]] = TICKERS | {
    Exchange.BINANCE_SPOT: ("binance/api/v3/ticker/bookTicker", {}),
    Exchange.BINANCE_FUTURES: ("binance/fapi/v1/ticker/bookTicker", {}),
    Exchange.MEXC_SPOT: ("mexc/api/v3/ticker/bookTicker", {}),
}
BOOKS: dict[Exchange, tuple[str, dict[str, str]]] = {
    Exchange.BINANCE_SPOT: ("binance/api/v3/depth", {}),
    Exchange.BINANCE_FUTURES: ("binance/fapi/v1/depth", {}),
    Exchange.MEXC_SPOT: ("mexc/api/v3/depth", {}),
    Exchange.GATEIO_SPOT: ("gate/api/v4/spot/order_book", {"with_id": "true"}),
    Exchange.GATEIO_FUTURES: ("gate/api/v4/futures/usdt/order_book", {"with_id": "true"}),
    Exchange.BYBIT_SPOT: ("bybit/v5/market/orderbook", {"category": "spot"}),
    Exchange.BYBIT_FUTURES: ("bybit/v5/market/orderbook", {"category": "linear"}),
}
_ID = ("symbol", "currency_pair", "contract")
_TOP = {
    Company.BINANCE: ("bidPrice", "bidQty", "askPrice", "askQty"),
    Company.MEXC: ("bidPrice", "bidQty", "askPrice", "askQty"),
    Company.GATEIO: ("highest_bid", "highest_size", "lowest_ask", "lowest_size"),
    Company.BYBIT: ("bid1Price", "bid1Size", "ask1Price", "ask1Size"),
}


def id_of(exchange: Exchange, base: str = "BTC") -> str:
    """The exchange's id of that coin against USDT."""
    return f"{base}_USDT" if exchange.company is Company.GATEIO else f"{base}USDT"


def symbol_parameter(exchange: Exchange) -> str:
    """The parameter that names a symbol."""
    names = {Exchange.GATEIO_SPOT: "currency_pair", Exchange.GATEIO_FUTURES: "contract"}
    return names.get(exchange, "symbol")


def by_id(body: Any) -> dict[str, dict[str, Any]]:
    """The rows of an answer for all symbols."""
    rows = body["result"]["list"] if isinstance(body, dict) else body
    return {next(row[name] for name in _ID if name in row): row for row in rows}


def tickers(simulator: Simulator, exchange: Exchange) -> dict[str, dict[str, Any]]:
    """The tickers of all symbols as they come."""
    path, query = TICKERS[exchange]
    return by_id(ask(simulator, path, **query).body)


@dataclass(frozen=True)
class Top:
    """Best bid and ask with their sizes."""

    bid: Decimal
    bid_size: Decimal
    ask: Decimal
    ask_size: Decimal


def tops(simulator: Simulator, exchange: Exchange) -> dict[str, Top]:
    """The tops of all books that hold anything."""
    path, query = BOOK_TICKERS[exchange]
    found = {}
    for id_, row in by_id(ask(simulator, path, **query).body).items():
        top = _top(exchange, row)
        if top is not None:
            found[id_] = top
    return found


def top_of(simulator: Simulator, exchange: Exchange, base: str) -> Top:
    """The top of one book, asked for alone."""
    path, query = BOOK_TICKERS[exchange]
    name = {symbol_parameter(exchange): id_of(exchange, base)}
    body = ask(simulator, path, **query, **name).body
    rows = body["result"]["list"] if "result" in body else body
    top = _top(exchange, rows[0] if isinstance(rows, list) else rows)
    assert top is not None
    return top


def _top(exchange: Exchange, row: dict[str, Any]) -> Top | None:
    numbers = [row[name] for name in _TOP[exchange.company]]
    return Top(*map(Decimal, numbers)) if numbers[0] and Decimal(numbers[0]) else None


def sides(body: Any) -> tuple[list[Pair], list[Pair]]:
    """Bids and asks of a book of any dialect."""
    book = body.get("result", body)

    def pairs(levels: list[Any]) -> list[Pair]:
        rows = [(v["p"], v["s"]) if isinstance(v, dict) else v for v in levels]
        return [(Decimal(p), Decimal(q)) for p, q in rows]

    return pairs(book.get("bids", book.get("b"))), pairs(book.get("asks", book.get("a")))
