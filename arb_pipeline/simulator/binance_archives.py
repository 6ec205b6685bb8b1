"""Binance's public archives of candles: a zip for each month, and its CHECKSUM beside it.

What belongs here: names of files, what lies in them and from when on. What does not: candles,
which are those of the REST interface letter by letter. As on ``data.binance.vision``, files of
futures begin with a header, those of spot do not and count microseconds since 2025; a month
appears on the first Monday after it.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from arb_pipeline.model import DAY_MS, Company, Exchange, Interval, Timeframe
from arb_pipeline.simulator.binance_klines import INTERVALS
from arb_pipeline.simulator.candles import rendered
from arb_pipeline.simulator.dialect import (
    Asked,
    Call,
    Dialect,
    Endpoint,
    Refused,
    Reply,
    World,
    served,
)
from arb_pipeline.simulator.instruments import SimulatedInstrument

_PATH = re.compile(
    r"/data/(?P<market>spot|futures/um)/monthly/klines/(?P<symbol>[^/]+)/(?P<interval>\w+)/"
    r"(?P<name>(?P=symbol)-(?P=interval)-(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2]))\.zip"
    r"(?P<checksum>\.CHECKSUM)?"
)
_HEADER = (
    b"open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    b"taker_buy_volume,taker_buy_quote_volume,ignore\n"
)
_MARKETS = {"spot": Exchange.BINANCE_SPOT, "futures/um": Exchange.BINANCE_FUTURES}
_MICROSECONDS_SINCE = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * 1000


def another_checksum(body: bytes) -> bytes:
    """A checksum of something else, for the same file."""
    return body[:64][::-1] + body[64:]


def _error(status: int, code: str, message: str) -> Reply:
    text = f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Reply(text.encode(), status, content_type="application/xml")


def _not_found() -> Reply:
    return _error(404, "NoSuchKey", "The specified key does not exist.")


def _month(found: re.Match[str]) -> Interval:
    first = datetime(int(found["year"]), int(found["month"]), 1, tzinfo=UTC)
    following = (first + timedelta(days=31)).replace(day=1)
    return Interval(int(first.timestamp()) * 1000, int(following.timestamp()) * 1000)


def published_at(month: Interval) -> int:
    """When the file of a month appears, milliseconds: the first Monday after it."""
    weekday = datetime.fromtimestamp(month.end // 1000, tz=UTC).weekday()
    return month.end + -weekday % 7 * DAY_MS


def _zip(world: World, call: Call, found: re.Match[str]) -> bytes:
    exchange = _MARKETS[found["market"]]
    month, timeframe = _month(found), INTERVALS.get(found["interval"])
    instrument = world.listings.find(exchange, found["symbol"], call.now)
    if (
        timeframe is None
        or instrument is None
        or not served(instrument, timeframe)
        or call.now < published_at(month)
    ):
        raise Refused(_not_found())
    zipped = _rendered(instrument, timeframe, month, found["name"])
    if zipped is None:
        raise Refused(_not_found())
    return zipped


# A month of minutes is 7 MB of text, a fraction of a second to write: kept once it is made.
@lru_cache(maxsize=48)
def _rendered(
    instrument: SimulatedInstrument, timeframe: Timeframe, month: Interval, name: str
) -> bytes | None:
    """The file, the same bytes each time; None where nothing was traded."""
    micro = month.start >= _MICROSECONDS_SINCE and not instrument.is_futures
    layout = "binance-csv-micro" if micro else "binance-csv"
    block = rendered(instrument, timeframe, layout, month)
    first = max(month.start, timeframe.floor(instrument.listed_at))
    rows = block.rows(*block.between(first, month.end - 1))
    if not rows:
        return None
    text = rows.strip(b"[]").replace(b"],[", b"\n") + b"\n"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # Dated by hand: a file whose bytes change from one request to the next has no checksum.
        member = zipfile.ZipInfo(f"{name}.csv", date_time=(2026, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        header = _HEADER if instrument.is_futures else b""
        archive.writestr(member, header + text, compresslevel=1)
    return file.getvalue()


def _asked(found: re.Match[str]) -> Callable[[Call], Asked]:
    month, timeframe = _month(found), INTERVALS.get(found["interval"])
    asked = Asked(
        _MARKETS[found["market"]], found["symbol"], timeframe.name if timeframe else None,
        month.start, month.end, window=month,
    )  # fmt: skip
    return lambda call: asked


def _file(path: str) -> Endpoint | None:
    """What serves a file, whether it is there or not; None where files have no such names."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None

    def zipped(world: World, call: Call) -> Reply:
        return Reply(_zip(world, call, found), content_type="application/zip")

    def checksum(world: World, call: Call) -> Reply:
        digest = hashlib.sha256(_zip(world, call, found)).hexdigest()
        text = f"{digest}  {found['name']}.zip\n"
        return Reply(text.encode(), content_type="application/octet-stream")

    if found["checksum"]:
        return Endpoint("archive_checksums", checksum, "binance-archive", asked=_asked(found))
    return Endpoint("archives", zipped, "binance-archive", asked=_asked(found))


DIALECT = Dialect(
    Company.BINANCE,
    endpoints={},
    errors={
        "invalid_symbol": _not_found,
        "server_error": lambda: _error(503, "SlowDown", "Please reduce your request rate."),
    },
    too_many=lambda: _error(429, "TooManyRequests", "Please reduce your request rate."),
    banned=lambda until: _error(403, "AccessDenied", "Access Denied"),
    not_found=_not_found,
    usage=lambda used, capacity, reset_at: {},
    files=_file,
)
