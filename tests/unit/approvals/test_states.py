"""Who may move a proposal, and in which words the page says why not."""

from __future__ import annotations

import pytest

from app.approvals.rules import Hand, HandKind, ProposalState, bar_on, hands_of, move_of

WAITING = ProposalState.SUBMITTED


class TestBarOn:
    def test_lets_finance_with_free_hands_decide_what_waits(self) -> None:
        assert bar_on(move_of("approve"), state=WAITING, may=True) is None

    @pytest.mark.parametrize("state", [s for s in ProposalState if s is not WAITING])
    @pytest.mark.parametrize("action", ["approve", "return", "withdraw"])
    def test_bars_every_move_once_it_is_decided(self, state: ProposalState, action: str) -> None:
        barred = bar_on(move_of(action), state=state, may=True)
        assert barred is not None and "nothing is left to decide" in barred

    def test_names_who_may_when_the_role_is_missing(self) -> None:
        assert bar_on(move_of("approve"), state=WAITING, may=False) == "Only Finance can do this."

    def test_says_which_hand_the_person_had_in_it(self) -> None:
        barred = bar_on(move_of("approve"), state=WAITING, may=True, hands=["you own CX-104"])
        assert barred == "You cannot decide: you own CX-104. Somebody else in Finance has to."

    def test_lets_the_submitter_withdraw(self) -> None:
        withdraw, mine = move_of("withdraw"), ["you submitted it"]
        assert bar_on(withdraw, state=WAITING, may=True, hands=mine, is_submitter=True) is None

    def test_lets_nobody_else_withdraw(self) -> None:
        barred = bar_on(move_of("withdraw"), state=WAITING, may=True)
        assert barred == "Only who submitted it withdraws it; Finance can return it instead."


class TestHandsOf:
    HANDS = (
        Hand(1, HandKind.SUBMITTED, ""),
        Hand(1, HandKind.CHANGED_SCENARIO, "Balanced"),
        Hand(2, HandKind.OWNS, "CX-110"),
        Hand(2, HandKind.OWNS, "CX-104"),
        Hand(2, HandKind.OWNS, "CX-104"),
    )

    def test_is_nothing_for_who_had_no_part(self) -> None:
        assert hands_of(3, self.HANDS) == []

    def test_names_every_part_once(self) -> None:
        assert hands_of(1, self.HANDS) == [
            "you submitted it",
            "you changed the scenario “Balanced”",
        ]
        assert hands_of(2, self.HANDS) == ["you own CX-104 and CX-110"]

    def test_names_what_somebody_changed_without_owning_or_proposing_it(self) -> None:
        hands = [Hand(1, HandKind.CHANGED, key) for key in ("CX-104", "CX-110", "CX-120")]
        hands += [Hand(1, HandKind.OWNS, "CX-110"), Hand(1, HandKind.CREATED, "CX-120")]
        assert hands_of(1, hands) == ["you own CX-110", "you proposed CX-120", "you changed CX-104"]

    def test_says_what_was_changed_after_it_was_submitted(self) -> None:
        hands = [Hand(1, HandKind.CHANGED_SINCE, "CX-104")]
        assert hands_of(1, hands) == ["you changed CX-104 since it was submitted"]

    def test_says_what_was_changed_before_it_was_copied(self) -> None:
        hands = [Hand(1, HandKind.CHANGED_SOURCE, "Balanced")]
        assert hands_of(1, hands) == [
            "you changed the scenario “Balanced” that this one was copied from"
        ]

    def test_shortens_long_lists(self) -> None:
        hands = [Hand(1, HandKind.CREATED, f"CX-{n}") for n in range(1, 9)]
        assert hands_of(1, hands) == ["you proposed CX-1, CX-2, CX-3 and 5 more"]
