"""Settings of how history is completed: depth, repair, absences."""

from __future__ import annotations

from typing import Annotated

from pydantic import field_validator
from pydantic_settings import BaseSettings, NoDecode

from arb_pipeline.model import DataSet
from arb_pipeline.settings.reading import MODEL_CONFIG, env

# Those whose past can be asked for.
_COMPLETED = [DataSet.CANDLES, DataSet.TRADES, DataSet.FUNDING_RATES, DataSet.ACCOUNT_TRADES]


class CompletingSettings(BaseSettings):
    """How far back history goes, and how what is missing is asked for."""

    model_config = MODEL_CONFIG

    trades_top_up_cron: str = env("ARB_TRADES_TOP_UP_CRON", default="3-59/5 * * * *")
    funding_top_up_cron: str = env("ARB_FUNDING_TOP_UP_CRON", default="9 * * * *")
    account_trades_top_up_cron: str = env("ARB_FILLS_TOP_UP_CRON", default="1-59/10 * * * *")
    completed: Annotated[list[DataSet], NoDecode] = env("ARB_COMPLETED", default=_COMPLETED)
    backfill_days: int = env("ARB_BACKFILL_DAYS", default=30, ge=0)
    repair_seconds: int = env("ARB_REPAIR_SECONDS", default=60, ge=5)
    repair_grace_minutes: float = env("ARB_REPAIR_GRACE_MINUTES", default=15.0, ge=1)
    repair_runs: int = env("ARB_REPAIR_RUNS", default=2, ge=1)
    repair_days_per_run: int = env("ARB_REPAIR_DAYS_PER_RUN", default=10, ge=1)
    repair_requests_per_run: int = env("ARB_REPAIR_REQUESTS_PER_RUN", default=500, ge=0)
    repair_backoff_seconds: float = env("ARB_REPAIR_BACKOFF_SECONDS", default=300.0, ge=1)
    repair_backoff_hours: float = env("ARB_REPAIR_BACKOFF_HOURS", default=24.0, gt=0)
    recheck_hours: float = env("ARB_RECHECK_HOURS", default=24.0, ge=0)
    recheck_requests: int = env("ARB_RECHECK_REQUESTS", default=500, ge=0)
    absent_minutes: int = env("ARB_ABSENT_MINUTES", default=60, ge=1)
    binance_archives: bool = env("ARB_BINANCE_ARCHIVES", default=False)
    binance_archive_url: str | None = env("BINANCE_ARCHIVE_URL", default=None)

    @field_validator("binance_archive_url")
    @classmethod
    def _archive_is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("completed", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("completed")
    @classmethod
    def _have_a_past(cls, value: list[DataSet]) -> list[DataSet]:
        others = [data_set.value for data_set in value if data_set not in _COMPLETED]
        if others:
            raise ValueError(f"{others} have no past; choose from {', '.join(_COMPLETED)}")
        return value
