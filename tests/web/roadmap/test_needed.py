"""What another approved initiative needs is named before it is stopped, and missed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from csv import DictReader
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from app.roadmap.models import HurdleDecision
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import begin, decide, measure, move_due_date, tranches_of
from tests.support.pages import table, text

ClientFor = Callable[[Any], Any]
GONE = "needs CX-101, which was stopped on 15 Feb 2027"


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    """CX-102 needs CX-101; CX-103 needs nothing."""
    with transaction(session):
        world = make_world(session, cast, now, needs=("CX-102", "CX-101"))
    with transaction(session):
        return make_commitments(session, cast, now, world)


@pytest.fixture
def needed(session: Session, commitments: dict[str, Commitment]) -> list[Tranche]:
    return tranches_of(session, commitments["CX-101"].id)


@pytest.fixture
def needing(session: Session, commitments: dict[str, Commitment]) -> list[Tranche]:
    return tranches_of(session, commitments["CX-102"].id)


def end(
    session: Session, cast: Cast, now: datetime, tranche: Tranche, action: HurdleAction
) -> None:
    with transaction(session):
        decide(session, tranche, action, actor=cast.cfo, now=now, reason="Better used elsewhere")


def release(session: Session, cast: Cast, now: datetime, tranche: Tranche) -> None:
    with transaction(session):
        begin(session, tranche.commitment_id, actor=cast.manager, now=now)
        measure(session, tranche, 99, actor=cast.manager, now=now)
        decide(session, tranche, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="Good")


class TestBefore:
    @pytest.mark.parametrize("way", ["stop", "finish", "rescope"])
    def test_names_who_needs_it_with_the_money_still_committed(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        commitments: dict[str, Commitment],
        needed: list[Tranche],
        needing: list[Tranche],
        way: str,
    ) -> None:
        release(session, cast, now, needing[0])
        left = commitments["CX-102"].amount_minor - needing[0].amount_minor
        page = client_for(cast.cfo).get(f"/gates/{needed[0].id}/{way}")
        rows = table(page, "Who needs CX-101").rows
        assert [row["Still committed to it"] for row in rows] == [f"€{left / 100:,.2f}"]
        assert rows[0]["Initiative"].endswith("CX-102")
        assert "Approved work needs CX-101" in text(page)
        assert len(page.queries) <= 12

    def test_says_nothing_where_nobody_needs_it(
        self, client_for: ClientFor, cast: Cast, needing: list[Tranche]
    ) -> None:
        page = client_for(cast.cfo).get(f"/gates/{needing[0].id}/stop")
        assert "Who needs" not in text(page)

    def test_says_that_what_a_finished_one_delivered_stays(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
    ) -> None:
        release(session, cast, now, needed[0])
        page = client_for(cast.cfo).get(f"/gates/{needed[1].id}/finish")
        assert "What it delivered stays. They go on as approved" in text(page)


class TestAfter:
    def test_is_flagged_at_the_hurdle_on_the_initiative_and_on_the_roadmap(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
        needing: list[Tranche],
    ) -> None:
        client = client_for(cast.cfo)
        before = [f"/gates/{needing[0].id}", "/initiatives/CX-102", "/roadmap", "/findings"]
        for address in before:
            assert "which was stopped" not in text(client.get(address))
        end(session, cast, now, needed[0], HurdleAction.STOP)
        for address in (*before, f"/roadmap?at={needing[0].id}"):
            page = client.get(address)
            assert "CX-101, which was stopped on 15 Feb 2027" in text(page), address
            assert len(page.queries) <= 12, address
        row = table(client.get("/roadmap"), "Initiatives").row("Call-back instead of queue CX-102")
        assert GONE in row["State"]

    def test_is_among_the_grounds_of_the_recommendation_which_stays_its_own(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
        needing: list[Tranche],
    ) -> None:
        end(session, cast, now, needed[0], HurdleAction.STOP)
        release(session, cast, now, needing[0])
        made = session.scalars(
            select(HurdleDecision).where(HurdleDecision.tranche_id == needing[0].id)
        ).one()
        assert made.recommended is HurdleAction.RELEASE
        assert made.grounds.endswith(f"It {GONE}.")

    def test_is_told_of_one_finished_before_it_got_any_money(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
        needing: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, needed[0], 99, actor=cast.manager, now=now)
        end(session, cast, now, needed[0], HurdleAction.FINISH)
        words = text(client_for(cast.viewer).get(f"/gates/{needing[0].id}"))
        assert "needs CX-101, which was finished early without any of its money" in words

    def test_is_not_told_of_one_finished_with_money(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
        needing: list[Tranche],
    ) -> None:
        release(session, cast, now, needed[0])
        with transaction(session):
            measure(session, needed[1], 99, actor=cast.manager, now=now)
        end(session, cast, now, needed[1], HurdleAction.FINISH)
        words = text(client_for(cast.viewer).get(f"/gates/{needing[0].id}"))
        assert "Something it needs is gone" not in words

    def test_stands_on_the_home_page_beside_the_hurdle_that_is_due(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
        needing: list[Tranche],
    ) -> None:
        with transaction(session):
            move_due_date(
                session, needing[0], to_on=now.date() + timedelta(days=20), reason="Earlier",
                actor=cast.manager, now=now,
            )  # fmt: skip
        client = client_for(cast.cfo)
        assert "which is gone" not in text(client.get("/"))
        end(session, cast, now, needed[0], HurdleAction.STOP)
        page = client.get("/")
        assert "needs CX-101, which is gone" in text(page)
        assert len(page.queries) <= 12

    def test_is_a_finding_on_the_page_in_the_file_and_on_the_command_line(
        self,
        app: Flask,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        needed: list[Tranche],
    ) -> None:
        end(session, cast, now, needed[0], HurdleAction.STOP)
        client = client_for(cast.cfo)
        found = table(client.get("/findings"), "Approved work that needs something stopped").rows
        assert [row["Why"] for row in found] == [GONE]
        rows = list(DictReader(StringIO(client.get("/findings.csv").get_data(as_text=True))))
        assert any(GONE in " ".join(map(str, row.values())) for row in rows)
        said = app.test_cli_runner().invoke(args=["findings"]).output
        assert "ACT  Approved work that needs something stopped" in said and GONE in said
