"""Assessments are answered together, closed whole, and stay as they were closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import AppError, ConflictError, InvalidError, NotAllowedError
from app.reviews.models import MaturityAnswer, MaturityAssessment
from app.reviews.queries import maturity as queries
from app.reviews.rules.maturity import (
    CURRENT,
    AnswerDraft,
    AssessmentDraft,
    AssessmentState,
    Dimension,
)
from app.reviews.services import maturity as services
from tests.factories.accounts import Cast
from tests.factories.maturity import answer_draft, give, make_assessment, make_draft
from tests.support.databases import Databases
from tests.support.races import at_once, roomy_engine

ALL_TWO = {one.key: 2 for one in CURRENT.questions}


def _actions(session: Session) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.subject.startswith("maturity:"))
    return list(session.scalars(query.order_by(AuditEvent.number)))


def _get(session: Session, id_: int) -> MaturityAssessment:
    return queries.get_assessment(session, id_)


def _close(session: Session, id_: int, cast: Cast, now: datetime, version: int) -> None:
    services.close_assessment(
        session, _get(session, id_), expected_version=version, actor=cast.lead, now=now
    )


class TestStarting:
    def test_is_for_leads_and_program_managers(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        draft = AssessmentDraft("Claims", date(2027, 2, 1))
        for person in (cast.cfo, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                services.start_assessment(session, draft, actor=person, now=now)
        with transaction(session):
            made = services.start_assessment(session, draft, actor=cast.manager, now=now)
        assert (made.state, made.question_count) == (AssessmentState.DRAFT, 24)

    @pytest.mark.parametrize(
        ("scope", "day", "field"),
        [
            ("claims", date(2027, 2, 9), "scope"),
            ("whole  company", date(2027, 2, 10), "assessed_on"),
        ],
    )
    def test_goes_on_with_a_draft_and_counts_a_day_once(
        self, session: Session, cast: Cast, now: datetime, scope: str, day: date, field: str
    ) -> None:
        with transaction(session):
            make_draft(session, cast.lead, scope="Claims")
            make_assessment(session, cast.lead)

        with pytest.raises(InvalidError) as refusal, transaction(session):
            services.start_assessment(
                session, AssessmentDraft(scope, day), actor=cast.lead, now=now
            )
        assert list(refusal.value.fields) == [field]


class TestAnswering:
    def _save(
        self, session: Session, cast: Cast, now: datetime, id_: int, dimension: Dimension,
        version: int, **drafts: AnswerDraft,
    ) -> None:  # fmt: skip
        with transaction(session):
            services.answer_questions(
                session, _get(session, id_), dimension, drafts, expected_version=version,
                actor=cast.lead, now=now,
            )  # fmt: skip

    def test_records_what_changed_and_nothing_else(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead, stages={"people_goals": 2}).id

        self._save(
            session, cast, now, id_, Dimension.PEOPLE, 1, people_goals=answer_draft(2),
            people_owners=answer_draft(3), strategy_needs=answer_draft(4),
        )  # fmt: skip
        self._save(session, cast, now, id_, Dimension.PEOPLE, 2, people_owners=answer_draft(3))

        assert set(queries.answers_of(_get(session, id_))) == {"people_goals", "people_owners"}
        assert _actions(session) == ["maturity.started", "maturity.answered", "maturity.answered"]

    def test_of_one_dimension_meets_no_other_and_shows_both_versions_of_its_own(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead).id

        self._save(session, cast, now, id_, Dimension.PEOPLE, 0, people_goals=answer_draft(2))
        self._save(session, cast, now, id_, Dimension.PROCESS, 0, process_cycle=answer_draft(1))
        with pytest.raises(ConflictError) as refusal:
            self._save(session, cast, now, id_, Dimension.PEOPLE, 0, people_goals=answer_draft(4))

        question = next(one.text for one in CURRENT.questions if one.key == "people_goals")
        assert refusal.value.theirs[question] == "2 Development"
        assert refusal.value.yours[question] == "4 Managed"

    def test_from_stage_three_on_takes_evidence(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead).id

        with pytest.raises(InvalidError) as refusal:
            self._save(
                session, cast, now, id_, Dimension.PEOPLE, 0, people_goals=answer_draft(3, " ")
            )
        assert list(refusal.value.fields) == ["people_goals_evidence"]
        assert _get(session, id_).answers == []

    def test_of_the_same_question_at_once_keeps_one_answer(
        self, database: Databases, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead).id
        engine = roomy_engine(database.url, 2)

        def act(stage: int) -> Any:
            return lambda own: services.answer_questions(
                own, _get(own, id_), Dimension.PEOPLE, {"people_goals": answer_draft(stage)},
                expected_version=0, actor=cast.lead, now=now,
            )  # fmt: skip

        results = at_once(engine, [act(1), act(2)])
        engine.dispose()

        assert sum(isinstance(one, AppError) for one in results) == 1
        session.expire_all()
        assert len(_get(session, id_).answers) == 1


class TestClosing:
    def test_takes_every_answer_as_it_was_looked_at(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        stages = ALL_TWO | {"people_goals": None}
        with transaction(session):
            id_ = make_draft(session, cast.lead, stages=stages).id
            seen = queries.whole_version(_get(session, id_))
            give(session, _get(session, id_), Dimension.PEOPLE, cast.lead, {"people_owners": 3})

        said = "changed this assessment meanwhile"
        with pytest.raises(ConflictError, match=said), transaction(session):
            _close(session, id_, cast, now, seen)
        with transaction(session):
            _close(session, id_, cast, now, seen + 1)

        found = _get(session, id_)
        assert (found.state, found.closed_by_id) == (AssessmentState.CLOSED, cast.lead.id)
        assert _actions(session)[-1] == "maturity.closed"

    def test_is_refused_while_a_question_is_open(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead, stages={"people_goals": 2}).id

        said = "23 of 24 questions are not answered"
        with pytest.raises(ConflictError, match=said), transaction(session):
            _close(session, id_, cast, now, 2)

    def test_and_answering_at_once_never_adds_to_what_is_closed(
        self, database: Databases, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead, stages=ALL_TWO).id
            seen = queries.whole_version(_get(session, id_))
        engine = roomy_engine(database.url, 2)

        def answer(own: Session) -> None:
            give(own, _get(own, id_), Dimension.PEOPLE, cast.lead, {"people_goals": 4})

        results = at_once(engine, [answer, lambda own: _close(own, id_, cast, now, seen)])
        engine.dispose()

        assert sum(isinstance(one, ConflictError) for one in results) == 1
        session.expire_all()
        found = _get(session, id_)
        changed = queries.answers_of(found)["people_goals"].stage
        assert (found.is_draft, changed and changed.number) in ((True, 4), (False, 2))


class TestDiscarding:
    def test_takes_a_reason_and_keeps_what_was_said_in_the_trail(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead, stages={"people_goals": 2}).id

        for reason in (" ", "Wrong unit."):
            try:
                with transaction(session):
                    services.discard_assessment(
                        session, _get(session, id_), reason=reason, expected_version=2,
                        actor=cast.lead, now=now,
                    )  # fmt: skip
            except InvalidError as error:
                assert list(error.fields) == ["reason"]

        assert session.scalars(select(MaturityAnswer)).all() == []
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert event is not None and event.reason == "Wrong unit."
        assert b"2 Development" in event.content


class TestDatabase:
    def _refused(self, session: Session, sentence: str, sql: str) -> None:
        with pytest.raises(IntegrityError) as caught, transaction(session):
            session.execute(text(sql))
        assert sentence in str(caught.value.orig)

    def test_keeps_what_is_closed(self, session: Session, cast: Cast) -> None:
        with transaction(session):
            make_assessment(session, cast.lead)

        never = "answers of a closed assessment never change"
        for sentence, sql in (
            ("closed assessment never changes", "UPDATE maturity_assessments SET scope = 'x'"),
            ("closed assessment never changes", "UPDATE maturity_assessments SET state = 'draft'"),
            ("closed assessment is never removed", "DELETE FROM maturity_assessments"),
            (never, "UPDATE maturity_answers SET stage = 5"),
            (never, "DELETE FROM maturity_answers"),
            (
                never,
                "INSERT INTO maturity_answers (assessment_id, question, evidence, link,"
                " answered_by_id, answered_at, version)"
                " SELECT id, 'more', '', '', started_by_id, 0, 1 FROM maturity_assessments",
            ),
        ):
            self._refused(session, sentence, sql)

    def test_closes_nothing_that_is_incomplete(
        self, session: Session, engine: Engine, cast: Cast
    ) -> None:
        with transaction(session):
            make_draft(session, cast.lead, stages={"people_goals": 2})

        close = "UPDATE maturity_assessments SET state = 'closed', closed_at = 0, closed_by_id = "
        self._refused(session, "answer to every question", f"{close}{cast.lead.id}")
        self._refused(session, "questions of an assessment stay",
                      "UPDATE maturity_assessments SET question_count = 1")  # fmt: skip
        self._refused(session, "evidence_given", "UPDATE maturity_answers SET stage = 4,"
                      " evidence = ''")  # fmt: skip
        if engine.dialect.name == "postgresql":
            self._refused(session, "never emptied", "TRUNCATE maturity_assessments CASCADE")
