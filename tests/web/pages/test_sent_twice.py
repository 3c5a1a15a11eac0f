"""A double click makes one thing: every form that creates acts once per page that showed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company
from tests.factories.portfolio import make_portfolio
from tests.support.client import StrictClient
from tests.support.pages import form_values, text

ClientFor = Callable[[Person], StrictClient]

CYCLE = {
    "name": "FY29", "starts_on": "2029-01-01", "ends_on": "2029-06-30", "first_quarter": "2029-Q1",
    "discount_rate": "9", "hurdle_rate": "15",
}  # fmt: skip
PERSON = {"name": "Nia New", "email": "nia@waymark.test", "password": "marble otter canyon lamp"}
JOURNEY = {"key": "renewal", "name": "Renewal", "segment": "Drivers", "goal": "Renew"}
TOTAL = {"name": "Contact centre", "amount": "1m", "source": "Budget book"}
FUND = {"key": "new-fund", "name": "New fund"}
MATURITY = {"scope": "Claims", "assessed_on": "2027-02-01"}
TEAM = {"key": "new-team", "name": "New team", "day_rate": "500"}

FORMS = [
    ("admin", "/admin/people/new", "/admin/people/new", "people", PERSON),
    ("cfo", "/cycles/new", "/cycles", "cycles", CYCLE),
    ("cfo", "/cycles/{cycle}", "/cycles/{cycle}/funds", "cycle_funds", FUND),
    ("cfo", "/cycles/{cycle}", "/cycles/{cycle}/teams", "teams", TEAM),
    ("cfo", "/control-totals/new", "/control-totals", "control_totals", TOTAL),
    ("lead", "/journeys/new", "/journeys", "journeys", JOURNEY),
    (
        "lead", "/initiatives/new", "/initiatives/new", "initiatives",
        {"title": "Tracker", "unit": "Claims", "lens": "process"},
    ),
    ("lead", "/maturity/new", "/maturity", "maturity_assessments", MATURITY),
    ("lead", "/scenarios/new", "/scenarios/new", "scenarios", {"name": "Lean"}),
    ("lead", "/scenarios/{scenario}/copy", "/scenarios/{scenario}/copy", "scenarios", {}),
]  # fmt: skip


@pytest.fixture
def places(session: Session, cast: Cast) -> dict[str, int]:
    with transaction(session):
        portfolio = make_portfolio(session, cast)
        return {"cycle": portfolio.scenario.cycle_id, "scenario": portfolio.scenario.id}


def _count(engine: Engine, table: str) -> int:
    tables = MetaData()
    tables.reflect(engine, only=[table])
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.tables[table])) or 0


class TestSentTwice:
    @pytest.mark.parametrize(
        ("who", "page", "action", "table", "typed"), FORMS, ids=[form[2] for form in FORMS]
    )
    def test_makes_one_thing_and_leads_to_it_both_times(
        self,
        engine: Engine,
        cast: Cast,
        client_for: ClientFor,
        places: dict[str, int],
        who: str,
        page: str,
        action: str,
        table: str,
        typed: dict[str, Any],
    ) -> None:
        client = client_for(getattr(cast, who))
        page, action = page.format(**places), action.format(**places)
        sent = form_values(client.get(page), action) | typed
        before = _count(engine, table)
        answers = [client.post(action, data=sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303], text(answers[-1])
        assert answers[0].location == answers[1].location
        assert _count(engine, table) == before + 1

    def test_with_other_content_is_asked_about(
        self, session: Session, engine: Engine, cast: Cast, client_for: ClientFor
    ) -> None:
        with transaction(session):
            make_company(session, cast)
        client = client_for(cast.lead)
        sent = form_values(client.get("/initiatives/new"), "/initiatives/new")
        sent |= {"title": "Tracker", "unit": "Claims", "lens": "process"}
        assert client.post("/initiatives/new", data=sent).status_code == 303
        page = client.post("/initiatives/new", data=sent | {"title": "Another"})
        assert page.status_code == 422
        assert "This form was sent before with other content" in text(page)
        assert "to have this done as well, send it again" in text(page)
        assert _count(engine, "initiatives") == 1
