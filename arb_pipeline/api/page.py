"""``GET /docs``: the OpenAPI page, with everything it shows from this server.

What belongs here: Swagger UI out of the package ``fastapi-offline``. What does not: ReDoc, whose
page fetches a picture of its maker from elsewhere.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}


def add_page(app: FastAPI) -> None:
    """Serve the page and its assets; they hold nothing but what the source code says."""
    directory = files("fastapi_offline") / "static"

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "/openapi.json",
            title=app.title,
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url="/docs/favicon.png",
            # It would send the page's address to a validator elsewhere.
            swagger_ui_parameters={"validatorUrl": None},
        )

    for name, media_type in _ASSETS.items():
        path = str(directory / name)

        @app.get(f"/docs/{name}", include_in_schema=False)
        async def asset(path: str = path, media_type: str = media_type) -> FileResponse:
            return FileResponse(path, media_type=media_type)
