"""The sensor that tells people what is down and what is up again."""

# Annotations are not postponed here: Dagster reads those of sensors.

import dagster as dg

from arb_pipeline.defs.monitoring.outages import Outages, dump, load, news, observe, told
from arb_pipeline.defs.monitoring.posting import Posting, ui_address
from arb_pipeline.defs.resources import DatabaseResource
from arb_pipeline.defs.running import DATABASE_AWAY, run
from arb_pipeline.model import now_ms
from arb_pipeline.settings import Settings, settings
from arb_pipeline.storage.collections import Collection, latest_collections

# What is older is no news; what is down is kept by the cursor.
_LOOK_BACK_HOURS = 2.0
# From the last sample of a beat to its entry in the books.
_STORING_SECONDS = 5.0


@dg.sensor(
    name="alerts",
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Posts to the webhook when an exchange goes down, and when it is up again: one message "
        "each, however many assets and beats are concerned. Also what only a person can mend: "
        "wrong credentials, refused rows, missing symbols."
    ),
)
def alerts(context: dg.SensorEvaluationContext, database: DatabaseResource) -> dg.SensorResult:
    """Compare the newest collecting of everything with what is known to be down."""
    configured = settings()
    try:
        newest = run(_newest(database))
    except DATABASE_AWAY as error:
        return dg.SensorResult(
            skip_reason=f"the database is away ({type(error).__name__})", cursor=context.cursor
        )
    outages = observe(load(context.cursor), newest, configured.exchanges)
    words = _tell(outages, configured)
    lasting = sum(outage.over_at is None for outage in outages.values())
    return dg.SensorResult(skip_reason=f"{lasting} down; {words}", cursor=dump(outages))


async def _newest(database: DatabaseResource) -> list[Collection]:
    async with database.pool(1) as pool:
        return await latest_collections(pool, hours=_LOOK_BACK_HOURS)


def _tell(outages: Outages, configured: Settings) -> str:
    """Post what is due; what is not taken stays as it is, and is due again at the next tick."""
    settle = configured.beat_buffer_seconds + configured.sample_limit_seconds + _STORING_SECONDS
    posting = Posting(configured)
    now, ui = now_ms(), ui_address(configured)
    if configured.webhook_url is None:
        for key in [key for key, outage in outages.items() if outage.over_at is not None]:
            del outages[key]  # nobody was told of it
    waiting = 0
    for one in news(outages, now, round(settle * 1000), ui):
        if posting.say(one.message):
            told(outages, one)
        else:
            waiting += 1
    return posting.words(waiting)
