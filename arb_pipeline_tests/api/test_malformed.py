"""Malformed requests, made from the API's own description of itself, are the client's fault."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.api.serving import listening, stock

# Requests per operation and kind; ARB_MALFORMED=100 sends some thousands.
EXAMPLES = int(os.environ.get("ARB_MALFORMED", "5"))
ALLOWED = {200, 201, 204, 400, 404, 405, 406, 413, 422}


@pytest.mark.filterwarnings("ignore")  # of the libraries that make the requests
async def test_no_request_breaks_it(
    database_url: str, pool: Pool, record_property: Callable[[str, object], None]
) -> None:
    await stock(pool)
    statuses: Counter[tuple[str, int]] = Counter()
    with listening(database_url) as address, requests.Session() as session:
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json")

        def ask(case: Any) -> None:
            answer = case.call(base_url=address, session=session)
            statuses[case.meta.generation.mode.value if case.meta else "", answer.status_code] += 1
            if case.path == "/health":  # nothing collects here
                assert answer.status_code in {405, 503}
                return
            assert answer.status_code in ALLOWED, f"{case.as_curl_command()}\n{answer.text}"
            if answer.text == "Invalid HTTP request received.":
                return  # the server's own word: no HTTP, so the API never saw it
            if answer.status_code >= 400:
                assert set(answer.json()) == {"error"}
                assert "Traceback" not in answer.text

        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr] # or its description is wrong
            for kind in GenerationMode:
                run = settings(
                    max_examples=EXAMPLES,
                    database=None,
                    deadline=None,
                    phases=[Phase.explicit, Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                with warnings.catch_warnings():
                    given_cases: Any = given(operation.as_strategy(kind))
                    run(seed(1)(given_cases(ask)))()
    record_property("statuses", sorted(statuses.items()))  # pytest --junitxml shows them
    assert sum(statuses.values()) > 10 * EXAMPLES
    assert statuses["negative", 422] > EXAMPLES
