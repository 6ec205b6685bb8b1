"""``arb-pipeline up``: everything on this machine, until Ctrl-C.

What belongs here: which processes make up the system, in which order they start, and what is
printed. What does not: how processes are kept running (``processes``), and ended if this one is
killed (``watchdog``).
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from filelock import FileLock, Timeout
from rich.markup import escape
from rich.panel import Panel
from rich.table import Column, Table

from arb_pipeline import dagster_processes
from arb_pipeline.cli.app import app, console
from arb_pipeline.cli.first_run import first_run
from arb_pipeline.cli.session import Session, open_session
from arb_pipeline.cli.up_settings import LOCAL, require_free_ports, settings_with
from arb_pipeline.environment import dagster_home, local_server
from arb_pipeline.ports import answers
from arb_pipeline.processes import Child, ChildFailedError, StoppedError, Supervisor
from arb_pipeline.settings import PROJECT_ROOT, ConfigurationError, Settings
from arb_pipeline.stopping import Stopping, stop_by_signals
from arb_pipeline.storage.migration_files import MigrationError
from arb_pipeline.watchdog import Watchdog

_CLEANUP_SECONDS = 60.0


@app.command()
def up(
    live: Annotated[
        bool, typer.Option("--live", help="Collect from the real exchanges, not the simulator.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(help="Port of Dagster's UI; 0 takes a free one.")
    ] = None,
    simulator_port: Annotated[
        int | None, typer.Option(help="Port of the simulator; 0 takes a free one.")
    ] = None,
    api_port: Annotated[
        int | None, typer.Option(help="Port of the REST API and charts; 0 takes a free one.")
    ] = None,
) -> None:
    """Start database, simulator, Dagster and the API; Ctrl-C stops them all."""
    settings = settings_with(live, port, simulator_port, api_port)
    settings.home.mkdir(parents=True, exist_ok=True)
    with stop_by_signals() as stopping:
        try:
            with FileLock(settings.home / "up.lock", blocking=False):
                _wait_for_cleanup(settings)
                require_free_ports(settings)
                watchdog = Watchdog(settings.home / "cleanup.lock")
                try:
                    _run(settings, watchdog, stopping)
                finally:
                    watchdog.done()
        except Timeout:
            raise ConfigurationError(
                f"arb-pipeline is already up with ARB_HOME={settings.home}; "
                "stop it, or set another ARB_HOME"
            ) from None
        except MigrationError as error:
            raise ConfigurationError(str(error)) from error
        except ChildFailedError as error:
            _complain(str(error))
            raise typer.Exit(1) from error
        except (StoppedError, KeyboardInterrupt):
            pass  # asked to stop, and everything has: that is success
    _say("stopped")


def _wait_for_cleanup(settings: Settings) -> None:
    """Where an earlier ``up`` was killed, its watchdog may still be ending what it started."""
    lock = FileLock(settings.home / "cleanup.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        _say("waiting for the processes of an earlier, killed one to end")
        try:
            lock.acquire(timeout=_CLEANUP_SECONDS)
        except Timeout:
            raise ConfigurationError(
                f"the processes of an earlier, killed arb-pipeline up do not end; {lock.lock_file} "
                "is locked by what watches them"
            ) from None
    lock.release()


def _run(settings: Settings, watchdog: Watchdog, stopping: Stopping) -> None:
    server = local_server(settings) if settings.embedded else None
    ours = server is not None and not server.status().running
    try:
        if server is not None and ours:
            watchdog.database(server.directory)
        with open_session() as session:
            session.instance  # noqa: B018 - creates Dagster's tables before its processes race to
            stopping.interrupts = False
            supervisor = Supervisor(
                logs=settings.home / "logs",
                environment={
                    **os.environ,
                    "PYTHONUNBUFFERED": "1",
                    # Every run is a process: where bytecode may not be kept, each of them would
                    # compile the project again, for longer than it then works.
                    "PYTHONDONTWRITEBYTECODE": "",
                },
                directory=PROJECT_ROOT,
                watchdog=watchdog,
                say=_say,
                stopping=stopping,
            )
            try:
                _supervise(session, supervisor)
            finally:
                _say("stopping")
                supervisor.end()
    finally:
        stopping.interrupts = False
        if server is not None and ours:
            server.stop()


def _supervise(session: Session, supervisor: Supervisor) -> None:
    settings = session.settings
    addresses = Table("", Column(overflow="fold"), show_header=False, box=None)
    web = (settings.webserver_host, settings.webserver_port)
    if settings.simulator:
        port = settings.simulator_port
        supervisor.start(
            Child(
                "simulator",
                [sys.executable, "-m", "arb_pipeline", "simulator", "--port", str(port)],
                ready=lambda: answers(LOCAL, port),
            )
        )
        addresses.add_row("simulator", f"http://{LOCAL}:{port}")
    _say("starting Dagster")
    for child in dagster_processes.children(*web, dagster_home(settings)):
        supervisor.start(child)
        supervisor.wait_until_ready()
    api = (settings.api_host, settings.api_port)
    supervisor.start(
        Child(
            "api",
            [sys.executable, "-m", "arb_pipeline", "api"],
            ready=lambda: answers(*api),
        )
    )
    problem = dagster_processes.problem(*web)
    for trouble in first_run(session) if problem is None else ():
        _complain(trouble)
    supervisor.wait_until_ready()
    addresses.add_row("Dagster", dagster_processes.address(*web))
    addresses.add_row("API, charts", dagster_processes.address(*api))
    addresses.add_row("database", "arb-pipeline db psql" if settings.embedded else "as configured")
    addresses.add_row("logs", str(supervisor.logs))
    console.print(Panel.fit(addresses, title="arb-pipeline is up", subtitle="Ctrl-C stops it"))
    if problem is not None:
        _complain(f"Dagster could not load this project: {problem}")
    supervisor.watch()


def _say(text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)


def _complain(text: str) -> None:
    console.print(f"[red]error:[/] {escape(text)}", highlight=False, soft_wrap=True)
