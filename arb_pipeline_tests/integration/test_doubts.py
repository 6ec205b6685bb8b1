"""Candles that came while nobody looked are held against trades once somebody does."""

from __future__ import annotations

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.history.repair import repair
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.model import DAY_MS, Exchange, now_ms
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline_tests.integration.conftest import Pipeline
from arb_pipeline_tests.integration.repairing import TODAY
from arb_pipeline_tests.storage.test_doubts import FILL

HOUR_MS = 3_600_000
SETTLED = """
INSERT INTO registrations (symbol_id, data_set, registered_at, history_from, completed_at)
VALUES ($1, 'trades', now(), $2, now())
"""


@pytest.mark.parametrize(("looked", "is_found"), [(None, True), (3, True), (1, False)])
def test_what_was_learnt_since_the_last_look_is_doubted(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, looked: int | None, is_found: bool
) -> None:
    monkeypatch.setenv("ARB_COMPLETED", "trades")
    settings_module.settings.cache_clear()
    (one,) = pipeline.track(Exchange.BINANCE_SPOT, "BTC/USDT")
    day = to_datetime(TODAY - 2 * DAY_MS)
    silence = [to_datetime(TODAY - 2 * DAY_MS + hours * HOUR_MS) for hours in (10, 12, 0, 0)]
    pipeline.rows(FILL, one.symbol_id, day, *silence)
    pipeline.rows("UPDATE coverage SET updated_at = now() - INTERVAL '2 hours'")
    pipeline.rows("UPDATE symbols SET tracked_at = now()")
    pipeline.rows(SETTLED, one.symbol_id, day.date())
    cursor = None if looked is None else str(now_ms() - looked * HOUR_MS)
    with dg.build_sensor_context(
        pipeline.instance, cursor, resources={"database": DatabaseResource()}
    ) as context:
        done = repair.evaluate_tick(context)
    assert abs(int(done.cursor or 0) - now_ms()) < 60_000
    absent = "SELECT count(*) FROM coverage WHERE NOT isempty(absent)"
    assert pipeline.rows(absent) == [(int(is_found),)]
