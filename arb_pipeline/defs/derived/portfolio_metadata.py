"""What the UI shows of a valued account."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import dagster as dg

from arb_pipeline.analytics.portfolio import Item
from arb_pipeline.analytics.prices import MONEY
from arb_pipeline.model import iso

_COLUMNS = (
    "asset_name", "quantity", "unexplained_quantity", "average_entry_price", "current_price",
    "price_route", "value", "unrealised_profit", "unrealised_profit_percent", "realised_profit",
    "note",
)  # fmt: skip
_LARGE = Decimal(1000)


def told(
    found: Sequence[Item], currency: str, *, at: int, read_at: int, written: int
) -> dict[str, Any]:
    """Metadata of one partition; sums are of what is known, and say how much is not."""
    return {
        "dagster/partition_row_count": len(found),
        "rows written": written,
        "valued at": iso(at),
        "account read at": iso(read_at),
        f"value ({currency})": _sum(found, "value"),
        f"unrealised profit ({currency})": _sum(found, "unrealised_profit"),
        f"realised profit ({currency})": _sum(found, "realised_profit"),
        "assets without a price": sum(1 for one in found if one.current_price is None),
        "assets fills do not explain": sum(1 for one in found if one.unexplained_quantity != 0),
        "items": dg.MetadataValue.md(_table(found)),
    }


def _sum(found: Sequence[Item], column: str) -> str:
    total = Decimal(0)
    for one in found:
        total = MONEY.add(total, getattr(one, column) or Decimal(0))
    return shown(total)


def _table(found: Sequence[Item]) -> str:
    head = [column.replace("_", " ") for column in _COLUMNS]
    lines = [head, ["---"] * len(head)]
    lines += [[_cell(getattr(one, column)) for column in _COLUMNS] for one in found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Decimal | str | None) -> str:
    if value is None:
        return ""
    return shown(value) if isinstance(value, Decimal) else value.replace("|", "\\|")


def shown(number: Decimal) -> str:
    """A number for people: two decimals of what is large, eight of what is small."""
    places = 2 if abs(number) >= _LARGE else 8
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
