"""Looking up the id of a symbol among as many as exchanges list; goal: below 1 µs.

Run: ``uv run python -m arb_pipeline_tests.benchmarks.bench_reference``. ``Reference.symbol_id`` is
timed beside the same look-up in a bare dictionary, round by round in one run. Both loops go over
the same shuffled names; what the loop itself costs is part of both numbers. "hot" looks the same
100 symbols up again and again, as collecting does; "all" every symbol of every exchange in random
order, most of them waiting for memory. Each number is the median of the rounds; the best round is
shown too, because a shared core can only add to it.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.table import Table

from arb_pipeline.model import Exchange
from arb_pipeline.storage.reference import Reference
from arb_pipeline_tests.benchmarks.parts import load_note

if TYPE_CHECKING:
    import asyncpg

Ids = dict[tuple[Exchange, str], int]
Names = list[tuple[Exchange, str]]
SYMBOLS = 3000
ROUNDS = 50
HOT = 100
GOAL_NS = 1000.0


def filled() -> tuple[Reference, Ids, Names]:
    """The same ids in a Reference and in a bare dictionary, and the names in random order."""
    rows: list[Any] = []  # what a Reference reads of a record, it reads of a dictionary too
    bare: Ids = {}
    for exchange in Exchange:
        for index in range(SYMBOLS):
            base = f"{random.Random(index).randrange(16**6):06X}{index}"
            exchange_symbol = f"{base}USDT"
            bare[exchange, exchange_symbol] = len(bare) + 1
            rows.append(
                {
                    "id": len(bare),
                    "exchange": exchange.value,
                    "exchange_symbol": exchange_symbol,
                    "symbol_base": base,
                    "symbol_quote": "USDT",
                    "contract_size": "1",
                    "listed_at": None,
                    "delisted_at": None,
                    "is_active": True,
                    "is_tracked": False,
                }
            )
    # Names as they come off the wire: equal to the keys, not the same objects.
    names = [(exchange, name.encode().decode()) for exchange, name in bare]
    random.Random(0).shuffle(names)
    ids = {exchange: number for number, exchange in enumerate(Exchange)}
    return Reference(ids, cast("list[asyncpg.Record]", rows)), bare, names


def through_reference(reference: Reference, names: Names) -> None:
    """Look every name up in a Reference."""
    symbol_id = reference.symbol_id
    for exchange, name in names:
        symbol_id(exchange, name)


def through_dictionary(bare: Ids, names: Names) -> None:
    """Look every name up in a dictionary."""
    for exchange, name in names:
        bare[exchange, name]


def main() -> None:
    """Measure and print; the exit code is 1 where the goal is missed."""
    reference, bare, names = filled()
    if any(reference.symbol_id(*name) != bare[name] for name in names):
        raise RuntimeError("a name has two ids")
    table = Table(
        *("symbols", "way", "ns (median)", "ns (best)", "× bare"),
        title=f"{len(names):,} symbols of {len(Exchange)} exchanges\n{load_note()}",
    )
    missed = False
    for which, chosen in (("hot", names[:HOT] * (len(names) // HOT)), ("all", names)):
        found: dict[str, list[float]] = {"Reference.symbol_id": [], "bare dictionary": []}
        for _ in range(ROUNDS):
            began = time.process_time_ns()
            through_reference(reference, chosen)
            between = time.process_time_ns()
            through_dictionary(bare, chosen)
            ended = time.process_time_ns()
            found["Reference.symbol_id"].append((between - began) / len(chosen))
            found["bare dictionary"].append((ended - between) / len(chosen))
        bare_median = statistics.median(found["bare dictionary"])
        for way, times in found.items():
            median = statistics.median(times)
            ratio = f"{median / bare_median:.2f}"
            table.add_row(which, way, f"{median:.0f}", f"{min(times):.0f}", ratio)
        missed |= statistics.median(found["Reference.symbol_id"]) >= GOAL_NS
    Console().print(table)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
