"""Fixtures of the tests that watch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline_tests.defs.snapshot_rows import Snapshots


@pytest.fixture
def rows(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Snapshots]:
    """The test's own database, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ARB_SIMULATOR", "false")
    monkeypatch.setenv("ARB_HOME", str(tmp_path))
    settings_module.settings.cache_clear()
    yield Snapshots(database_url)
    settings_module.settings.cache_clear()
