"""What accounts hold: one record per asset and moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arb_pipeline.model import rules
from arb_pipeline.model.ccxt_structures import Structure, iso8601
from arb_pipeline.model.exact import EXACT, exact, instant, known, written

_NOT_ASSETS = {"info", "timestamp", "datetime", "free", "used", "total", "debt"}


@dataclass(frozen=True, slots=True)
class BalanceSnapshot:
    """What one account holds of one asset, in units of the asset.

    None is what the exchange does not say.
    """

    exchange_id: int
    timestamp: int
    asset_name: str
    available_balance: Decimal
    locked_balance: Decimal = Decimal(0)
    frozen_balance: Decimal | None = None
    borrowing_balance: Decimal | None = None
    interest_balance: Decimal | None = None
    exchange_timestamp: int | None = None

    @property
    def total_balance(self) -> Decimal:
        """Free and bound together, exactly."""
        return EXACT.add(self.available_balance, self.locked_balance)

    def validate(self) -> None:
        """Check the rules of ``balance_snapshots``.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        rules.key("exchange_id", self.exchange_id)
        rules.present("timestamp", self.timestamp)
        rules.moment("timestamp", self.timestamp, rules.SNAPSHOTS_SINCE)
        rules.present("asset_name", self.asset_name)
        rules.label("asset_name", self.asset_name)
        rules.present("available_balance", self.available_balance)
        rules.present("locked_balance", self.locked_balance)
        for part in ("available", "locked", "frozen", "borrowing", "interest"):
            rules.not_negative(f"{part}_balance", getattr(self, f"{part}_balance"))
        rules.instant("exchange_timestamp", self.exchange_timestamp)

    @classmethod
    def from_ccxt(
        cls, structure: Mapping[str, Any], *, exchange_id: int, timestamp: int
    ) -> list[BalanceSnapshot]:
        """One record per asset of a balance of ccxt's.

        Assets bear ccxt's codes, which rename and upper-case the exchange's own names; what is
        collected here bears the exchange's own.

        Args:
            structure: what ``fetch_balance`` gives.
            exchange_id: ``exchanges.id`` of the account.
            timestamp: when it was received, milliseconds.

        Raises:
            ValueError: an amount is missing, or a float.
        """
        return [
            cls(
                exchange_id,
                timestamp,
                asset,
                *_parts(asset, held),
                borrowing_balance=known(f"{asset} debt", held.get("debt")),
                exchange_timestamp=instant(structure),
            )
            for asset, held in structure.items()
            if asset not in _NOT_ASSETS and isinstance(held, Mapping)
        ]

    def to_ccxt(self) -> Structure:
        """This asset's part of a balance of ccxt's."""
        part = {
            "free": written(self.available_balance),
            "used": written(self.locked_balance),
            "total": written(self.total_balance),
        }
        if self.borrowing_balance is not None:
            part["debt"] = written(self.borrowing_balance)
        return part


def balances_to_ccxt(records: Iterable[BalanceSnapshot]) -> Structure:
    """One account's records of one moment as ccxt's ``fetch_balance`` gives them."""
    found = list(records)
    moment = next((one.exchange_timestamp for one in found), None)
    structure: Structure = {"info": {}, "timestamp": moment, "datetime": iso8601(moment)}
    for one in found:
        structure[one.asset_name] = one.to_ccxt()
    for part in ("free", "used", "total"):
        structure[part] = {one.asset_name: structure[one.asset_name][part] for one in found}
    return structure


def _parts(asset: str, held: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Free and used; ccxt leaves out the one that follows from the others."""
    free, used, total = (known(f"{asset} {name}", held.get(name)) for name in _AMOUNTS)
    if free is None:
        free = EXACT.subtract(exact(f"{asset} total", total), exact(f"{asset} used", used))
    if used is None:
        used = Decimal(0) if total is None else EXACT.subtract(total, free)
    return free, used


_AMOUNTS = ("free", "used", "total")
