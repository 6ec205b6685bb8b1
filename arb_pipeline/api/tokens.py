"""Who may ask: whoever shows one of ARB_API_TOKENS, or everybody where none is set.

What belongs here: looking at the Authorization header. What does not: whether tokens have to be set
(``server``: as soon as it listens on anything but this machine's own address).

Programs send ``Authorization: Bearer <token>``. Browsers, which can't be told to, may send the
token as the password of any user name (Basic): they ask for it when a page wants one.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
)

from arb_pipeline.api.errors import ApiError
from arb_pipeline.settings import Settings

_bearer = HTTPBearer(auto_error=False, description="one of ARB_API_TOKENS")
_basic = HTTPBasic(auto_error=False, description="a token as the password, for browsers")
_CHALLENGES = 'Bearer, Basic realm="arb-pipeline", charset="UTF-8"'


def is_known(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    basic: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
) -> bool:
    """Whether the request may see everything."""
    settings: Settings = request.app.state.settings
    tokens = settings.api_token_list
    given = bearer.credentials if bearer else basic.password if basic else ""
    # All are compared, each in the same time however much of it is right.
    found = [secrets.compare_digest(given.encode(), token.encode()) for token in tokens]
    return any(found) or not tokens


Known = Annotated[bool, Depends(is_known)]


def require(known: Known) -> None:
    """Let nobody else pass.

    Raises:
        ApiError: 401.
    """
    if not known:
        words = "a token is needed: Authorization: Bearer …"
        raise ApiError(401, "unauthorized", words, {"WWW-Authenticate": _CHALLENGES})
