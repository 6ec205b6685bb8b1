"""What figures are made of frames: lines, axes, where they begin and break."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from arb_pipeline.api import charts
from arb_pipeline.api.charts.coverage import STATES, Cell
from arb_pipeline.api.charts.coverage_cells import all_cells

MINUTE = 60_000
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def times(*minutes: int) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(
        [pd.Timestamp("2026-01-05T00:00Z") + pd.Timedelta(minutes=m) for m in minutes]
    ).as_unit("us")


def closes(exchange: str, symbol: str, minutes: list[int], price: float) -> pd.DataFrame:
    frame = pd.DataFrame({"timestamp": times(*minutes), "close": price})
    return frame.assign(exchange=exchange, symbol=symbol, symbol_id=hash((exchange, symbol)))


def test_prices_lie_on_one_logarithmic_scale_each_from_its_own_start() -> None:
    found = pd.concat(
        [
            closes("BINANCE_SPOT", "BTC/USDT", [0, 1, 2, 9, 10], 69_000.0),
            closes("GATEIO_FUTURES", "BTC/USDT", [5, 6], 69_100.0),
            closes("MEXC_SPOT", "DOGE/USDT", [8, 9], 0.25),
        ]
    )
    figure = charts.prices_figure(found, MINUTE)
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.title.text == "Close price (USDT, log scale)"
    assert figure.layout.xaxis.title.text == "Time (UTC)"
    lines = {(line.legendgroup, line.name): line for line in figure.data}
    assert {key: str(line.x[0])[11:16] for key, line in lines.items()} == {
        ("BTC/USDT", "BINANCE_SPOT"): "00:00",
        ("BTC/USDT", "GATEIO_FUTURES"): "00:05",
        ("DOGE/USDT", "MEXC_SPOT"): "00:08",
    }
    whole = lines["BTC/USDT", "BINANCE_SPOT"]
    # Six minutes without a candle are a gap, not a straight line.
    assert list(np.isnan(whole.y)) == [False, False, False, True, False, False]
    assert (whole.line.dash, lines["BTC/USDT", "GATEIO_FUTURES"].line.dash) == ("solid", "dash")
    assert len({line.line.color for line in figure.data}) == 3


def spreads(buy: str, sell: str, bps: list[float], symbol: str = "BTC/USDT") -> pd.DataFrame:
    frame = pd.DataFrame({"timestamp": times(*range(len(bps))), "bps": bps})
    return frame.assign(symbol=symbol, buy_exchange=buy, sell_exchange=sell, ask=100.0, bid=101.0)


def test_spreads_are_a_line_per_symbol_or_per_pair_the_widest_first() -> None:
    found = pd.concat(
        [spreads("MEXC_SPOT", "BYBIT_SPOT", [1.0, 2.0]), spreads("BYBIT_SPOT", "MEXC_SPOT", [9, 8])]
    )
    pairs = charts.spreads_figure(found, MINUTE, pairs=True)
    assert [line.name for line in pairs.data] == [
        "BYBIT_SPOT → MEXC_SPOT",
        "MEXC_SPOT → BYBIT_SPOT",
    ]
    assert list(pairs.data[0].y) == [9, 8]
    symbols = charts.spreads_figure(
        pd.concat([found.iloc[:2], spreads("MEXC_SPOT", "BYBIT_SPOT", [3.0], "ETH/USDT")]),
        MINUTE,
        pairs=False,
    )
    assert [line.name for line in symbols.data] == ["BTC/USDT", "ETH/USDT"]
    assert list(symbols.data[1].customdata[0]) == ["MEXC_SPOT", "BYBIT_SPOT", 100.0, 101.0]
    assert "basis points" in symbols.layout.yaxis.title.text


def test_balances_are_stacked_by_exchange_and_hold_what_they_held() -> None:
    held = pd.DataFrame(
        [
            ("BINANCE_SPOT", "BTC", times(0)[0], 1.0),
            ("BINANCE_SPOT", "BTC", times(10)[0], 3.0),
            ("BYBIT_SPOT", "BTC", times(5)[0], 2.0),
            ("BYBIT_SPOT", "ETH", times(5)[0], 7.0),
        ],
        columns=["exchange", "asset", "timestamp", "amount"],
    )
    worth = held.assign(reference_currency="USDT")
    figure = charts.balances_figure(held, worth.iloc[:0])
    areas = {(area.stackgroup, area.name): list(area.y) for area in figure.data}
    assert areas == {
        ("row 1", "BINANCE_SPOT"): [1, 1, 3],
        ("row 1", "BYBIT_SPOT"): [0, 2, 2],  # nothing before it was first seen
        ("row 2", "BYBIT_SPOT"): [7],
    }
    assert [title.text for title in figure.layout.annotations] == ["BTC", "ETH"]
    valued = charts.balances_figure(held, worth)
    assert [area.name for area in valued.data[:2]] == ["BTC", "ETH"]
    assert valued.layout.yaxis.title.text == "USDT"


def test_funding_is_drawn_as_predicted_and_as_paid() -> None:
    rates = pd.DataFrame(
        [
            ("BYBIT_FUTURES", "BTC/USDT", False, times(0)[0], 0.01, 8.0),
            ("BYBIT_FUTURES", "BTC/USDT", True, times(8)[0], 0.02, 8.0),
            ("BYBIT_FUTURES", "ETH/USDT", False, times(0)[0], 0.03, 4.0),
        ],
        columns=["exchange", "symbol", "is_settled", "moment", "percent", "hours"],
    )
    figure = charts.funding_figure(rates, MINUTE)
    assert [(line.mode, line.yaxis, list(line.y)) for line in figure.data] == [
        ("lines+markers", "y", [0.01]),
        ("markers", "y", [0.02]),
        ("lines+markers", "y2", [0.03]),
    ]
    # Paid every four hours, six times a day.
    assert list(figure.data[2].customdata[0]) == pytest.approx([4.0, 0.03 * 6 * 365])


def history(**given: Any) -> dict[str, Any]:
    parts = {"present": 0, "absent": 0, "unreachable": 0, "missing": 0} | given
    return {"data_set": "candles", "timeframe": "1m", "exchange": "MEXC_SPOT", **parts}


def test_a_day_of_coverage_is_called_by_the_worst_of_it() -> None:
    rows = [
        history(symbol="A/B", day=MONDAY, present=86_400),
        history(symbol="C/D", day=MONDAY, present=80_000, absent=6_400),
        history(symbol="E/F", day=MONDAY, present=80_000, absent=400, unreachable=6_000),
        history(symbol="G/H", day=MONDAY, present=86_000, missing=400),
        history(symbol="I/J", day=MONDAY, missing=86_400),
        history(symbol="A/B", day=TUESDAY, present=3_000, missing=600),  # on its way
        history(symbol="C/D", day=TUESDAY, present=3_000, missing=1_000),
    ]
    sampled = pd.DataFrame(
        [
            ("MEXC_SPOT", "tickers", MONDAY, 1440, 1440),
            ("MEXC_SPOT", "tickers", TUESDAY, 60, 60),
            ("BYBIT_SPOT", "tickers", MONDAY, 700, 700),  # half of the day nobody sampled
            ("BYBIT_SPOT", "tickers", TUESDAY, 0, 60),
            ("BYBIT_SPOT", "funding_rates", MONDAY, 1440, 1440),  # spot has none
        ],
        columns=["exchange", "asset", "day", "succeeded", "attempted"],
    )
    found = all_cells(
        pd.DataFrame(rows), sampled, TUESDAY, lag_seconds=lambda *_: 900, minutes=lambda _: 1
    )
    assert list(found) == ["Candles", "Tickers, sampled"]
    states = {
        (name, day.day): cell.state
        for name, days in found["Candles"].items()
        for day, cell in days.items()
    }
    assert states == {
        ("MEXC_SPOT A/B 1m", 5): "complete",
        ("MEXC_SPOT C/D 1m", 5): "absent parts",
        ("MEXC_SPOT E/F 1m", 5): "unreachable parts",
        ("MEXC_SPOT G/H 1m", 5): "partly missing",
        ("MEXC_SPOT I/J 1m", 5): "missing",
        ("MEXC_SPOT A/B 1m", 6): "complete",
        ("MEXC_SPOT C/D 1m", 6): "partly missing",
    }
    tickers = found["Tickers, sampled"]
    assert tickers["MEXC_SPOT"][TUESDAY].state == "complete"
    assert tickers["BYBIT_SPOT"][MONDAY] == Cell("partly missing", "700 of 1,440 samples")
    assert tickers["BYBIT_SPOT"][TUESDAY].state == "missing"
    assert found["Candles"]["MEXC_SPOT C/D 1m"][MONDAY].words == (
        "present 22 h 13 min · absent 1 h 46 min"
    )


def test_coverage_is_a_heatmap_per_data_set_with_a_cell_per_day() -> None:
    lines = {"MEXC_SPOT A/B": {TUESDAY: Cell("missing", "missing all day")}, "BYBIT_SPOT A/B": {}}
    figure = charts.coverage_figure({"Trades": lines, "Candles": lines}, MONDAY, TUESDAY)
    assert [title.text for title in figure.layout.annotations] == ["Trades", "Candles"]
    (first, _) = figure.data
    assert list(first.x) == ["2026-01-06"]  # nothing is known of earlier days
    assert dict(zip(first.y, first.z, strict=True)) == {
        "BYBIT_SPOT A/B": [None],
        "MEXC_SPOT A/B": [list(STATES).index("missing")],
    }
    assert first.customdata[0][0] == "missing<br>missing all day"
    assert list(figure.layout.coloraxis.colorbar.ticktext) == list(STATES)
