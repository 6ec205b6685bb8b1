"""The command line, ``arb-pipeline …``: one file per group of commands.

What belongs here: reading arguments, calling the rooms, printing tables, exit codes. What does
not: any logic another room could own. Commands read through ``storage/``, may start Dagster runs,
and never talk to an exchange themselves, ``doctor`` excepted.
"""

# ruff: noqa: E402
import gc

# Before anything else: imports make a million objects that stay, and the collector's looking
# through them again and again took a quarter of their time.
gc.set_threshold(100_000, 20, 20)

# Importing a module hangs its commands on the application.
from arb_pipeline.cli import api as _api  # noqa: F401
from arb_pipeline.cli import coverage as _coverage  # noqa: F401
from arb_pipeline.cli import db as _db  # noqa: F401
from arb_pipeline.cli import doctor as _doctor  # noqa: F401
from arb_pipeline.cli import exchanges as _exchanges  # noqa: F401
from arb_pipeline.cli import history as _history  # noqa: F401
from arb_pipeline.cli import migrations as _migrations  # noqa: F401
from arb_pipeline.cli import once as _once  # noqa: F401
from arb_pipeline.cli import portfolio as _portfolio  # noqa: F401
from arb_pipeline.cli import repair as _repair  # noqa: F401
from arb_pipeline.cli import simulator as _simulator  # noqa: F401
from arb_pipeline.cli import stats as _stats  # noqa: F401
from arb_pipeline.cli import status as _status  # noqa: F401
from arb_pipeline.cli import symbols as _symbols  # noqa: F401
from arb_pipeline.cli import up as _up  # noqa: F401
from arb_pipeline.cli.app import main

__all__ = ["main"]
