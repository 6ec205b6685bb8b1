"""How settings are read: names of variables, the ``.env`` file, and errors that name variables.

What belongs here: what every group of settings needs. What does not: any setting.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import SettingsConfigDict

T = TypeVar("T")
PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
# What is wrong may be a secret: errors say the name and the rule, never the value.
MODEL_CONFIG = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)


class ConfigurationError(ValueError):
    """The environment is wrong; the message names each variable and what to do."""


def env(name: str, **kwargs: Any) -> Any:
    """A setting read from the variable ``name``, whatever the field is called."""
    return Field(validation_alias=AliasChoices(name), **kwargs)


def env_file() -> Path:
    """Where settings are read from besides the environment; ``ARB_ENV_FILE`` names another."""
    return Path(os.environ.get("ARB_ENV_FILE") or PROJECT_ROOT / ".env")


def checked(build: Callable[[], T], prefix: str = "") -> T:
    """Build settings; turn pydantic's error into one that names the variables.

    Raises:
        ConfigurationError: some are malformed.
    """
    try:
        return build()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in problem["loc"])
            variable = f"{prefix}{name.upper()}" if prefix else name
            lines.append(f"{variable}: {problem['msg']}")
        raise ConfigurationError("wrong settings: " + "; ".join(lines)) from None
