"""Ids, ages and peaks from beat to beat."""

from __future__ import annotations

from decimal import Decimal

from arb_pipeline.analytics.arbitrage_lasting import Known, lasting, remembered_ms
from arb_pipeline_tests.analytics.worked import NOW, book, worked

MINUTE = 60_000


def test_one_that_is_new_opens_now_with_an_id_of_its_own() -> None:
    one = worked(book(1), book(2, "101", "102"))
    other = worked(book(2), book(1, "101", "102"))
    first, second = lasting([one, other], {}, NOW)
    assert (first.opened_at, first.peak_net_bps) == (NOW, Decimal(100))
    assert first.opportunity_id != second.opportunity_id
    assert lasting([one], {}, NOW) == [first]
    assert lasting([one], {}, NOW + MINUTE)[0].opportunity_id != first.opportunity_id


def test_one_that_lasts_keeps_id_opening_and_peak() -> None:
    def known(bid: str, before: Known | None, at: int) -> Known:
        found = worked(book(1), book(2, bid, "200"))
        one = lasting([found], {(1, 2): before} if before else {}, at)[0]
        return Known(one.opportunity_id, one.opened_at, one.peak_net_bps)

    first = known("101", None, NOW)
    second = known("103", first, NOW + MINUTE)
    third = known("102", second, NOW + 2 * MINUTE)
    assert second == Known(first.opportunity_id, NOW, Decimal(300))
    assert third == second


def test_one_beat_may_be_missing() -> None:
    assert remembered_ms(1) > 2 * MINUTE
    assert remembered_ms(1) < 3 * MINUTE
    assert remembered_ms(5) > 10 * MINUTE
