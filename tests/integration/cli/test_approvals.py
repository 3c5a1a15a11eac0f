"""A frozen proposal on the command line: solved again to the same plan, or told what differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.approvals.engine.replaying import Outcome, replay
from app.approvals.queries import get_proposal
from app.approvals.rules.frozen import read_snapshot
from app.approvals.services import approve_proposal, submit_proposal
from app.calendar.models import Cycle
from app.db.session import transaction
from app.portfolio.queries import get_run
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world, verdict_on
from tests.factories.portfolio import begin, carry_out

Run = Callable[..., Any]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["approvals", *arguments])


class TestReplay:
    def test_gives_the_approved_plan_again_from_the_bytes_alone_whatever_is_stored_now(
        self, run: Run, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        run_id = begin(session, world.scenario.id, actor=cast.lead, now=now)
        carry_out(session, now)
        with transaction(session):
            solved = get_run(session, run_id)
            made = submit_proposal(session, solved, note="", actor=cast.lead, now=now).id
        with transaction(session):
            proposal = get_proposal(session, made)
            approve_proposal(session, proposal, verdict_on(proposal), actor=cast.cfo, now=now)
            session.execute(update(Cycle).values(discount_rate="0.2"))
        frozen = read_snapshot(proposal.snapshot)
        answer = run("replay", str(made), "--json")
        found = json.loads(answer.output)
        assert answer.exit_code == 0 and found["outcome"] == "same"
        assert found["digest"] == proposal.digest and found["changes"] == found["faults"] == []
        assert found["value"] == found["frozen_value"] == frozen.value_minor
        assert found["choices"] == len(frozen.items)
        told = run("drift", str(made))
        assert told.exit_code == 0 and "Discount rate" in told.output

    def test_names_each_choice_that_differs_where_the_frozen_plan_was_not_the_best(
        self, run: Run, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            made = make_proposal(session, cast, now, world).id
        answer = run("replay", str(made), "--json")
        found = json.loads(answer.output)
        assert answer.exit_code == 1 and found["outcome"] == "other"
        assert found["value"] == found["frozen_value"] + found["difference"]
        assert found["difference"] > 0 and found["changes"]

    def test_solves_nothing_that_is_not_what_was_submitted(
        self, run: Run, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            proposal = make_proposal(session, cast, now, world)
        found = replay(proposal.snapshot + b" ", proposal.digest)
        assert found.outcome is Outcome.BROKEN and found.value is None
        assert "they are not what was submitted" in found.faults[0]
        assert run("replay", "999").exit_code == 3
