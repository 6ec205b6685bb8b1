"""What each room of ``defs/`` adds to the deployment: assets, checks, jobs, schedules, sensors."""

from __future__ import annotations

import dagster as dg

from arb_pipeline.defs import maintenance, monitoring
from arb_pipeline.defs.derived.arbitrage import arbitrage_opportunities
from arb_pipeline.defs.derived.arbitrage_sensor import arbitrage_sensor
from arb_pipeline.defs.derived.order_flow import (
    order_flow_assets,
    order_flow_jobs,
    order_flow_schedules,
)
from arb_pipeline.defs.derived.portfolio import (
    portfolio_assets,
    portfolio_jobs,
    portfolio_schedules,
)
from arb_pipeline.defs.history.assets import candles
from arb_pipeline.defs.history.automation import top_up_jobs, top_up_schedules
from arb_pipeline.defs.history.checks import candle_checks
from arb_pipeline.defs.history.event_checks import event_checks
from arb_pipeline.defs.history.events import event_assets
from arb_pipeline.defs.history.registration import history_jobs, history_sensors
from arb_pipeline.defs.reference.assets import symbols
from arb_pipeline.defs.reference.automation import symbols_job, symbols_sync
from arb_pipeline.defs.reference.registering import register_symbol
from arb_pipeline.defs.snapshots.assets import snapshot_assets
from arb_pipeline.defs.snapshots.automation import snapshot_jobs, snapshot_schedules

ALL = (
    dg.Definitions(assets=[symbols], jobs=[symbols_job, register_symbol], schedules=[symbols_sync]),
    dg.Definitions(
        assets=[candles, *event_assets],
        asset_checks=[candle_checks, *event_checks],
        jobs=[*top_up_jobs, *history_jobs],
        schedules=top_up_schedules,
        sensors=history_sensors,
    ),
    dg.Definitions(assets=snapshot_assets, jobs=snapshot_jobs, schedules=snapshot_schedules),
    dg.Definitions(assets=[arbitrage_opportunities], sensors=[arbitrage_sensor]),
    dg.Definitions(
        assets=[*order_flow_assets, *portfolio_assets],
        jobs=[*order_flow_jobs, *portfolio_jobs],
        schedules=[*order_flow_schedules, *portfolio_schedules],
    ),
    dg.Definitions(
        asset_checks=monitoring.monitoring_checks,
        jobs=monitoring.monitoring_jobs,
        schedules=monitoring.monitoring_schedules,
        sensors=monitoring.monitoring_sensors,
    ),
    dg.Definitions(
        assets=maintenance.maintenance_assets,
        jobs=maintenance.maintenance_jobs,
        schedules=maintenance.maintenance_schedules,
    ),
)
