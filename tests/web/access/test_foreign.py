"""What belongs to others: who may not change it is refused, and one thing's parts aren't another's.

The role alone would let these people in; test_matrix.py looks at roles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from app.accounts.models import Person
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.initiatives.models import Milestone, TargetBehaviour
from app.initiatives.services import add_option
from app.portfolio.models import ScenarioRule
from app.portfolio.services.scenarios import ScenarioDraft, create_scenario
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund
from tests.factories.initiatives import make_company, make_complete, option_draft
from tests.factories.journeys import make_journey
from tests.factories.needs import make_need
from tests.support.breaking import broken
from tests.support.client import StrictClient
from tests.support.digests import database_digest
from tests.web.access.walks import initiatives
from tests.web.access.walks.walk import Walk

ClientFor = Callable[[Person], StrictClient]
ANYBODYS = {
    "/initiatives/new", "/initiatives/from-spot/1", "/initiatives/views", "/units",
    "/units/1/remove",
}  # fmt: skip
"""What everybody with the role may do, for it makes something of their own or of nobody's."""


REFUSED = {403, 404, 409}
"""404 where a view or a bulk edit is its owner's alone, 409 where a bulk edit names every row that
stays; what was changed is looked for besides."""


@dataclass
class Trespass(Walk):
    """A walk in which a stranger with the same role sends everything first."""

    tried: list[str] = field(default_factory=list)

    def before_acting(self, person: Person, address: str, data: dict[str, Any]) -> None:
        if address in ANYBODYS:
            return
        before = database_digest(self.engine)
        sent = {name: value for name, value in data.items() if name != "csrf_token"}
        if "once" in sent:
            sent["once"] = uuid4().hex
        answer = self.client(self.cast.stranger).post(address, data=sent, loose=True)
        self.tried.append(address)
        if answer.status_code not in REFUSED:
            self.wrong.append(f"A stranger gets {answer.status_code} from {address}")
        if database_digest(self.engine) != before:
            self.wrong.append(f"A stranger changed something at {address}")


@pytest.fixture
def world(
    app: Flask,
    session: Session,
    engine: Engine,
    cast: Cast,
    now: datetime,
    client_for: ClientFor,
    run_jobs: Callable[[], int],
) -> Trespass:
    return Trespass(app, session, engine, cast, now, client_for, run_jobs)


class TestStrangers:
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_change_nothing_of_an_initiative_they_do_not_own(self, world: Trespass) -> None:
        initiatives.walk(world)
        assert not world.wrong, "\n".join(world.wrong)
        assert len(world.tried) >= 17

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_are_found_out_where_nobody_asks_who_they_are(self, world: Trespass) -> None:
        """The control: without the check the walk has to notice."""
        with broken("app.initiatives.services.checks.check_can_edit", lambda *_, **__: None):
            page = f"/initiatives/{_complete(world)}/questions/goals"
            world.act(world.cast.lead, page, "initiative.answered", page=page, goals="Mine")
        assert any(one.startswith("A stranger gets 303") for one in world.wrong)
        assert any(one.startswith("A stranger changed") for one in world.wrong)


class TestPartsOfAnother:
    """An address that names a part under another's parent names nothing."""

    def test_are_not_there(self, world: Trespass) -> None:
        assert _misplaced(world) == []

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_are_found_where_nobody_looks_at_the_parent(self, world: Trespass) -> None:
        """The control: a part found by its own number alone has to be noticed."""
        with broken(
            "app.initiatives.queries.initiatives.get_milestone",
            lambda session, _initiative, number: session.get_one(
                Milestone, number, options=[selectinload(Milestone.criteria)]
            ),
        ):
            wrong = _misplaced(world)
        assert any("milestones" in one and "303" in one for one in wrong), wrong
        assert any("milestones" in one and "changed something" in one for one in wrong)


def _misplaced(world: Trespass) -> list[str]:
    """What addresses under the wrong parent answer besides 404, or change."""
    wrong = []
    for person, addresses, sent in _under_the_wrong_parent(world):
        browser = world.client(person)
        for address in addresses:
            before = database_digest(world.engine)
            for method, ending in [("GET", ""), *(("POST", one) for one in ENDINGS)]:
                answer = browser.open(
                    address + ending, method=method, loose=True,
                    data=sent if method == "POST" else None,
                )  # fmt: skip
                if answer.status_code not in (404, 405):
                    wrong.append(f"{method} {address}{ending} answers {answer.status_code}")
            if database_digest(world.engine) != before:
                wrong.append(f"{address} changed something")
    return wrong


ENDINGS = ("", "/need", "/remove", "/retire", "/drop", "/change")
Asked = tuple[Person, list[str], dict[str, str]]
"""Who asks for what, and the fields that would let it through under the right parent."""


def _under_the_wrong_parent(world: Walk) -> list[Asked]:
    session, cast = world.session, world.cast
    by: dict[str, Any] = {"actor": cast.lead, "now": world.now}
    with transaction(session):
        company = make_company(session, cast)
        one, other = (make_complete(session, cast, company, title=word) for word in "AB")
        lean = option_draft(company, key="lean")
        add_option(session, other, lean, expected_version=None, **by)
        behaviour, milestone = (
            session.scalars(select(kind.id).where(kind.initiative_id == other.id)).first()
            for kind in (TargetBehaviour, Milestone)
        )
        renewal = make_journey(session, cast.lead, key="renewal", name="Renewal")
        need = make_need(session, renewal, cast.lead).id
        later = make_cycle(session, name="FY28", state=CycleState.DRAFT)
        fund = make_fund(session, later, "innovation").fund_id
        first, second = (
            create_scenario(session, company.cycle, ScenarioDraft(word), **by) for word in "AB"
        )
        session.add(
            ScenarioRule(
                scenario=second, key="R1", type="at_most", reason="Calm",
                parameters={"count": 1, "tag": "lens", "equals": "process"},
            )
        )  # fmt: skip
        session.flush()
        rule = session.scalars(select(ScenarioRule.id)).one()
    here, version = f"/initiatives/{one.key}", str(one.version)
    parts = [f"behaviours/{behaviour}", f"milestones/{milestone}", "options/lean"]
    needs = [f"/journeys/{company.journey.key}/needs/{need}"]
    lists = f"/scenarios/{first.id}"
    return [
        (cast.owner, [f"{here}/{part}" for part in parts], {"version": version}),
        (cast.lead, needs, {"version": "1", "reason": "It was wrong."}),
        (cast.lead, [f"{lists}/rules/{rule}"], {"version": str(first.version)}),
        (cast.lead, [f"{lists}/pins/{other.id}/lift"], {"version": str(first.version)}),
        (cast.cfo, [f"/cycles/{company.cycle.id}/funds/{fund}"], {"version": "1"}),
    ]


def _complete(world: Walk) -> str:
    with transaction(world.session):
        company = make_company(world.session, world.cast)
        return make_complete(world.session, world.cast, company).key
