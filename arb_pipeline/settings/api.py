"""Settings of the REST API: where it listens, who may ask, and how much."""

from __future__ import annotations

import ipaddress

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from arb_pipeline.settings.reading import MODEL_CONFIG, ConfigurationError, env

# Shorter ones can be guessed.
SHORTEST_TOKEN = 16


class ApiSettings(BaseSettings):
    """The REST API and the charts it serves."""

    model_config = MODEL_CONFIG

    api_host: str = env("ARB_API_HOST", default="127.0.0.1", min_length=1)
    api_port: int = env("ARB_API_PORT", default=8000, ge=0, le=65535)
    api_tokens: SecretStr | None = env("ARB_API_TOKENS", default=None)
    api_rate: str = env("ARB_API_RATE", default="600/minute")
    api_connections: int = env("ARB_API_CONNECTIONS", default=4, ge=1)

    @field_validator("api_tokens")
    @classmethod
    def _long_tokens(cls, value: SecretStr | None) -> SecretStr | None:
        tokens = _parts(value)
        if any(len(token) < SHORTEST_TOKEN for token in tokens):
            raise ValueError(f"each token needs at least {SHORTEST_TOKEN} characters")
        if not all(
            token.isascii() and token.isprintable() and " " not in token for token in tokens
        ):
            raise ValueError("tokens are printable ASCII without spaces")
        return value if tokens else None

    @field_validator("api_rate")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        from limits import parse  # a tenth of a second no other command needs to spend

        try:
            parse(value)
        except ValueError:
            raise ValueError(f"{value!r} is not like 600/minute") from None
        return value

    @property
    def api_token_list(self) -> list[str]:
        """Who shows one of these may ask; empty: everybody who reaches the port may."""
        return _parts(self.api_tokens)

    @property
    def api_is_local(self) -> bool:
        """Whether only programs on this machine reach it."""
        if self.api_host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.api_host).is_loopback
        except ValueError:  # a name of this machine: whoever resolves it reaches it
            return False


def _parts(value: SecretStr | None) -> list[str]:
    text = value.get_secret_value() if value is not None else ""
    return [part.strip() for part in text.split(",") if part.strip()]


def require_tokens(settings: ApiSettings) -> None:
    """Refuse to serve others without tokens.

    Raises:
        ConfigurationError: it would listen on more than this machine's own address, unprotected.
    """
    if not settings.api_is_local and not settings.api_token_list:
        raise ConfigurationError(
            f"ARB_API_HOST={settings.api_host} can be reached from other machines: set "
            "ARB_API_TOKENS (comma separated, at least 16 characters each), or listen on 127.0.0.1"
        )
