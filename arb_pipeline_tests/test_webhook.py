"""Posting to a real HTTP receiver: the JSON of each chat, retries, and an address nobody sees."""

from __future__ import annotations

import time
import traceback

import pytest
from pydantic import SecretStr

from arb_pipeline.ports import any_free_port
from arb_pipeline.webhook import Message, Receiver, WebhookError, payload, post
from arb_pipeline_tests.fixtures.receiver import Reply, WebhookReceiver

MESSAGE = Message(
    "DOWN MEXC_SPOT", ["why: <b>HTTP 500</b> & more"], link="http://127.0.0.1:3000/runs/abc"
)
TOKEN = "/services/T0/B0/hush-hush-hush"


def _post(receiver: WebhookReceiver, message: Message = MESSAGE) -> None:
    post(SecretStr(receiver.url + TOKEN), None, message)


@pytest.mark.parametrize(
    ("url", "receiver"),
    [
        ("https://discord.com/api/webhooks/1/abc", Receiver.DISCORD),
        ("https://ptb.discord.com/api/webhooks/1/abc", Receiver.DISCORD),
        ("https://discord.com/api/webhooks/1/abc/slack", Receiver.SLACK),
        ("https://notdiscord.com/api/webhooks/1/abc", Receiver.SLACK),
        ("https://api.telegram.org/bot1:abc/sendMessage", Receiver.TELEGRAM),
        ("https://hooks.slack.com/services/T/B/x", Receiver.SLACK),
        ("http://mattermost.example:8065/hooks/x", Receiver.SLACK),
    ],
)
def test_the_host_says_whose_json_is_wanted(url: str, receiver: Receiver) -> None:
    assert Receiver.of(url) is receiver


def test_each_receiver_gets_its_own_json() -> None:
    plain = f"{MESSAGE.title}\n{MESSAGE.lines[0]}\n{MESSAGE.link}"
    assert payload(Receiver.DISCORD, MESSAGE)["content"] == plain
    assert payload(Receiver.TELEGRAM, MESSAGE, "-100") == {"chat_id": "-100", "text": plain}
    assert payload(Receiver.SLACK, MESSAGE)["text"].splitlines()[1] == (
        "why: &lt;b&gt;HTTP 500&lt;/b&gt; &amp; more"
    )
    with pytest.raises(WebhookError, match="ARB_WEBHOOK_CHAT_ID"):
        payload(Receiver.TELEGRAM, MESSAGE)


@pytest.mark.parametrize(
    ("receiver", "key", "longest"),
    [(Receiver.DISCORD, "content", 2000), (Receiver.TELEGRAM, "text", 4096)],
)
def test_a_long_reason_is_cut_and_the_link_is_not(
    receiver: Receiver, key: str, longest: int
) -> None:
    long = Message("DOWN", ["x" * 10_000], link="http://here/runs/1")
    text = payload(receiver, long, "1")[key]
    assert len(text) == longest
    assert text.endswith("x…\nhttp://here/runs/1")


def test_a_message_arrives_once(receiver: WebhookReceiver) -> None:
    _post(receiver)
    (got,) = receiver.requests
    assert got.path == TOKEN
    assert got.json["text"].startswith("DOWN MEXC_SPOT\n")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_two_failures_are_tried_again(receiver: WebhookReceiver, status: int) -> None:
    receiver.say(Reply(status), Reply(status), Reply(204))
    _post(receiver)
    assert len(receiver.requests) == 3


def test_the_receivers_own_pause_is_kept(receiver: WebhookReceiver) -> None:
    receiver.say(Reply(429, {"Retry-After": "1.2"}), Reply(200))
    started = time.monotonic()
    _post(receiver)
    assert 1.2 <= time.monotonic() - started < 3


def test_a_long_pause_is_left_to_the_caller(receiver: WebhookReceiver) -> None:
    receiver.say(Reply(429, {"Retry-After": "3600"}))
    with pytest.raises(WebhookError, match="HTTP 429 and wants 3600 s of silence"):
        _post(receiver)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(("status", "attempts"), [(500, 3), (404, 1), (302, 1)])
def test_what_is_not_taken_is_said_without_the_address(
    receiver: WebhookReceiver, status: int, attempts: int
) -> None:
    receiver.say(Reply(status, {"Location": f"{receiver.url}/elsewhere"}))
    with pytest.raises(WebhookError, match=f"HTTP {status}") as caught:
        _post(receiver)
    assert len(receiver.requests) == attempts
    assert "hush" not in "".join(traceback.format_exception(caught.value))


def test_nobody_there(receiver: WebhookReceiver) -> None:
    nobody = SecretStr(f"http://127.0.0.1:{any_free_port('127.0.0.1')}{TOKEN}")
    with pytest.raises(WebhookError, match="ConnectionRefusedError") as caught:
        post(nobody, None, MESSAGE)
    shown = "".join(traceback.format_exception(caught.value))
    assert "hush" not in shown
    assert "127.0.0.1" not in shown


@pytest.mark.parametrize("host", ["127.0.0.1:notaport", "[::1"])
def test_an_address_that_is_none_is_not_tried_again(host: str) -> None:
    nowhere = SecretStr(f"http://{host}{TOKEN}")
    with pytest.raises(WebhookError, match=r"InvalidURL|is no address") as caught:
        post(nowhere, None, MESSAGE)
    assert "hush" not in "".join(traceback.format_exception(caught.value))
