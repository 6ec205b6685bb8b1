"""Small pictures for the metadata of a materialization, as Markdown images."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import numpy as np


def price_chart(title: str, closes: Sequence[tuple[datetime, Decimal]]) -> str | None:
    """Close prices over time as Markdown with the picture inside; None without prices.

    The picture is a PNG of some 6 kB: it is kept in Dagster's event log.
    """
    if not closes:
        return None
    # Imported here: matplotlib costs half a second, and most runs draw nothing.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure
    from PIL import Image

    figure = Figure(figsize=(6, 2), dpi=80)
    # Fixed margins: letting matplotlib measure every label takes three times as long.
    axes = figure.add_axes((0.1, 0.16, 0.88, 0.7))
    axes.plot(
        [moment for moment, _ in closes],  # type: ignore[arg-type]  # dates are plottable
        [float(close) for _, close in closes],  # pixels, not money
        linewidth=0.8,
        color="#3b6cb4",
    )
    axes.set_title(_plain(title), fontsize=8, loc="left")
    axes.tick_params(labelsize=7)
    axes.grid(visible=True, linewidth=0.3)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    # The title says which day: beside the axis there is no room for the date.
    formatter = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(formatter)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    # Sixteen colours do for a line and make the picture a quarter of the size.
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    drawn = Image.fromarray(pixels[..., :3]).quantize(16)
    picture = BytesIO()
    drawn.save(picture, format="png", optimize=True)
    encoded = base64.b64encode(picture.getvalue()).decode()
    return f"![{_plain(title)}](data:image/png;base64,{encoded})"


def _plain(title: str) -> str:
    """A title in the letters the default font has; exchanges list names in Han characters."""
    return title.encode("ascii", "backslashreplace").decode().replace("$", r"\$")
