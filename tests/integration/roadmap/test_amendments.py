"""A locked criterion changes only by four hands; what was approved stays beside what is judged."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.approvals.models import Commitment, Tranche
from app.approvals.queries.amendments import list_amended_criteria
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.roadmap.models import Amendment
from app.roadmap.presenters.amending import narrowed_words
from app.roadmap.queries import GateFilter, get_gate, list_gates
from app.roadmap.queries.amendments import list_waiting_for
from app.roadmap.queries.rescoping import list_smaller
from app.roadmap.queries.timeline import load_hurdle_evidence, load_timeline
from app.roadmap.rules import CriterionFacts, HurdleAction, HurdleState
from app.roadmap.rules.amending import AmendmentState
from app.roadmap.services import rescope_hurdle, withdraw_amendment
from tests.factories.accounts import Cast
from tests.factories.amendments import answer, ask
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of


@pytest.fixture
def tranches(session: Session, cast: Cast, now: datetime) -> list[Tranche]:
    """The three tranches of CX-101, which ask for at least 15, 20 and 25 from a sample of 200."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    return tranches_of(session, commitment.id)


def criterion(session: Session, tranche: Tranche, now: datetime) -> CriterionFacts:
    session.expire_all()
    return get_gate(session, tranche.id, today=now.date()).facts.criteria[0]


def withdraw(
    session: Session, tranche: Tranche, amendment_id: int, actor: Person, now: datetime
) -> None:
    withdraw_amendment(
        session, tranche, amendment_id, once_key=f"{amendment_id:0>32}", actor=actor, now=now
    )


def grant_finance(session: Session, person: Person, now: datetime) -> None:
    with transaction(session):
        grant = RoleGrant(role=Role.FINANCE, is_in_force=True, granted_at=now)
        session.get_one(Person, person.id).grants.append(grant)


class TestAskAndAgree:
    def test_the_original_decides_until_somebody_agrees_and_stays_beside_it(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        first = tranches[0]
        with transaction(session):
            measure(session, first, 13, actor=cast.manager, now=now)
            id_ = ask(session, first, 12, actor=cast.owner, now=now)
        waiting = get_gate(session, first.id, today=now.date())
        assert waiting.recommendation and waiting.recommendation.action is HurdleAction.STOP
        assert waiting.facts.criteria[0].threshold == 15
        with transaction(session):
            answer(session, first, id_, actor=cast.cfo, now=now)
        session.expire_all()
        gate = get_gate(session, first.id, today=now.date())
        one = gate.facts.criteria[0]
        assert (one.threshold, one.amended and one.amended.approved.threshold) == (12, 15)
        assert one.amended and one.amended.is_looser and one.amended.evidence_on == now.date()
        assert (one.amended.asked_by, one.amended.agreed_by) == (cast.owner.name, cast.cfo.name)
        assert gate.recommendation and gate.recommendation.action is HurdleAction.RELEASE
        grounds = gate.recommendation.text
        assert "at least 12" in grounds and "approved was at least 15" in grounds
        assert "asked after evidence was recorded on 15 Feb 2027" in grounds
        others = [criterion(session, other, now).threshold for other in tranches[1:]]
        assert others == [20, 25]

    def test_counts_wherever_the_hurdle_is_judged(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        first = tranches[0]
        with transaction(session):
            measure(session, first, 13, actor=cast.manager, now=now)
            answer(
                session, first, ask(session, first, 12, actor=cast.owner, now=now),
                actor=cast.cfo, now=now,
            )  # fmt: skip
        session.expire_all()
        (line,) = list_gates(session, GateFilter(ids=[first.id]), today=now.date())
        assert line.state is HurdleState.IN_REVIEW
        assert "amended 15 Feb 2027" in line.criteria_words[0]
        (reading,) = load_hurdle_evidence(session, first.id).readings
        assert reading.passes and "approved was at least 15" in reading.words
        bars = {
            hurdle.tranche_id: hurdle for bar in load_timeline(session) for hurdle in bar.hurdles
        }
        assert bars[first.id].facts.criteria[0].threshold == 12
        (printed,) = list_amended_criteria(
            session, session.get_one(Commitment, first.commitment_id).decision_id
        )
        assert (printed.key, printed.asked_by, printed.agreed_by) == (
            "CX-101", cast.owner.name, cast.cfo.name,
        )  # fmt: skip

    def test_the_sample_alone_can_change_and_an_amendment_can_be_amended(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        first = tranches[0]
        with transaction(session):
            one = ask(session, first, 15, sample=800, actor=cast.manager, now=now)
            answer(session, first, one, actor=cast.cfo, now=now)
        tighter = criterion(session, first, now)
        assert tighter.minimum_sample == 800 and tighter.amended and not tighter.amended.is_looser
        with (
            pytest.raises(ConflictError, match="amended meanwhile; it is at least 15"),
            transaction(session),
        ):
            ask(session, first, 14, seen=0, actor=cast.manager, now=now)
        with transaction(session):
            two = ask(session, first, 14, sample=800, seen=one, actor=cast.manager, now=now)
            answer(session, first, two, actor=cast.cfo2, now=now)
        again = criterion(session, first, now)
        assert (again.threshold, again.minimum_sample) == (14, 800)
        assert again.amended and again.amended.approved.threshold == 15
        with pytest.raises(InvalidError) as caught, transaction(session):
            measure(session, first, 14, sample=None, actor=cast.manager, now=now)
        assert "800 were agreed" in caught.value.fields["sample"]

    def test_a_second_one_waits_for_the_first(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            first = ask(session, tranches[0], 12, actor=cast.owner, now=now)
        with (
            pytest.raises(ConflictError, match="waits already: Omar Owner asked on 15 Feb 2027"),
            transaction(session),
        ):
            ask(session, tranches[0], 11, actor=cast.manager, now=now)
        with transaction(session):
            answer(session, tranches[0], first, agrees=False, actor=cast.cfo, now=now)
        assert criterion(session, tranches[0], now).threshold == 15
        with transaction(session):
            second = ask(session, tranches[0], 11, actor=cast.manager, now=now)
            withdraw(session, tranches[0], second, cast.manager, now)
            ask(session, tranches[0], 13, actor=cast.manager, now=now)

    def test_happens_once_per_key_and_leaves_one_event_each(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            ids = {
                ask(session, tranches[0], 12, actor=cast.owner, now=now, key="a" * 32)
                for _ in range(2)
            }
            for _ in range(2):
                answer(session, tranches[0], min(ids), actor=cast.cfo, now=now, key="b" * 32)
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action.startswith("amendment."))
            .order_by(AuditEvent.number)
        ).all()  # fmt: skip
        assert [one.action for one in events] == ["amendment.asked", "amendment.agreed"]
        said = json.loads(events[1].content)
        assert (said["before"]["threshold"], said["after"]["threshold"]) == ("15", "12")
        assert said["reason"] == "The case still holds with it"


class TestRefusals:
    @pytest.mark.parametrize(
        ("threshold", "sample", "reason", "field"),
        [
            ("15", 200, "So", "threshold"),
            ("12", 0, "So", "minimum_sample"),
            ("12", 5_000_000_000, "So", "minimum_sample"),
            ("12", None, "  ", "reason"),
            ("-3", None, "So", "threshold"),
        ],
    )
    def test_say_what_cannot_be_asked_for(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche],
        threshold: str, sample: int | None, reason: str, field: str,
    ) -> None:  # fmt: skip
        with pytest.raises(InvalidError) as caught, transaction(session):
            ask(
                session, tranches[0], threshold, sample=sample, reason=reason, actor=cast.owner,
                now=now,
            )  # fmt: skip
        assert field in caught.value.fields

    def test_only_the_manager_and_the_owner_ask(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        for person in (cast.cfo, cast.viewer):
            with (
                pytest.raises(NotAllowedError, match="Only a program manager"),
                transaction(session),
            ):
                ask(session, tranches[0], 12, actor=person, now=now)
        with (
            pytest.raises(NotAllowedError, match="Only the program manager or who owns CX-101"),
            transaction(session),
        ):
            ask(session, tranches[0], 12, actor=cast.lead, now=now)

    def test_four_hands_in_the_service_and_in_the_database(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        first = tranches[0]
        with transaction(session):
            id_ = ask(session, first, 12, actor=cast.manager, now=now)
            measure(session, first, 13, actor=cast.stranger, now=now)
        with pytest.raises(NotAllowedError, match="Only Finance agrees"), transaction(session):
            answer(session, first, id_, actor=cast.owner, now=now)
        for person, why in (
            (cast.manager, "you asked for it"),
            (cast.owner, "you own, owned or proposed CX-101"),
            (cast.stranger, "you recorded evidence"),
        ):
            grant_finance(session, person, now)
            for agrees in (True, False):
                with pytest.raises(NotAllowedError, match=why), transaction(session):
                    answer(session, first, id_, agrees=agrees, actor=person, now=now)
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(
                    text(
                        "UPDATE amendments SET state = 'agreed', answer = 'So', ended_at = 1,"
                        f" ended_by_id = {person.id}"
                    )
                )
            assert list_waiting_for(session, person.id, limit=9) == []
        assert [one.id for one in list_waiting_for(session, cast.cfo.id, limit=9)] == [id_]
        with pytest.raises(InvalidError), transaction(session):
            answer(session, first, id_, words=" ", actor=cast.cfo, now=now)
        with pytest.raises(NotFoundError), transaction(session):
            answer(session, tranches[1], id_, actor=cast.cfo, now=now)

    def test_who_asked_does_not_decide_the_hurdle_once_it_is_agreed(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        first = tranches[0]
        with transaction(session):
            measure(session, first, 13, actor=cast.owner, now=now)
            id_ = ask(session, first, 12, actor=cast.manager, now=now)
            answer(session, first, id_, actor=cast.cfo, now=now)
        grant_finance(session, cast.manager, now)
        with pytest.raises(NotAllowedError, match="you asked to amend"), transaction(session):
            decide(session, first, HurdleAction.RELEASE, actor=cast.manager, now=now)
        with pytest.raises(IntegrityError), transaction(session):
            session.execute(
                text(
                    "INSERT INTO hurdle_decisions (tranche_id, action, recommended, grounds,"
                    " reason, decided_by_id, decided_at) VALUES"
                    f" ({first.id}, 'release', 'release', '', '', {cast.manager.id}, 1)"
                )
            )

    def test_only_who_asked_withdraws(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            id_ = ask(session, tranches[0], 12, actor=cast.owner, now=now)
        with pytest.raises(NotAllowedError, match="Only who asked"), transaction(session):
            withdraw(session, tranches[0], id_, cast.manager, now)
        with transaction(session):
            withdraw(session, tranches[0], id_, cast.owner, now)
        with pytest.raises(ConflictError, match="withdrawn already"), transaction(session):
            answer(session, tranches[0], id_, actor=cast.cfo, now=now)


class TestADecision:
    @pytest.mark.parametrize(
        ("action", "closed"), [(HurdleAction.RELEASE, 1), (HurdleAction.STOP, 2)]
    )
    def test_closes_what_waits_and_says_so(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche],
        action: HurdleAction, closed: int,
    ) -> None:  # fmt: skip
        with transaction(session):
            measure(session, tranches[0], 16, actor=cast.manager, now=now)
            ids = [ask(session, one, 12, actor=cast.owner, now=now) for one in tranches[:2]]
        with transaction(session):
            decide(session, tranches[0], action, actor=cast.cfo, now=now, reason="As agreed")
        session.expire_all()
        states = [session.get_one(Amendment, one).state for one in ids]
        assert states.count(AmendmentState.CLOSED) == closed
        assert states[0] is AmendmentState.CLOSED
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"tranche:{tranches[0].id}")
            .order_by(AuditEvent.number.desc()).limit(1)
        ).one()  # fmt: skip
        assert len(json.loads(event.content)["after"]["amendments_closed"]) == closed
        for attempt in (answer, ask):
            with pytest.raises(ConflictError), transaction(session):
                if attempt is answer:
                    answer(session, tranches[0], ids[0], actor=cast.cfo2, now=now)
                else:
                    ask(session, tranches[0], 11, actor=cast.owner, now=now)

    def test_a_hold_leaves_it_waiting(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            id_ = ask(session, tranches[0], 12, actor=cast.owner, now=now)
            decide(session, tranches[0], HurdleAction.HOLD, actor=cast.cfo, now=now)
            answer(session, tranches[0], id_, actor=cast.cfo2, now=now)
        assert criterion(session, tranches[0], now).threshold == 12


class TestTheDatabase:
    def test_keeps_what_is_ended_and_lets_nothing_survive_a_decision(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            ended = ask(session, tranches[0], 12, actor=cast.owner, now=now)
            answer(session, tranches[0], ended, actor=cast.cfo, now=now)
            ask(session, tranches[1], 12, actor=cast.owner, now=now)
        columns = (
            "INSERT INTO amendments (tranche_id, criterion_id, state, from_threshold,"
            " to_threshold, reason, asked_by_id, asked_at)"
            " SELECT tranche_id, criterion_id, 'waiting',"
        )
        for statement in (
            f"UPDATE amendments SET answer = 'No' WHERE id = {ended}",
            f"UPDATE amendments SET to_threshold = 1 WHERE id = {ended}",
            "UPDATE amendments SET reason = 'So' WHERE state = 'waiting'",
            "UPDATE amendments SET state = 'closed', ended_by_id = asked_by_id, ended_at = 1,"
            " closed_by_id = 1 WHERE state = 'waiting'",
            "UPDATE tranches SET state = 'freed' WHERE position > 0",
            "DELETE FROM amendments",
            f"{columns} 15000000, 1, 'So', asked_by_id, 1 FROM amendments WHERE id = {ended}",
            f"{columns} 15000000, 1, 'So', asked_by_id, 1 FROM amendments WHERE state = 'waiting'",
            "UPDATE criteria SET threshold = 1",
        ):
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(text(statement))


class TestARescope:
    def test_to_what_promises_less_points_to_thresholds_agreed_for_more(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        gate = get_gate(session, tranches[0].id, today=now.date())
        (lean,) = list_smaller(
            session, gate.commitment, released_minor=0, held_minor=gate.freed_by_stop_minor
        )
        assert lean.promises_less and narrowed_words(gate) is None
        with transaction(session):
            id_ = ask(session, tranches[0], 12, actor=cast.owner, now=now - timedelta(days=1))
            rescope_hurdle(
                session, tranches[0], option_id=lean.id, reason="Lean does it",
                once_key="7" * 32, actor=cast.cfo, now=now,
            )  # fmt: skip
        session.expire_all()
        gate = get_gate(session, tranches[0].id, today=now.date())
        words = narrowed_words(gate)
        assert words and "agreed for Full and stay: Callers who help themselves." in words
        assert gate.facts.criteria[0].threshold == 15
        with transaction(session):
            answer(session, tranches[0], id_, agrees=False, actor=cast.cfo, now=now)
            ask(session, tranches[0], 13, actor=cast.owner, now=now)
        session.expire_all()
        assert narrowed_words(get_gate(session, tranches[0].id, today=now.date())) is None
