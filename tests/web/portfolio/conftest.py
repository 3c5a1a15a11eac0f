"""What the tests of the scenario's pages begin with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, make_portfolio
from tests.support.client import StrictClient


@pytest.fixture
def portfolio(session: Session, cast: Cast) -> Portfolio:
    with transaction(session):
        return make_portfolio(session, cast)


@pytest.fixture
def lead(client_for: Callable[..., StrictClient], cast: Cast, portfolio: Portfolio) -> StrictClient:
    return client_for(cast.lead)
