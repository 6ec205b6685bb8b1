"""Binance's mark prices and funding: ``premiumIndex``, ``fundingInfo``, ``fundingRate``."""

from __future__ import annotations

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.binance_klines import error, invalid_symbol, mandatory, number
from arb_pipeline.simulator.binance_tickers import Rows
from arb_pipeline.simulator.dialect import Call, Refused, Reply, World, dump
from arb_pipeline.simulator.funding import CAP, RATE_DECIMALS, funding, settled
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.prices import price

_USUAL_HOURS = 8


def _premium(world: World, instrument: SimulatedInstrument, now: int) -> dict[str, object]:
    worth = price(instrument, now)
    payment = funding(instrument, now)

    def padded(ticks: int) -> str:
        return figures.text(ticks, instrument.price_decimals, 8)

    return {
        "symbol": instrument.id,
        "markPrice": padded(worth.mark),
        "indexPrice": padded(worth.index),
        "estimatedSettlePrice": padded(worth.index),
        # The rate of the payment to come, whatever it is called.
        "lastFundingRate": figures.text(payment.rate, RATE_DECIMALS) if payment else "",
        "interestRate": "0.00010000" if payment else "",
        "nextFundingTime": payment.time if payment else 0,
        "time": now,
    }


PREMIUM_INDEX = Rows(Exchange.BINANCE_FUTURES, _premium)


def funding_info(world: World, call: Call) -> Reply:
    """Only contracts that pay at other intervals than the usual one are listed."""
    limit = figures.text(CAP, RATE_DECIMALS)
    return dump(
        [
            {
                "symbol": instrument.id,
                "adjustedFundingRateCap": limit,
                "adjustedFundingRateFloor": f"-{limit}",
                "fundingIntervalHours": payment.hours,
                "disclaimer": False,
            }
            for instrument in world.listings.all(Exchange.BINANCE_FUTURES, call.now)
            if instrument.is_trading(call.now)
            and (payment := funding(instrument, call.now))
            and payment.hours != _USUAL_HOURS
        ]
    )


def funding_rate(world: World, call: Call) -> Reply:
    """What was paid: from ``startTime`` on, or the newest; oldest first either way."""
    symbol = mandatory(call, "symbol")
    start, end = number(call, "startTime"), number(call, "endTime")
    limit = number(call, "limit") if "limit" in call.query else 100
    if limit is None or not 1 <= limit <= 1000:
        raise Refused(error(-1130, "Data sent for parameter 'limit' is not valid."))
    instrument = world.listings.find(Exchange.BINANCE_FUTURES, symbol, call.now)
    if instrument is None:
        raise Refused(invalid_symbol())
    rows = settled(instrument, start or 0, call.now if end is None else min(end, call.now))
    rows = rows[-limit:] if start is None else rows[:limit]
    return dump(
        [
            {
                "symbol": symbol,
                "fundingTime": time,
                "fundingRate": rate,
                "markPrice": ""
                if instrument.settled is not None
                else figures.text(price(instrument, time).mark, instrument.price_decimals, 8),
            }
            for time, rate in rows
        ]
    )
