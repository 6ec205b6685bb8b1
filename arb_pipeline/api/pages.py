"""Pages for people: a heading, links to the others, and what a room puts between.

What belongs here: HTML that every page shares, and the headers that keep a page from loading
anything that is not ours. What does not: what a page shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go
from fastapi.responses import HTMLResponse

from arb_pipeline.api.static_files import address

CHARTS = {
    "prices": "Close prices of all symbols on one scale, each from when it begins",
    "spreads": "What buying here and selling there would bring; open opportunities",
    "balances": "What the accounts hold, stacked by exchange",
    "coverage": "What of every data set is present, absent, unreachable or missing",
    "funding": "Funding rates of the perpetuals, predicted and settled",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    # plotly.js styles what it draws; of scripts none is inline and none is evaluated.
    "style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, body: str, *, current: str = "", narrow: bool = False) -> HTMLResponse:
    """A whole page.

    Args:
        title: plain text.
        body: HTML.
        current: the address the page has among the links.
        narrow: for text rather than charts.
    """
    places = {"/": "Start", **{f"/plot/{name}": name.capitalize() for name in CHARTS}}
    links = "".join(
        f'<a href="{place}"{" aria-current=page" if place == current else ""}>{name}</a>'
        for place, name in places.items()
    )
    return HTMLResponse(
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · arb_pipeline'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        # Browsers ask for /favicon.ico unless told that there is none.
        '<link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{address("style.css")}"></head><body>'
        f'<header><span class="name">arb_pipeline</span>{links}</header>'
        f"<main{' class=narrow' if narrow else ''}>{body}</main></body></html>\n",
        headers=_HEADERS,
    )


def drawing(figure: go.Figure) -> str:
    """A figure as data, and the scripts that draw it."""
    # In a script's element only this letter could end it.
    data = str(figure.to_json()).replace("<", "\\u003c")
    free = "" if figure.layout.height else ' class="free"'
    return (
        f'<div class="card"><div id="chart"{free}></div></div>'
        f'<script type="application/json" id="figure">{data}</script>'
        f'<script src="{address("plotly.min.js")}"></script>'
        f'<script src="{address("charts.js")}"></script>'
    )


def nothing(what: str, hints: Sequence[str]) -> str:
    """What stands where a chart would: that there is nothing, and what to do.

    Args:
        what: plain text.
        hints: HTML.
    """
    lines = "".join(f"<p>{hint}</p>" for hint in hints)
    return f'<div class="card empty"><h2>{escape(what)}</h2>{lines}</div>'


def choice(place: str, fields: Sequence[str]) -> str:
    """A form that asks the same page again.

    Args:
        place: its address.
        fields: HTML, of ``select`` and ``entry``.
    """
    inside = "".join(fields)
    return f'<form class="choice" action="{place}">{inside}<button>Show</button></form>'


def select(name: str, label: str, options: Mapping[str, str], chosen: str) -> str:
    """A field with given values; the keys are what is sent."""
    made = "".join(
        f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(text)}'
        "</option>"
        for key, text in options.items()
    )
    return f'<label>{escape(label)}<select name="{name}">{made}</select></label>'


def entry(name: str, label: str, value: str, hint: str = "") -> str:
    """A field for text."""
    return (
        f'<label>{escape(label)}<input name="{name}" value="{escape(value)}" '
        f'placeholder="{escape(hint)}"></label>'
    )


def table(columns: Mapping[str, bool], rows: Sequence[Sequence[str]]) -> str:
    """Rows of plain text under headings; True where a column holds numbers."""
    kinds = [' class="number"' if is_number else "" for is_number in columns.values()]

    def line(tag: str, cells: Sequence[str]) -> str:
        made = (
            f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, cells, strict=True)
        )
        return f"<tr>{''.join(made)}</tr>"

    inside = line("th", list(columns)) + "".join(line("td", row) for row in rows)
    return f'<div class="scroll"><table>{inside}</table></div>'
