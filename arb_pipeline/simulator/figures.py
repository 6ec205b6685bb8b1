"""Whole numbers of ticks and lots as the text an exchange sends.

What belongs here: single numbers, written exactly. What does not: columns of them (``rows.py``).
"""

from __future__ import annotations

from arb_pipeline.model import Exchange
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.market import contract_units, turnover_decimals


def text(value: int, decimals: int, padded: int = 0) -> str:
    """``value`` units of 10^-decimals, with zeros behind up to ``padded`` decimals."""
    digits = str(abs(value)).zfill(decimals + 1) if decimals else str(abs(value))
    whole, fraction = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    fraction = fraction.ljust(padded, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def trimmed(value: int, decimals: int) -> str:
    """The same without zeros at the end."""
    written = text(value, decimals)
    return written.rstrip("0").rstrip(".") if decimals else written


def ratio(part: int, whole: int, decimals: int) -> str:
    """``part / whole`` with so many decimals, the rest cut off; 0 where there is no whole."""
    units = abs(part) * 10**decimals // abs(whole) if whole else 0
    return text(-units if (part < 0) != (whole < 0) else units, decimals)


def price(instrument: SimulatedInstrument, ticks: int) -> str:
    """A price as the instrument's exchange writes it."""
    return text(ticks, instrument.price_decimals, _padded(instrument))


def quantity(instrument: SimulatedInstrument, lots: int) -> str:
    """A quantity in the exchange's own unit: base units, or contracts on Gate's futures."""
    return text(lots, instrument.quantity_decimals, _padded(instrument))


def value(instrument: SimulatedInstrument, units: int) -> str:
    """An amount of the quote currency, out of the unit of ``Candles.turnover``."""
    return text(units, turnover_decimals(instrument), _padded(instrument))


def coins(instrument: SimulatedInstrument, lots: int) -> str:
    """A quantity in base units, whatever a contract holds."""
    size, decimals = contract_units(instrument)
    return text(lots * size, instrument.quantity_decimals + decimals)


def _padded(instrument: SimulatedInstrument) -> int:
    # Binance spot prints eight decimals whatever the tick size is; nobody else pads.
    return 8 if instrument.exchange is Exchange.BINANCE_SPOT else 0
