"""What became of the rows of a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from arb_pipeline.model import DAY_MS, Rejection


@dataclass(slots=True)
class Counts:
    """What became of rows, in rows."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, other: Counts) -> None:
        """Add ``other`` to these counts."""
        self.inserted += other.inserted
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected


@dataclass(slots=True)
class Written:
    """What became of one page: counts per UTC day (its first millisecond), and what was refused."""

    days: dict[int, Counts] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)

    def day(self, instant: int) -> Counts:
        """The counts of the day ``instant`` lies in."""
        return self.days.setdefault(instant - instant % DAY_MS, Counts())
