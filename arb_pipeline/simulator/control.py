"""The HTTP interface under ``/_simulator``: breaking a running simulator from outside.

What belongs here: reading and changing what the ``Simulator`` object offers to Python. What does
not: anything an exchange has.

    GET    /_simulator/health      {"status": "ok"}
    GET    /_simulator/state       clock, latency, faults, requests
    POST   /_simulator/state       {"latency_ms": 80}
    POST   /_simulator/clock       {"freeze": ms | null} | {"set": ms} | {"advance": ms}
                                   | {"resume": true} | {"reset": true}
    GET    /_simulator/faults      the faults in force
    POST   /_simulator/faults      a fault, by the names of its attributes; interval: [start, end]
    DELETE /_simulator/faults      ends all faults
    GET    /_simulator/spreads     quotes shifted by hand, and until when
    POST   /_simulator/spreads     {"exchange": .., "exchange_symbol": .., "bps": 80,
                                   "seconds": 120}
    DELETE /_simulator/spreads     ends them
    GET    /_simulator/balances    what the accounts hold, by wallet and asset
    POST   /_simulator/balances    {"exchange": .., "asset": .., "available": "1.5", "locked": "0"};
                                   "borrowed" and "interest" for unified accounts
    POST   /_simulator/fills       {"exchange": .., "exchange_symbol": .., "interval": [start, end],
                                   "every": 50}: every 50th trade of the market was ours
    GET    /_simulator/requests    counts by company
    DELETE /_simulator/requests    forgets them
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from aiohttp import web

from arb_pipeline.model import Interval
from arb_pipeline.simulator.faults import Fault

if TYPE_CHECKING:
    from arb_pipeline.simulator.simulator import Simulator

_SETTABLE = {field.name for field in fields(Fault) if field.init} - {"hits"}
_Handler = Callable[[web.Request], Awaitable[web.Response]]


def fault_from(described: dict[str, Any]) -> Fault:
    """A fault out of its JSON description.

    Raises:
        ValueError: an attribute is unknown or has no such value.
    """
    unknown = described.keys() - _SETTABLE
    if unknown or "kind" not in described:
        raise ValueError(f"a fault has a kind and {sorted(_SETTABLE)}; got {sorted(described)}")
    if described.get("interval") is not None:
        start, end = described["interval"]
        described = {**described, "interval": Interval(int(start), int(end))}
    return Fault(**described)


def fault_as_json(fault: Fault) -> dict[str, Any]:
    """The JSON description of a fault, with its hits."""
    described = {name: getattr(fault, name) for name in (*sorted(_SETTABLE), "hits")}
    if fault.interval is not None:
        described["interval"] = [fault.interval.start, fault.interval.end]
    return described


def _set_clock(simulator: Simulator, wanted: dict[str, Any]) -> None:
    clock = simulator.clock
    actions: dict[str, Callable[[Any], None]] = {
        "freeze": lambda value: clock.freeze(None if value is None else int(value)),
        "set": lambda value: clock.set(int(value)),
        "advance": lambda value: clock.advance(int(value)),
        "resume": lambda _: clock.resume(),
        "reset": lambda _: clock.reset(),
    }
    if len(wanted) != 1 or not wanted.keys() <= actions.keys():
        raise ValueError(f"one of {', '.join(actions)} is needed; got {sorted(wanted)}")
    for name, value in wanted.items():
        actions[name](value)


def _state(simulator: Simulator) -> dict[str, Any]:
    return {
        "now": simulator.clock.now(),
        "frozen": simulator.clock.frozen,
        "latency_ms": simulator.latency_ms,
        "cached_bytes": simulator.candles.cached_bytes,
        "faults": [fault_as_json(fault) for fault in simulator.faults.all()],
        "requests": simulator.requests.summary(),
    }


def _spreads(simulator: Simulator) -> list[dict[str, Any]]:
    return [
        {
            "exchange": exchange,
            "exchange_symbol": exchange_symbol,
            "bps": str(shift.bps),
            "from": shift.interval.start,
            "until": shift.interval.end,
        }
        for (exchange, exchange_symbol), shift in simulator.spreads.by_hand().items()
    ]


def add_routes(app: web.Application, simulator: Simulator) -> None:
    """Serve the control interface from ``app``."""

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def state(request: web.Request) -> web.Response:
        if request.method == "POST":
            simulator.latency_ms = float((await _body(request))["latency_ms"])
        return web.json_response(_state(simulator))

    async def clock(request: web.Request) -> web.Response:
        _set_clock(simulator, await _body(request))
        return web.json_response({"now": simulator.clock.now(), "frozen": simulator.clock.frozen})

    async def faults(request: web.Request) -> web.Response:
        if request.method == "POST":
            simulator.faults.add(fault_from(await _body(request)))
        elif request.method == "DELETE":
            simulator.faults.clear()
        return web.json_response([fault_as_json(fault) for fault in simulator.faults.all()])

    async def spreads(request: web.Request) -> web.Response:
        if request.method == "POST":
            simulator.open_spread(**await _body(request))
        elif request.method == "DELETE":
            simulator.spreads.clear()
        return web.json_response(_spreads(simulator))

    async def balances(request: web.Request) -> web.Response:
        if request.method == "POST":
            body = await _body(request)
            simulator.set_balance(body.pop("exchange"), **body)
        return web.json_response(
            {
                wallet: {asset: asdict(held) for asset, held in holdings.items()}
                for wallet in simulator.holdings.wallets()
                if (holdings := simulator.holdings.held(wallet))
            }
        )

    async def fills(request: web.Request) -> web.Response:
        body = await _body(request)
        start, end = body.pop("interval")
        made = simulator.trade(**body, interval=Interval(int(start), int(end)))
        return web.json_response([asdict(one) for one in made])

    async def requests(request: web.Request) -> web.Response:
        if request.method == "DELETE":
            simulator.requests.clear()
        return web.json_response(simulator.requests.summary())

    add = app.router.add_route
    add("GET", "/_simulator/health", health)
    for method, name, handler in (
        ("GET", "state", state), ("POST", "state", state), ("POST", "clock", clock),
        ("GET", "faults", faults), ("POST", "faults", faults), ("DELETE", "faults", faults),
        ("GET", "spreads", spreads), ("POST", "spreads", spreads), ("DELETE", "spreads", spreads),
        ("GET", "balances", balances), ("POST", "balances", balances),
        ("POST", "fills", fills), ("GET", "requests", requests), ("DELETE", "requests", requests),
    ):  # fmt: skip
        add(method, f"/_simulator/{name}", _explaining(handler))


def _explaining(handler: _Handler) -> _Handler:
    """Answer wrong input with 400 and the reason."""

    async def wrapped(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return wrapped


async def _body(request: web.Request) -> dict[str, Any]:
    body = json.loads(await request.text())
    if not isinstance(body, dict):
        raise ValueError("a JSON object is needed")  # noqa: TRY004 - it is input, not a bug
    return body
