"""``arb-pipeline simulator``: the offline exchanges in a process of their own."""

from __future__ import annotations

import re
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from arb_pipeline.cli.app import app, console
from arb_pipeline.model import Company
from arb_pipeline.settings import Settings, settings

if TYPE_CHECKING:
    from arb_pipeline.simulator import Simulator

_SPEC = re.compile(r"(?P<path>.+)=(?P<base>[^/=@]+)/(?P<quote>[^/=@]+)(@(?P<timeframe>\w+))?")
_NAME = re.compile(
    r"_(?P<base>[^_-]+)-(?P<quote>[^_-]+)_"
    r"(candles-(?P<timeframe>\w+)|(?P<kind>trades|funding)(-\w+)?)\.csv"
)


def parse_replay(text: str) -> tuple[Path, str, str, str]:
    """Path, base, quote and timeframe out of ``FILE`` or ``FILE=BASE/QUOTE@TIMEFRAME``.

    In the place of the timeframe may stand ``trades`` or ``funding``.

    Raises:
        typer.BadParameter: neither the argument nor the file's name tells the symbol.
    """
    if spec := _SPEC.fullmatch(text):
        return Path(spec["path"]), spec["base"], spec["quote"], spec["timeframe"] or "1m"
    if name := _NAME.search(Path(text).name):
        of = name["timeframe"] or name["kind"]
        return Path(text), name["base"].upper(), name["quote"].upper(), of
    raise typer.BadParameter(f"{text}: say which market it is, as in {text}=XRP/ETH@1m")


def replay_into(simulator: Simulator, text: str) -> str:
    """Replay what ``text`` says (see ``parse_replay``); returns what it was, for people.

    Raises:
        typer.BadParameter: the file can't be read, or is no such recording.
    """
    path, base, quote, of = parse_replay(text)
    try:
        if of == "trades":
            count = simulator.replay_trades(path, base, quote)
        elif of == "funding":
            count = simulator.replay_funding(path, base, quote)
        else:
            count = len(simulator.replay_candles(path, base, quote, of).candles)
            of = "candles"
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    return f"{base}/{quote}: {count} {of} of {path.name}"


def accounts(configured: Settings) -> dict[Company, tuple[str, str]]:
    """Key and secret of every company both are configured for: the simulator accepts them.

    Raises:
        ConfigurationError: a variable of a company is malformed.
    """
    found: dict[Company, tuple[str, str]] = {}
    for company in Company:
        own = configured.company(company)
        if own.api_key is not None and own.api_secret is not None:
            found[company] = (own.api_key.get_secret_value(), own.api_secret.get_secret_value())
    return found


def _hand_over(number: int, frame: FrameType | None) -> None:
    """A thread of a library, which blocks nothing, has caught the signal: sigwait shall see it."""
    signal.pthread_kill(threading.main_thread().ident or 0, number)


@app.command("simulator")
def serve(
    port: Annotated[int | None, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = None,
    latency_ms: Annotated[float, typer.Option(min=0, help="Delay of every answer.")] = 0.0,
    replay: Annotated[
        list[str] | None,
        typer.Option(
            help="Recorded candles: FILE=BASE/QUOTE@TIMEFRAME; trades: @trades; paid funding: "
            "@funding. May be repeated."
        ),
    ] = None,
) -> None:
    """Serve simulated exchanges until interrupted.

    Where key and secret of a company are configured, it has an account with balances, which trades
    BTC and ETH by itself.
    """
    from arb_pipeline.simulator import (
        Simulator,
    )  # a tenth of a second other commands need not spend

    simulator = Simulator(latency_ms=latency_ms, accounts=accounts(settings()))
    simulator.trade_in_rounds()
    for text in replay or []:
        console.print(replay_into(simulator, text))
    # Blocked before the server's thread starts, so that only sigwait below ever sees them.
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    for number in signals:
        signal.signal(number, _hand_over)
    with simulator.serve(settings().simulator_port if port is None else port) as base_url:
        console.print(f"simulated exchanges: {base_url}", highlight=False)
        for company, url in simulator.company_urls.items():
            console.print(f"  {company}_BASE_URL={url}", highlight=False)
        console.print(f"accounts: {', '.join(simulator.accounts) or 'none'}", highlight=False)
        signal.sigwait(signals)
