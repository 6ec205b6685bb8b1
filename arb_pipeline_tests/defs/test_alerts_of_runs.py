"""Runs that fail as a whole: told once per job until it succeeds, and then that it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from arb_pipeline import settings as settings_module
from arb_pipeline.defs.monitoring.run_failures import run_failures
from arb_pipeline.defs.outcomes import Outcome, settle
from arb_pipeline_tests.fixtures.receiver import Reply, WebhookReceiver

# What the next runs do; the functions below are real jobs' code.
_FATE = {"problem": ""}
Run = Callable[..., str]
Tick = Callable[[], str]


@dg.op
def drop_chunks() -> None:
    """Fails as it is told to."""
    if _FATE["problem"]:
        raise OSError(_FATE["problem"])


@dg.job(executor_def=dg.in_process_executor)
def retention() -> None:
    """A job of one op."""
    drop_chunks()


class Settling(dg.IOManager):
    """Settles partitions as those of the package do."""

    def handle_output(self, context: dg.OutputContext, obj: list[str]) -> None:
        outcomes = [Outcome("today|MEXC_SPOT", problems=obj)]
        settle(context, outcomes, lambda *_, **__: None)

    def load_input(self, context: dg.InputContext) -> None:
        """Nobody asks."""


@dg.asset(io_manager_key="settling")
def sampled() -> list[str]:
    """Fails as a whole, per partition, or not at all."""
    if _FATE["problem"] == "crash":
        raise ZeroDivisionError("nothing was sampled at all")
    return [_FATE["problem"]] if _FATE["problem"] else []


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def run(instance: dg.DagsterInstance) -> Iterator[Run]:
    """Runs a job, or materializes the asset; gives the run's id."""
    defs = dg.Definitions(
        assets=[sampled], resources={"settling": Settling()}, executor=dg.in_process_executor
    )

    def execute(what: str, problem: str = "", **tags: str) -> str:
        _FATE["problem"] = problem
        if what == "retention":
            result = retention.execute_in_process(
                instance=instance, tags=tags, raise_on_error=False
            )
        else:
            result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
                instance=instance,
                asset_selection=[dg.AssetKey("sampled")],
                tags=tags,
                raise_on_error=False,
            )
        assert result.success == (not problem)
        return result.run_id

    yield execute
    _FATE["problem"] = ""


@pytest.fixture
def tick(
    instance: dg.DagsterInstance, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tick]:
    """One evaluation of the sensor; its cursor goes on."""
    monkeypatch.setenv("ARB_WEBHOOK_URL", receiver.url)
    monkeypatch.setenv("MEXC_API_SECRET", "hush-hush")
    settings_module.settings.cache_clear()
    cursor: str | None = None

    def evaluate() -> str:
        nonlocal cursor
        with dg.build_sensor_context(instance, cursor) as context:
            tick = run_failures.evaluate_tick(context)
        cursor = tick.cursor
        return tick.skip_message or ""

    evaluate()
    yield evaluate
    settings_module.settings.cache_clear()


def test_one_message_when_a_job_fails_and_one_when_it_recovers(
    receiver: WebhookReceiver, run: Run, tick: Tick
) -> None:
    run("retention")
    assert tick() == "0 job(s) failing; no news"
    first = run("retention", "no space left, said hush-hush")
    assert tick() == "1 job(s) failing; 1 message(s) posted"
    run("retention", "no space left again")
    assert tick() == "1 job(s) failing; no news"
    run("sampled")  # another job's success
    assert tick() == "1 job(s) failing; no news"
    last = run("retention")
    assert tick() == "0 job(s) failing; 1 message(s) posted"
    run("retention")
    assert tick() == "0 job(s) failing; no news"
    down, up = receiver.texts
    ui = "http://127.0.0.1:3000/runs"
    assert down.startswith(
        "FAILED retention\nreason: drop_chunks: OSError: no space left, said ***"
    )
    assert down.endswith(f"{ui}/{first}")
    assert up.startswith("RECOVERED retention\nhad failed since ")
    assert up.endswith(f"{ui}/{last}")


def test_partitions_that_failed_are_told_of_by_the_other_sensor(
    receiver: WebhookReceiver, run: Run, tick: Tick
) -> None:
    run("sampled", "MEXC_SPOT: Unreachable: gone")
    assert tick() == "0 job(s) failing; no news"
    run("sampled", "crash")
    assert tick() == "1 job(s) failing; 1 message(s) posted"
    run("sampled", "MEXC_SPOT: Unreachable: gone")  # it came to its end again
    assert tick() == "0 job(s) failing; 1 message(s) posted"
    down, up = receiver.texts
    assert down.startswith("FAILED sampled\nreason: sampled: ZeroDivisionError: nothing was")
    assert up.startswith("RECOVERED sampled\n")


def test_a_run_that_is_retried_is_not_told_of(
    receiver: WebhookReceiver, run: Run, tick: Tick
) -> None:
    run("retention", "the worker was killed", **{"dagster/will_retry": "true"})
    assert tick() == "0 job(s) failing; no news"
    run("retention", "the worker was killed", **{"dagster/will_retry": "false"})
    assert tick() == "1 job(s) failing; 1 message(s) posted"


def test_a_webhook_that_fails_loses_nothing(
    receiver: WebhookReceiver, run: Run, tick: Tick
) -> None:
    receiver.say(Reply(404))
    run("retention", "no space left")
    words = "the webhook answered HTTP 404: 1 message(s) wait for the next tick"
    assert tick() == f"1 job(s) failing; {words}"
    run("retention")
    assert tick() == f"1 job(s) failing; {words}"
    receiver.requests.clear()
    receiver.say(Reply(200))
    assert tick() == "0 job(s) failing; 2 message(s) posted"
    assert [text.split()[0] for text in receiver.texts] == ["FAILED", "RECOVERED"]


def test_several_runs_between_two_ticks_are_seen_in_order(
    receiver: WebhookReceiver, run: Run, tick: Tick
) -> None:
    run("retention", "once")
    run("retention")
    run("retention", "twice")
    assert tick() == "1 job(s) failing; 1 message(s) posted"
    assert "OSError: once" in receiver.texts[0]
    assert tick() == "1 job(s) failing; no news"
