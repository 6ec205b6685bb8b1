"""What every run needs, imported and built once in the process that runs are copies of.

What belongs here: imports, and what is computed from them. Nothing that a copy must not share: no
connection, no open file, no thread (pandas begins with one, so only those who need it import it).
"""

from __future__ import annotations

import gc

import dagster._core.execution.api
import dagster._core.executor.in_process
import dagster._grpc.impl  # noqa: F401 - what a run begins with

from arb_pipeline.definitions import defs

defs.get_repository_def()
# Pages that the collector writes to would be copied for every run.
gc.collect()
gc.freeze()
