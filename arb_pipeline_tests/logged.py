"""What the tests of logging share: a home that logs go to, and what they say there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from arb_pipeline import logs
from arb_pipeline.settings import settings


@contextmanager
def own_logging(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """``ARB_HOME`` is this directory; afterwards logging is as it was."""
    root = logging.getLogger(logs.ROOT)
    before = (root.level, list(root.handlers), logging.getLogRecordFactory())
    root.handlers.clear()
    monkeypatch.setenv("ARB_HOME", str(home))
    settings.cache_clear()
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.setLevel(before[0])
        root.handlers[:] = before[1]
        logging.setLogRecordFactory(before[2])
        settings.cache_clear()


def written(home: Path) -> str:
    """What the newest file of the log says."""
    return (home / "logs" / logs.FILE).read_text()
