"""Tickers, tops of books and books of all seven exchanges tell of one market."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import Simulator
from arb_pipeline.simulator.instruments import step
from arb_pipeline_tests.simulator.asking import MINUTE, NOW, ask, candle_query, rows_of
from arb_pipeline_tests.simulator.snapshots import (
    BOOKS,
    TICKERS,
    id_of,
    sides,
    symbol_parameter,
    tickers,
    top_of,
    tops,
)

each_exchange = pytest.mark.parametrize("exchange", list(Exchange))
# Where a ticker tells last, high, low, volume.
_FIGURES = {
    "BINANCE": ("lastPrice", "highPrice", "lowPrice", "volume"),
    "MEXC": ("lastPrice", "highPrice", "lowPrice", "volume"),
    "GATEIO_SPOT": ("last", "high_24h", "low_24h", "base_volume"),
    "GATEIO_FUTURES": ("last", "high_24h", "low_24h", "volume_24h"),
    "BYBIT": ("lastPrice", "highPrice24h", "lowPrice24h", "volume24h"),
}


def _figures(exchange: Exchange, row: dict[str, Any]) -> list[Decimal]:
    names = _FIGURES.get(exchange) or _FIGURES[exchange.company]
    return [Decimal(row[name]) for name in names]


def _candle(exchange: Exchange, row: Any) -> list[Decimal]:
    """Time, high, low, close, volume."""
    if isinstance(row, dict):
        cells = [row[name] for name in "thlcv"]
    elif exchange is Exchange.GATEIO_SPOT:
        cells = [row[n] for n in (0, 3, 4, 2, 6)]
    else:
        cells = [row[n] for n in (0, 2, 3, 4, 5)]
    return [Decimal(cell) for cell in cells]


@each_exchange
@pytest.mark.parametrize("base", ["BTC", "W"])  # W misses minutes
@pytest.mark.parametrize("elapsed", [0, 12_345, 59_999])
def test_a_ticker_is_its_candles_of_24_hours(
    offline: Simulator, exchange: Exchange, base: str, elapsed: int
) -> None:
    minute = NOW - NOW % MINUTE
    offline.clock.freeze(minute + elapsed)
    candles = []
    for first in range(minute - 1439 * MINUTE, minute + 1, 480 * MINUTE):
        path, query = candle_query(exchange, first, min(first + 479 * MINUTE, offline.clock.now()))
        query[symbol_parameter(exchange)] = id_of(exchange, base)
        candles += [_candle(exchange, row) for row in rows_of(ask(offline, path, **query).body)]
    candles.sort(key=lambda candle: candle[0])
    assert 700 < len(candles) <= 1440
    last, high, low, volume = _figures(exchange, tickers(offline, exchange)[id_of(exchange, base)])
    assert last == candles[-1][3]
    assert high == max(candle[1] for candle in candles)
    assert low == min(candle[2] for candle in candles)
    assert volume == sum(candle[4] for candle in candles)


@each_exchange
def test_the_bid_is_a_tick_or_more_below_the_ask(offline: Simulator, exchange: Exchange) -> None:
    trading = {i.id: i for i in offline.listings.all(exchange, NOW) if i.is_trading(NOW)}
    for _ in range(5):
        offline.clock.advance(977)
        found = tops(offline, exchange)
        assert found.keys() == trading.keys()
        for id_, top in found.items():
            tick = Decimal(step(trading[id_].price_decimals))
            assert top.bid >= tick
            assert top.ask - top.bid >= tick
            assert (top.ask - top.bid) / top.ask < Decimal("0.002")
            assert min(top.bid_size, top.ask_size) > 0
            assert not top.bid % tick


@each_exchange
def test_a_book_begins_with_its_top_and_goes_outward(
    offline: Simulator, exchange: Exchange
) -> None:
    path, query = BOOKS[exchange]
    for base in ("BTC", "W"):
        offline.clock.advance(1_234)
        name = {symbol_parameter(exchange): id_of(exchange, base), "limit": "20"}
        bids, asks = sides(ask(offline, path, **query, **name).body)
        top = top_of(offline, exchange, base)
        assert (len(bids), len(asks)) == (20, 20)
        assert (*bids[0], *asks[0]) == (top.bid, top.bid_size, top.ask, top.ask_size)
        assert [p for p, _ in bids] == sorted({p for p, _ in bids}, reverse=True)
        assert [p for p, _ in asks] == sorted({p for p, _ in asks})
        assert all(size > 0 for _, size in bids + asks)
        less, _ = sides(ask(offline, path, **query, **(name | {"limit": "5"})).body)
        assert less == bids[:5]


@each_exchange
def test_quotes_move_within_a_minute(offline: Simulator, exchange: Exchange) -> None:
    offline.clock.freeze(NOW - NOW % MINUTE + 1)
    seen = set()
    for _ in range(50):
        offline.clock.advance(1_001)
        top = top_of(offline, exchange, "BTC")
        seen.add((top.bid, top.ask))
    assert len(seen) > 40


def test_the_exchanges_agree_unless_a_spread_is_open(offline: Simulator) -> None:
    for _ in range(12):
        offline.clock.advance(433_777)
        for base in ("BTC", "ETH", "SOL"):
            middles = []
            for exchange in Exchange:
                instrument = offline.listings.get(exchange, id_of(exchange, base))
                if not offline.spreads.bps(instrument, offline.clock.now()):
                    top = top_of(offline, exchange, base)
                    middles.append((top.bid + top.ask) / 2)
            assert len(middles) > 3
            assert max(middles) / min(middles) - 1 < Decimal("0.0012")
            assert max(middles) != min(middles)


@each_exchange
def test_one_symbol_is_the_row_among_all(offline: Simulator, exchange: Exchange) -> None:
    path, query = TICKERS[exchange]
    alone = ask(offline, path, **query, **{symbol_parameter(exchange): id_of(exchange)}).body
    rows = alone["result"]["list"] if "result" in alone else alone
    [row] = rows if isinstance(rows, list) else [rows]
    assert row == tickers(offline, exchange)[id_of(exchange)]


def test_a_recorded_market_has_quotes_too(offline: Simulator, tmp_path: Any) -> None:
    rows = ["open_time_ms,open,high,low,close,volume"]
    begin = NOW - NOW % MINUTE - 3 * MINUTE
    rows += [f"{begin + n * MINUTE},0.0014{n},0.00149,0.00139,0.00142,1.5" for n in range(4)]
    file = tmp_path / "candles.csv"
    file.write_text("\n".join(rows) + "\n")
    offline.replay_candles(file, "XRP", "ETH")
    for exchange in Exchange:
        id_ = "XRP_ETH" if exchange.company == "GATEIO" else "XRPETH"
        last, high, low, volume = _figures(exchange, tickers(offline, exchange)[id_])
        # The fourth candle is still open: its first price is all that is known of it.
        assert (last, high, low) == (Decimal("0.00143"), Decimal("0.00149"), Decimal("0.00139"))
        assert volume == Decimal("4.5")
        top = tops(offline, exchange)[id_]
        assert top.bid <= last <= top.ask
        assert top.ask / top.bid < Decimal("1.02")
    offline.clock.advance(40 * 24 * 60 * MINUTE)  # long over: the last price stays
    last, _, _, volume = _figures(exchange, tickers(offline, exchange)[id_])
    assert (last, volume) == (Decimal("0.00142"), Decimal(0))
