"""How each dialect writes a candle, and candles written that way.

What belongs here: the order and spelling of a row. What does not: which rows a page holds
(``candles.py``), the envelope around them (the dialects).
"""

from __future__ import annotations

import numpy as np

from arb_pipeline.model import Exchange, Timeframe
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import Candles, turnover_decimals
from arb_pipeline.simulator.noise import Ints
from arb_pipeline.simulator.rows import Block, Field, Layout, Number, render

_PRICES = '"{open}","{high}","{low}","{close}"'
_OBJECT = '"c":"{close}","h":"{high}","l":"{low}","o":"{open}","sum":"{turnover}"}}'
_CSV = (
    "[{start},{{open}},{{high}},{{low}},{{close}},{{quantity}},{end},{{turnover}},{{trades}},"
    "{{taker_quantity}},{{taker_turnover}},0]"
)

LAYOUTS: dict[str, Layout] = {
    "binance": Layout(
        f'[{{time}},{_PRICES},"{{quantity}}",{{last_moment}},"{{turnover}}",{{trades}},'
        '"{taker_quantity}","{taker_turnover}","0"]'
    ),
    # What "binance" says, for CSV files: without quotes, and in microseconds.
    "binance-csv": Layout(_CSV.format(start="{time}", end="{last_moment}")),
    "binance-csv-micro": Layout(_CSV.format(start="{time}000", end="{last_moment}999")),
    "mexc": Layout(f'[{{time}},{_PRICES},"{{quantity}}",{{end}},"{{turnover}}"]'),
    "gate-spot": Layout(
        '["{seconds}","{turnover}","{close}","{high}","{low}","{open}","{quantity}","{closed}"]'
    ),
    "gate-futures": Layout('{{"t":{seconds},"v":{contracts},' + _OBJECT),
    # Sent to clients that ask for exact sizes by the header X-Gate-Size-Decimal.
    "gate-futures-decimal": Layout('{{"t":{seconds},"v":"{quantity}",' + _OBJECT),
    "bybit": Layout(f'["{{time}}",{_PRICES},"{{quantity}}","{{turnover}}"]', newest_first=True),
}


def time_fields(times: Ints, timeframe: Timeframe, *, closed: bool) -> dict[str, Field]:
    """The columns that only depend on when the candle opens."""
    return {
        "time": Number(times),
        "seconds": Number(times // 1000),
        "last_moment": Number(times + (timeframe.milliseconds - 1)),
        "end": Number(times + timeframe.milliseconds),
        "closed": "true" if closed else "false",
    }


def _number(column: Ints, decimals: int, padded: int) -> Number:
    return Number(column, decimals, "0" * max(0, padded - decimals))


def render_candles(
    instrument: SimulatedInstrument,
    timeframe: Timeframe,
    candles: Candles,
    layout: str,
    *,
    closed: bool = True,
) -> Block:
    """Render modelled candles of one instrument."""
    # Binance spot prints eight decimals whatever the tick size is; nobody else pads.
    padded = 8 if instrument.exchange is Exchange.BINANCE_SPOT else 0
    price, lot = instrument.price_decimals, instrument.quantity_decimals
    value = turnover_decimals(instrument)
    # Contracts are sent as whole numbers, cut, to those who do not ask for exact sizes.
    whole = candles.quantity // np.int64(10**lot)
    fields = time_fields(candles.time, timeframe, closed=closed) | {
        "open": _number(candles.open, price, padded),
        "high": _number(candles.high, price, padded),
        "low": _number(candles.low, price, padded),
        "close": _number(candles.close, price, padded),
        "quantity": _number(candles.quantity, lot, padded),
        "contracts": Number(whole),
        "turnover": _number(candles.turnover, value, padded),
        "trades": Number(candles.trades),
        "taker_quantity": _number(candles.taker_quantity, lot, padded),
        "taker_turnover": _number(candles.taker_turnover, value, padded),
    }
    return render(LAYOUTS[layout], candles.time.tolist(), fields)
