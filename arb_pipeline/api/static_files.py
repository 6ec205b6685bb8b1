"""What pages load from us and from nobody else: plotly.js, the style, a few lines of script.

What belongs here: serving files that never change under one address, since the address names their
content. What does not: any page.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import plotly
from fastapi import APIRouter, Request, Response

from arb_pipeline.api.errors import ApiError

_OWN = Path(__file__).parent / "static"
_FILES = {
    "plotly.min.js": Path(plotly.__file__).parent / "package_data" / "plotly.min.js",
    "charts.js": _OWN / "charts.js",
    "style.css": _OWN / "style.css",
}
_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(prefix="/static", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _File:
    plain: bytes
    packed: bytes
    digest: str
    kind: str


@lru_cache(maxsize=len(_FILES))
def _file(name: str) -> _File:
    """The file, packed once: plotly.js is five megabytes, packed a third of it."""
    path = _FILES[name]
    plain = path.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:16]
    return _File(plain, gzip.compress(plain, mtime=0), digest, _KINDS[path.suffix])


def address(name: str) -> str:
    """Where a page finds the file; another content has another address."""
    return f"/static/{name}?v={_file(name).digest}"


@router.get("/{name}")
def static(name: str, request: Request, v: str | None = None) -> Response:
    """One file, to be kept for ever where the address names its content."""
    if name not in _FILES:
        raise ApiError(404, "not_found", f"there is no file {name!r}")
    file = _file(name)
    headers = {
        "ETag": f'"{file.digest}"',
        "Cache-Control": _FOR_EVER if v == file.digest else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.packed, media_type=file.kind, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(file.plain, media_type=file.kind, headers=headers)
