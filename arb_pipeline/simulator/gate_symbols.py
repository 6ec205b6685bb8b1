"""Gate's lists of currencies, pairs and contracts."""

from __future__ import annotations

from arb_pipeline.model import Exchange
from arb_pipeline.simulator import figures
from arb_pipeline.simulator.dialect import Call, Reply, World, dump
from arb_pipeline.simulator.funding import funding
from arb_pipeline.simulator.gate_tickers import figures_of_contract
from arb_pipeline.simulator.instruments import SimulatedInstrument
from arb_pipeline.simulator.prices import day

# Currencies that exist without a pair of their own; balances and withdrawals know them.
_MORE_CURRENCIES = ("GTC_HT", "GTC_BSC", "USDT", "POINT")


def currencies(world: World, call: Call) -> Reply:
    """``/spot/currencies``."""
    pairs = world.listings.all(Exchange.GATEIO_SPOT, call.now)
    trading = {code for pair in pairs if pair.is_trading(call.now) for code in (pair.base,)}
    codes = dict.fromkeys([*(pair.base for pair in pairs), *_MORE_CURRENCIES])
    return dump(
        [
            {
                "currency": code,
                "name": code,
                "delisted": code not in trading and code not in _MORE_CURRENCIES,
                "withdraw_disabled": False,
                "withdraw_delayed": False,
                "deposit_disabled": False,
                "trade_disabled": code not in trading,
                "chain": code,
                "chains": [],
            }
            for code in codes
        ]
    )


def nothing(world: World, call: Call) -> Reply:
    """What is not simulated, but clients load: margin pairs, delivery contracts, options."""
    return dump([])


def pairs(world: World, call: Call) -> Reply:
    """``/spot/currency_pairs``."""
    return dump(
        [
            {
                "id": pair.id,
                "base": pair.base,
                "base_name": pair.base,
                "quote": pair.quote,
                "quote_name": pair.quote,
                "fee": "0.2",
                "min_base_amount": pair.lot_size,
                "min_quote_amount": "3",
                "amount_precision": pair.quantity_decimals,
                "precision": pair.price_decimals,
                "trade_status": "tradable" if pair.is_trading(call.now) else "untradable",
                "sell_start": 0,
                "buy_start": pair.listed_at // 1000,
                "delisting_time": (pair.delisted_at or 0) // 1000,
                "type": "normal",
            }
            for pair in world.listings.all(Exchange.GATEIO_SPOT, call.now)
        ]
    )


def contracts(world: World, call: Call) -> Reply:
    """``/futures/usdt/contracts``."""
    # Sizes are text for clients that ask for exact ones, numbers for all others.
    exact = call.headers.get("X-Gate-Size-Decimal") == "1"
    return dump(
        [
            {
                "name": contract.id,
                "type": "direct",
                "quanto_multiplier": contract.contract_size,
                "order_price_round": contract.tick_size,
                "mark_price_round": contract.tick_size,
                "order_price_deviate": "0.5",
                **figures_of_contract(contract, call.now),
                "last_price": figures.price(contract, day(contract, call.now).last),
                "order_size_min": contract.lot_size if exact else 1,
                "order_size_max": "1000000" if exact else 1_000_000,
                "enable_decimal": contract.quantity_decimals > 0,
                "leverage_min": "1",
                "leverage_max": "50",
                "maker_fee_rate": "-0.0001",
                "taker_fee_rate": "0.00075",
                "funding_interval": contract.funding_hours * 3600,
                "funding_next_apply": _next_payment(contract, call.now),
                "interest_rate": "0.0003",
                "in_delisting": not contract.is_trading(call.now),
                "status": "trading" if contract.is_trading(call.now) else "delisted",
                "create_time": contract.listed_at // 1000,
            }
            for contract in world.listings.all(Exchange.GATEIO_FUTURES, call.now)
        ]
    )


def _next_payment(contract: SimulatedInstrument, now: int) -> int:
    payment = funding(contract, now)
    return payment.time // 1000 if payment else 0
