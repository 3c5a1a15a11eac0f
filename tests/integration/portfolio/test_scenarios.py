"""Scenarios keep only what differs from the cycle, and nobody overwrites anybody."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from app.calendar.queries import BUDGET_FLOORS
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.portfolio.models import Scenario
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.queries.answers import load_answer
from app.portfolio.queries.facts import effective_budgets
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import (
    DemandDraft,
    PinDraft,
    add_demand,
    change_demand,
    drop_demand,
    lift_pin,
    place_pin,
)
from app.portfolio.services.problem import freeze_problem
from app.portfolio.services.scenarios import (
    Cell,
    ScenarioDraft,
    create_scenario,
    describe_scenario,
    duplicate_scenario,
    limit_field,
    set_limits,
)
from app.values.money import Money
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out, make_portfolio

Q1 = Quarter(2027, 1)


@pytest.fixture
def portfolio(session: Session, cast: Cast) -> Portfolio:
    with transaction(session):
        return make_portfolio(session, cast)


def change(session: Session, portfolio: Portfolio, verb: Any, *arguments: Any, **named: Any) -> Any:
    """Change the scenario in a transaction of its own, in the version it has."""
    with transaction(session):
        scenario = get_scenario(session, portfolio.scenario.id)
        named.setdefault("expected_version", scenario.version)
        return verb(session, scenario, *arguments, **named)


def events(session: Session, subject: str) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.subject == subject)
    return list(session.scalars(query.order_by(AuditEvent.number)))


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


class TestCreate:
    def test_refuses_who_may_not(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            create_scenario(
                session, portfolio.cycle, ScenarioDraft("X"), actor=cast.viewer, now=now
            )

    @pytest.mark.parametrize("name", ["", "Balanced", "x" * 121])
    def test_refuses_a_name_that_says_nothing_is_taken_or_too_long(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime, name: str
    ) -> None:
        with pytest.raises(InvalidError) as refused, transaction(session):
            create_scenario(session, portfolio.cycle, ScenarioDraft(name), actor=cast.lead, now=now)
        assert refused.value.field == "name"

    def test_refuses_a_closed_cycle(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            portfolio.cycle.state = CycleState.CLOSED
        with pytest.raises(ConflictError, match="is closed"), transaction(session):
            create_scenario(
                session, portfolio.cycle, ScenarioDraft("Late"), actor=cast.lead, now=now
            )


class TestLimits:
    def test_store_only_what_differs(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        capex, run = portfolio.capex.id, portfolio.run.id
        amounts: dict[Cell, Money | None] = {
            (capex, Q1): euros(200_000), (capex, Q1 + 1): euros(300_000), (run, Q1): None
        }  # fmt: skip
        change(session, portfolio, set_limits, amounts, actor=cast.lead, now=now)
        scenario = get_scenario(session, portfolio.scenario.id)
        stored = {(one.fund_id, one.quarter): one.amount_minor for one in scenario.limits}
        assert stored == {(capex, Q1): 200_000_00}
        assert effective_budgets(scenario)[capex, Q1] == 200_000_00
        assert effective_budgets(scenario)[run, Q1] == 60_000_00

    def test_go_back_to_the_cycle_when_emptied(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        cell = (portfolio.capex.id, Q1)
        change(session, portfolio, set_limits, {cell: euros(0)}, actor=cast.lead, now=now)
        assert effective_budgets(get_scenario(session, portfolio.scenario.id))[cell] == 0
        change(session, portfolio, set_limits, {cell: None}, actor=cast.lead, now=now)
        assert get_scenario(session, portfolio.scenario.id).limits == []

    def test_never_fall_below_what_is_committed(
        self,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cell = (portfolio.capex.id, Q1)
        monkeypatch.setattr("app.calendar.queries.BUDGET_FLOORS", [lambda *_: {cell: 250_000_00}])
        assert BUDGET_FLOORS is not None
        with pytest.raises(InvalidError) as refused:
            change(session, portfolio, set_limits, {cell: euros(249_999)}, actor=cast.lead, now=now)
        assert refused.value.fields == {
            limit_field(*cell): (
                "€250,000.00 is committed here already, and with these limits €1.00 of it "
                "could not be paid."
            )
        }

    def test_may_stay_below_what_carry_over_pays(
        self,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        first, second, run = (
            (portfolio.capex.id, Q1), (portfolio.capex.id, Q1 + 1), (portfolio.run.id, Q1)
        )  # fmt: skip
        budget = effective_budgets(get_scenario(session, portfolio.scenario.id))[second]
        bound = {second: budget + 10_000_00}
        monkeypatch.setattr("app.calendar.queries.BUDGET_FLOORS", [lambda *_: bound])
        change(session, portfolio, set_limits, {run: euros(1)}, actor=cast.lead, now=now)
        with pytest.raises(InvalidError) as refused:
            change(session, portfolio, set_limits, {first: euros(39_996)}, actor=cast.lead, now=now)
        assert list(refused.value.fields) == [limit_field(*second)]
        assert "€1.00 of it could not be paid" in refused.value.fields[limit_field(*second)]
        change(session, portfolio, set_limits, {first: euros(40_000)}, actor=cast.lead, now=now)

    def test_never_fall_below_zero(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        cell = (portfolio.capex.id, Q1)
        with pytest.raises(InvalidError) as refused:
            change(session, portfolio, set_limits, {cell: euros(-1)}, actor=cast.lead, now=now)
        assert list(refused.value.fields) == [limit_field(*cell)]

    def test_show_both_versions_when_somebody_was_faster(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        cell, read = (portfolio.capex.id, Q1), portfolio.scenario.version
        change(session, portfolio, set_limits, {cell: euros(1)}, actor=cast.cfo, now=now)
        with pytest.raises(ConflictError) as refused:
            change(
                session, portfolio, set_limits, {cell: euros(2)},
                expected_version=read, actor=cast.lead, now=now,
            )  # fmt: skip
        assert refused.value.theirs == {"Capex, 2027-Q1": "€1.00"}
        assert refused.value.yours == {"Capex, 2027-Q1": "€2.00"}


class TestBindings:
    def pin(self, **changes: Any) -> PinDraft:
        values: dict[str, Any] = {
            "initiative": "CX-101", "kind": PinKind.FUND, "option": None, "start": None,
            "reason": "Regulation",
        }  # fmt: skip
        return PinDraft(**values | changes)

    def test_a_second_pin_replaces_the_first(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        change(session, portfolio, place_pin, self.pin(), actor=cast.lead, now=now)
        fixed = self.pin(kind=PinKind.FIX, option="lean", start=Q1 + 1)
        change(session, portfolio, place_pin, fixed, actor=cast.cfo, now=now)
        pins = get_scenario(session, portfolio.scenario.id).pins
        assert [(one.kind, one.option.key, one.start) for one in pins if one.option] == [
            (PinKind.FIX, "lean", Q1 + 1)
        ]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"initiative": "CX-999"}, "initiative"),
            ({"reason": ""}, "reason"),
            ({"kind": PinKind.FIX}, "option"),
            ({"kind": PinKind.FIX, "option": "gold"}, "option"),
            ({"kind": PinKind.FIX, "start": Quarter(2031, 1)}, "start"),
            ({"option": "lean"}, "kind"),
        ],
    )
    def test_a_pin_that_can_not_hold_is_refused_at_its_field(
        self,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        changes: dict[str, Any],
        field: str,
    ) -> None:
        with pytest.raises(InvalidError) as refused:
            change(session, portfolio, place_pin, self.pin(**changes), actor=cast.lead, now=now)
        assert list(refused.value.fields) == [field]

    def test_a_pin_is_lifted(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        change(session, portfolio, place_pin, self.pin(), actor=cast.lead, now=now)
        pinned = portfolio.candidates["CX-101"].id
        change(session, portfolio, lift_pin, pinned, actor=cast.lead, now=now)
        assert get_scenario(session, portfolio.scenario.id).pins == []

    def test_rules_get_keys_of_their_own_and_are_dropped(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        for count in (2, 3):
            draft = DemandDraft(
                DemandKind.AT_MOST, {"count": count, "tag": "lens", "equals": "process"}, ""
            )
            change(session, portfolio, add_demand, draft, actor=cast.lead, now=now)
        rules = get_scenario(session, portfolio.scenario.id).rules
        assert [one.key for one in rules] == ["R1", "R2"]
        change(session, portfolio, drop_demand, rules[0].id, actor=cast.lead, now=now)
        assert [one.key for one in get_scenario(session, portfolio.scenario.id).rules] == ["R2"]

    def test_a_changed_rule_keeps_its_key_and_is_told_in_the_audit(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        pair = {"initiatives": ["CX-101", "CX-102"]}
        draft = DemandDraft(DemandKind.AT_MOST, {"count": 1, **pair}, "")
        rule = change(session, portfolio, add_demand, draft, actor=cast.lead, now=now)
        priced = DemandDraft(
            DemandKind.AT_MOST, {"count": 1, **pair, "price": 500}, "Not at all cost"
        )
        change(session, portfolio, change_demand, rule.id, priced, actor=cast.lead, now=now)
        kept = get_scenario(session, portfolio.scenario.id).rules[0]
        assert (kept.key, kept.parameters["price"], kept.reason) == ("R1", 500, "Not at all cost")
        assert events(session, f"scenario:{portfolio.scenario.id}")[-1] == "scenario.reruled"

    def test_a_rule_changes_no_kind_and_none_that_is_gone(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        pair = {"initiatives": ["CX-101", "CX-102"]}
        draft = DemandDraft(DemandKind.TOGETHER, pair, "")
        rule = change(session, portfolio, add_demand, draft, actor=cast.lead, now=now)
        other = DemandDraft(DemandKind.AT_MOST, {"count": 1, **pair}, "")
        for rule_id, wanted in ((rule.id, other), (rule.id + 1, draft)):
            with pytest.raises(NotFoundError):
                change(session, portfolio, change_demand, rule_id, wanted, actor=cast.lead, now=now)

    def test_an_earlier_plan_is_written_down_when_it_is_to_be_kept(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
        carry_out(session, now)
        draft = DemandDraft(DemandKind.KEEP, {"run": run_id, "may_move": True, "price": 100}, "")
        rule = change(session, portfolio, add_demand, draft, actor=cast.lead, now=now)
        answer = load_answer(get_run(session, run_id))
        assert answer is not None
        chosen = {row["initiative"]: row["start"] for row in answer.result["funded"]}
        held: Any = rule.parameters["held"]
        assert {key: one["start"] for key, one in held.items()} == chosen
        problem = json.loads(
            freeze_problem(
                session, get_scenario(session, portfolio.scenario.id), today=None
            ).content
        )
        assert problem["incumbent"] == held
        assert problem["rules"][0]["type"] == "keep"

    def test_the_same_rule_twice_is_refused(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        draft = DemandDraft(DemandKind.TOGETHER, {"initiatives": ["CX-101", "CX-102"]}, "")
        change(session, portfolio, add_demand, draft, actor=cast.lead, now=now)
        with pytest.raises(InvalidError, match="can't hold"):
            change(session, portfolio, add_demand, draft, actor=cast.lead, now=now)


class TestCopy:
    def test_takes_limits_pins_and_rules_along(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        cell = (portfolio.capex.id, Q1)
        pin = PinDraft("CX-101", PinKind.EXCLUDE, None, None, "Too late")
        rule = DemandDraft(DemandKind.TOGETHER, {"initiatives": ["CX-102", "CX-103"]}, "One team")
        change(session, portfolio, set_limits, {cell: euros(7)}, actor=cast.lead, now=now)
        change(session, portfolio, place_pin, pin, actor=cast.lead, now=now)
        change(session, portfolio, add_demand, rule, actor=cast.lead, now=now)
        with transaction(session):
            original = get_scenario(session, portfolio.scenario.id)
            made = duplicate_scenario(
                session, original, ScenarioDraft("Copy"), actor=cast.cfo, now=now
            )
            made_id = made.id
        copy = get_scenario(session, made_id)
        assert [one.amount_minor for one in copy.limits] == [700]
        assert [one.reason for one in copy.pins] == ["Too late"]
        assert [(one.key, one.reason) for one in copy.rules] == [("R1", "One team")]


class TestAudit:
    def test_every_change_leaves_one_event(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        actor: Person = cast.lead
        cell = (portfolio.capex.id, Q1)
        pin = PinDraft("CX-101", PinKind.EXCLUDE, None, None, "Too late")
        rule = DemandDraft(DemandKind.TOGETHER, {"initiatives": ["CX-102", "CX-103"]}, "")
        named = ScenarioDraft("Lean", "For the board")
        change(session, portfolio, describe_scenario, named, actor=actor, now=now)
        change(session, portfolio, describe_scenario, named, actor=actor, now=now)
        change(session, portfolio, set_limits, {cell: euros(7)}, actor=actor, now=now)
        change(session, portfolio, set_limits, {cell: euros(7)}, actor=actor, now=now)
        change(session, portfolio, place_pin, pin, actor=actor, now=now)
        added = change(session, portfolio, add_demand, rule, actor=actor, now=now)
        change(session, portfolio, drop_demand, added.id, actor=actor, now=now)
        pinned = portfolio.candidates["CX-101"].id
        change(session, portfolio, lift_pin, pinned, actor=actor, now=now)
        assert events(session, f"scenario:{portfolio.scenario.id}") == [
            "scenario.created", "scenario.described", "scenario.limited", "scenario.pinned",
            "scenario.ruled", "scenario.unruled", "scenario.unpinned",
        ]  # fmt: skip

    def test_every_change_makes_a_new_version(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        before = session.get_one(Scenario, portfolio.scenario.id).version
        pin = PinDraft("CX-101", PinKind.EXCLUDE, None, None, "Too late")
        change(session, portfolio, place_pin, pin, actor=cast.lead, now=now)
        assert get_scenario(session, portfolio.scenario.id).version == before + 1
