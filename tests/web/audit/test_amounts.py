"""No amount of the audit trail can be taken for another currency than its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Proposal
from app.audit.services import record
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.journeys.models import LeverPool
from app.values.money import Money
from app.web.filters import money
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.factories.portfolio import make_portfolio
from tests.support.client import StrictClient
from tests.support.pages import table

ClientFor = Callable[[Person], StrictClient]


def changes(page: object) -> list[str]:
    return table(page, "Events").column("From → to")


class TestAmounts:
    def test_of_a_proposal_carry_the_sign_of_its_currency(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            proposal = make_proposal(session, cast, now, make_world(session, cast, now))
        page = client_for(cast.admin).get(f"/audit?subject=proposal:{proposal.id}")
        spend = sum(item.spend_minor for item in proposal.items)
        assert money(Money(spend, proposal.currency)) in changes(page)[0]
        assert len(page.queries) <= 12

    def test_of_a_run_and_a_pool_are_amounts_although_their_names_do_not_say_so(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            run_id = make_world(session, cast, now).run_id
            pool = session.query(LeverPool).first()
            assert pool is not None
            record(
                session, actor=None, action="run.answered", subject=f"run:{run_id}", now=now,
                after={"status": "optimal", "value": 5_00, "bound": None},
            )  # fmt: skip
            record(
                session, actor=None, action="pool.moved", subject=f"pool:{pool.id}", now=now,
                before={"V": "3", "value": 7_00}, after={"V": "4", "value": 9_00},
            )  # fmt: skip
        page = client_for(cast.admin).get("/audit?person=system")
        assert changes(page) == ["V: 3 → 4 value: €7.00 → €9.00", "status: optimal value: €5.00"]
        assert len(page.queries) <= 12

    def test_of_an_option_are_written_by_fund_and_quarter(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            made = make_portfolio(session, cast).candidates["CX-101"]
            record(
                session, actor=cast.lead, action="initiative.option_added", now=now,
                subject=f"initiative:{made.id}",
                after={"effort_minutes": 500, "spend": {"1/0": 120_00}},
            )  # fmt: skip
        page = client_for(cast.admin).get("/audit?action=initiative.option_added")
        assert changes(page)[0] == 'effort minutes: 500 spend: {"1/0": "€120.00"}'

    @pytest.mark.parametrize("subject", ["thing:1", "pool:999", "pool:x", "initiative:"])
    def test_of_what_nobody_knows_are_named_as_minor_units(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime, subject: str
    ) -> None:
        with transaction(session):
            after = {"spent_minor": 1_234_56}
            record(session, actor=None, action="a.b", subject=subject, after=after, now=now)
        page = client_for(cast.admin).get("/audit?action=a.b")
        assert changes(page) == ["spent: 123,456 minor units"]

    def test_of_an_initiative_created_in_another_currency_are_not_given_the_present_one(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            made = make_portfolio(session, cast).candidates["CX-101"]
            subject = f"initiative:{made.id}"
            record(
                session, actor=cast.lead, action="initiative.created", subject=subject, now=now,
                after={"currency": "USD"},
            )  # fmt: skip
            record(
                session, actor=cast.lead, action="a.b", subject=subject, now=now,
                after={"cost_minor": 5_00},
            )  # fmt: skip
            session.execute(update(Initiative).values(currency="EUR"))
        page = client_for(cast.admin).get("/audit?action=a.b")
        assert changes(page) == ["cost: 500 minor units"]


class TestEveryAmount:
    def test_of_a_proposed_and_approved_plan_has_a_sign_or_a_unit(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            make_proposal(session, cast, now, make_world(session, cast, now))
        page = client_for(cast.admin).get("/audit")
        assert session.query(Proposal).count() == 1
        bare = [one for one in changes(page) if re.search(r"(?<![€$£\d,.])\d{1,3}(,\d{3})+", one)]
        assert bare == []
