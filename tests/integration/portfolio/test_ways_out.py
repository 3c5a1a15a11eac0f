"""Ways out as the engine finds them make a plan possible once they are applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import InvalidError, StaleError
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.queries.workbench import load_answer_document
from app.portfolio.rules import InquiryKind
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.pins import PinKind
from app.portfolio.rules.ways import is_of_scenario, way_key, ways_of
from app.portfolio.services.bindings import DemandDraft, PinDraft, add_demand, place_pin
from app.portfolio.services.inquiries import ask
from app.portfolio.services.remedies import apply_in_copy, apply_remedy, stored_way
from app.portfolio.services.scenarios import set_limits
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out, make_portfolio
from tests.integration.portfolio.test_inquiries import work


@pytest.fixture
def portfolio(session: Session, cast: Cast, now: datetime) -> Portfolio:
    """CX-105 has to be in, and the capital budget is too small for it; a rule stands beside."""
    act: dict[str, Any] = {"actor": cast.lead, "now": now}
    with transaction(session):
        found = make_portfolio(session, cast)
    with transaction(session):
        one = get_scenario(session, found.scenario.id)
        small = {(found.capex.id, q): Money(10_000_00, "EUR") for q in one.cycle.quarters}
        set_limits(session, one, small, expected_version=one.version, **act)
        session.flush()
        pin = PinDraft("CX-105", PinKind.FUND, None, None, "The board wants it")
        place_pin(session, one, pin, expected_version=one.version, **act)
        session.flush()
        rule = DemandDraft(
            DemandKind.AT_MOST, {"count": 1, "initiatives": ["CX-105", "CX-101"]}, "Few"
        )
        add_demand(session, one, rule, expected_version=one.version, **act)
    return found


@pytest.fixture
def act(cast: Cast, now: datetime) -> dict[str, Any]:
    return {"actor": cast.lead, "now": now}


def asked(session: Session, run_id: int, act: Mapping[str, Any], now: datetime) -> Any:
    """The real answer to what clashes in a run."""
    with transaction(session):
        ask(session, get_run(session, run_id), InquiryKind.CONFLICTS, **act)
    work(session, now)
    return load_answer_document(session, get_run(session, run_id), InquiryKind.CONFLICTS)


def solved(session: Session, one: int, act: dict[str, Any], now: datetime) -> Any:
    run_id = begin(session, one, **act)
    carry_out(session, now)
    run = get_run(session, run_id)
    assert run.job.progress is not None
    return run_id, run.job.progress["status"]


class TestWaysOut:
    # The processes that answer know no database; the other tests apply on both.
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_every_one_that_a_scenario_can_make_leads_to_a_plan(
        self, session: Session, portfolio: Portfolio, act: dict[str, Any], now: datetime
    ) -> None:
        run_id, status = solved(session, portfolio.scenario.id, act, now)
        assert status == "infeasible"
        document = asked(session, run_id, act, now)
        ways = ways_of(document)
        assert ways and all(is_of_scenario(change) for way in ways for change in way["changes"])
        copies = []
        for way in ways:
            with transaction(session):
                one = get_scenario(session, portfolio.scenario.id)
                remedy = stored_way(way_key(way), "Tried", document)
                copy = apply_in_copy(session, one, remedy, expected_version=one.version, **act)
                copies.append(copy.id)
        found = [solved(session, copy, act, now)[1] for copy in copies]
        assert found == ["optimal"] * len(ways)

    def test_money_and_a_rule_together_are_each_audited(
        self, session: Session, portfolio: Portfolio, act: dict[str, Any]
    ) -> None:
        amounts = [{"fund": "capex", "quarter": "2027-Q2", "amount": 5_000_00}]
        changes = [
            {"type": "add_budget", "amounts": amounts},
            {"type": "drop_rule", "rule": "R1"},
            {"type": "drop_rule", "rule": "pin:CX-105"},
        ]
        way = {"changes": changes}
        before = _actions(session)
        with transaction(session):
            one = get_scenario(session, portfolio.scenario.id)
            remedy = stored_way(way_key(way), "Tried", {"repair": way, "ways_out": []})
            apply_remedy(session, one, remedy, expected_version=one.version, **act)
        one = get_scenario(session, portfolio.scenario.id)
        limits = {str(limit.quarter): limit.amount_minor for limit in one.limits}
        assert limits["2027-Q2"] == 15_000_00
        assert limits["2027-Q1"] == 10_000_00
        assert (one.rules, one.pins) == ([], [])
        new = _actions(session)[len(before) :]
        assert sorted(new) == ["scenario.limited", "scenario.unpinned", "scenario.unruled"]

    def test_that_were_applied_already_change_nothing_at_all(
        self, session: Session, portfolio: Portfolio, act: dict[str, Any]
    ) -> None:
        amounts = [{"fund": "capex", "quarter": "2027-Q2", "amount": 5_000_00}]
        budget = {"type": "add_budget", "amounts": amounts}
        way = {"changes": [budget, {"type": "drop_rule", "rule": "R9"}]}
        remedy = stored_way(way_key(way), "Tried", {"repair": way, "ways_out": []})
        with pytest.raises(StaleError), transaction(session):
            one = get_scenario(session, portfolio.scenario.id)
            apply_remedy(session, one, remedy, expected_version=one.version, **act)
        one = get_scenario(session, portfolio.scenario.id)
        assert {limit.amount_minor for limit in one.limits} == {10_000_00}

    @pytest.mark.parametrize(
        "change",
        [
            {"type": "add_capacity", "amounts": []},
            {"type": "drop_rule", "rule": "needs:CX-105:CX-101"},
            {"type": "drop_rule", "rule": "either:CX-101:CX-105"},
        ],
    )
    def test_that_no_scenario_can_make_are_refused(self, change: Any) -> None:
        way = {"changes": [change]}
        with pytest.raises(InvalidError, match="A scenario can't make this change by itself"):
            stored_way(way_key(way), "Tried", {"repair": None, "ways_out": [way]})


def _actions(session: Session) -> list[str]:
    wanted = AuditEvent.action.startswith("scenario.")
    return list(
        session.scalars(select(AuditEvent.action).where(wanted).order_by(AuditEvent.number))
    )
