"""Moves, gaps, links and flags, on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.initiatives.rules import (
    LOCKED,
    MOVES,
    Action,
    Actor,
    Circumstances,
    CriterionDraft,
    Direction,
    Gap,
    InitiativeState,
    MilestoneDraft,
    OptionDraft,
    Part,
    ProposalShape,
    Question,
    Step,
    bars,
    circle_through,
    cost_flag,
    due_day_fault,
    find_move,
    milestone_faults,
    missing_parts,
    next_step,
    option_faults,
    tone_of,
)
from app.values.quarter import Quarter, QuarterSpan

WHOLE = ProposalShape(
    is_registered=False, has_cycle=True, has_sponsor=True, unanswered=(), options=("Full",),
    options_without_spend=(), options_without_benefit=(), milestones=2,
    tranche_total=Decimal(1), milestones_without_criteria=(), misplaced_milestones=(),
)  # fmt: skip
OWNER = Actor(frozenset({"initiatives.edit"}), is_owner=True, is_creator=False, leads=False)
FINANCE = Actor(frozenset({"initiatives.certify"}), is_owner=False, is_creator=False, leads=False)


class TestTable:
    def test_every_move_stands_once(self) -> None:
        assert len({(move.start, move.action) for move in MOVES}) == len(MOVES)

    def test_every_state_but_the_end_leads_somewhere(self) -> None:
        starts = {move.start for move in MOVES}
        assert set(InitiativeState) - starts == {InitiativeState.STOPPED, InitiativeState.RETIRED}

    def test_nothing_is_done_after_delivery_until_it_is_retired(self) -> None:
        deliver = find_move(InitiativeState.APPROVED, Action.DELIVER)
        retire = find_move(InitiativeState.SUSTAINED, Action.RETIRE)
        assert deliver and deliver.end is InitiativeState.SUSTAINED
        assert retire and retire.end is InitiativeState.RETIRED and retire.needs_reason

    def test_its_owner_and_the_program_manager_say_that_it_is_delivered(self) -> None:
        deliver = find_move(InitiativeState.APPROVED, Action.DELIVER)
        assert deliver
        manager = Actor(
            frozenset({"initiatives.edit", "roadmap.replan"}),
            is_owner=False, is_creator=False, leads=False,
        )  # fmt: skip
        lead = Actor(frozenset({"initiatives.edit"}), is_owner=False, is_creator=True, leads=True)
        assert bars(deliver, manager, Circumstances()) == ()
        assert bars(deliver, OWNER, Circumstances()) == ()
        for other in (lead, FINANCE):
            assert bars(deliver, other, Circumstances()) == (
                "This is for its owner or the program manager.",
            )

    def test_an_open_hurdle_bars_the_delivery(self) -> None:
        deliver = find_move(InitiativeState.APPROVED, Action.DELIVER)
        assert deliver
        facts = Circumstances(open_hurdles=("Pilot", "Rollout"))
        assert bars(deliver, OWNER, facts) == (
            "The hurdle “Pilot” and 1 more are not decided yet.",
        )
        assert bars(deliver, OWNER, Circumstances(open_hurdles=("Rollout",))) == (
            "The hurdle “Rollout” is not decided yet.",
        )

    def test_every_state_has_colour_word_and_says_why_it_is_locked(self) -> None:
        for state in InitiativeState:
            assert tone_of(state)
            assert state.word
            assert state is InitiativeState.DRAFT or LOCKED[state].endswith(".")
            assert next_step(state, None)

    def test_losing_the_certification_is_said_beforehand(self) -> None:
        for state in (InitiativeState.CERTIFIED, InitiativeState.CANDIDATE):
            move = find_move(state, Action.REOPEN)
            assert move is not None
            assert "certification is lost" in (move.warning or "")


class TestBars:
    def move(self, state: InitiativeState, action: Action) -> tuple[str, ...]:
        found = find_move(state, action)
        assert found is not None
        return bars(found, OWNER, Circumstances())

    def test_an_owner_may_submit_but_not_certify(self) -> None:
        assert self.move(InitiativeState.DRAFT, Action.SUBMIT) == ()
        assert self.move(InitiativeState.SUBMITTED, Action.CERTIFY) == ("This is for Finance.",)

    def test_four_hands_hold_for_owner_and_proposer_alike(self) -> None:
        move = find_move(InitiativeState.SUBMITTED, Action.CERTIFY)
        assert move is not None
        assert bars(move, FINANCE, Circumstances()) == ()
        assert "You own it" in bars(move, replace(FINANCE, is_owner=True), Circumstances())[0]
        proposed = bars(move, replace(FINANCE, is_creator=True), Circumstances())
        assert "You proposed it" in proposed[0]

    def test_names_gaps_and_pools(self) -> None:
        move = find_move(InitiativeState.SUBMITTED, Action.CERTIFY)
        assert move is not None
        facts = Circumstances(
            gaps=(Gap(Part.OVERVIEW, "Name a sponsor."),), uncertified_pools=("Claims, serve",)
        )
        found = bars(move, FINANCE, facts)
        assert found[0] == "Name a sponsor."
        assert "“Claims, serve”" in found[1]


class TestGaps:
    def test_a_whole_proposal_has_none(self) -> None:
        assert missing_parts(WHOLE) == ()

    @pytest.mark.parametrize(
        ("changes", "part", "words"),
        [
            ({"has_cycle": False}, Part.OVERVIEW, "cycle"),
            ({"has_sponsor": False}, Part.OVERVIEW, "sponsor"),
            ({"unanswered": ("Goals",)}, Part.QUESTIONS, "“Goals”"),
            ({"options": ()}, Part.OPTIONS, "Add an option"),
            ({"options_without_spend": ("Full",)}, Part.OPTIONS, "“Full” spends"),
            ({"options_without_benefit": ("Full",)}, Part.BEHAVIOURS, "effect on a lever"),
            ({"milestones": 0}, Part.MILESTONES, "Add a milestone"),
            ({"tranche_total": Decimal("0.9")}, Part.MILESTONES, "add up to 90"),
            ({"milestones_without_criteria": ("Pilot",)}, Part.MILESTONES, "“Pilot” has to"),
            ({"misplaced_milestones": ("Pilot",)}, Part.MILESTONES, "Move “Pilot”"),
        ],
    )
    def test_say_where_and_what(self, changes: dict[str, object], part: Part, words: str) -> None:
        (gap,) = missing_parts(replace(WHOLE, **changes))  # type: ignore[arg-type]
        assert gap.part is part
        assert words in gap.message

    def test_a_registry_knows_neither_answers_nor_sponsors(self) -> None:
        shape = replace(WHOLE, is_registered=True, has_sponsor=False, unanswered=("Goals",))
        assert missing_parts(shape) == ()


class TestSteps:
    def test_hold_every_question_once(self) -> None:
        held = [question for step in Step for question in step.questions]
        assert sorted(held, key=list(Question).index) == list(Question)
        assert all(question.label and question.hint for question in Question)


class TestCircles:
    def test_are_found_at_their_shortest(self) -> None:
        needs = {"A": ["B", "C"], "B": ["C"], "C": ["D"], "D": ["A"]}
        assert circle_through(needs, "A") == ("A", "C", "D", "A")

    def test_a_circle_elsewhere_is_not_this_ones(self) -> None:
        assert circle_through({"A": ["B"], "B": ["C"], "C": ["B"]}, "A") == ()


class TestCostFlag:
    @pytest.mark.parametrize("minor", [999_999_999_00, 9_999_999_00, 999_999_00])
    def test_all_nines_are_a_placeholder(self, minor: int) -> None:
        assert "all nines" in (cost_flag(minor, None, "EUR") or "")

    def test_a_cell_of_nines_is_found_within_the_total(self) -> None:
        flag = cost_flag(1_000_000_000_00, None, "EUR", amounts=(999_999_999_00, 1_00))
        assert "all nines" in (flag or "")

    def test_a_thousand_times_the_median_is_flagged_and_less_is_not(self) -> None:
        assert "1,000 times the median" in (cost_flag(5_000_000_00, 5_000_00, "EUR") or "")
        assert cost_flag(4_999_999_98, 5_000_00, "EUR") is None
        assert cost_flag(4_999_999_98, None, "EUR") is None


class TestDueDays:
    def test_the_first_and_the_last_day_are_fine(self) -> None:
        span = QuarterSpan(Quarter(2027, 1), 4)
        start = Quarter(2027, 2)
        assert due_day_fault(date(2027, 4, 1), start, span, "FY27") is None
        assert due_day_fault(date(2027, 12, 31), start, span, "FY27") is None
        assert due_day_fault(date(2027, 3, 31), start, span, "FY27")
        assert due_day_fault(date(2028, 1, 1), start, span, "FY27")


class TestCounts:
    """PostgreSQL stores them as INTEGER, so what is larger has to be refused before."""

    def test_minutes_saved_have_a_largest_number(self) -> None:
        draft = OptionDraft("full", "All claims", effort_minutes=2_000_000_000)
        assert option_faults(draft) == {}
        assert option_faults(replace(draft, effort_minutes=2_000_000_001)).keys() == {
            "effort_minutes"
        }

    def test_a_sample_has_a_largest_number(self) -> None:
        criterion = CriterionDraft(
            "Calls", "", Direction.AT_MOST, Decimal(1), minimum_sample=2_000_000_001
        )
        draft = MilestoneDraft("Pilot", date(2027, 8, 31), Decimal(1), criteria=(criterion,))
        assert milestone_faults(draft, Decimal(0)).keys() == {"criteria-0-minimum_sample"}

    @pytest.mark.parametrize("share", ["0", "-0.1", "1.01"])
    def test_a_hurdle_holds_money(self, share: str) -> None:
        draft = MilestoneDraft("Pilot", date(2027, 8, 31), Decimal(share))
        assert "more than 0 %" in milestone_faults(draft, Decimal(0))["tranche_share"]

    def test_a_hurdle_the_registry_lists_without_money_may_stay_so(self) -> None:
        draft = MilestoneDraft("Pilot", date(2027, 8, 31), Decimal(0))
        assert milestone_faults(draft, Decimal(1), held=Decimal(0)) == {}
        lowered = milestone_faults(draft, Decimal(0), held=Decimal("0.2"))
        assert "more than 0 %" in lowered["tranche_share"]

    def test_two_milestones_never_share_a_name(self) -> None:
        draft = MilestoneDraft(" pilot  one", date(2027, 8, 31), Decimal("0.5"))
        assert milestone_faults(draft, Decimal(0), ["Full", "Pilot two"]) == {}
        assert "choose another" in milestone_faults(draft, Decimal(0), ["Pilot One"])["name"]
