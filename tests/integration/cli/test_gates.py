"""A hurdle on the command line says what its page says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import bind_criteria, decide, measure, tranches_of
from tests.support.pages import text

Run = Callable[..., Any]
PILOT = Measuring(error=Decimal(4), among=Among.EXPOSED, design=Design.CONTROLLED)


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["gates", "show", *arguments])


@pytest.fixture
def tranche(session: Session, cast: Cast, now: datetime) -> Tranche:
    with transaction(session):
        world = make_world(session, cast, now)
        bind_criteria(session)
    session.expire_all()
    with transaction(session):
        commitments = make_commitments(session, cast, now, world)
    return tranches_of(session, commitments["CX-101"].id)[0]


class TestShow:
    def test_tells_criteria_evidence_return_and_recommendation_as_the_page_does(
        self,
        run: Run,
        session: Session,
        cast: Cast,
        now: datetime,
        tranche: Tranche,
        client_for: Callable[[Any], Any],
    ) -> None:
        with transaction(session):
            measure(session, tranche, 20, actor=cast.manager, now=now, how=PILOT)
        page = text(client_for(cast.viewer).get(f"/gates/{tranche.id}"))
        told = run(str(tranche.id))
        assert told.exit_code == 0, told.output
        for line in told.output.splitlines():
            for part in line.strip(" -").split(": "):
                said = " ".join(part.split())
                if said.startswith(("Forward return", "Still to", "Approved case", "Chance")):
                    assert said in page
        found = json.loads(run(str(tranche.id), "--json").output)
        assert found["initiative"]["key"] == "CX-101"
        assert found["evidence"][0]["value"] == "20"
        assert found["criteria"][0]["latest"] == found["evidence"][0]["id"]
        assert found["forecast"]["effects"][0]["measured"]["error"] > 0
        assert {"return", "chance", "bar"} <= found["forecast"].keys()
        for ground in found["recommendation"]["grounds"]:
            assert ground in told.output and " ".join(ground.split()) in page
        assert "The figures recommend" in told.output and "The figures recommend" in page

    def test_tells_why_a_decided_hurdle_is_recommended_nothing_and_that_there_is_none(
        self, run: Run, session: Session, cast: Cast, now: datetime, tranche: Tranche
    ) -> None:
        with transaction(session):
            decide(session, tranche, HurdleAction.STOP, actor=cast.cfo, now=now, reason="No gain.")
        told = run(str(tranche.id))
        assert "Stop by" in told.output and "No gain." in told.output
        found = json.loads(run(str(tranche.id), "--json").output)
        assert (found["recommendation"], found["forecast"]) == (None, None)
        assert found["decisions"][0]["reason"] == "No gain."
        missing = run("999999")
        assert missing.exit_code == 3 and "no such hurdle" in missing.output
