"""Settings of what is computed of stored rows: portfolio and order flow."""

from __future__ import annotations

from pydantic import field_validator
from pydantic_settings import BaseSettings

from arb_pipeline.settings.reading import MODEL_CONFIG, env

_DAY_SECONDS = 86_400


class DerivingSettings(BaseSettings):
    """When and in what currency accounts are valued; windows of order flow."""

    model_config = MODEL_CONFIG

    # Just after balances were read, and in minutes in which no history is topped up.
    portfolio_cron: str = env("ARB_PORTFOLIO_CRON", default="6,36 * * * *")
    reference_currency: str = env(
        "ARB_REFERENCE_CURRENCY", default="USDT", pattern=r"^\S+$", max_length=64
    )
    price_minutes: float = env("ARB_PRICE_MINUTES", default=15.0, gt=0)

    # Just after trades were topped up, so that the newest window is complete.
    order_flow_cron: str = env("ARB_ORDER_FLOW_CRON", default="4-59/5 * * * *")
    order_flow_seconds: int = env("ARB_ORDER_FLOW_SECONDS", default=300, ge=1)
    order_flow_minutes: int = env("ARB_ORDER_FLOW_MINUTES", default=60, ge=1)

    @field_validator("order_flow_seconds")
    @classmethod
    def _divides_the_day(cls, value: int) -> int:
        if _DAY_SECONDS % value:
            raise ValueError("must divide a day of 86400 seconds, so that no window crosses it")
        return value
