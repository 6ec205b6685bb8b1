"""The exchange side: clients over ccxt, pages of exact decimal strings.

Imports neither Dagster nor ``storage``; what it yields is defined in ``arb_pipeline.model``.
``open_exchanges`` is the way in; ``ExchangeError`` and its two branches are the way out.
"""

from arb_pipeline.exchanges.budget import Budget, Ledger, RateLimit
from arb_pipeline.exchanges.budget_local import LocalBudget
from arb_pipeline.exchanges.budget_shared import SharedBudget
from arb_pipeline.exchanges.catalog import Capability, capability
from arb_pipeline.exchanges.client import Counters, ExchangeClient
from arb_pipeline.exchanges.errors import ExchangeError, Permanent, Transient
from arb_pipeline.exchanges.registry import Exchanges, open_exchanges
from arb_pipeline.exchanges.retrying import RetryOptions
from arb_pipeline.exchanges.session import Connection

__all__ = [
    "Budget",
    "Capability",
    "Connection",
    "Counters",
    "ExchangeClient",
    "ExchangeError",
    "Exchanges",
    "Ledger",
    "LocalBudget",
    "Permanent",
    "RateLimit",
    "RetryOptions",
    "SharedBudget",
    "Transient",
    "capability",
    "open_exchanges",
]
