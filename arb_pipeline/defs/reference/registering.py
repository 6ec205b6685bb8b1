"""Registering a symbol in Dagster's UI: the job ``register_symbol``, whose Launchpad is the form.

What belongs here: the form. What does not: registering (``storage.tracking``, shared with the API
and the command line) and the backfill (the sensor ``registration``).
"""

# Annotations are not postponed here: Dagster reads those of ops and their configuration.

import dagster as dg
from pydantic import Field

from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import run_step
from arb_pipeline.model import Exchange
from arb_pipeline.settings import settings
from arb_pipeline.storage.reference import UnknownSymbolError
from arb_pipeline.storage.tracking import NotEnabledError, Tracked, track_symbol

EVERYWHERE = "ALL"


class RegistrationForm(dg.Config):
    """What is asked for in the Launchpad."""

    symbol: str = Field(
        default="BTC/USDT", description="BTC/USDT, or the exchange's own id such as BTC_USDT."
    )
    exchange: str = Field(
        default=EVERYWHERE,
        description=f"{EVERYWHERE}: every enabled exchange that lists it. Or one of: "
        + ", ".join(Exchange),
    )


@dg.op(
    name="register",
    out=dg.Out(dg.Nothing),
    description="Tracks the symbol; the sensor `registration` then fills its history.",
)
def register(
    context: dg.OpExecutionContext, config: RegistrationForm, database: DatabaseResource
) -> None:
    """Track what the form says.

    Raises:
        dagster.Failure: it is listed nowhere, or the exchange is none of ours.
    """
    try:
        tracked = run_step(_register(database, config))
    except (UnknownSymbolError, NotEnabledError) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    for one in tracked:
        context.log.info(str(one))
    context.add_output_metadata({str(one.instrument): str(one) for one in tracked})


async def _register(database: DatabaseResource, config: RegistrationForm) -> list[Tracked]:
    exchange = None if config.exchange == EVERYWHERE else _named(config.exchange)
    async with database.pool(1) as pool:
        return await track_symbol(
            pool, config.symbol, exchange=exchange, enabled=settings().exchanges
        )


def _named(exchange: str) -> Exchange:
    try:
        return Exchange(exchange)
    except ValueError:
        raise NotEnabledError(
            f"no exchange is called {exchange!r}: {', '.join(Exchange)}"
        ) from None


@dg.job(
    description=(
        "Registers a symbol: it is collected from the next beat on, and the sensor `registration` "
        "fills its history. Fill in the form in the Launchpad, then Launch run."
    ),
    executor_def=dg.in_process_executor,
)
def register_symbol() -> None:
    """One op and its form."""
    register()
