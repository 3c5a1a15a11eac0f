"""Lists by name stand in one order, whichever database gives them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.queries import list_claims, list_control_totals, load_stale_baselines
from tests.factories.accounts import Cast
from tests.factories.journeys import make_control, make_journey, make_pool

NAMES = ("Zahlen", "ärger", "Part 10", "Part 9", "apfel")
IN_ORDER = ["apfel", "ärger", "Part 9", "Part 10", "Zahlen"]


class TestListsByName:
    def test_take_no_order_from_the_database(self, session: Session, cast: Cast) -> None:
        with transaction(session):
            for number, name in enumerate(NAMES):
                journey = make_journey(session, cast.lead, key=f"journey-{number}", name=name)
                make_pool(session, journey, claimed_by=cast.lead)
                make_control(session, cast.cfo, name=name)

        assert [one.name for one in list_control_totals(session)] == IN_ORDER
        assert [one.journey for one in list_claims(session)] == IN_ORDER
        stale = load_stale_baselines(session, today=date(2027, 2, 1), limit_days=90)
        assert [one.name for one in stale.barring] == IN_ORDER
