"""The simulated clock."""

from __future__ import annotations

from arb_pipeline.simulator import Clock


class Source:
    """Real time in the hands of a test."""

    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        return self.now


def _clock() -> tuple[Clock, Source]:
    source = Source()
    return Clock(source), source


def test_it_is_real_time_until_told_otherwise() -> None:
    clock, source = _clock()
    source.now = 5_000
    assert clock.now() == 5_000
    assert not clock.frozen


def test_frozen_time_stands_still_and_resumes_from_there() -> None:
    clock, source = _clock()
    clock.freeze(77)
    source.now += 500
    assert clock.now() == 77
    clock.advance(3)
    assert clock.now() == 80
    clock.set(90)
    assert (clock.now(), clock.frozen) == (90, True)
    clock.resume()
    source.now += 10
    assert (clock.now(), clock.frozen) == (100, False)


def test_running_time_can_be_set_and_moved() -> None:
    clock, source = _clock()
    clock.set(50_000)
    source.now += 1
    assert clock.now() == 50_001
    clock.advance(-1_001)
    assert clock.now() == 49_000
    clock.freeze()
    source.now += 1
    assert clock.now() == 49_000
    clock.reset()
    assert clock.now() == source.now
