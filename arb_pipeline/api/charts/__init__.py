"""Frames in, Plotly figures out.

What belongs here: how things look. Every function is pure: what it draws was asked for by the
router (``plots``), and numbers are floats, which do for pixels and for nothing else.
"""

from arb_pipeline.api.charts.balances import ASSETS, balances_figure
from arb_pipeline.api.charts.coverage import coverage_figure
from arb_pipeline.api.charts.funding import funding_figure
from arb_pipeline.api.charts.prices import prices_figure
from arb_pipeline.api.charts.spreads import spreads_figure

__all__ = [
    "ASSETS",
    "balances_figure",
    "coverage_figure",
    "funding_figure",
    "prices_figure",
    "spreads_figure",
]
