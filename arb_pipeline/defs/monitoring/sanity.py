"""Whether what was sampled can be: prices, books, clocks, balances, and rows that were refused.

What belongs here: which findings belong to which check, and how bad each is. How bad is decided by
what it costs: ERROR where something is lost or the schema no longer protects the rows, WARN where
the rows are right as far as anybody can tell and a person should look.
"""

# Annotations are not postponed here: Dagster reads those of assets, checks and schedules.

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dagster as dg

from arb_pipeline.health import SAMPLED
from arb_pipeline.model import DataSet
from arb_pipeline.settings import Settings
from arb_pipeline.storage import snapshot_checks as ask
from arb_pipeline.storage.database import Connection

_SHOWN = 50
_TABLE = dg.TableSchema(
    columns=[dg.TableColumn("exchange"), dg.TableColumn("symbol"), dg.TableColumn("what")]
)
_ERROR, _WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
# What refusals say: the schema's constraints on prices, and what the pages say of times.
_PRICES = re.compile(r"chk_(positive_prices|(last|mark|index)_price|(high|low)_24h|low_below_high)")
_CLOCKS = re.compile(r"the time of receipt|chk_valid_timestamp")
_PRICED = (DataSet.BOOK_TICKERS, DataSet.TICKERS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a check's table.

    Attributes:
        check: whose.
        data_set: whose.
        exchange: by name.
        symbol: the exchange's own id, or the name of what is held.
        what: one sentence.
        severity: of this finding; a check is as bad as its worst.
    """

    check: str
    data_set: DataSet
    exchange: str
    symbol: str
    what: str
    severity: dg.AssetCheckSeverity


def accepted_name(data_set: DataSet) -> str:
    """The check that lists refused rows of a data set."""
    return "balances_sane" if data_set is DataSet.BALANCES else f"{data_set.value}_rows_accepted"


def specs(configured: Settings) -> list[dg.AssetCheckSpec]:
    """The checks on what was sampled since they last ran."""
    jump, lag = f"{configured.price_jump_bps} basis points", configured.stale_clock_seconds
    described = [
        ("spread_positive", DataSet.BOOK_TICKERS,
         "Every best bid is below its best ask. Crossed and locked books are stored as they came "
         "and named here."),
        ("no_price_jump", DataSet.BOOK_TICKERS,
         f"No mid price moved more than {jump} between two samples."),
        *(("prices_positive", data_set,
           "No price of zero or below was sent; the schema refuses such rows.")
          for data_set in _PRICED),
        *(("clocks_right", data_set,
           "No row was refused for its time"
           + ("." if data_set is DataSet.BALANCES else
              f", and no exchange's time lies more than {lag:g} s behind the time of receipt."))
          for data_set in SAMPLED),
        *((accepted_name(data_set), data_set,
           "No row was refused: each refused one is kept, with its reason, in rejected_records.")
          for data_set in SAMPLED),
    ]  # fmt: skip
    return [
        dg.AssetCheckSpec(name, asset=dg.AssetKey(data_set.value), description=description)
        for name, data_set, description in described
    ]


async def findings(connection: Connection, since: int, configured: Settings) -> list[Finding]:
    """Everything that is not as it should be in what came since an instant in milliseconds."""
    return [
        *await _books(connection, since, configured),
        *await _impossible(connection, since),
        *await _late(connection, since, configured),
        *await _refused(connection, since),
    ]


async def _books(connection: Connection, since: int, configured: Settings) -> list[Finding]:
    data_set = DataSet.BOOK_TICKERS
    # Real for a moment on some exchanges, an opportunity if true: the row itself is right.
    crossed = [
        _finding("spread_positive", data_set, row, _WARN,
                 f"{row['books']} × bid ≥ ask, latest {row['bid_price']} ≥ {row['ask_price']} "
                 f"at {row['last_at']:%H:%M:%S}")
        for row in await ask.crossed_books(connection, since)
    ]  # fmt: skip
    apart = timedelta(minutes=configured.fresh_intervals * configured.minutes_of(data_set))
    jumps = await ask.price_jumps(connection, since, apart=apart, bps=configured.price_jump_bps)
    # Markets do jump: whether this one did is for a person to say.
    return crossed + [
        _finding("no_price_jump", data_set, row, _WARN,
                 f"{row['bps']:.0f} basis points from {row['earlier']:f} "
                 f"at {row['earlier_at']:%H:%M:%S} to {row['mid']:f} at {row['last_at']:%H:%M:%S}")
        for row in jumps
    ]  # fmt: skip


async def _impossible(connection: Connection, since: int) -> list[Finding]:
    prices = [
        _finding("prices_positive", DataSet(row["data_set"]), row, _ERROR,
                 f"stored at {row['last_at']}: {', '.join(map(str, row['prices']))}")
        for row in await ask.impossible_prices(connection, since)
    ]  # fmt: skip
    return prices + [
        Finding("balances_sane", DataSet.BALANCES, row["exchange"], row["asset_name"],
                f"stored at {row['last_at']}: {row['available_balance']}, {row['locked_balance']}",
                _ERROR)
        for row in await ask.impossible_balances(connection, since)
    ]  # fmt: skip


async def _late(connection: Connection, since: int, configured: Settings) -> list[Finding]:
    lag = timedelta(seconds=configured.stale_clock_seconds)
    # The rows are stored, with both times: they are old, not lost.
    return [
        _finding("clocks_right", DataSet(row["data_set"]), row, _WARN,
                 f"{row['samples']} rows of {row['symbols']} symbols behind, this one most: "
                 f"{row['worst'].total_seconds():.1f} s")
        for row in await ask.stale_clocks(connection, since, lag)
    ]  # fmt: skip


async def _refused(connection: Connection, since: int) -> list[Finding]:
    found = []
    for row in await ask.refused_rows(connection, SAMPLED, since):
        data_set = DataSet(row["data_set"])
        what = f"{row['reason']} ({row['occurrences']} × so far): {row['example']}"
        by_price = bool(_PRICES.search(row["reason"])) and data_set in _PRICED
        by_clock = bool(_CLOCKS.search(row["reason"]))
        # A price of zero is no loss. A clock that is off loses rows that may be right, and an asset
        # whose balance was refused is missing in every total.
        lost = by_clock or data_set is DataSet.BALANCES
        severity = _ERROR if lost else _WARN
        checks = [accepted_name(data_set)]
        checks += ["prices_positive"] * by_price + ["clocks_right"] * by_clock
        found += [_finding(check, data_set, row, severity, what) for check in checks]
    return found


def _finding(
    check: str, data_set: DataSet, row: Any, severity: dg.AssetCheckSeverity, what: str
) -> Finding:
    return Finding(check, data_set, row["exchange"], row["exchange_symbol"] or "", what, severity)


def result(
    check: str, data_set: DataSet, found: Sequence[Finding], window_seconds: int
) -> dg.AssetCheckResult:
    """The result of one check, from the findings of all."""
    own = [one for one in found if (one.check, one.data_set) == (check, data_set)]
    records = [
        dg.TableRecord({"exchange": one.exchange, "symbol": one.symbol, "what": one.what})
        for one in own[:_SHOWN]
    ]
    worst = _ERROR if any(one.severity is _ERROR for one in own) else _WARN
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=dg.AssetKey(data_set.value),
        passed=not own,
        severity=worst,
        description=_sentence(own),
        metadata={
            "findings": len(own),
            "window (s)": window_seconds,
            **({"what was found": dg.MetadataValue.table(records, _TABLE)} if records else {}),
        },
    )


def _sentence(own: Sequence[Finding]) -> str | None:
    if not own:
        return None
    exchanges = ", ".join(sorted({one.exchange for one in own}))
    return f"{len(own)} finding(s) at {exchanges}, such as {own[0].symbol}: {own[0].what}"
