"""Questions about ports, asked of real sockets."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from arb_pipeline.ports import answers, any_free_port, port_is_free


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_with_a_listener_is_taken_and_answers(host: str) -> None:
    with closing(socket.socket()) as server:
        server.bind((host, 0))
        server.listen()
        port = server.getsockname()[1]
        assert not port_is_free(host, port)
        assert answers("127.0.0.1", port)
    assert port_is_free(host, port)
    assert not answers("127.0.0.1", port)


def test_a_free_port_is_free() -> None:
    assert port_is_free("127.0.0.1", any_free_port("127.0.0.1"))
