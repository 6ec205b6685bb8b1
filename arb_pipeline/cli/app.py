"""The application object all groups of commands hang on."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from arb_pipeline.logs import configure
from arb_pipeline.settings import ConfigurationError
from arb_pipeline.storage.migration_files import MigrationError
from arb_pipeline.storage.reference import UnknownSymbolError
from arb_pipeline.storage.tracking import NotEnabledError

app = typer.Typer(name="arb-pipeline", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()
errors = Console(stderr=True)


def table(*columns: str, title: str | None = None, numbers: Sequence[str] = ()) -> Table:
    """A table that fits a narrow terminal: names fold, ``numbers`` stand to the right."""
    made = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, title_justify="left")
    for name in columns:
        made.add_column(name, overflow="fold")
    for name in numbers:
        made.add_column(name, justify="right", no_wrap=True)
    return made


def main() -> None:
    """Run the command line; an expected error prints one line and exits with 2."""
    try:
        configure("cli")
        app()
    except (ConfigurationError, MigrationError, UnknownSymbolError, NotEnabledError) as error:
        errors.print(f"[red]error:[/] {error}", highlight=False)
        sys.exit(2)
