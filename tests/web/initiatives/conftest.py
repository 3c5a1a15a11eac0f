"""The small company the pages are read in."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_company


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    with transaction(session):
        return make_company(session, cast)
