"""Settings of what is sampled: cadences, time limits, balances, checks and alerts."""

from __future__ import annotations

from decimal import Decimal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from arb_pipeline.model import DataSet
from arb_pipeline.settings.reading import MODEL_CONFIG, env


class HeartbeatSettings(BaseSettings):
    """When snapshots are taken, what is wrong with them, and who is told."""

    model_config = MODEL_CONFIG

    beat_cron: str = env("ARB_BEAT_CRON", default="* * * * *")
    beat_buffer_seconds: float = env("ARB_BEAT_BUFFER_SECONDS", default=5.0, ge=0, lt=60)
    beat_latest_seconds: float = env("ARB_BEAT_LATEST_SECONDS", default=30.0, ge=0)
    sample_limit_seconds: float = env("ARB_SAMPLE_LIMIT_SECONDS", default=15.0, gt=0)
    book_tickers_minutes: int = env("ARB_BOOK_TICKERS_MINUTES", default=1, ge=1, le=1440)
    tickers_minutes: int = env("ARB_TICKERS_MINUTES", default=1, ge=1, le=1440)
    funding_rates_minutes: int = env("ARB_FUNDING_RATES_MINUTES", default=10, ge=1, le=1440)

    balances_minutes: int = env("ARB_BALANCES_MINUTES", default=5, ge=1, le=1440)
    balances_buffer_seconds: float = env("ARB_BALANCES_BUFFER_SECONDS", default=15.0, ge=0, lt=60)
    balance_retries: int = env("ARB_BALANCE_RETRIES", default=3, ge=0)
    balance_retry_seconds: float = env("ARB_BALANCE_RETRY_SECONDS", default=30.0, ge=0)
    min_balance_threshold: Decimal = env(
        "ARB_MIN_BALANCE_THRESHOLD", default=Decimal("0.0001"), ge=0, allow_inf_nan=False
    )

    max_clock_skew_seconds: float = env("ARB_MAX_CLOCK_SKEW_SECONDS", default=60.0, gt=0)
    checks_cron: str = env("ARB_CHECKS_CRON", default="4-59/5 * * * *")
    fresh_intervals: int = env("ARB_FRESH_INTERVALS", default=3, ge=1)
    price_jump_bps: Decimal = env(
        "ARB_PRICE_JUMP_BPS", default=Decimal(500), gt=0, allow_inf_nan=False
    )
    stale_clock_seconds: float = env("ARB_STALE_CLOCK_SECONDS", default=30.0, gt=0)

    webhook_url: SecretStr | None = env("ARB_WEBHOOK_URL", default=None)
    webhook_chat_id: str | None = env("ARB_WEBHOOK_CHAT_ID", default=None)
    public_url: str | None = env("ARB_PUBLIC_URL", default=None)

    @field_validator("webhook_url")
    @classmethod
    def _webhook_http(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else None

    def minutes_of(self, data_set: DataSet) -> int:
        """How many minutes lie between two samples of a data set.

        Raises:
            AttributeError: it is no snapshot.
        """
        minutes: int = getattr(self, f"{data_set}_minutes")
        return minutes

    def stale_after_ms(self, data_set: DataSet) -> int:
        """How old the newest sample of a data set may be, milliseconds."""
        return self.fresh_intervals * self.minutes_of(data_set) * 60_000
