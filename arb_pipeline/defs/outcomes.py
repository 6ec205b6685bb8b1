"""Telling Dagster the truth per partition: which are done, which failed and why.

A run may cover many partitions. Those that are complete are reported as materialized with their
own numbers; if any is not, the run fails with the list, and only those partitions show as failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

Report = Callable[..., None]  # AssetExecutionContext.add_asset_metadata

# By this entry of its metadata a failure is known that was told per partition.
FAILED_PARTITIONS = "failed partitions"
_SHOWN = 50


@dataclass(slots=True)
class Outcome:
    """What became of one partition.

    Attributes:
        key: the partition.
        metadata: what the UI shows of it.
        problems: why it is not complete, a sentence each; empty where it is.
        is_transient: the exchange failed for the moment, rather than for good.
    """

    key: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[str] = ()
    is_transient: bool = False


def settle(context: dg.OutputContext, outcomes: Sequence[Outcome], report: Report) -> None:
    """Report every partition by itself.

    Raises:
        dagster.Failure: at least one partition is not complete. It is not retried at once: what
            is missing stays missing in coverage, and the next top-up or backfill asks for it.
    """
    failed = [outcome for outcome in outcomes if outcome.problems]
    if not failed:
        for outcome in outcomes:
            report(outcome.metadata, partition_key=outcome.key)
        return
    for outcome in outcomes:
        if not outcome.problems:
            context.log_event(
                dg.AssetMaterialization(
                    context.asset_key, partition=outcome.key, metadata=outcome.metadata
                )
            )
    lines = [f"{outcome.key}: {problem}" for outcome in failed for problem in outcome.problems]
    for line in lines:
        context.log.error(line)
    more = f"\n… and {len(lines) - _SHOWN} more, see the log" if len(lines) > _SHOWN else ""
    raise dg.Failure(
        f"{len(failed)} of {len(outcomes)} partitions are not complete; what could be stored "
        "is stored.\n" + "\n".join(lines[:_SHOWN]) + more,
        metadata={
            FAILED_PARTITIONS: len(failed),
            "complete partitions": len(outcomes) - len(failed),
            "problems": dg.MetadataValue.md("\n".join(f"- {line}" for line in lines[:200])),
        },
        allow_retries=False,
    )
