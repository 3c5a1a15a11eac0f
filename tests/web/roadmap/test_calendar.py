"""The gate calendar puts the hurdles of all initiatives in the order they want attention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.amendments import answer, ask
from tests.factories.roadmap import decide, measure
from tests.support.pages import links, parse, table, text

ClientFor = Callable[[Any], Any]


def groups(page: Any) -> list[str]:
    return [text(head) for head in parse(page).select(".group-row")]


class TestGates:
    def test_come_late_first_then_this_month_next_and_decided(
        self,
        app: Flask,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranches[0], HurdleAction.RELEASE, actor=cast.cfo, now=now)
        app.config["FIXED_NOW"] = now + timedelta(days=229)  # 2 October 2027

        page = client_for(cast.cfo).get("/gates")

        assert groups(page) == ["Late", "Next", "Decided"]
        last = table(page, "Hurdles").rows[-1]
        assert last["Decides"] == "Carla Finance, 15 Feb 2027"
        assert (last["State"], last["Money"]) == ("Passed", "€64,500.00 released")
        assert "9 hurdles · none to decide · 7 late" in text(page)
        assert len(page.queries) <= 12

    def test_tell_what_is_measured_what_is_held_and_who_decides(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)

        page = client_for(cast.viewer).get("/gates?q=tracker")
        row = table(page, "Hurdles").rows[1]

        assert row["Hurdle"] == "Hurdle 1"
        assert row["Initiative"] == "Claim status tracker CX-101"
        assert row["Due"] == "1 Jul 2027 in 136 days"
        assert (row["State"], row["Measured"]) == ("In review", "1 of 1 ready to decide")
        assert row["Money"] == "€64,500.00"
        assert row["Decides"] == "Carla Finance or Cem Finance"

    def test_name_nobody_to_decide_who_asked_for_what_it_is_judged_on(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            person = session.get_one(Person, cast.manager.id)
            person.grants.append(RoleGrant(role=Role.FINANCE, is_in_force=True, granted_at=now))

        def deciders() -> str:
            page = client_for(cast.viewer).get("/gates?q=tracker")
            return str(table(page, "Hurdles").rows[1]["Decides"])

        assert deciders() == "Carla Finance or 2 others"
        with transaction(session):
            asked = ask(session, tranches[0], 40, actor=cast.manager, now=now)
        assert deciders() == "Carla Finance or 2 others"
        with transaction(session):
            answer(session, tranches[0], asked, actor=cast.cfo, now=now)
        assert deciders() == "Carla Finance or Cem Finance"

    def test_can_be_narrowed_in_every_way(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        client = client_for(cast.viewer)

        def names(query: str) -> int:
            page = client.get(f"/gates?{query}")
            is_empty = "No hurdle fits" in text(page)
            return 0 if is_empty else len(parse(page).select("tbody tr:not(.group-row)"))

        assert names("") == 9
        assert names("month=2027-07") == 3
        assert names("state=notdue") == 9
        assert names("state=missed") == 0
        assert names(f"owner={cast.owner.id}") == 9
        assert names(f"owner={cast.lead.id}") == 0
        assert names("journey=claims&q=tracker") == 3
        assert names("when=late") == 0
        assert links(client.get("/gates?when=late"))["Show all"] == "/gates"
