"""What a process of this project needs around it: a database, and a home for Dagster.

What belongs here: deciding, from the settings, which database is used (starting the embedded one
where none is configured), and putting addresses and directories into the environment, from where
``dagster.yaml`` and child processes read them. What does not: how the server works (``storage``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg

from arb_pipeline.settings import PROJECT_ROOT, ConfigurationError, Settings
from arb_pipeline.storage.create_database import (
    ensure_database,
    normalize,
    with_database,
    with_suffix,
)
from arb_pipeline.storage.local_server import LocalServer
from arb_pipeline.storage.postgres_install import PostgresProgramError
from arb_pipeline.storage.timescaledb_source import TimescaleUnavailableError

Progress = Callable[[str], None]


def say(message: str) -> None:
    """Default progress: a line on standard error, so that standard output stays the result."""
    print(message, file=sys.stderr, flush=True)


def local_server(settings: Settings, *, progress: Progress = say) -> LocalServer:
    """The embedded server of these settings, running or not."""
    return LocalServer(
        settings.home / "postgres", source=settings.timescaledb_source, progress=progress
    )


def database_url(settings: Settings, *, progress: Progress = say) -> str:
    """URL of the project's database; it exists and its server runs when this returns.

    With nothing configured this starts the embedded server (building TimescaleDB the first time).

    Raises:
        ConfigurationError: the database cannot be reached or had; the message says what to do.
    """
    return _ready(_server_url(settings, progress), "DATABASE_URL")


def dagster_url(settings: Settings, *, progress: Progress = say) -> str:
    """URL of the database for Dagster's own storage, on the same server; created when missing.

    Raises:
        ConfigurationError: as ``database_url``.
    """
    name = settings.dagster_db + settings.suffix
    url = with_database(_server_url(settings, progress), name)
    return _ready(url, "ARB_DAGSTER_DB")


def dagster_home(settings: Settings) -> Path:
    """``DAGSTER_HOME`` of these settings; ``prepare`` fills it."""
    return settings.home / f"dagster{settings.suffix}"


def prepare(settings: Settings, *, progress: Progress = say) -> dict[str, str]:
    """Make Dagster's home and database ready and export what ``dagster.yaml`` reads.

    Returns:
        The variables that were put into ``os.environ``.

    Raises:
        ConfigurationError: as ``database_url``.
    """
    home = dagster_home(settings)
    variables = {
        "ARB_HOME": str(settings.home),
        "DAGSTER_HOME": str(home),
        "ARB_DAGSTER_DATABASE_URL": dagster_url(settings, progress=progress),
        "ARB_DAGSTER_COMPUTE_LOGS": str(home / "compute_logs"),
        "ARB_DAGSTER_ARTIFACTS": str(home / "artifacts"),
        # Dagster stores an event by itself over new connections, several for a materialization;
        # for a year of partitions in one run that took nearly as long as fetching the candles.
        "DAGSTER_EVENT_BATCH_SIZE": "100",
    }
    home.mkdir(parents=True, exist_ok=True)
    _put(project_file("dagster.yaml").read_text(), home / "dagster.yaml")
    os.environ.update(variables)
    return variables


def project_file(name: str) -> Path:
    """A file of the project's root: from the checkout, or the copy inside the package.

    Raises:
        FileNotFoundError: neither has it.
    """
    for directory in (PROJECT_ROOT, Path(__file__).parent):
        if (directory / name).is_file():
            return directory / name
    raise FileNotFoundError(f"{name} is neither in {PROJECT_ROOT} nor in the package")


def _server_url(settings: Settings, progress: Progress) -> str:
    external = settings.external_url
    if external is not None:
        try:
            return with_suffix(normalize(external), settings.suffix)
        except ValueError as error:
            raise ConfigurationError(f"DATABASE_URL: {error}") from None
    server = local_server(settings, progress=progress)
    try:
        server.start()
    except (TimescaleUnavailableError, PostgresProgramError) as error:
        raise ConfigurationError(str(error)) from error
    return server.url(settings.postgres_db + settings.suffix)


def _ready(url: str, variable: str) -> str:
    try:
        ensure_database(url)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ConfigurationError(
            f"the database of {variable} (or POSTGRES_HOST and its companions) cannot be used: "
            f"{error or type(error).__name__}"
        ) from error
    return url


def _put(text: str, path: Path) -> None:
    """Write a file that others may be reading, only where it differs."""
    if path.is_file() and path.read_text() == text:
        return
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.replace(path)
