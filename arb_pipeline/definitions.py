"""The deployment as one pure function. Dagster loads ``defs``; tests call ``build_defs``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from arb_pipeline.defs import rooms
from arb_pipeline.defs.derived.io_manager import DerivedIOManager
from arb_pipeline.defs.io_managers import HistoryIOManager
from arb_pipeline.defs.reference.io_manager import ListingsIOManager
from arb_pipeline.defs.resources import DatabaseResource, ExchangesResource
from arb_pipeline.defs.snapshots.io_manager import SnapshotIOManager
from arb_pipeline.defs.snapshots.sampling import SamplingResource
from arb_pipeline.logs import configure
from arb_pipeline.settings import settings


def build_defs(*, resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything Dagster is to know.

    Args:
        resource_overrides: resources to use in place of those of the same key.
    """
    database, exchanges = DatabaseResource(), ExchangesResource()
    resources: dict[str, Any] = {
        "database": database,
        "exchanges": exchanges,
        "sampling": SamplingResource(database=database, exchanges=exchanges),
        "history_io_manager": HistoryIOManager(
            database=database, writer_connections=settings().writer_connections
        ),
        "derived_io_manager": DerivedIOManager(database=database),
        "listings_io_manager": ListingsIOManager(database=database),
        "snapshot_io_manager": SnapshotIOManager(database=database),
    }
    own = dg.Definitions(
        resources={**resources, **(resource_overrides or {})},
        # One process per run: assets wait for the network, they do not compute.
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(own, *rooms.ALL)


configure("defs")  # code servers and runs begin here
defs = build_defs()
