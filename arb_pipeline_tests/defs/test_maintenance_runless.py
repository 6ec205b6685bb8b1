"""Materializations of no run: old ones go, the latest of each partition stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg

from arb_pipeline.defs.maintenance.runless import forget_runless

KEY = dg.AssetKey("computed")


def test_only_the_latest_of_each_partition_outlives_its_time() -> None:
    @dg.asset(name="computed", partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
    def computed() -> None:
        """In a run."""

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([computed], instance=instance, partition_key="a")
        for partition, number in (("a", 1), ("b", 2), ("a", 3), ("a", 4)):
            instance.report_runless_asset_event(
                dg.AssetMaterialization(KEY, partition=partition, metadata={"number": number})
            )

        def shown() -> list[tuple[str | None, object]]:
            records = instance.fetch_materializations(KEY, limit=10).records
            found = [one.asset_materialization for one in records]
            return [
                (one.partition, one.metadata["number"].value if one.metadata else None)
                for one in found
                if one is not None
            ]

        assert forget_runless(instance, datetime.now(tz=UTC) - timedelta(hours=1)) == 0
        assert len(shown()) == 5
        assert forget_runless(instance, datetime.now(tz=UTC) + timedelta(hours=1)) == 2
        assert shown() == [("a", 4), ("b", 2), ("a", None)]  # what a run did goes with the run
        assert instance.get_materialized_partitions(KEY) == {"a", "b"}
