"""What can be chosen from at all, and what the others are told."""

from __future__ import annotations

from app.portfolio.rules.eligibility import eligible, possible_starts
from app.portfolio.rules.facts import DeliveredFacts
from tests.unit.portfolio.rules.facts import (
    candidate,
    committed,
    effect,
    facts,
    needs,
    option,
    pool,
)


class TestStarts:
    def test_lie_in_the_window(self) -> None:
        assert possible_starts(option(earliest=1, latest=2), 4) == [1, 2]

    def test_are_any_quarter_without_a_window(self) -> None:
        assert possible_starts(option(), 4) == [0, 1, 2, 3]

    def test_leave_time_for_the_money_to_be_spent(self) -> None:
        late_bill = option(spend={"capex": {0: 1, 2: 1}})
        assert possible_starts(late_bill, 4) == [0, 1]

    def test_are_the_earliest_only_when_the_option_is_longer_than_the_horizon(self) -> None:
        endless = option(spend={"capex": {0: 1, 9: 1}}, earliest=1)
        assert possible_starts(endless, 4) == [1]

    def test_are_none_outside_the_horizon(self) -> None:
        assert possible_starts(option(latest=-1), 4) == []
        assert possible_starts(option(earliest=4), 4) == []


class TestEligible:
    def test_foreign_money_is_left_out(self) -> None:
        kept, _, remarks = eligible(facts(candidate("CX-1", currency="USD")))
        assert kept == []
        assert "USD, the cycle's in EUR" in remarks[0].text

    def test_an_option_on_a_fund_the_cycle_lacks_is_left_out(self) -> None:
        foreign = option("full", spend={"opex": {0: 1}})
        kept, starts, remarks = eligible(facts(candidate("CX-1", option("lean"), foreign)))
        assert [one.key for one in kept[0].options] == ["lean"]
        assert list(starts) == [("CX-1", "lean")]
        assert "spends from opex" in remarks[0].text

    def test_an_option_whose_harm_can_not_be_counted_is_left_out(self) -> None:
        harming = option("full", effects=(effect("-0.05", key="renew/retain"), effect()))
        helping = option("lean", effects=(effect("0.05", key="renew/retain"), effect()))
        unknown = (pool(), pool("renew/retain", barred="Not certified by Finance", value=()))
        kept, _, remarks = eligible(facts(candidate("CX-1", helping, harming), pools=unknown))
        assert [one.key for one in kept[0].options] == ["lean"]
        assert "adds to renew/retain, which can't be counted" in remarks[0].text

    def test_an_initiative_without_options_is_left_out(self) -> None:
        kept, _, remarks = eligible(facts(candidate("CX-1", option(latest=-1))))
        assert kept == []
        assert remarks[-1].text.startswith("Left out: none of its options")

    def test_what_needs_the_missing_is_missing_too(self) -> None:
        kept, _, remarks = eligible(
            facts(
                candidate("CX-1", needs=needs("CX-2")),
                candidate("CX-2", needs=needs("CX-3")),
                candidate("CX-4"),
            )
        )
        assert [one.key for one in kept] == ["CX-4"]
        assert {one.subject: one.text for one in remarks} == {
            "CX-2": "Left out: it needs CX-3, which can't be chosen in this cycle.",
            "CX-1": "Left out: it needs CX-2, which can't be chosen in this cycle.",
        }

    def test_what_needs_the_approved_starts_after_it(self) -> None:
        _, starts, _ = eligible(
            facts(candidate("CX-1", needs=needs("CX-9", 2)), committed=(committed("CX-9", 0),))
        )
        assert starts["CX-1", "full"] == [2, 3]

    def test_what_needs_the_retired_stays_and_keeps_its_lag(self) -> None:
        retired = (DeliveredFacts("CX-9", -1),)
        needing = candidate("CX-1", needs=needs("CX-9", 2))
        kept, starts, remarks = eligible(facts(needing, delivered=retired))
        assert [one.key for one in kept] == ["CX-1"]
        assert starts["CX-1", "full"] == [1, 2, 3]
        assert remarks == []

    def test_what_excludes_the_retired_stays(self) -> None:
        retired = (DeliveredFacts("CX-9", 0),)
        kept, _, _ = eligible(facts(candidate("CX-1", excludes=("CX-9",)), delivered=retired))
        assert [one.key for one in kept] == ["CX-1"]

    def test_what_excludes_the_approved_is_left_out(self) -> None:
        kept, _, remarks = eligible(
            facts(candidate("CX-1", excludes=("CX-9",)), committed=(committed("CX-9"),))
        )
        assert kept == []
        assert "can't stand beside CX-9" in remarks[0].text


class TestPastQuarters:
    """Nobody can start in a quarter that is over."""

    def test_offer_no_start(self) -> None:
        _, starts, _ = eligible(facts(candidate("CX-1"), present=1))
        assert starts["CX-1", "full"] == [1, 2, 3]

    def test_leave_what_was_started_where_it_is(self) -> None:
        given = facts(candidate("CX-1", needs=needs("CX-9", 1)), present=2,
                      committed=(committed("CX-9", 0),))  # fmt: skip
        assert eligible(given)[1]["CX-1", "full"] == [2, 3]
        assert given.committed[0].start == 0

    def test_leave_out_whose_last_start_is_over_and_say_when_it_was(self) -> None:
        early, later = option("lean", latest=0), option("full", latest=1)
        kept, _, remarks = eligible(facts(candidate("CX-1", early, later), present=1))
        assert [one.key for one in kept[0].options] == ["full"]
        assert remarks[0].text == (
            "Option “Lean” is left out: its last possible start, Q1 2027, is over."
        )
        kept, _, remarks = eligible(facts(candidate("CX-1", early, later), present=2))
        assert kept == []
        assert remarks[-1].text == "Left out: its last possible start, Q2 2027, is over."
