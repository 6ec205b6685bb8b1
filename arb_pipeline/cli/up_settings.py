"""Settings of ``arb-pipeline up``: its options, and ports that have to be free.

What belongs here: what is decided before anything starts. What does not: starting it (``up``).
"""

from __future__ import annotations

import os

from arb_pipeline.ports import any_free_port, port_is_free
from arb_pipeline.settings import ConfigurationError, Settings, load_settings
from arb_pipeline.settings import settings as process_settings
from arb_pipeline.settings.api import require_tokens

LOCAL = "127.0.0.1"  # the simulator serves nobody else


def settings_with(
    live: bool, port: int | None, simulator_port: int | None, api_port: int | None
) -> Settings:
    """The settings with the options applied, also for the children and the rest of this process.

    Raises:
        ConfigurationError: they are malformed, or would let others ask the API without a token.
    """
    if live:
        os.environ["ARB_SIMULATOR"] = "false"
    given = {
        "ARB_WEBSERVER_PORT": port,
        "ARB_SIMULATOR_PORT": simulator_port,
        "ARB_API_PORT": api_port,
    }
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    settings = load_settings()
    if settings.webserver_port == 0:
        os.environ["ARB_WEBSERVER_PORT"] = str(any_free_port(settings.webserver_host))
    if settings.api_port == 0:
        os.environ["ARB_API_PORT"] = str(any_free_port(settings.api_host))
    if settings.simulator and settings.simulator_port == 0:
        os.environ["ARB_SIMULATOR_PORT"] = str(any_free_port(LOCAL))
    process_settings.cache_clear()
    settings = load_settings()
    require_tokens(settings)
    return settings


def require_free_ports(settings: Settings) -> None:
    """Find out before anything is started.

    Raises:
        ConfigurationError: ports are in use; the message names the variables.
    """
    wanted = [
        ("Dagster's UI", settings.webserver_host, settings.webserver_port, "ARB_WEBSERVER_PORT"),
        ("the API", settings.api_host, settings.api_port, "ARB_API_PORT"),
    ]
    if settings.simulator:
        wanted.append(("the simulator", LOCAL, settings.simulator_port, "ARB_SIMULATOR_PORT"))
    taken = [
        f"port {port} of {host}, wanted for {what}, is in use or not ours: set {variable}"
        for what, host, port, variable in wanted
        if not port_is_free(host, port)
    ]
    if taken:
        raise ConfigurationError("; ".join(taken))
