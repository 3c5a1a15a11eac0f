"""Everybody reads numbers and days as they choose; files and what is kept stay as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund
from tests.support.pages import form_values, parse, text

ClientFor = Callable[[Any], Any]


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    with transaction(session):
        cycle = make_cycle(session, state=CycleState.DRAFT, quarter_count=4)
        make_fund(session, cycle, per_quarter_minor=1_234_567_89)
        return cycle


def read_as(browser: Any, locale: str) -> None:
    assert browser.post("/account/locale", data={"locale": locale}).location == "/account"


class TestLocale:
    @pytest.mark.parametrize(
        ("locale", "day", "sum_"),
        [
            ("", "1 Jan 2027", "€4,938,271.56"),
            ("en_US", "Jan 1, 2027", "€4,938,271.56"),
            ("de_DE", "01.01.2027", "4.938.271,56\u00a0€"),
            ("fr_FR", "1 janv. 2027", "4\u202f938\u202f271,56\u00a0€"),
        ],
    )
    def test_pages_are_written_as_one_reads(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, locale: str, day: str, sum_: str
    ) -> None:
        viewer, other = client_for(cast.viewer), client_for(cast.lead)
        read_as(viewer, locale)
        page = str(parse(viewer.get("/cycles")))
        assert day in page
        assert sum_ in page
        assert "1 Jan 2027" in str(parse(other.get(f"/cycles/{cycle.id}")))

    def test_another_than_the_list_has_is_refused(self, client_for: ClientFor, cast: Cast) -> None:
        refused = client_for(cast.viewer).post("/account/locale", data={"locale": "xx_YY"})
        assert refused.status_code == 422

    def test_fields_say_their_form_and_refuse_what_has_two_meanings(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        cfo = client_for(cast.cfo)
        address = f"/cycles/{cycle.id}/budgets"
        assert "decimal point" not in text(parse(cfo.get(address)))
        read_as(cfo, "de_DE")
        page = cfo.get(address)
        assert "Fields take numbers with a decimal point" in text(parse(page))
        typed = form_values(page, address)
        same = cfo.post(address, data=typed)
        assert same.status_code == 303  # what the fields showed is taken as it stood
        for wrong in ("1.234,50", "1.234", "1234,5"):
            typed = form_values(cfo.get(address), address)
            refused = cfo.post(address, data=typed | {"budget-capex-2027-Q1": wrong})
            assert refused.status_code == 422, wrong

    def test_what_is_kept_is_written_as_the_company_does(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        cfo = client_for(cast.cfo)
        read_as(cfo, "de_DE")
        address = f"/cycles/{cycle.id}/budgets"
        typed = form_values(cfo.get(address), address) | {"budget-capex-2027-Q1": "2,000,000.50"}
        assert cfo.post(address, data=typed).status_code == 303
        query = select(AuditEvent).order_by(AuditEvent.number.desc()).limit(1)
        kept = json.loads(session.scalars(query).one().content)
        assert "€2,000,000.50" in str(kept["after"])
