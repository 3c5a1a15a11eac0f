"""What an earlier decision approved is taken off before anything is chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.calendar.models import CycleFund, FundBudget
from app.db.session import transaction
from app.portfolio.models import Scenario
from app.portfolio.queries import get_scenario
from app.portfolio.queries.facts import load_problem_facts
from app.portfolio.rules.approved import foreign_sentences, taking_keys
from app.portfolio.services.problem import freeze_problem
from app.portfolio.services.scenarios import ScenarioDraft, create_scenario
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_commitments, make_world
from tests.factories.calendar import make_cycle
from tests.support.client import StrictClient
from tests.support.pages import text

MOST_QUERIES = 12


class TestAfterAnApproval:
    def test_money_days_and_pools_shrink_and_the_approved_can_not_be_chosen_again(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            scenario = get_scenario(session, world.scenario.id)
            before = json.loads(freeze_problem(session, scenario, today=None).content)
            committed = make_commitments(session, cast, now, world)
        session.expire_all()
        frozen = freeze_problem(session, get_scenario(session, world.scenario.id), today=None)
        after = json.loads(frozen.content)
        assert committed
        assert not set(committed) & {one["key"] for one in after["initiatives"]}
        assert [one["key"] for one in frozen.inputs["committed"]] == sorted(committed)
        spent = sum(one.amount_minor for one in committed.values())
        assert total(before, "funds", "budget") == total(after, "funds", "budget")
        assert total(after, "funds", "committed") == spent
        assert total(after, "capacities", "available") < total(before, "capacities", "available")
        assert total(after, "pools", "value") < total(before, "pools", "value")
        said = {one["subject"]: one["text"] for one in frozen.inputs["remarks"]}
        assert all(key in said["Approved already"] for key in committed)


class TestInAnotherCurrency:
    """A cycle in dollars has the same fund as the one the approvals were made in."""

    def dollars(self, session: Session, cast: Cast, now: datetime, world: World) -> Scenario:
        cycle = make_cycle(session, name="Overseas 2027", currency="USD", quarter_count=4)
        session.add(
            CycleFund(
                cycle=cycle, fund=world.portfolio.capex, carry_over=Decimal(0), position=1,
                budgets=[FundBudget(quarter=q, amount_minor=100_00) for q in cycle.quarters],
            )
        )  # fmt: skip
        made = create_scenario(session, cycle, ScenarioDraft("Overseas"), actor=cast.lead, now=now)
        session.flush()
        return made

    def test_money_is_left_alone_and_said(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            committed = make_commitments(session, cast, now, world)
            scenario_id = self.dollars(session, cast, now, world).id
        session.expire_all()
        facts = load_problem_facts(session, get_scenario(session, scenario_id), today=None).facts
        assert facts.funds[0].committed == (0, 0, 0, 0)
        assert {one.initiative for one in facts.bound} == set(committed)
        assert "money" not in taking_keys(facts)
        (said,) = foreign_sentences(facts.bound, facts.currency)
        assert "of Capex committed from 2027-Q1" in said
        assert "This cycle’s budget of Capex is in USD" in said

    def test_the_pages_of_the_scenario_warn(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: Callable[..., StrictClient],
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            make_commitments(session, cast, now, world)
            scenario_id = self.dollars(session, cast, now, world).id
        lead = client_for(cast.lead)
        for path in (f"/scenarios/{scenario_id}", f"/scenarios/{scenario_id}/limits"):
            page = lead.get(path)
            assert "so that money is not taken off here" in text(page)
            assert len(page.queries) <= MOST_QUERIES
        page = lead.get(f"/scenarios/{world.scenario.id}")
        assert "another currency" not in text(page)


def total(problem: dict[str, list[dict[str, list[int]]]], name: str, field: str) -> int:
    return sum(sum(entry.get(field, [])) for entry in problem[name])
