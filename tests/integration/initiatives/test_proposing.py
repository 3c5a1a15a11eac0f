"""Proposing, describing and linking initiatives: what is kept, and what is refused in words."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Answer, Initiative, Milestone
from app.initiatives.queries import ANSWERS, OPTIONS, get_behaviour, get_initiative, get_option
from app.initiatives.rules import (
    CriterionDraft,
    DependencyDraft,
    Direction,
    EffectDraft,
    EvidenceGrade,
    ExclusionDraft,
    Question,
)
from app.initiatives.services import (
    add_behaviour,
    add_milestone,
    add_option,
    answer_questions,
    create_initiative,
    edit_behaviour,
    edit_initiative,
    edit_milestone,
    edit_option,
    remove_option,
    set_links,
)
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.factories.initiatives import (
    NOW,
    Company,
    behaviour_draft,
    initiative_draft,
    make_complete,
    make_draft,
    milestone_draft,
    option_draft,
)
from tests.factories.journeys import make_journey, make_pool


def by(actor: Person, version: int | None = None) -> dict[str, Any]:
    return {"expected_version": version, "actor": actor, "now": NOW}


class TestCreate:
    def test_keys_are_given_out_in_order(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = [make_draft(session, cast, company) for _ in range(3)]

        assert [one.key for one in made] == ["CX-101", "CX-102", "CX-103"]
        assert made[0].currency == "EUR"

    def test_ten_people_at_once_get_ten_keys(
        self, session: Session, engine: Engine, cast: Cast, company: Company
    ) -> None:
        draft = initiative_draft(company, cast.owner)
        barrier, keys = Barrier(10), []

        def propose() -> None:
            with Session(engine) as own:
                barrier.wait()
                with transaction(own):
                    lead = own.get_one(Person, cast.lead.id)
                    keys.append(create_initiative(own, draft, actor=lead, now=NOW).key)

        session.rollback()
        threads = [Thread(target=propose) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(keys)) == 10

    def test_a_viewer_may_not(self, session: Session, cast: Cast, company: Company) -> None:
        draft = initiative_draft(company, cast.owner)

        with pytest.raises(NotAllowedError), transaction(session):
            create_initiative(session, draft, actor=cast.viewer, now=NOW)

    def test_money_needs_a_currency(self, session: Session, cast: Cast, company: Company) -> None:
        draft = initiative_draft(company, cast.owner, journey_id=None, cycle_id=None, title=" ")

        with pytest.raises(InvalidError) as refused, transaction(session):
            create_initiative(session, draft, actor=cast.lead, now=NOW)

        assert refused.value.fields.keys() == {"title", "journey_id"}

    def test_a_cycle_in_another_currency_is_refused_with_what_to_do(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            swiss = make_cycle(session, name="Swiss", currency="CHF")
        draft = initiative_draft(company, cast.owner, cycle_id=swiss.id)

        with pytest.raises(InvalidError) as refused, transaction(session):
            create_initiative(session, draft, actor=cast.lead, now=NOW)

        assert "Swiss is in CHF, the journey’s money in EUR" in refused.value.fields["cycle_id"]

    @pytest.mark.parametrize("start", [Quarter(2026, 4), Quarter(2030, 1), Quarter(2050, 1)])
    def test_a_start_outside_the_cycle_is_refused_with_its_span(
        self, session: Session, cast: Cast, company: Company, start: Quarter
    ) -> None:
        draft = initiative_draft(company, cast.owner, planned_start=start)

        with pytest.raises(InvalidError) as refused, transaction(session):
            create_initiative(session, draft, actor=cast.lead, now=NOW)

        assert refused.value.fields.keys() == {"planned_start"}
        assert "from 2027-Q1 to 2029-Q4" in refused.value.fields["planned_start"]

    def test_without_a_cycle_any_start_is_possible(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        draft = initiative_draft(company, cast.owner, cycle_id=None, planned_start=Quarter(2050, 1))
        with transaction(session):
            made = create_initiative(session, draft, actor=cast.lead, now=NOW)
        assert made.planned_start == Quarter(2050, 1)


class TestEdit:
    def test_an_old_version_does_not_overwrite(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        draft = initiative_draft(company, cast.owner, title="New title")
        with transaction(session):
            edit_initiative(session, made, draft, **by(cast.owner, made.version))

        with pytest.raises(ConflictError), transaction(session):
            edit_initiative(session, made, draft, **by(cast.lead, 1))
        assert made.title == "New title"

    def test_only_the_owner_the_proposer_or_a_lead(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        draft = initiative_draft(company, cast.owner)

        for person in (cast.stranger, cast.cfo, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                edit_initiative(session, made, draft, **by(person))

    def test_money_already_entered_keeps_its_currency(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            add_option(session, made, option_draft(company), **by(cast.lead))
            swiss = make_cycle(session, name="Swiss", currency="CHF")
        draft = initiative_draft(company, cast.owner, journey_id=None, cycle_id=swiss.id)

        with pytest.raises(InvalidError, match="entered in EUR"), transaction(session):
            edit_initiative(session, made, draft, **by(cast.lead))


class TestAnswers:
    def test_are_kept_changed_and_taken_out_one_by_one(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            answer_questions(
                session, made, {Question.GOALS: "One", Question.DESIGN: "Two"}, **by(cast.lead)
            )
        with transaction(session):
            answer_questions(
                session, made, {Question.GOALS: "", Question.EVOLUTION: "Three"}, **by(cast.lead)
            )

        rows = session.scalars(select(Answer)).all()
        assert {row.question: row.text for row in rows} == {
            Question.DESIGN: "Two",
            Question.EVOLUTION: "Three",
        }

    def test_touchpoints_belong_to_the_journey(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            session.refresh(company.journey, ["touchpoints"])
            mine = [one.id for one in company.journey.touchpoints][:2]
            other = make_journey(session, cast.lead, key="other", name="Other")
            foreign = other.touchpoints[0].id
            answer_questions(session, made, {}, touchpoint_ids=mine, **by(cast.lead))

        with pytest.raises(InvalidError), transaction(session):
            answer_questions(session, made, {}, touchpoint_ids=[foreign], **by(cast.lead))
        session.expire_all()
        kept = get_initiative(session, made.key, *ANSWERS)
        assert sorted(one.id for one in kept.touchpoints) == sorted(mine)

    def test_nothing_changed_writes_nothing(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            answer_questions(session, made, {Question.GOALS: "One"}, **by(cast.lead))
        events, version = len(session.scalars(select(AuditEvent)).all()), made.version

        with transaction(session):
            answer_questions(session, made, {Question.GOALS: " One "}, **by(cast.lead))

        assert (len(session.scalars(select(AuditEvent)).all()), made.version) == (events, version)


class TestOptions:
    def test_the_cost_of_the_full_option_stands_beside_the_initiative(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            add_option(session, made, option_draft(company), **by(cast.lead))
            pilot = option_draft(company, key="pilot", spend={(company.capex.id, 0): 5_000_00})
            add_option(session, made, pilot, **by(cast.lead))
        assert made.cost_minor == 160_000_00

        with transaction(session):
            cheaper = option_draft(company, spend={(company.capex.id, 3): 70_000_00})
            edit_option(session, made, "full", cheaper, **by(cast.lead))
        assert made.cost_minor == 70_000_00
        assert [
            (one.quarter_index, one.amount_minor) for one in get_option(session, made, "full").spend
        ] == [(3, 70_000_00)]

        with transaction(session):
            remove_option(session, made, "full", **by(cast.lead))
        assert made.cost_minor == 5_000_00

    def test_impossible_figures_are_named_at_their_cell(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        bad = option_draft(
            company,
            key="Full!",
            spend={(company.capex.id, 2): -1, (999, 0): 5},
            demand={(company.team.id, 1): Decimal(-3)},
            latest_start=Quarter(2027, 1),
            earliest_start=Quarter(2028, 1),
            declared_benefit_minor=-5,
        )

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_option(session, made, bad, **by(cast.lead))

        assert refused.value.fields.keys() == {
            "key", f"spend-{company.capex.id}-2", "spend-999-0", f"days-{company.team.id}-1",
            "latest_start", "declared_benefit", "declared_grade", "declared_source",
        }  # fmt: skip

    def test_a_window_outside_the_cycle_is_named_at_both_ends(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        window = {"earliest_start": Quarter(1999, 1), "latest_start": Quarter(2030, 1)}

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_option(session, made, option_draft(company, **window), **by(cast.lead))

        assert refused.value.fields.keys() == window.keys()
        assert "from 2027-Q1 to 2029-Q4" in refused.value.fields["earliest_start"]

    def test_two_options_need_two_keys(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            add_option(session, made, option_draft(company), **by(cast.lead))

        with pytest.raises(InvalidError, match="possible") as refused, transaction(session):
            add_option(session, made, option_draft(company), **by(cast.lead))
        assert "key" in refused.value.fields

    def test_an_option_behaviours_act_under_is_not_taken_away(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)

        with pytest.raises(ConflictError, match="have effects under"), transaction(session):
            remove_option(session, made, "full", **by(cast.lead))


class TestBehaviours:
    def test_effects_are_replaced_by_what_was_saved_last(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            add_option(session, made, option_draft(company), **by(cast.lead))
            kept = add_behaviour(session, made, behaviour_draft(company), **by(cast.lead))
            other = (
                EffectDraft("full", company.retain.id, Decimal("0.05"), EvidenceGrade.D, "Study"),
            )
            changed = behaviour_draft(company, effects=other)
            edit_behaviour(session, made, kept.id, changed, **by(cast.lead))
        session.expire_all()

        effects = get_behaviour(session, made, kept.id).effects
        assert [(one.pool_id, one.removal_share, one.grade) for one in effects] == [
            (company.retain.id, Decimal("0.05"), EvidenceGrade.D)
        ]

    def test_rows_that_are_not_possible_are_named(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            add_option(session, made, option_draft(company), **by(cast.lead))
            swiss = make_journey(session, cast.lead, key="swiss", name="Swiss", currency="CHF")
            foreign = make_pool(session, swiss, claimed_by=cast.lead)
        good = behaviour_draft(company).effects[0]
        rows = (
            good,
            good,
            replace(good, pool_id=foreign.id),
            replace(good, option_key="lean", removal_share=Decimal("0.96")),
            replace(good, pool_id=company.retain.id, removal_share=Decimal("-0.96")),
        )

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_behaviour(session, made, behaviour_draft(company, effects=rows), **by(cast.lead))

        fields = refused.value.fields
        assert "twice" in fields["effects-1-pool_id"]
        assert "CHF" in fields["effects-2-pool_id"]
        assert {"effects-3-option_key", "effects-3-removal_share"} < fields.keys()
        assert "\u221295 % for what it adds" in fields["effects-4-removal_share"]

    @pytest.mark.parametrize("share", ["0", "-0.95", "-0.950001"])
    def test_the_database_keeps_harm_within_its_limits(
        self, session: Session, cast: Cast, company: Company, share: str
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            add_option(session, made, option_draft(company), **by(cast.lead))
            kept = add_behaviour(session, made, behaviour_draft(company), **by(cast.lead))
        possible = share == "-0.95"
        with nullcontext() if possible else pytest.raises(IntegrityError), transaction(session):
            get_behaviour(session, made, kept.id).effects[0].removal_share = Decimal(share)


class TestMilestones:
    @pytest.mark.parametrize(
        ("due_on", "words"),
        [
            (date(2026, 12, 31), "before the planned start in 2027-Q1"),
            (date(2030, 1, 1), "after 2029-Q4, the last quarter of FY27 H1"),
        ],
    )
    def test_a_hurdle_lies_between_start_and_last_quarter(
        self, session: Session, cast: Cast, company: Company, due_on: date, words: str
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_milestone(session, made, milestone_draft(due_on=due_on), **by(cast.lead))
        assert words in refused.value.fields["due_on"]

    def test_tranches_never_hold_more_than_all_the_money(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            share = Decimal("0.75")
            add_milestone(session, made, milestone_draft(tranche_share=share), **by(cast.lead))

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_milestone(session, made, milestone_draft(name="Next"), **by(cast.lead))
        assert "at most 25\u202f% is left" in refused.value.fields["tranche_share"]

    def test_one_without_money_can_be_edited_but_none_is_emptied_or_added_so(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        nothing = Decimal(0)
        with transaction(session):
            made = make_draft(session, cast, company)
            first = add_milestone(session, made, milestone_draft(), **by(cast.lead))
            session.flush()
        empty = milestone_draft(name="Imported", tranche_share=nothing)
        with pytest.raises(InvalidError), transaction(session):
            edit_milestone(session, made, first.id, empty, **by(cast.lead))
        with pytest.raises(InvalidError), transaction(session):
            add_milestone(session, made, empty, **by(cast.lead))
        with transaction(session):
            session.get_one(Milestone, first.id).tranche_share = nothing
        with transaction(session):
            edit_milestone(session, made, first.id, empty, **by(cast.lead))
        assert session.get_one(Milestone, first.id).name == "Imported"

    def test_a_name_stands_once_and_may_stay_when_the_milestone_is_changed(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            half = milestone_draft(tranche_share=Decimal("0.5"))
            first = add_milestone(session, made, half, **by(cast.lead))
            session.flush()

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_milestone(session, made, half, **by(cast.lead))
        assert refused.value.fields.keys() == {"name"}
        with transaction(session):
            edit_milestone(session, made, first.id, half, **by(cast.lead))

    def test_criteria_without_a_metric_or_sample_are_named_by_row(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        rows = (CriterionDraft(" ", "", Direction.AT_LEAST, Decimal(1), minimum_sample=0),)

        with pytest.raises(InvalidError) as refused, transaction(session):
            add_milestone(session, made, milestone_draft(criteria=rows), **by(cast.lead))
        assert refused.value.fields.keys() == {"criteria-0-metric", "criteria-0-minimum_sample"}


class TestLinks:
    def test_a_circle_is_refused_by_name(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            one, two, three = (make_draft(session, cast, company) for _ in range(3))
            set_links(session, one, [DependencyDraft(two.key, 1)], [], **by(cast.lead))
            set_links(session, two, [DependencyDraft(three.key)], [], **by(cast.lead))

        with pytest.raises(InvalidError) as refused, transaction(session):
            set_links(session, three, [DependencyDraft(one.key)], [], **by(cast.lead))

        assert (
            "CX-103 needs CX-101 needs CX-102 needs CX-103" in refused.value.fields["needs-0-key"]
        )

    def test_an_exclusion_counts_from_both_sides(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            one, two = (make_draft(session, cast, company) for _ in range(2))
            set_links(session, two, [], [ExclusionDraft(one.key, "Same team")], **by(cast.lead))
        with transaction(session):
            set_links(session, one, [], [ExclusionDraft(two.key, "Same desk")], **by(cast.lead))
        with transaction(session):
            set_links(session, two, [], [], **by(cast.lead))

        last = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert last is not None
        assert b'"before":{"excludes":["CX-101"],"needs":{}}' in last.content

    def test_strangers_twins_and_contradictions_are_named_by_row(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            one, two = (make_draft(session, cast, company) for _ in range(2))
        needs = [
            DependencyDraft(two.key),
            DependencyDraft(two.key),
            DependencyDraft("CX-999"),
            DependencyDraft(one.key),
        ]

        with pytest.raises(InvalidError) as refused, transaction(session):
            set_links(session, one, needs, [ExclusionDraft(two.key)], **by(cast.lead))

        assert refused.value.fields.keys() == {
            "needs-1-key", "needs-2-key", "needs-3-key", "exclusions-0-key",
        }  # fmt: skip

    def test_two_at_once_do_not_close_a_circle_together(
        self, session: Session, engine: Engine, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            one, two = (make_draft(session, cast, company) for _ in range(2))
        pairs = [(one.key, two.key), (two.key, one.key)]
        session.rollback()
        barrier, refused = Barrier(2), []

        def link(key: str, needed: str) -> None:
            with Session(engine) as own:
                barrier.wait()
                try:
                    with transaction(own):
                        set_links(
                            own, get_initiative(own, key), [DependencyDraft(needed)], [],
                            **by(own.get_one(Person, cast.lead.id)),
                        )  # fmt: skip
                except InvalidError as error:
                    refused.append(error)

        threads = [Thread(target=link, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1


class TestAudit:
    def test_every_change_is_one_event_with_before_and_after(
        self, session: Session, cast: Cast, company: Company, now: datetime
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject == f"initiative:{made.id}")
            .order_by(AuditEvent.number)
        ).all()

        assert [event.action for event in events] == [
            "initiative.created", "initiative.answered", "initiative.option_added",
            "initiative.behaviour_added", "initiative.milestone_added",
            "initiative.milestone_added",
        ]  # fmt: skip


def test_a_whole_initiative_is_read_with_its_parts(
    session: Session, cast: Cast, company: Company
) -> None:
    with transaction(session):
        made = make_complete(session, cast, company)
    session.expire_all()

    read: Initiative = get_initiative(session, made.key, *OPTIONS)
    assert [option.key for option in read.options] == ["full"]
    assert read.options[0].spend[0].fund.key == "capex"
