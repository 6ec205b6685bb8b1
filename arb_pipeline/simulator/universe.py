"""The instruments of the simulated exchanges, odd names included.

What belongs here: data. Every name is of a kind the real exchanges list: Han characters, leading
digits, multipliers, leveraged tokens, underscores. What does not: how anything behaves.

Price decimals and lot decimals add up to at most 8, so that quote volumes fit the eight decimals
Binance prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from arb_pipeline.model import DAY_MS, Company, Exchange
from arb_pipeline.simulator.instruments import SimulatedInstrument


@dataclass(frozen=True, slots=True)
class Asset:
    """One coin: typical price in 10^-12 USDT, decimals, USDT traded a minute, first listing."""

    price: int
    price_decimals: int
    quantity_decimals: int
    turnover: int
    listed: str
    trading_permille: int = 1000
    contract_size: str = "1"
    delisted: str | None = None


def _usdt(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(12, "0"))


ASSETS: dict[str, Asset] = {
    "BTC": Asset(_usdt("64000"), 2, 5, 900_000, "2017-08-17", contract_size="0.0001"),
    "ETH": Asset(_usdt("3200"), 2, 4, 500_000, "2017-08-17", contract_size="0.01"),
    "BNB": Asset(_usdt("580"), 2, 3, 90_000, "2017-11-06", contract_size="0.001"),
    "SOL": Asset(_usdt("150"), 2, 3, 200_000, "2020-08-11", contract_size="1"),
    "XRP": Asset(_usdt("0.62"), 4, 1, 120_000, "2018-05-04", contract_size="10"),
    "DOGE": Asset(_usdt("0.14"), 5, 0, 90_000, "2019-07-05", contract_size="10"),
    "ADA": Asset(_usdt("0.45"), 4, 1, 50_000, "2018-04-17", contract_size="10"),
    "TRX": Asset(_usdt("0.24"), 4, 1, 40_000, "2018-06-11", contract_size="100"),
    "LTC": Asset(_usdt("82"), 2, 3, 30_000, "2017-12-13", contract_size="0.1"),
    "LINK": Asset(_usdt("14.5"), 2, 2, 30_000, "2019-01-16", contract_size="1"),
    "AVAX": Asset(_usdt("27.5"), 2, 2, 30_000, "2020-09-22", contract_size="1"),
    "DOT": Asset(_usdt("5.8"), 3, 2, 25_000, "2020-08-18", contract_size="1"),
    "PEPE": Asset(_usdt("0.00001125"), 8, 0, 60_000, "2023-05-05", contract_size="10000000"),
    "SHIB": Asset(_usdt("0.00001874"), 8, 0, 40_000, "2021-05-10", contract_size="10000"),
    "SATS": Asset(_usdt("0.00000021"), 10, 0, 9_000, "2023-12-12"),
    "QUBIC": Asset(_usdt("0.00000123"), 10, 0, 2_000, "2024-12-17"),
    "1INCH": Asset(_usdt("0.31"), 4, 1, 6_000, "2020-12-25", contract_size="1"),
    "USDC": Asset(_usdt("1"), 4, 0, 80_000, "2018-12-15"),
    "0G": Asset(_usdt("2.41"), 3, 2, 15_000, "2025-09-22", contract_size="1"),
    "4": Asset(_usdt("0.087"), 5, 0, 4_000, "2025-10-08"),
    "币安人生": Asset(_usdt("0.163"), 4, 1, 12_000, "2025-10-09"),
    "龙虾": Asset(_usdt("0.0231"), 5, 0, 3_000, "2026-03-02"),
    "人生K线": Asset(_usdt("0.0072"), 6, 0, 2_000, "2026-01-20", contract_size="100"),
    "W": Asset(_usdt("0.082"), 4, 1, 900, "2024-04-03", trading_permille=700),
    "T": Asset(_usdt("0.0153"), 5, 0, 300, "2022-04-26", trading_permille=400),
    "GAS": Asset(_usdt("0.0041"), 6, 0, 60, "2022-02-10", trading_permille=150),
    "GASNEO": Asset(_usdt("2.93"), 3, 2, 700, "2022-02-11", trading_permille=600),
    "GTC_HT": Asset(_usdt("0.27"), 4, 1, 50, "2021-06-10", trading_permille=120),
    "BTC3L": Asset(_usdt("0.0451"), 6, 0, 800, "2020-02-28", trading_permille=650),
    "ETH5L": Asset(_usdt("1.27"), 4, 2, 500, "2021-03-12", trading_permille=500),
    "LUNC": Asset(_usdt("0.00008"), 8, 0, 3_000, "2022-09-09", delisted="2025-06-20"),
}

_MAJORS = "BTC ETH BNB SOL XRP DOGE ADA TRX LTC LINK AVAX DOT PEPE SHIB 1INCH 0G 4 W T LUNC"
_PERPETUALS = "BTC ETH BNB SOL XRP DOGE ADA TRX LTC LINK AVAX DOT 1INCH 0G 4 W T LUNC"
# "1000SATS" is 1000 SATS under one name; "SHIB1000" the same written the other way round.
CODES: dict[Exchange, str] = {
    Exchange.BINANCE_SPOT: f"{_MAJORS} 1000SATS USDC 币安人生",
    Exchange.BINANCE_FUTURES: f"{_PERPETUALS} 1000PEPE 1000SHIB 1000SATS 币安人生 龙虾",
    Exchange.MEXC_SPOT: f"{_MAJORS} 1000SATS USDC 币安人生 GAS GASNEO GTC_HT",
    Exchange.GATEIO_SPOT: f"{_MAJORS} USDC BTC3L ETH5L 币安人生 人生K线",
    Exchange.GATEIO_FUTURES: f"{_PERPETUALS} PEPE SHIB 人生K线 币安人生",
    Exchange.BYBIT_SPOT: f"{_MAJORS} USDC 1000SATS",
    Exchange.BYBIT_FUTURES: f"{_PERPETUALS} 1000PEPE SHIB1000 10000QUBIC",
}
# Perpetuals of these coins pay funding at other intervals than 8 hours.
FUNDING_HOURS = {"1INCH": 4, "0G": 4, "4": 1, "W": 4, "币安人生": 4, "人生K线": 1, "龙虾": 1}
# Days by which a company lists a coin later (or earlier) than the date above.
_LAG_DAYS = {Company.BINANCE: 0, Company.GATEIO: -2, Company.MEXC: 1, Company.BYBIT: 5}


def _midnight(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def split_multiplier(code: str) -> tuple[str, int]:
    """``1000PEPE`` and ``PEPE1000`` are ``("PEPE", 1000)``; ``1INCH`` is itself."""
    for digits in ("10000", "1000"):
        for name in (code.removeprefix(digits), code.removesuffix(digits)):
            if name != code and name in ASSETS:
                return name, int(digits)
    return code, 1


def _instrument(exchange: Exchange, code: str) -> SimulatedInstrument:
    name, multiplier = split_multiplier(code)
    asset = ASSETS[name]
    company = exchange.company
    separator = "_" if company is Company.GATEIO else ""
    contracts = exchange is Exchange.GATEIO_FUTURES
    fewer = len(str(multiplier)) - 1
    listed_at = _midnight(asset.listed) + _LAG_DAYS[company] * DAY_MS + 8 * 3_600_000
    return SimulatedInstrument(
        exchange=exchange,
        id=f"{code}{separator}USDT",
        base=code,
        quote="USDT",
        asset=name,
        price=asset.price * multiplier,
        price_decimals=asset.price_decimals - fewer,
        quantity_decimals=0 if contracts else asset.quantity_decimals,
        contract_size=asset.contract_size if contracts else "1",
        turnover=asset.turnover,
        trading_permille=asset.trading_permille,
        listed_at=listed_at,
        delisted_at=_midnight(asset.delisted) if asset.delisted else None,
        funding_hours=FUNDING_HOURS.get(name, 8),
    )


def _others() -> list[SimulatedInstrument]:
    """What is not quoted in USDT or not perpetual: clients must keep it apart."""
    btc = ASSETS["BTC"]
    delivery = _midnight("2026-12-25") + 8 * 3_600_000
    dated = [
        (Exchange.BINANCE_FUTURES, "BTCUSDT_261225", "USDT", delivery),
        (Exchange.BYBIT_FUTURES, "BTCUSDT-25DEC26", "USDT", delivery),
        (Exchange.BYBIT_FUTURES, "BTCPERP", "USDC", None),
    ]
    others = [
        SimulatedInstrument(
            exchange, id_, "BTC", quote, "BTC", btc.price, 2, 3, _midnight("2026-03-27"),
            turnover=20_000, trading_permille=900, expires_at=expires_at, settle=quote,
        )
        for exchange, id_, quote, expires_at in dated
    ]  # fmt: skip
    for exchange in (Exchange.BINANCE_SPOT, Exchange.MEXC_SPOT, Exchange.GATEIO_SPOT):
        separator = "_" if exchange is Exchange.GATEIO_SPOT else ""
        others.append(
            SimulatedInstrument(
                exchange,
                f"BTC{separator}USDC",
                "BTC",
                "USDC",
                "BTC",
                btc.price,
                2,
                5,
                _midnight("2018-12-15"),
                turnover=60_000,
            )
        )
    return others


def universe() -> list[SimulatedInstrument]:
    """Every instrument of every exchange."""
    listed = [
        _instrument(exchange, code) for exchange, codes in CODES.items() for code in codes.split()
    ]
    return listed + _others()
