"""Settings of one company: its keys, its address, its test system."""

from __future__ import annotations

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from arb_pipeline.settings.reading import MODEL_CONFIG


class CompanySettings(BaseSettings):
    """What belongs to one company; variables are prefixed by its name, as in ``MEXC_API_KEY``."""

    model_config = MODEL_CONFIG

    api_key: SecretStr | None = None
    api_secret: SecretStr | None = None
    base_url: str | None = None
    testnet: bool = False

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else None
