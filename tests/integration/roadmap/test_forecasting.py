"""What a hurdle's money still brings, and what it would bring elsewhere."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Criterion, Initiative, Milestone, TargetBehaviour
from app.initiatives.rules import InitiativeState
from app.initiatives.rules.milestone_kinds import ChainLink
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.roadmap.models import HurdleDecision, HurdleForecast
from app.roadmap.queries import get_gate
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.judging import Judged, NotJudged, Weighing
from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from app.roadmap.services import record_evidence
from app.roadmap.services.forecasting import ask_other_use, work_out_other_use
from tests.bench.enumeration import best_by_enumeration
from tests.factories.accounts import Cast
from tests.factories.approvals import DUE, World, make_commitments, make_world
from tests.factories.portfolio import SOLVER_MEMORY, HandJob
from tests.factories.roadmap import begin, decide, tranches_of

PILOT = Measuring(error=Decimal(4), among=Among.EXPOSED, design=Design.CONTROLLED)


def bind_all(session: Session) -> None:
    """Bind every criterion to its initiative's behaviour, before money hangs on it."""
    rows = session.execute(
        select(Criterion.id, TargetBehaviour.id)
        .join(Milestone, Milestone.id == Criterion.milestone_id)
        .join(TargetBehaviour, TargetBehaviour.initiative_id == Milestone.initiative_id)
    ).all()
    for criterion_id, behaviour_id in rows:
        session.execute(
            update(Criterion)
            .where(Criterion.id == criterion_id)
            .values(behaviour_id=behaviour_id, link=ChainLink.BEHAVIOUR)
        )


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    made = make_world(session, cast, now)
    bind_all(session)
    session.expire_all()
    return made


@pytest.fixture
def committed(session: Session, cast: Cast, now: datetime, world: World) -> dict[str, Commitment]:
    return make_commitments(session, cast, now, world)


def first_tranche(session: Session, commitment: Commitment) -> Tranche:
    return tranches_of(session, commitment.id)[0]


def record(
    session: Session, tranche: Tranche, value: int, how: Measuring = PILOT, *,
    actor: Person, now: datetime, sample: int | None = 500,
) -> None:  # fmt: skip
    criterion = session.scalars(
        select(Criterion).where(Criterion.milestone_id == tranche.milestone_id)
    ).one()
    begin(session, tranche.commitment_id, actor=actor, now=now)
    record_evidence(
        session, tranche, criterion, value=Decimal(value), sample=sample, measured_on=now.date(),
        source="Pilot", note="", how=how, actor=actor, now=now,
    )  # fmt: skip
    session.flush()


def judged(session: Session, tranche: Tranche, now: datetime) -> Judged:
    found = get_gate(session, tranche.id, today=now.date()).judged
    assert isinstance(found, Judged)
    return found


def ask_for_rate(session: Session, rate: str) -> None:
    session.execute(update(Cycle).values(hurdle_rate=Decimal(rate)))
    session.expire_all()


def any_of(commitments: dict[str, Commitment]) -> Commitment:
    return next(iter(commitments.values()))


class TestJudged:
    def test_moves_the_effect_by_what_was_measured(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche = first_tranche(session, any_of(committed))
        before = judged(session, tranche, now)
        (case,) = before.effects
        assert case.measured is None and case.now == case.case.removal and case.case.is_assumed
        # The behaviour goes from 10 % to 30 %; 20 % is half of the way.
        record(session, tranche, 20, actor=cast.manager, now=now)
        (moved,) = judged(session, tranche, now).effects
        assert moved.measured is not None
        assert moved.measured.mean == pytest.approx(case.case.removal.mean / 2)
        assert moved.measured.error == pytest.approx(case.case.removal.mean * 4 / 20)
        assert moved.measured.mean < moved.now.mean < case.case.removal.mean
        assert moved.haircut > case.haircut

    def test_a_met_hurdle_with_too_little_to_come_is_stopped(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        ask_for_rate(session, "500")
        tranche = first_tranche(session, any_of(committed))
        record(session, tranche, 30, actor=cast.manager, now=now)
        gate = get_gate(session, tranche.id, today=now.date())
        assert gate.recommendation is not None
        assert gate.recommendation.action is HurdleAction.STOP
        assert "too little for the money that is left" in gate.recommendation.text

    def test_what_stays_anyway_is_no_reason_to_go_on(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche = first_tranche(session, any_of(committed))
        ask_for_rate(session, "0")
        late = now.replace(month=8)
        stays = Measuring(
            error=Decimal("0.5"), among=Among.EXPOSED, design=Design.CONTROLLED, persists=True
        )
        record(session, tranche, 30, stays, actor=cast.manager, now=late)
        found = judged(session, tranche, late)
        assert found.forward.kept_minor > 0
        assert found.weighing is Weighing.CAPTURED

    def test_says_why_an_unbound_hurdle_is_not_judged(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        world = make_world(session, cast, now)
        tranche = first_tranche(session, any_of(make_commitments(session, cast, now, world)))
        found = get_gate(session, tranche.id, today=now.date()).judged
        assert isinstance(found, NotJudged) and "bound to a behaviour" in found.why

    def test_takes_what_was_measured_at_another_hurdle(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        first, second, _ = tranches_of(session, any_of(committed).id)
        record(session, first, 20, actor=cast.manager, now=now)
        assert judged(session, second, now).effects == judged(session, first, now).effects
        record(session, second, 25, actor=cast.manager, now=now)
        (effect,) = judged(session, first, now).effects
        assert effect.measured is not None
        assert effect.measured.mean == pytest.approx(effect.case.removal.mean * 15 / 20)

    def test_says_that_no_quarter_is_left_to_bring_anything(
        self, session: Session, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche = first_tranche(session, any_of(committed))
        later = now.replace(year=now.year + 2)
        found = get_gate(session, tranche.id, today=later.date()).judged
        assert isinstance(found, NotJudged) and "are over" in found.why


class TestEvidence:
    @pytest.mark.parametrize(
        ("how", "sample", "field"),
        [
            (Measuring(error=Decimal(0)), 500, "standard_error"),
            (Measuring(link="http://reports/1"), 500, "link"),
            (Measuring(since=DUE.replace(year=2040)), 500, "since"),
            (Measuring(error=Decimal(1), among=Among.ALL), 500, "among"),
        ],
    )
    def test_is_refused_where_it_can_move_no_effect(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment],
        how: Measuring, sample: int, field: str,
    ) -> None:  # fmt: skip
        tranche = first_tranche(session, any_of(committed))
        with pytest.raises(InvalidError) as error:
            record(session, tranche, 20, how, actor=cast.manager, now=now, sample=sample)
        assert list(error.value.fields) == [field]

    def test_of_a_share_needs_no_error_beside_its_sample(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche = first_tranche(session, any_of(committed))
        record(session, tranche, 20, Measuring(among=Among.EXPOSED), actor=cast.manager, now=now)
        (effect,) = judged(session, tranche, now).effects
        assert effect.measured is not None
        # √(0.2024·0.7976/504) = 1.79 points of the 20 that the whole effect takes.
        whole = effect.case.removal.mean
        assert effect.measured.error == pytest.approx(whole * 1.7896 / 20, rel=1e-3)


def carry_out(session: Session, now: datetime) -> HandJob:
    job = session.scalars(select(Job).where(Job.kind == "roadmap.other_use")).one()
    job.state, job.worker = JobState.RUNNING, "hand"
    session.commit()
    hand = HandJob(session, job, now)
    work_out_other_use(hand, memory_bytes=SOLVER_MEMORY, processes=1)
    session.expire_all()
    return hand


class TestOtherUse:
    def test_is_the_difference_of_two_enumerated_optima(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        keys = {id_: key for key, one in committed.items() for id_ in [one.initiative_id]}
        # Two of those left out are candidates once more: what the money could buy instead.
        left = session.scalars(select(Initiative).where(Initiative.id.not_in(keys))).all()
        assert all(one.state is InitiativeState.CANDIDATE for one in left) and left
        tranche = first_tranche(session, max(committed.values(), key=lambda one: one.amount_minor))
        record(session, tranche, 20, actor=cast.manager, now=now)
        asked = ask_other_use(
            session, get_gate(session, tranche.id, today=now.date()).tranche,
            actor=cast.cfo, now=now,
        )  # fmt: skip
        carry_out(session, now)
        stored = session.get_one(HurdleForecast, asked.id)
        problems = json.loads(stored.problems)
        without, on = (best_by_enumeration(problems[side])[0] for side in ("without", "with"))
        assert without > on
        found = judged(session, tranche, now)
        assert found.other_use == pytest.approx((without - on) / stored.cost_minor - 1, abs=1e-6)
        assert found.other_range is None and found.forecast_id == asked.id

    def test_is_asked_once_and_again_after_new_evidence(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche_id = first_tranche(session, any_of(committed)).id

        def ask() -> int:
            tranche = get_gate(session, tranche_id, today=now.date()).tranche
            return ask_other_use(session, tranche, actor=cast.cfo, now=now).id

        first = ask()
        assert ask() == first
        record(session, session.get_one(Tranche, tranche_id), 20, actor=cast.manager, now=now)
        assert ask() != first
        found = judged(session, session.get_one(Tranche, tranche_id), now)
        assert found.other_use is None and "not worked out yet" in found.no_other_use

    def test_is_refused_where_there_is_none(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche = first_tranche(session, any_of(committed))
        loaded = get_gate(session, tranche.id, today=now.date()).tranche
        with pytest.raises(NotAllowedError):
            ask_other_use(session, loaded, actor=cast.viewer, now=now)
        session.execute(update(Cycle).values(state=CycleState.CLOSED))
        with pytest.raises(ConflictError, match="No cycle"):
            ask_other_use(session, loaded, actor=cast.cfo, now=now)

    def test_once_worked_out_never_changes(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        tranche = first_tranche(session, any_of(committed))
        loaded = get_gate(session, tranche.id, today=now.date()).tranche
        asked = ask_other_use(session, loaded, actor=cast.cfo, now=now)
        for values in ({"cost_minor": 1}, {"evidence_id": None, "question": "another"}):
            with pytest.raises(IntegrityError, match="never changes"), session.begin_nested():
                session.execute(update(HurdleForecast).values(values))
        asked.content, asked.content_digest = b"{}", "0" * 64
        session.flush()
        with pytest.raises(IntegrityError, match="never changes"), session.begin_nested():
            session.execute(update(HurdleForecast).values(content=b"[]"))
        with pytest.raises(IntegrityError, match="never removed"), session.begin_nested():
            session.delete(asked)
            session.flush()


class TestOverride:
    def test_keeps_its_price(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        ask_for_rate(session, "0")
        tranche = first_tranche(session, any_of(committed))
        record(session, tranche, 30, actor=cast.manager, now=now)
        found = judged(session, tranche, now)
        assert found.weighing is Weighing.PASSES
        decide(session, tranche, HurdleAction.STOP, actor=cast.cfo, now=now, reason="Strategy")
        stored = session.scalars(select(HurdleDecision)).one()
        expected = found.forward.expected - found.forward.cost * (1 + found.bar)
        assert stored.override_minor == round(expected) > 0

    def test_has_none_where_it_goes_with_the_figures(
        self, session: Session, cast: Cast, now: datetime, committed: dict[str, Commitment]
    ) -> None:
        ask_for_rate(session, "0")
        tranche = first_tranche(session, any_of(committed))
        record(session, tranche, 30, actor=cast.manager, now=now)
        decide(session, tranche, HurdleAction.RELEASE, actor=cast.cfo, now=now)
        assert session.scalars(select(HurdleDecision)).one().override_minor is None
