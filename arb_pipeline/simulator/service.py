"""One request from reading to answer, without a socket.

What belongs here: the order in which limit, faults and endpoint act, and the journal. What does
not: HTTP (``server.py``). The benchmark times ``Service.answer``: it is all a page costs us.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from arb_pipeline.model import Company
from arb_pipeline.simulator import binance, binance_archives, bybit, gate, mexc
from arb_pipeline.simulator.breakage import alter_rows, replacement
from arb_pipeline.simulator.dialect import Asked, Call, Dialect, Endpoint, Refused, Reply, World
from arb_pipeline.simulator.fault_board import FaultBoard
from arb_pipeline.simulator.faults import (
    OF_CONNECTION,
    OF_OBJECTS,
    OF_ROWS,
    REPLACING,
    Fault,
    FaultKind,
)
from arb_pipeline.simulator.journal import Journal, RequestRecord
from arb_pipeline.simulator.limits import Limits
from arb_pipeline.simulator.object_faults import alter_objects

DIALECTS: dict[str, Dialect] = {
    "binance": binance.DIALECT,
    "mexc": mexc.DIALECT,
    "gate": gate.DIALECT,
    "bybit": bybit.DIALECT,
}
PREFIXES: dict[Company, str] = {dialect.company: name for name, dialect in DIALECTS.items()}
# Files beside the REST interface, where the company's own prefix ends in "-archive".
ARCHIVES: dict[str, Dialect] = {"binance-archive": binance_archives.DIALECT}
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to a request.

    Attributes:
        reply: what is sent.
        breaks: what happens to the connection while it is sent; None: nothing.
    """

    reply: Reply
    breaks: FaultKind | None = None


@dataclass(slots=True)
class Service:
    """Answers requests: limits first, then faults, then the endpoint."""

    world: World
    limits: Limits
    faults: FaultBoard
    journal: Journal

    def answer(
        self,
        prefix: str,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        raw_query: str = "",
    ) -> Outcome | None:
        """The outcome of one request; None where no company has that prefix.

        ``raw_query`` is what ``query`` was read from; only signed endpoints look at it.
        """
        dialect = DIALECTS.get(prefix) or ARCHIVES.get(prefix)
        if dialect is None:
            return None
        at = time.monotonic()
        now = self.world.clock.now()
        call = Call(dialect.company, method, path, query, headers, now, raw_query)
        endpoint = dialect.endpoint(path)
        if endpoint is None:
            reply = dialect.not_found()
            self._write(call, path, Asked(), reply.status, 0, (), at)
            return Outcome(reply)
        asked, weight = endpoint.asked(call), endpoint.weight(call)
        verdict = self.limits.charge(endpoint.pool, weight)
        hits: tuple[Fault, ...] = ()
        breaks: FaultKind | None = None
        if verdict.allowed:
            hits = tuple(self.faults.hit(dialect.company, endpoint.name, asked))
            reply, breaks = self._reply(dialect, endpoint, call, hits)
        else:
            left = verdict.retry_after
            until = call.now + round(left * 1000)
            reply = dialect.banned(until) if verdict.banned else dialect.too_many()
            reply.headers["Retry-After"] = str(math.ceil(left))
        reply.headers |= dialect.usage(verdict.used, verdict.capacity, verdict.reset_at)
        cut = breaks in (FaultKind.TIMEOUT, FaultKind.RESET_BEFORE_RESPONSE)
        self._write(call, endpoint.name, asked, 0 if cut else reply.status, weight, hits, at)
        return Outcome(reply, breaks)

    def _reply(
        self, dialect: Dialect, endpoint: Endpoint, call: Call, hits: tuple[Fault, ...]
    ) -> tuple[Reply, FaultKind | None]:
        breaks: FaultKind | None = None
        for fault in hits:
            if fault.kind in REPLACING:
                return replacement(fault, dialect, call.now), None
            if fault.kind in OF_CONNECTION:
                breaks = fault.kind
            if fault.kind is FaultKind.OPEN_LAST_CANDLE:
                call = replace(call, now=call.now - fault.lag_ms)
        try:
            reply = endpoint.answer(self.world, call)
        except Refused as refused:
            source = refused.reply
            return Reply(source.body, source.status, {}, source.content_type), breaks
        for fault in hits:
            if fault.kind is FaultKind.TRUNCATED_JSON_200:
                reply.body = reply.body[: len(reply.body) * 2 // 3]
            elif fault.kind is FaultKind.WRONG_CHECKSUM:
                reply.body = binance_archives.another_checksum(reply.body)
            elif reply.content_type != _JSON:
                continue  # a file has neither objects nor rows
            elif fault.kind in OF_OBJECTS:
                reply = alter_objects(fault, reply)
            elif fault.kind in OF_ROWS:
                reply = alter_rows(fault, dialect.company, reply)
        return reply, breaks

    def _write(
        self,
        call: Call,
        endpoint: str,
        asked: Asked,
        status: int,
        weight: int,
        hits: tuple[Fault, ...],
        at: float,
    ) -> None:
        self.journal.add(
            RequestRecord(
                call.company,
                endpoint,
                asked.exchange,
                asked.exchange_symbol,
                asked.timeframe,
                asked.start,
                asked.end,
                asked.limit,
                status,
                weight,
                ",".join(fault.kind for fault in hits),
                at,
            )
        )
