"""What checks on history found, as the UI shows it."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from arb_pipeline.model import Instrument

_TABLE = dg.TableSchema(
    columns=[
        dg.TableColumn("symbol"),
        dg.TableColumn("timeframe"),
        dg.TableColumn("what"),
    ]
)
_SHOWN = 50
# Symbol, timeframe, and what is wrong.
Finding = tuple[Instrument, str, str]


def result(
    name: str,
    findings: Sequence[Finding],
    noun: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
) -> dg.AssetCheckResult:
    """Passed where nothing was found; else a table of the first, and how many there are."""
    records = [
        dg.TableRecord({"symbol": str(instrument), "timeframe": timeframe, "what": what})
        for instrument, timeframe, what in findings[:_SHOWN]
    ]
    return dg.AssetCheckResult(
        check_name=name,
        passed=not findings,
        severity=severity,
        metadata={
            noun: len(findings),
            **({"findings": dg.MetadataValue.table(records, _TABLE)} if records else {}),
        },
        description=None if not findings else f"{len(findings)} {noun}",
    )
