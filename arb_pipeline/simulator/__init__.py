"""The offline exchange: four companies' REST dialects on this machine.

What belongs here: serving what the real exchanges serve, in their words, units, orders, limits and
errors, so that unmodified clients can't tell the difference; a deterministic market, or recorded
files; and breaking in every way exchanges break. What does not: anything the pipeline itself needs
to run against the real ones.

    simulator = Simulator()
    with simulator.serve() as base_url:   # {base_url}/binance /mexc /gate /bybit
        simulator.clock.freeze(1_700_000_000_000)
        simulator.faults.add(Fault(FaultKind.HTTP_500, times=2))
        simulator.open_spread("BYBIT_SPOT", "BTCUSDT", bps=80, seconds=120)
        simulator.set_balance("BINANCE_SPOT", "BTC", "0.123456789012345678", locked="1")
        simulator.replay_trades("binance_spot_xrp-eth_trades.csv.gz", "XRP", "ETH")
        simulator.trade("BYBIT_SPOT", "BTCUSDT", Interval(start, end), every=50)  # own fills

How a data set is added: an endpoint function in each dialect, listed in its table.
"""

from arb_pipeline.simulator.clock import Clock
from arb_pipeline.simulator.faults import Fault, FaultKind
from arb_pipeline.simulator.fills import Fill
from arb_pipeline.simulator.journal import RequestRecord
from arb_pipeline.simulator.limits import RULES, Rule
from arb_pipeline.simulator.simulator import Simulator

__all__ = ["RULES", "Clock", "Fault", "FaultKind", "Fill", "RequestRecord", "Rule", "Simulator"]
