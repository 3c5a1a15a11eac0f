"""Questions beside a plan: asked once, carried out by a worker, kept for whoever asks the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, NotAllowedError
from app.handlers import HANDLERS
from app.jobs.rules import JobState
from app.jobs.services import claim
from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers import applied, read_change
from app.portfolio.models import Inquiry
from app.portfolio.queries import get_run
from app.portfolio.rules import InquiryKind
from app.portfolio.rules.inquiries import _PARAMETERS
from app.portfolio.services.answering import answer_inquiry
from app.portfolio.services.inquiries import KIND, ask, stop_asking
from tests.factories.accounts import Cast
from tests.factories.portfolio import (
    SOLVER_MEMORY,
    HandJob,
    Portfolio,
    begin,
    carry_out,
    make_portfolio,
)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few draws and budgets: that the answers are true with many, the engine's own tests show."""
    for kind, few in ((InquiryKind.ROBUST, {"draws": 10}), (InquiryKind.FRONTIER, {"points": 5})):
        monkeypatch.setitem(_PARAMETERS, kind, {**kind.parameters, **few})  # type: ignore[arg-type]


@pytest.fixture
def portfolio(session: Session, cast: Cast) -> Portfolio:
    with transaction(session):
        return make_portfolio(session, cast)


@pytest.fixture
def run_id(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> int:
    """A run with a plan."""
    run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
    carry_out(session, now)
    return run_id


Ask = Callable[[InquiryKind], int]


@pytest.fixture
def asked(session: Session, run_id: int, cast: Cast, now: datetime) -> Ask:
    def one(kind: InquiryKind) -> int:
        with transaction(session):
            return ask(session, get_run(session, run_id), kind, actor=cast.lead, now=now).id

    return one


def work(session: Session, now: datetime, *, stop: Callable[[], bool] | None = None) -> HandJob:
    """Answer the next question."""
    with transaction(session):
        job = claim(session, worker="hand", kinds=frozenset({KIND}), now=now)
    assert job is not None
    hand = HandJob(session, job, now, stop=stop)
    session.rollback()
    answer_inquiry(hand, memory_bytes=SOLVER_MEMORY)
    session.expire_all()
    return hand


class TestAsking:
    @pytest.mark.parametrize("kind", list(InquiryKind))
    def test_every_kind_is_answered_and_kept(
        self, session: Session, asked: Ask, now: datetime, kind: InquiryKind
    ) -> None:
        inquiry_id = asked(kind)
        told = work(session, now).told
        inquiry = session.get_one(Inquiry, inquiry_id)
        assert inquiry.content is not None
        document = json.loads(inquiry.content)
        assert (document["kind"], document["is_complete"]) == (kind.value, True)
        assert told[0]["doing"] == "starting"
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("inquiry."))
        ).all()
        assert sorted(actions) == ["inquiry.answered", "inquiry.started"]

    def test_the_same_question_is_asked_once(
        self, session: Session, asked: Ask, now: datetime
    ) -> None:
        first = asked(InquiryKind.ALTERNATIVES)
        assert asked(InquiryKind.ALTERNATIVES) == first
        work(session, now)
        assert asked(InquiryKind.ALTERNATIVES) == first

    def test_remedies_bring_the_initiative_in(
        self, session: Session, run_id: int, asked: Ask, now: datetime
    ) -> None:
        inquiry_id = asked(InquiryKind.EXPLAIN)
        work(session, now)
        problem = parse_problem(get_run(session, run_id).problem)
        rows = json.loads(session.get_one(Inquiry, inquiry_id).content or b"")["rows"]
        assert rows
        for row in rows:
            for remedy in row["remedies"][:1]:
                changed = applied(problem, [read_change(remedy["change"])])
                funded = {one.initiative for one in solve(changed, time_limit=20).funded}
                assert row["initiative"] in funded

    def test_stopping_keeps_what_is_known(
        self, session: Session, asked: Ask, cast: Cast, now: datetime
    ) -> None:
        inquiry_id = asked(InquiryKind.ROBUST)
        with transaction(session):
            job = claim(session, worker="hand", kinds=frozenset({KIND}), now=now)
            assert job is not None
            inquiry = session.get_one(Inquiry, inquiry_id)
            session.refresh(inquiry, ["job"])
            stop_asking(session, inquiry, actor=cast.lead, now=now)
        answer_inquiry(HandJob(session, job, now, stop=lambda: True), memory_bytes=SOLVER_MEMORY)
        session.expire_all()
        inquiry = session.get_one(Inquiry, inquiry_id)
        session.refresh(inquiry, ["job"])
        assert inquiry.job.state is JobState.STOPPED
        assert json.loads(inquiry.content or b"")["is_complete"] is False
        assert asked(InquiryKind.ROBUST) != inquiry_id

    def test_nobody_queues_more_than_a_few(self, asked: Ask, monkeypatch: Any) -> None:
        monkeypatch.setattr("app.portfolio.services.inquiries.MOST_OPEN", 2)
        first = asked(InquiryKind.EXPLAIN)
        asked(InquiryKind.PRICE)
        assert asked(InquiryKind.EXPLAIN) == first
        with pytest.raises(ConflictError, match="You have 2 questions waiting"):
            asked(InquiryKind.ROBUST)

    def test_the_worker_knows_how(self) -> None:
        assert KIND in HANDLERS


class TestRefusals:
    def test_who_may_not_run_may_not_ask(
        self, session: Session, run_id: int, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            run = get_run(session, run_id)
            ask(session, run, InquiryKind.FRONTIER, actor=cast.viewer, now=now)

    def test_a_run_that_is_not_over_has_nothing_to_ask_about(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        waiting = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
        with pytest.raises(ConflictError), transaction(session):
            run = get_run(session, waiting)
            ask(session, run, InquiryKind.FRONTIER, actor=cast.lead, now=now)

    def test_an_answer_never_changes(self, session: Session, asked: Ask, now: datetime) -> None:
        asked(InquiryKind.ALTERNATIVES)
        work(session, now)
        with pytest.raises(DBAPIError), transaction(session):
            session.execute(update(Inquiry).values(content=b"{}"))
