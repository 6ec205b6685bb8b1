"""``arb-pipeline db migrate | rollback | history | validate | schema``: the schema.

What belongs here: showing what ``storage.migrations`` and ``storage.tables`` did or found. Exit
code 1: the schema is not as it should be, or a step failed; 2: the database cannot be used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table

from arb_pipeline.cli.app import console, errors
from arb_pipeline.cli.db import db_app
from arb_pipeline.environment import database_url
from arb_pipeline.settings import settings
from arb_pipeline.storage import migrations, tables
from arb_pipeline.storage.database import connect
from arb_pipeline.storage.migration_files import Migration, MigrationError
from arb_pipeline.storage.migrations import LogEntry
from arb_pipeline.storage.schema_text import Item, render


@db_app.command()
def migrate() -> None:
    """Bring the schema to the version of this code."""
    with _failing():
        applied = asyncio.run(migrations.migrate(database_url(settings()), notice=_say))
    _show("applied", applied)


@db_app.command()
def rollback(
    to: Annotated[
        int | None,
        typer.Option(min=0, help="Version to stay at; 0 undoes all.", show_default=False),
    ] = None,
    allow_data_loss: Annotated[
        bool, typer.Option("--allow-data-loss", help="Drop tables even if they hold rows.")
    ] = False,
) -> None:
    """Undo the newest migration, or all above a version."""
    with _failing():
        undone = asyncio.run(
            migrations.rollback(
                database_url(settings()), to=to, allow_data_loss=allow_data_loss, notice=_say
            )
        )
    _show("undone", undone)


@db_app.command()
def history() -> None:
    """Show who applied or undid which migration, when, and what is pending."""
    with _failing():
        entries, waiting = asyncio.run(_history(database_url(settings())))
    table = Table()
    for title in ("version", "name", "direction", "at (UTC)", "by", "from", "ms"):
        table.add_column(title, no_wrap=title != "from")
    for entry in entries:
        table.add_row(
            f"{entry.version:04d}",
            entry.name,
            entry.direction,
            f"{entry.executed_at:%Y-%m-%d %H:%M:%S}",
            entry.executed_by,
            entry.executed_from,
            f"{entry.duration.total_seconds() * 1000:.0f}",
        )
    for migration in waiting:
        table.add_row(f"{migration.version:04d}", migration.name, "pending")
    console.print(table)


@db_app.command()
def validate() -> None:
    """Compare the live schema with what this code expects; exit code 1 if they differ."""
    with _failing():
        waiting, differences = asyncio.run(_validate(database_url(settings())))
    for migration in waiting:
        errors.print(f"pending: {migration.file} (arb-pipeline db migrate)", highlight=False)
    for difference in differences:
        errors.print(difference, highlight=False, markup=False, soft_wrap=True)
    if waiting or differences:
        raise typer.Exit(1)
    console.print("the schema is as this code expects")


@db_app.command()
def schema() -> None:
    """Print the live schema as SQL; sql/schema.sql is made by this."""
    with _failing():
        typer.echo(render(asyncio.run(_items(database_url(settings())))), nl=False)


async def _history(url: str) -> tuple[list[LogEntry], list[Migration]]:
    connection = await connect(url, purpose="history")
    try:
        return await migrations.history(connection), await migrations.pending(connection)
    finally:
        await connection.close()


async def _validate(url: str) -> tuple[list[Migration], list[str]]:
    connection = await connect(url, purpose="validate")
    try:
        return await migrations.pending(connection), await tables.validate(connection)
    finally:
        await connection.close()


async def _items(url: str) -> list[Item]:
    connection = await connect(url, purpose="schema")
    try:
        return await tables.live(connection)
    finally:
        await connection.close()


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except MigrationError as error:
        errors.print(f"[red]error:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _say(message: str) -> None:
    errors.print(message, highlight=False, markup=False, soft_wrap=True)


def _show(done: str, steps: list[Migration]) -> None:
    for migration in steps:
        console.print(f"{done} {migration.version:04d}_{migration.name}", highlight=False)
    if not steps:
        console.print("nothing to do")
