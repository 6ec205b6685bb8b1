"""Positions that go on from what was kept are those of booking every fill, letter by letter."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest

from arb_pipeline.defs.derived.booking import Booking
from arb_pipeline.model import DAY_MS, Exchange
from arb_pipeline.settings import settings
from arb_pipeline.storage import portfolio as stored
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Connection, Pool

HOME = Exchange.BINANCE_SPOT
START = 1_767_225_600_000  # 2026-01-01
_SYMBOL = """
INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active,
    is_tracked, tracked_at)
SELECT id, $2 || $3, $2, $3, 'TRADING', true, true, now() FROM exchanges WHERE enum_value = $1
RETURNING id
"""
_FILL = """
INSERT INTO account_trades (timestamp, symbol_id, trade_id, side, price, quantity, fee, fee_asset)
VALUES ($1, $2, $3, $4, $5::TEXT::NUMERIC, $6::TEXT::NUMERIC, $7::TEXT::NUMERIC, $8)
"""
_CANDLE = """
INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close, volume)
SELECT $1, '1m', $2, c, c, c, c, 1 FROM (SELECT $3::TEXT::NUMERIC AS c) AS given
ON CONFLICT (symbol_id, timeframe, timestamp) DO UPDATE SET
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close
"""
_COVERED = """
INSERT INTO coverage AS c (symbol_id, data_set, timeframe, day) VALUES ($1, 'candles', '1m', $2)
ON CONFLICT (symbol_id, data_set, timeframe, day) DO UPDATE SET updated_at = clock_timestamp()
"""


@dataclass
class Account:
    """An account whose fills and prices come in any order."""

    connection: Connection
    exchange_id: int
    symbols: dict[str, int]
    chance: random.Random
    now: int = START
    count: int = 0
    read: int = 0

    async def fill(self, at: int) -> None:
        """A fill of that moment, of chance."""
        self.count += 1
        name, number = self.chance.choice(["BTCUSDT", "BTCUSDC", "BNBUSDT"]), self.chance.random
        await self.connection.execute(
            _FILL,
            to_datetime(at),
            self.symbols[name],
            str(self.count),
            self.chance.choice(["buy", "buy", "sell"]),
            f"{number() * 500 + 1:.7f}",
            f"{number() + 0.001:.9f}",
            self.chance.choice(["0", "0.001", f"{number() / 100:.11f}", "-0.002"]),
            self.chance.choice(["BNB", name[:3], "USDT"]),
        )

    async def candle(self, at: int) -> None:
        """A candle that closes shortly before that moment, as a page of one stores it."""
        symbol_id = self.symbols[self.chance.choice(["BNBUSDT", "USDCUSDT"])]
        opened = to_datetime(at // 60_000 * 60_000 - self.chance.randint(1, 3) * 60_000)
        price = f"{self.chance.random() + 0.5:.12f}"
        await self.connection.execute(_CANDLE, symbol_id, opened, price)
        await self.connection.execute(_COVERED, symbol_id, opened.date())

    async def change(self, at: int) -> None:
        """The first fill since a moment was another one."""
        await self.connection.execute(
            "UPDATE account_trades SET quantity = quantity * 1.5 WHERE timestamp ="
            " (SELECT min(timestamp) FROM account_trades WHERE timestamp >= $1)",
            to_datetime(at),
        )

    async def repair(self) -> None:
        """A fill or candle of the past, or a change of one."""
        at = self.chance.randint(START, self.now)
        what = self.chance.choice(["fill", "candle", "change"])
        await {"fill": self.fill, "candle": self.candle, "change": self.change}[what](at)

    async def live(self) -> None:
        """Some hours with fills, and candles of most of them."""
        for _ in range(self.chance.randint(0, 6)):
            self.now += self.chance.randint(1, DAY_MS // 4)
            await self.fill(self.now)
            if self.chance.random() < 0.8:
                await self.candle(self.now)

    async def positions(self) -> str:
        """What a valuation of this moment books, to the letter."""
        booking = Booking(self.connection, HOME, self.exchange_id, str, settings())
        found = await booking.positions(self.now)
        return "\n".join(f"{asset} {found[asset]!r}" for asset in sorted(found))

    async def forget(self) -> None:
        """Drop what was kept."""
        await self.connection.execute("DELETE FROM portfolio_ledgers")


@pytest.fixture
async def account(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Account]:
    read = stored.spot_fills

    async with pool.acquire() as connection, connection.transaction():
        exchange_id = await connection.fetchval(
            "SELECT id FROM exchanges WHERE enum_value = $1", HOME.value
        )
        symbols = {
            base + quote: await connection.fetchval(_SYMBOL, HOME.value, base, quote)
            for base, quote in (
                ("BTC", "USDT"), ("BTC", "USDC"), ("BNB", "USDT"), ("USDC", "USDT"),
            )
        }  # fmt: skip
        made = Account(connection, exchange_id, symbols, random.Random(7))

        async def counted(*args: object, **options: object) -> AsyncIterator[Sequence[object]]:
            async for rows in read(*args, **options):  # type: ignore[arg-type]
                made.read += len(rows)
                yield rows

        monkeypatch.setattr(stored, "spot_fills", counted)
        yield made


@pytest.mark.parametrize("seed", range(4))
async def test_going_on_is_booking_everything(account: Account, seed: int) -> None:
    account.chance = random.Random(seed)
    kept = 0
    for _ in range(40):
        await account.live()
        if account.chance.random() < 0.3:
            await account.repair()
        account.read = 0
        going_on = await account.positions()
        kept += account.read < account.count
        savepoint = account.connection.transaction()
        await savepoint.start()
        await account.forget()
        assert going_on == await account.positions()
        await savepoint.rollback()
    assert kept > 10, "what was kept was hardly ever used"


async def _renamed(account: Account) -> None:
    await account.connection.execute(
        "UPDATE symbols SET symbol_base = 'XBT' WHERE symbol_base = 'BTC'"
    )


@pytest.mark.parametrize(
    "what",
    [
        None,
        lambda account: account.fill(START + 1),
        lambda account: account.change(START),
        lambda account: account.candle(START + DAY_MS),
        _renamed,
    ],
    ids=["nothing", "late fill", "changed fill", "candle", "renamed"],
)
async def test_only_new_fills_are_read_unless_the_past_has_changed(
    account: Account, what: Callable[[Account], Awaitable[None]] | None
) -> None:
    for number in range(60):
        await account.fill(START + number * DAY_MS // 2)
    account.now = START + 30 * DAY_MS
    await account.positions()
    assert account.read == 60
    if what:
        await what(account)
    account.read = 0
    await account.positions()
    assert account.read == (account.count if what else 2)


async def test_a_look_at_the_past_leaves_what_was_kept(account: Account) -> None:
    for number in range(10):
        await account.fill(START + number * DAY_MS)
    account.now = START + 10 * DAY_MS
    today = await account.positions()
    account.now = START + 5 * DAY_MS
    assert await account.positions() != today
    account.now, account.read = START + 10 * DAY_MS, 0
    assert await account.positions() == today
    assert account.read == 1
