"""Settings of how history is completed: depth, repair, absences."""

from __future__ import annotations

from pydantic_settings import BaseSettings

from arb_pipeline.settings.reading import MODEL_CONFIG, env


class CompletingSettings(BaseSettings):
    """How far back history goes, and how what is missing is asked for."""

    model_config = MODEL_CONFIG

    trades_top_up_cron: str = env("ARB_TRADES_TOP_UP_CRON", default="3-59/5 * * * *")
    funding_top_up_cron: str = env("ARB_FUNDING_TOP_UP_CRON", default="9 * * * *")
    account_trades_top_up_cron: str = env("ARB_FILLS_TOP_UP_CRON", default="1-59/10 * * * *")
    backfill_days: int = env("ARB_BACKFILL_DAYS", default=30, ge=0)
    repair_seconds: int = env("ARB_REPAIR_SECONDS", default=60, ge=5)
    repair_grace_minutes: float = env("ARB_REPAIR_GRACE_MINUTES", default=15.0, ge=1)
    repair_runs: int = env("ARB_REPAIR_RUNS", default=2, ge=1)
    repair_days_per_run: int = env("ARB_REPAIR_DAYS_PER_RUN", default=10, ge=1)
    repair_backoff_seconds: float = env("ARB_REPAIR_BACKOFF_SECONDS", default=300.0, ge=1)
    repair_backoff_hours: float = env("ARB_REPAIR_BACKOFF_HOURS", default=24.0, gt=0)
    recheck_hours: float = env("ARB_RECHECK_HOURS", default=24.0, ge=0)
    recheck_requests: int = env("ARB_RECHECK_REQUESTS", default=500, ge=0)
    absent_minutes: int = env("ARB_ABSENT_MINUTES", default=60, ge=1)
