"""Charts as pages, at ``/plot/…``.

What belongs here: putting the rooms of charts together. What does not: what is asked for a chart
(``market_plots``, ``desk_plots``), how it looks (``charts``), how few points it is drawn from
(``storage.queries.pictures``), and the frame around it (``chart_page``).
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from arb_pipeline.api import desk_plots, market_plots

router = APIRouter(prefix="/plot", tags=["charts"], default_response_class=HTMLResponse)
router.include_router(market_plots.router)
router.include_router(desk_plots.router)
