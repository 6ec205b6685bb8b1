"""Opportunities on real parts: a spread opens, beats sample it, the sensor computes it."""

from __future__ import annotations

from decimal import Decimal

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.derived.arbitrage_sensor import arbitrage_sensor
from arb_pipeline.defs.launch import materialize_snapshots
from arb_pipeline.defs.partitions import ExchangeDay
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DAY_MS, DataSet, Exchange, now_ms
from arb_pipeline.simulator import Fault, FaultKind
from arb_pipeline.simulator.books import book
from arb_pipeline.simulator.candles import TRADES_MS
from arb_pipeline_tests.integration.conftest import Pipeline

PERPETUAL, GATE, MEXC = Exchange.GATEIO_FUTURES, Exchange.GATEIO_SPOT, Exchange.MEXC_SPOT
BEST = ((PERPETUAL, "BTC_USDT", "asks"), (GATE, "BTC_USDT", "asks"), (MEXC, "BTCUSDT", "bids"))
BPS = Decimal("1e-8")


class Desk:
    """A pipeline whose beats are looked at by the sensor."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.cursor: str | None = None
        for exchange in (PERPETUAL, GATE, MEXC):
            pipeline.track(exchange, "BTC/USDT")

    def beat(self, *data_sets: DataSet) -> str | None:
        """Sample the three exchanges now; what went wrong."""
        wanted = data_sets or (DataSet.BOOK_TICKERS, DataSet.FUNDING_RATES)
        exchanges = [PERPETUAL, GATE, MEXC]
        return materialize_snapshots(self.pipeline.instance, exchanges, wanted).problem

    def tick(self) -> str:
        """One look of the sensor; what it reports is recorded as the daemon does it."""
        instance, resources = self.pipeline.instance, {"database": DatabaseResource()}
        with dg.build_sensor_context(instance, self.cursor, resources=resources) as context:
            found = arbitrage_sensor.evaluate_tick(context)
        self.cursor = found.cursor
        for event in found.asset_events:
            instance.report_runless_asset_event(event)
        return found.skip_message or ""

    def stand_still(self) -> None:
        """What a beat sees is what is computed by hand, and no best offer is below an order."""
        for now in range(now_ms(), now_ms() - 60_000, -TRADES_MS):
            self.pipeline.simulator.clock.freeze(now)
            if all(price * quantity > 1000 for price, quantity in (self.top(*one) for one in BEST)):
                return
        raise AssertionError("no such moment")

    def top(self, exchange: Exchange, name: str, side: str) -> tuple[Decimal, Decimal]:
        """Price and base units the simulator offers, out of its ticks and lots."""
        simulator = self.pipeline.simulator
        listed = simulator.listings.get(exchange, name)
        found = getattr(book(simulator.spreads, listed, simulator.clock.now()), side)[0]
        price, quantity = (
            Decimal(whole).scaleb(-places)
            for whole, places in zip(
                found, (listed.price_decimals, listed.quantity_decimals), strict=True
            )
        )
        return price, quantity * Decimal(listed.contract_size)

    def lot(self, exchange: Exchange, name: str) -> Decimal:
        """Smallest step of an order, base units."""
        listed = self.pipeline.simulator.listings.get(exchange, name)
        return Decimal(listed.contract_size).scaleb(-listed.quantity_decimals)


@pytest.fixture
def desk(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # Due at midnight only: no beat of a test is waited for because it lacks funding.
    monkeypatch.setenv("ARB_FUNDING_RATES_MINUTES", "1440")
    monkeypatch.setenv("ARB_BOOK_STALE_SECONDS", "600")
    settings_module.settings.cache_clear()
    made = Desk(pipeline)
    made.stand_still()
    for exchange in (PERPETUAL, GATE):
        pipeline.simulator.open_spread(exchange, "BTC_USDT", 0, 3600)
    return made


def test_an_opened_spread_becomes_opportunities_worked_by_hand(desk: Desk) -> None:
    desk.pipeline.simulator.open_spread(MEXC, "BTCUSDT", 150, 3600)
    assert desk.beat() is None
    assert "computed 1 beat(s)" in desk.tick()

    rate = desk.pipeline.rows("SELECT funding_rate FROM funding_rate_snapshots")[0][0]
    bid, wanted = desk.top(MEXC, "BTCUSDT", "bids")
    expected = []
    # Fees as these exchanges list them, for takers; the perpetual's buyer pays the funding.
    for kind, exchange, fee, funding in (
        ("perpetual_spot", PERPETUAL, Decimal("0.00075"), rate),
        ("spot_spot", GATE, Decimal("0.002"), Decimal(0)),
    ):
        ask, offered = desk.top(exchange, "BTC_USDT", "asks")
        # All lots here are powers of ten: whole ones of the larger are whole ones of both.
        lot = max(desk.lot(exchange, "BTC_USDT"), desk.lot(MEXC, "BTCUSDT"))
        quantity = min(offered, wanted) // lot * lot
        cost, proceeds = ask * quantity, bid * quantity
        fees = cost * fee + proceeds * Decimal("0.0005")
        net = proceeds - cost - fees - cost * funding
        bps = [(part / cost * 10_000).quantize(BPS) for part in (fees, -cost * funding, net)]
        expected.append((kind, ask, bid, quantity, *bps, net, True, True))
    rows = desk.pipeline.rows(
        "SELECT kind, buy_price, sell_price, quantity, fee_bps, funding_bps, net_bps, net_profit,"
        " peak_net_bps = net_bps, age = interval '0' FROM arbitrage_opportunities_named"
        " WHERE sell_exchange = $1 ORDER BY kind",
        MEXC.value,
    )
    assert rows == expected
    assert all(row[6] > 50 for row in rows)

    today = now_ms() // DAY_MS * DAY_MS
    days = {str(ExchangeDay(exchange, today).key) for exchange in (PERPETUAL, GATE, MEXC)}
    assert desk.pipeline.materialized("arbitrage_opportunities") == days
    assert desk.tick() == "no new beat"


def test_it_lasts_with_one_id_and_ends_with_the_spread(desk: Desk) -> None:
    for bps in (120, 200, 150):
        desk.pipeline.simulator.open_spread(MEXC, "BTCUSDT", bps, 3600)
        assert desk.beat(DataSet.BOOK_TICKERS) is None
    # Ticks were missed meanwhile: nothing is lost.
    assert "computed 3 beat(s)" in desk.tick()
    statement = (
        "SELECT opportunity_id, opened_at, timestamp, age, net_bps, peak_net_bps"
        " FROM arbitrage_opportunities_named WHERE kind = 'spot_spot' ORDER BY timestamp"
    )
    rows = desk.pipeline.rows(statement)
    assert len(rows) == 3
    assert {row[:2] for row in rows} == {(rows[0][0], rows[0][2])}
    assert [row[3] for row in rows] == [row[2] - rows[0][2] for row in rows]
    first, second, third = (row[4] for row in rows)
    assert first < third < second
    assert [row[5] for row in rows] == [first, second, second]

    desk.pipeline.simulator.open_spread(MEXC, "BTCUSDT", 0, 3600)
    assert desk.beat(DataSet.BOOK_TICKERS) is None
    assert "computed 1 beat(s)" in desk.tick()
    assert desk.pipeline.rows(statement) == rows


def test_a_sick_exchange_leaves_the_others_theirs(desk: Desk) -> None:
    """The step of the books fails; what was sampled is computed all the same."""
    desk.pipeline.simulator.open_spread(MEXC, "BTCUSDT", 150, 3600)
    desk.pipeline.simulator.faults.add(Fault(FaultKind.HTTP_500, exchange=PERPETUAL))
    assert PERPETUAL.value in (desk.beat(DataSet.BOOK_TICKERS) or "")
    assert "computed 1 beat(s)" in desk.tick()
    found = desk.pipeline.rows("SELECT DISTINCT kind FROM arbitrage_opportunities")
    assert found == [("spot_spot",)]


def test_order_books_carry_more_than_the_best_offers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.pipeline.simulator.open_spread(MEXC, "BTCUSDT", 150, 3600)
    assert desk.beat(DataSet.BOOK_TICKERS) is None
    desk.tick()
    monkeypatch.setenv("ARB_ORDER_BOOK_LEVELS", "5")
    settings_module.settings.cache_clear()
    assert desk.beat(DataSet.BOOK_TICKERS, DataSet.ORDER_BOOKS) is None
    assert "computed 1 beat(s)" in desk.tick()
    stored = desk.pipeline.rows(
        "SELECT exchange, side, count(*), max(level) FROM order_book_levels_named"
        " GROUP BY exchange, side ORDER BY exchange, side"
    )
    assert stored == [
        (exchange.value, side, 5, 5)
        for exchange in (PERPETUAL, GATE, MEXC)
        for side in ("ask", "bid")
    ]
    # By hand: all ten levels lie within the spread of 150, so the smaller side is taken whole.
    (top, _), (deep, price) = desk.pipeline.rows(
        "SELECT quantity, buy_price FROM arbitrage_opportunities WHERE kind = 'spot_spot'"
        " ORDER BY timestamp"
    )
    asks, bids = (
        desk.pipeline.rows(
            "SELECT price, quantity FROM order_book_levels_named"
            " WHERE exchange = $1 AND side = $2 ORDER BY level",
            exchange.value,
            side,
        )
        for exchange, side in ((GATE, "ask"), (MEXC, "bid"))
    )
    assert deep == min(sum(q for _, q in asks), sum(q for _, q in bids)) > top
    left, cost = deep, Decimal(0)
    for ask, offered in asks:
        taken = min(left, offered)
        cost, left = cost + ask * taken, left - taken
    assert price == pytest.approx(cost / deep, rel=Decimal("1e-25"))
