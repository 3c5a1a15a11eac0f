"""A small registry that goes out as a workbook and comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.initiatives.services import add_milestone, add_option
from app.registry.engine.layout import sheets_for
from app.registry.exports import registry_workbook
from app.registry.services import load_current
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    Company,
    make_company,
    make_draft,
    milestone_draft,
    option_draft,
)

Export = Callable[..., bytes]


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    with transaction(session):
        return make_company(session, cast)


@pytest.fixture
def tracker(session: Session, cast: Cast, company: Company, now: datetime) -> Initiative:
    """A draft with an option over two funds and a milestone with a criterion."""
    with transaction(session):
        one = make_draft(session, cast, company)
        terms = {"expected_version": None, "actor": cast.lead, "now": now}
        add_option(session, one, option_draft(company), **terms)
        add_milestone(session, one, milestone_draft(), **terms)
    return one


@pytest.fixture
def export(session: Session, cast: Cast, now: datetime) -> Export:
    """Give the workbook as somebody gets it."""

    def give(person: Person | None = None, *, shows_money: bool = True) -> bytes:
        session.rollback()
        current = load_current(session, actor=person or cast.lead)
        return registry_workbook(current, sheets_for(shows_money=shows_money), at=now)

    return give
