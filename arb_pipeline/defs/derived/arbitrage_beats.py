"""Opportunities of one beat, from stored rows to stored rows.

What belongs here: reading, computing and storing as one transaction. What does not: what is read
(``arbitrage_inputs.py``), the arithmetic (``analytics/``), and when a beat is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from arb_pipeline.analytics.arbitrage_beat import Beat, Tally, opportunities
from arb_pipeline.analytics.arbitrage_lasting import Known, Lasting, lasting, remembered_ms
from arb_pipeline.defs.derived.arbitrage_inputs import books_of, market_of
from arb_pipeline.defs.snapshots.automation import due
from arb_pipeline.model import DataSet, Exchange, Interval
from arb_pipeline.settings import Settings
from arb_pipeline.storage import opportunities as stored
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import Connection
from arb_pipeline.storage.opportunities import Moment, Put

_INPUTS = (DataSet.BOOK_TICKERS, DataSet.FUNDING_RATES)

# From the last answer of a beat to its rows.
_STORING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Computed:
    """What came of one beat, by exchange to buy at.

    Attributes:
        at: the beat, milliseconds.
        tallies: empty where no book is stored of the beat and nothing was touched.
        put: what storing it changed.
    """

    at: int
    tallies: Mapping[Exchange, Tally] = field(default_factory=dict)
    put: Put = field(default_factory=Put)


def over_ms(configured: Settings) -> int:
    """How long after its moment a beat may still bring rows, milliseconds."""
    seconds = configured.beat_latest_seconds + configured.sample_limit_seconds + _STORING_SECONDS
    return round(seconds * 1000)


def is_complete(moment: Moment, now: int, configured: Settings) -> bool:
    """Whether everything that was to be sampled at a beat is stored, or nothing comes any more."""
    if now >= moment.at + over_ms(configured):
        return True
    minute = to_datetime(moment.at - round(configured.beat_buffer_seconds * 1000))
    wanted = [*_INPUTS, DataSet.ORDER_BOOKS] if configured.order_book_levels else _INPUTS
    return moment.assets >= {data_set.value for data_set in due(minute, wanted)}


async def compute(
    connection: Connection,
    at: int,
    following: int | None,
    exchanges: Sequence[Exchange],
    configured: Settings,
    *,
    anew: bool = False,
) -> Computed:
    """Compute one beat and store it, in one transaction.

    Args:
        connection: to the database.
        at: the beat, milliseconds.
        following: the beat after it, if there is one.
        exchanges: those to buy at; to sell at, all enabled ones.
        configured: fees, thresholds, ages.
        anew: it was computed before: without books nothing stored is touched.

    Raises:
        asyncpg.PostgresError: nothing is stored.
    """
    until = at + over_ms(configured)
    until = until if following is None else min(until, following)
    async with connection.transaction():
        await stored.lock(connection)
        ids = await stored.exchange_ids(connection, configured.exchanges)
        books = await books_of(connection, at, until, configured)
        if not books and anew:
            return Computed(at)
        beat = opportunities(books, await market_of(connection, at, books, ids, configured))
        wanted = {ids[exchange]: exchange for exchange in exchanges}
        rows = await _carried(connection, at, beat, list(wanted), configured)
        tallies = {exchange: beat.tallies[number] for number, exchange in wanted.items()}
        put = await stored.put(
            connection,
            at,
            list(wanted),
            (_row(one) for one in rows),
            ({"exchange_id": ids[exchange], **asdict(one)} for exchange, one in tallies.items()),
        )
    return Computed(at, tallies, put)


async def _carried(
    connection: Connection,
    at: int,
    beat: Beat,
    exchange_ids: Sequence[int],
    configured: Settings,
) -> list[Lasting]:
    earlier = Interval(at - remembered_ms(configured.book_tickers_minutes), at)
    before = {
        (row["symbol_id"], row["sell_symbol_id"]): Known(
            row["opportunity_id"], to_ms(row["opened_at"]), row["peak_net_bps"]
        )
        for row in await stored.known(connection, earlier, exchange_ids)
    }
    found = [one for one in beat.opportunities if one.buy_exchange_id in exchange_ids]
    return lasting(found, before, at)


def _row(one: Lasting) -> dict[str, Any]:
    return {
        # asdict() would copy every value.
        **{
            column.name: getattr(one.opportunity, column.name) for column in fields(one.opportunity)
        },
        "opportunity_id": one.opportunity_id,
        "opened_at": to_datetime(one.opened_at),
        "peak_net_bps": one.peak_net_bps,
    }
