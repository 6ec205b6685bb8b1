"""Settings of what is kept: rows, Dagster's runs, logs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from arb_pipeline.settings.reading import MODEL_CONFIG, env

# What is in no entry is kept for ever.
_KEEP_DAYS = {
    "book_ticker_snapshots": 3,
    "ticker_snapshots": 7,
    "trade_snapshots": 7,
    "balance_snapshots": 14,
    "funding_rate_snapshots": 14,  # predicted ones; what was paid is kept for ever
    "arbitrage_opportunities": 14,
    "arbitrage_beats": 14,
    "order_book_levels": 3,
    "order_flow_metrics": 14,
    "collections": 14,
}


class KeepingSettings(BaseSettings):
    """How long things are kept."""

    model_config = MODEL_CONFIG

    retention_cron: str = env("ARB_RETENTION_CRON", default="30 3 * * *")
    keep_days: Annotated[dict[str, int], NoDecode] = env("ARB_KEEP_DAYS", default=_KEEP_DAYS)
    # Here, since it must not be more than is kept: fields are read in this order.
    trades_backfill_days: int = env("ARB_TRADES_BACKFILL_DAYS", default=1, ge=0)
    keep_beat_runs_days: int = env("ARB_KEEP_BEAT_RUNS_DAYS", default=3, ge=1)
    keep_runs_days: int = env("ARB_KEEP_RUNS_DAYS", default=30, ge=1)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = env("ARB_LOG_LEVEL", default="INFO")
    log_file_megabytes: int = env("ARB_LOG_FILE_MEGABYTES", default=10, ge=1)
    log_files: int = env("ARB_LOG_FILES", default=5, ge=1)

    @field_validator("keep_days", mode="before")
    @classmethod
    def _table_days(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found: dict[str, int] = {}
        for part in filter(None, (part.strip() for part in value.split(","))):
            table, separator, days = part.partition("=")
            if not separator or not days.strip().isdecimal() or int(days) < 1:
                raise ValueError(f"{part!r} is not like book_ticker_snapshots=3 (whole days, ≥ 1)")
            found[table.strip()] = int(days)
        return found

    @field_validator("trades_backfill_days")
    @classmethod
    def _trades_are_kept(cls, value: int, info: ValidationInfo) -> int:
        kept = info.data.get("keep_days", {}).get("trade_snapshots")
        if kept is not None and value >= kept:
            raise ValueError(
                f"must be less than ARB_KEEP_DAYS keeps of trade_snapshots ({kept} days), or "
                "retention would drop what was fetched"
            )
        return value

    @field_validator("keep_days")
    @classmethod
    def _known_tables(cls, value: dict[str, int]) -> dict[str, int]:
        unknown = [table for table in value if table not in _KEEP_DAYS]
        if unknown:
            raise ValueError(f"unknown table {unknown}; choose from {', '.join(_KEEP_DAYS)}")
        return value
