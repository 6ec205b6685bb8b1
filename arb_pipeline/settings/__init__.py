"""Every setting of the project: its type, unit, default and environment name.

What belongs here: reading the environment (and ``.env``) once, into typed values. What does not:
acting on them. Secrets are ``SecretStr``; nothing here is ever logged or put into run config.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import PostgresDsn, SecretStr, field_validator
from pydantic_settings import NoDecode

from arb_pipeline.model import TIMEFRAMES, Company, Exchange
from arb_pipeline.settings.api import ApiSettings
from arb_pipeline.settings.arbitrage import ArbitrageSettings
from arb_pipeline.settings.companies import CompanySettings
from arb_pipeline.settings.completing import CompletingSettings
from arb_pipeline.settings.deriving import DerivingSettings
from arb_pipeline.settings.heartbeat import HeartbeatSettings
from arb_pipeline.settings.keeping import KeepingSettings
from arb_pipeline.settings.reading import (
    MODEL_CONFIG,
    PROJECT_ROOT,
    ConfigurationError,
    checked,
    env,
    env_file,
)

__all__ = [
    "PROJECT_ROOT",
    "CompanySettings",
    "ConfigurationError",
    "Settings",
    "load_settings",
    "settings",
]


def _default_home() -> Path:
    inside_checkout = (PROJECT_ROOT / "workspace.yaml").exists()
    return (PROJECT_ROOT if inside_checkout else Path.cwd()) / ".arb"


class Settings(
    HeartbeatSettings,
    KeepingSettings,
    CompletingSettings,
    ArbitrageSettings,
    DerivingSettings,
    ApiSettings,
):
    """The whole configuration. See ``.env.example`` for the same list in words."""

    model_config = MODEL_CONFIG

    home: Path = env("ARB_HOME", default_factory=_default_home)

    database_url: SecretStr | None = env("DATABASE_URL", default=None)
    postgres_host: str | None = env("POSTGRES_HOST", default=None)
    postgres_port: int = env("POSTGRES_PORT", default=5432, ge=1, le=65535)
    postgres_db: str = env("POSTGRES_DB", default="arb_pipeline")
    postgres_user: str = env("POSTGRES_USER", default="postgres")
    postgres_password: SecretStr | None = env("POSTGRES_PASSWORD", default=None)
    dagster_db: str = env("ARB_DAGSTER_DB", default="arb_dagster")
    timescaledb_source: Path | None = env("ARB_TIMESCALEDB_SOURCE", default=None)

    exchanges: Annotated[list[Exchange], NoDecode] = env("ARB_EXCHANGES", default=list(Exchange))
    track_symbols: Annotated[list[str], NoDecode] = env(
        "ARB_TRACK_SYMBOLS", default=["BTC/USDT", "ETH/USDT"]
    )
    candle_timeframes: Annotated[list[str], NoDecode] = env("ARB_CANDLE_TIMEFRAMES", default=["1m"])
    history_start: date = env("ARB_HISTORY_START", default=date(2024, 1, 1))
    top_up_cron: str = env("ARB_CANDLE_TOP_UP_CRON", default="* * * * *")
    symbols_sync_cron: str = env("ARB_SYMBOLS_SYNC_CRON", default="15 */6 * * *")
    candle_grace_seconds: float = env("ARB_CANDLE_GRACE_SECONDS", default=2.0, ge=0)

    request_timeout_seconds: float = env("ARB_REQUEST_TIMEOUT_SECONDS", default=10.0, gt=0)
    request_attempts: int = env("ARB_REQUEST_ATTEMPTS", default=5, ge=1)
    retry_base_seconds: float = env("ARB_RETRY_BASE_SECONDS", default=0.5, ge=0)
    retry_max_seconds: float = env("ARB_RETRY_MAX_SECONDS", default=60.0, ge=0)
    ban_seconds: float = env("ARB_BAN_SECONDS", default=600.0, ge=0)
    rate_safety: float = env("ARB_RATE_SAFETY", default=0.8, gt=0, le=1)
    beat_share: float = env("ARB_BEAT_SHARE", default=0.15, ge=0, lt=1)
    egress: str = env("ARB_EGRESS", default="default", min_length=1, max_length=64)
    symbols_in_parallel: int = env("ARB_SYMBOLS_IN_PARALLEL", default=4, ge=1)
    pages_in_parallel: int = env("ARB_PAGES_IN_PARALLEL", default=64, ge=1)
    writer_connections: int = env("ARB_WRITER_CONNECTIONS", default=2, ge=1)

    # Rows of the simulator never mix with the exchanges': they live in databases of their own,
    # named with this suffix. `arb-pipeline up --live` turns the simulator off.
    simulator: bool = env("ARB_SIMULATOR", default=True)
    simulator_port: int = env("ARB_SIMULATOR_PORT", default=8900, ge=0, le=65535)
    webserver_host: str = env("ARB_WEBSERVER_HOST", default="127.0.0.1")
    webserver_port: int = env("ARB_WEBSERVER_PORT", default=3000, ge=0, le=65535)

    @field_validator("exchanges", "track_symbols", "candle_timeframes", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("candle_timeframes")
    @classmethod
    def _known_timeframes(cls, value: list[str]) -> list[str]:
        unknown = [name for name in value if name not in TIMEFRAMES]
        if unknown or not value:
            raise ValueError(f"unknown timeframe {unknown}; choose from {', '.join(TIMEFRAMES)}")
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @property
    def embedded(self) -> bool:
        """Whether the project runs its own database server."""
        return self.database_url is None and self.postgres_host is None

    @property
    def suffix(self) -> str:
        """What database names and Dagster's home end in, so that simulated data stays apart."""
        return "_simulator" if self.simulator else ""

    @property
    def external_url(self) -> str | None:
        """Connection URL of the configured database; None where the embedded one is used."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        if self.postgres_host is None:
            return None
        secret = self.postgres_password
        url = PostgresDsn.build(
            scheme="postgresql",
            username=quote(self.postgres_user, safe=""),
            password=quote(secret.get_secret_value(), safe="") if secret else None,
            host=self.postgres_host,
            port=self.postgres_port,
            path=self.postgres_db,
        )
        return str(url)

    @property
    def history_start_ms(self) -> int:
        """First instant of the first partition, milliseconds."""
        midnight = datetime.combine(self.history_start, time(), tzinfo=UTC)
        return int(midnight.timestamp()) * 1000

    def company(self, company: Company) -> CompanySettings:
        """Credentials, base URL and testnet switch of one company.

        On the simulator of ``arb-pipeline up``, a company without credentials has simulated ones.

        Raises:
            ConfigurationError: a variable of that company is malformed.
        """
        prefix = f"{company}_"
        found = checked(
            lambda: CompanySettings(_env_prefix=prefix, _env_file=env_file()), prefix=prefix
        )
        if found.base_url is None and self.simulator:
            path = "gate" if company is Company.GATEIO else company.lower()
            found.base_url = f"http://127.0.0.1:{self.simulator_port}/{path}"
            if found.api_key is None and found.api_secret is None:
                # The simulator's own accounts, so that there are balances to look at.
                found.api_key = found.api_secret = SecretStr(f"simulated-{company.lower()}")
        return found


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        ConfigurationError: a variable is malformed.
    """
    return load_settings()


def load_settings() -> Settings:
    """Read the environment anew; tests and long-lived tools that change it use this."""
    return checked(lambda: Settings(_env_file=env_file()))
