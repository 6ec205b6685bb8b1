"""What became of the rows of a page or a sample."""

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
    """What became of one page.

    Attributes:
        days: counts per UTC day, by its first millisecond.
        rejected: rows that were refused, here or before.
        refused: times of the rows the schema refused, milliseconds.
    """

    days: dict[int, Counts] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def day(self, instant: int) -> Counts:
        """The counts of the day ``instant`` lies in."""
        return self.days.setdefault(instant - instant % DAY_MS, Counts())


@dataclass(slots=True)
class SnapshotCounts:
    """What became of the rows of one sample.

    Attributes:
        stored: rows that are new.
        unchanged: rows whose like (same key) stood there already; left as they were.
        refused: rows that were refused, here or before, with the symbol where it is known.
    """

    stored: int = 0
    unchanged: int = 0
    refused: list[tuple[int | None, Rejection]] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Number of refused rows; all are in ``rejected_records``."""
        return len(self.refused)


@dataclass(slots=True)
class BalanceCounts(SnapshotCounts):
    """What became of the assets of one account.

    Attributes:
        dust: assets listed with less than the threshold but more than nothing; not stored.
        empty: assets listed with nothing; not stored.
        zeroed: assets that were held and are now gone, empty or dust: stored once as zero, beside
            ``stored``.
    """

    dust: int = 0
    empty: int = 0
    zeroed: int = 0
