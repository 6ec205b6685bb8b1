"""Ccxt's classes of a few exchanges, without those of a hundred others.

What belongs here: importing. ``import ccxt`` runs every exchange it has, twice: half a second of
CPU and 50 MB in each process that asks anybody anything, and there is one for every run.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_PACKAGES = ("ccxt", "ccxt.async_support")
_importing = threading.Lock()


def ccxt_class(name: str) -> Any:
    """The asynchronous class of an exchange, such as ``binance``.

    Raises:
        ImportError: there is none.
    """
    with _importing:
        if "ccxt" in sys.modules:
            return getattr(importlib.import_module(f"ccxt.async_support.{name}"), name)
        with _empty_packages():
            return getattr(importlib.import_module(f"ccxt.async_support.{name}"), name)


@contextmanager
def _empty_packages() -> Iterator[None]:
    """Let ``ccxt`` be a package that has not run, with the few names its own modules want of it.

    It is gone afterwards, so that whoever imports it gets all of it, made of the same modules.
    """
    for name in _PACKAGES:
        sys.modules[name] = _not_run(name)
    try:
        whole, errors = sys.modules["ccxt"], importlib.import_module("ccxt.base.errors")
        vars(whole).update({name: getattr(errors, name) for name in errors.__all__})
        base = importlib.import_module("ccxt.base.exchange")
        vars(whole)["Exchange"] = base.Exchange
        yield
    finally:
        for name in _PACKAGES:
            del sys.modules[name]


def _not_run(name: str) -> ModuleType:
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ImportError(f"{name} is not installed")
    return importlib.util.module_from_spec(spec)
