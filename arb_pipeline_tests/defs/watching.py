"""Words of the tests that watch: who is there, what a beat brings, what a run and a tick give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import dagster as dg

from arb_pipeline.model import Exchange, now_ms
from arb_pipeline.storage.collections import Collection
from arb_pipeline_tests.defs.snapshot_rows import Snapshots

MEXC, BYBIT, GATE, BINANCE = (
    Exchange.MEXC_SPOT, Exchange.BYBIT_SPOT, Exchange.GATEIO_SPOT, Exchange.BINANCE_FUTURES
)  # fmt: skip
PERPETUAL = Exchange.BYBIT_FUTURES
ASSETS = ["book_tickers", "tickers", "funding_rates", "balances"]
WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
TOKEN = "/services/T0/B0/hush-hush-hush-hush-hush"
MINUTE = 60_000
Evaluations = Mapping[tuple[str, str], dg.AssetCheckEvaluation]
Check = Callable[[], Evaluations]
Tick = Callable[[], str]


class Beats:
    """Beats one minute apart, the last of them long enough ago to be settled."""

    def __init__(self, rows: Snapshots) -> None:
        self._rows = rows
        self._moment = now_ms() - 30 * MINUTE

    def beat(self, problems: Mapping[Exchange, str], *assets: str, transient: bool = True) -> None:
        """One more beat, of the exchanges with a problem or (empty) none."""
        self._moment += MINUTE
        self.add(problems, *assets, transient=transient)

    def add(self, problems: Mapping[Exchange, str], *assets: str, transient: bool = True) -> None:
        """More of the same beat."""
        self._rows.collected(
            Collection(
                exchange, asset, self._moment, self._moment, 10, problem=problem or None,
                is_transient=bool(problem) and transient, run_id="0f-run",
            )
            for exchange, problem in problems.items()
            for asset in assets
        )  # fmt: skip


FINE = dict.fromkeys((MEXC, BYBIT, GATE, BINANCE), "")
SICK = {
    **FINE,
    MEXC: "MEXC_SPOT: Unreachable: internal error (HTTP 500)",
    BYBIT: "BYBIT_SPOT: Unreachable: no answer within 15 s",
    GATE: "GATEIO_SPOT: Banned: too many requests (HTTP 418), retry after 120 s",
}
