"""Who may ask, how often, by which name, and where the server listens."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from arb_pipeline.settings import ConfigurationError, load_settings
from arb_pipeline.settings.api import require_tokens
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import TOKEN, served

OTHER = "another-token-of-16"
TOKENS = SecretStr(f"{OTHER}, {TOKEN}")


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()


async def test_tokens_are_asked_for_everywhere_but_for_the_verdict(database_url: str) -> None:
    async with served(database_url, api_tokens=TOKENS) as client:
        paths = [
            path
            for path, operations in (await client.get("/openapi.json")).json()["paths"].items()
            if "get" in operations
        ]
        assert len(paths) > 10
        for path in [*paths, "/"]:
            answer = await client.get(path.replace("{symbol_id}", "1"))
            if path == "/health":
                assert set(answer.json()) == {"status"}
                continue
            assert answer.status_code == 401, path
            assert answer.json()["error"]["code"] == "unauthorized"
            assert answer.headers["www-authenticate"].startswith("Bearer")
        assert (await client.delete("/symbols/1")).status_code == 401
        assert (await client.post("/symbols", json={"symbol": "BTC/USDT"})).status_code == 401
        assert (await client.get("/docs")).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {OTHER}", 200),
        (basic(TOKEN), 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Bearer {OTHER}, {TOKEN}", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        (TOKEN, 401),
        ("Bearer ümlaut", 401),
        (basic(""), 401),
        ("Basic nonsense", 401),
        ("Digest x", 401),
    ],
)
async def test_only_whole_tokens_are_good(database_url: str, header: str, status: int) -> None:
    async with served(database_url, api_tokens=TOKENS) as client:
        answer = await client.get("/balances", headers=[(b"Authorization", header.encode())])
        assert answer.status_code == status, answer.text
        if status == 200:
            detailed = await client.get("/health", headers={"Authorization": header})
            assert "database" in detailed.json()


@pytest.mark.parametrize(
    ("host", "tokens", "refused"),
    [
        ("127.0.0.1", None, False),
        ("127.0.0.2", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("0.0.0.0", None, True),
        ("::", None, True),
        ("10.0.0.7", None, True),
        ("some-name", None, True),
        ("0.0.0.0", TOKENS, False),
        ("0.0.0.0", SecretStr(" , "), True),
    ],
)
def test_others_are_served_with_tokens_only(
    host: str, tokens: SecretStr | None, refused: bool
) -> None:
    settings = load_settings().model_copy(update={"api_host": host, "api_tokens": tokens})
    if not refused:
        require_tokens(settings)
        return
    with pytest.raises(ConfigurationError, match="ARB_API_TOKENS"):
        require_tokens(settings)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ARB_API_TOKENS", "short", "at least 16 characters"),
        ("ARB_API_TOKENS", f"{TOKEN},short", "at least 16 characters"),
        ("ARB_API_TOKENS", "ümlaut-ümlaut-ümlaut", "ASCII"),
        ("ARB_API_RATE", "often", "not like 600/minute"),
    ],
)
def test_settings_that_protect_nothing_are_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=words) as refused:
        load_settings()
    if variable == "ARB_API_TOKENS":
        assert value not in str(refused.value)


async def test_pages_of_others_get_nothing(database_url: str, pool: Pool) -> None:
    async with served(database_url) as client:
        for host, status in [
            ("127.0.0.1:8000", 200),
            ("localhost:8000", 200),
            ("[::1]:8000", 200),
            ("LOCALHOST", 200),
            ("evil.example:8000", 400),
            ("127.0.0.1.evil.example", 400),
            ("localhost:8000@evil.example", 400),
            ("", 400),
        ]:
            answer = await client.get("/balances", headers={"Host": host})
            assert answer.status_code == status, host
            assert "access-control-allow-origin" not in answer.headers
        body = '{"symbol": "BTC/USDT"}'
        form = {"Content-Type": "text/plain", "Origin": "http://evil.example"}
        assert (await client.post("/symbols", content=body, headers=form)).status_code == 422
        elsewhere = {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}
        assert (await client.post("/symbols", content=body, headers=elsewhere)).status_code == 403
        asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        preflight = await client.options("/symbols", headers=asked)
        assert preflight.status_code == 405
        assert "access-control-allow-origin" not in preflight.headers


async def test_who_listens_for_others_is_known_by_any_name(database_url: str) -> None:
    async with served(database_url, api_host="0.0.0.0", api_tokens=TOKENS) as client:
        headers = {"Host": "desk.example:8000", "Authorization": f"Bearer {TOKEN}"}
        assert (await client.get("/balances", headers=headers)).status_code == 200


async def test_large_bodies_are_not_read(database_url: str) -> None:
    async with served(database_url) as client:
        large = await client.post("/symbols", json={"symbol": "x" * 20_000})
        assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")

        async def pieces() -> AsyncIterator[bytes]:
            yield b"{}"

        endless = await client.post("/symbols", content=pieces())
        assert endless.status_code == 413


async def test_who_asks_too_often_is_told_when_to_ask_again(database_url: str) -> None:
    async with served(database_url, api_rate="3/day") as client:
        answers = [await client.get("/balances") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
        refused = answers[-1]
        assert refused.json()["error"]["code"] == "too_many_requests"
        assert 1 <= int(refused.headers["retry-after"]) <= 86_400
        app = client._transport.app  # type: ignore[attr-defined]
        other = httpx.ASGITransport(app, client=("127.0.0.9", 1))
        async with httpx.AsyncClient(transport=other, base_url=str(client.base_url)) as neighbour:
            assert (await neighbour.get("/balances")).status_code == 200
