"""The files of ``sql/migrations``: numbered steps of the schema, each with its way back.

What belongs here: reading and checking the files. What does not: running them (``migrations``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from arb_pipeline.storage.database import sql_directory

_FILE = re.compile(r"^(\d{4})_(\w+)\.up\.sql$")


class MigrationError(RuntimeError):
    """The schema cannot be brought where it should be; nothing of the failed step remains."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; ``checksum`` is of the up file, SHA-256 in hexadecimal."""

    version: int
    name: str
    up: str
    down: str
    checksum: str

    @property
    def file(self) -> str:
        """Name of the up file."""
        return f"{self.version:04d}_{self.name}.up.sql"


def load(directory: Path | None = None) -> list[Migration]:
    """The migrations of this code, oldest first.

    Raises:
        MigrationError: numbers are not 1, 2, 3, …, or a down file is missing.
    """
    directory = directory or sql_directory() / "migrations"
    found: list[Migration] = []
    for path in sorted(directory.glob("*.up.sql")):
        match = _FILE.match(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: must be named NNNN_name.up.sql")
        if int(match[1]) != len(found) + 1:
            raise MigrationError(f"{path.name}: its number should be {len(found) + 1:04d}")
        down = path.with_name(path.name.replace(".up.sql", ".down.sql"))
        if not down.is_file():
            raise MigrationError(f"{down.name} is missing")
        up = path.read_text(encoding="utf-8")
        found.append(
            Migration(
                version=int(match[1]),
                name=match[2],
                up=up,
                down=down.read_text(encoding="utf-8"),
                checksum=sha256(up.encode()).hexdigest(),
            )
        )
    return found
