"""Try a change of a scenario without saving it, and keep what was tried."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import BoundedSemaphore

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.queries import committed_floors
from app.errors import InvalidError, UnavailableError
from app.portfolio.engine import PlanStatus, parse_problem, result_json, verify
from app.portfolio.engine.answers import Change, ChangeError, applied
from app.portfolio.engine.answers.changes import AddBudget, DropRule, Exclude, Force
from app.portfolio.engine.trying import Choice, try_out
from app.portfolio.models import Scenario
from app.portfolio.queries.answers import Answer
from app.portfolio.queries.facts import effective_budgets
from app.portfolio.rules.budgets import spread_budget
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import PinDraft, lift_pin, place_pin
from app.portfolio.services.checks import check_cycle_is_open, check_may_run, check_size
from app.portfolio.services.problem import FrozenProblem, freeze_problem
from app.portfolio.services.scenarios import Cell, set_limits
from app.values.canonical import canonical_json
from app.values.money import Money

SECONDS, MOST_SECONDS = 0.6, 3.0
"""How long a look may search: with all that belongs to it, the answer of a small portfolio stands
after about a second; larger ones get more."""
PLACEMENTS_A_SECOND = 10_000

MOST_AT_ONCE = 2
PATIENCE = 2.0

_turns = BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would change: whole budgets by fund id in minor units, pins by initiative key
    (None lifts the pin there is)."""

    budgets: Mapping[int, int] = field(default_factory=dict)
    pins: Mapping[str, PinKind | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.budgets or self.pins)


def fund_field(fund_id: int) -> str:
    """The form field of a fund's whole budget."""
    return f"fund-{fund_id}"


def fund_totals(scenario: Scenario) -> dict[int, int]:
    """Each fund's whole budget over the cycle's quarters, by fund id."""
    budgets = effective_budgets(scenario)
    return {
        fund.fund_id: sum(budgets.get((fund.fund_id, q), 0) for q in scenario.cycle.quarters)
        for fund in scenario.cycle.funds
    }


def wanted_limits(session: Session, scenario: Scenario, wish: Wish) -> dict[Cell, int]:
    """The budgets by fund and quarter that the wish asks for, where it changes a fund.

    Raises InvalidError with a sentence per fund under `fund_field`.
    """
    cycle, budgets = scenario.cycle, effective_budgets(scenario)
    floors = committed_floors(session, cycle.id)
    wanted: dict[Cell, int] = {}
    faults = {}
    for fund_id, total in wish.budgets.items():
        cells = [(fund_id, quarter) for quarter in cycle.quarters]
        bound = [floors.get(cell, 0) for cell in cells]
        amounts = spread_budget([budgets.get(cell, 0) for cell in cells], bound, total)
        if amounts is None:
            least = Money(sum(bound), cycle.currency)
            faults[fund_field(fund_id)] = f"{least} is committed already; enter at least that."
        else:
            wanted |= dict(zip(cells, amounts, strict=True))
    if faults:
        raise InvalidError("These budgets can't hold.", fields=faults)
    return wanted


def try_wish(
    session: Session,
    scenario: Scenario,
    wish: Wish,
    *,
    known: Answer | None,
    actor: Person,
    today: date,
    memory_bytes: int,
    most_candidates: int = 1_000,
) -> Answer:
    """The recounted answer to the scenario with the wish, as of today; nothing is stored.

    ``known``: an answer whose plan stays where it still holds and nothing better is found. Raises
    InvalidError, ConflictError, NotAllowedError, UnavailableError.
    """
    check_may_run(actor)
    check_cycle_is_open(scenario)
    check_size(session, scenario, most_candidates)
    if not _turns.acquire(timeout=PATIENCE):
        raise UnavailableError("Others are trying something out right now. Try again in a moment.")
    try:
        frozen = freeze_problem(session, scenario, today=today)
        return _answer(session, scenario, wish, known, frozen, memory_bytes)
    finally:
        _turns.release()


def _answer(
    session: Session, scenario: Scenario, wish: Wish, known: Answer | None, frozen: FrozenProblem,
    memory_bytes: int,
) -> Answer:  # fmt: skip
    problem = parse_problem(frozen.content)
    try:
        problem = applied(problem, _changes(session, scenario, wish, frozen))
    except ChangeError as error:
        raise InvalidError(
            "What is pinned here is no candidate of this scenario any more.", field="tried"
        ) from error
    seconds = SECONDS + len(problem.placements) / PLACEMENTS_A_SECOND
    plan = try_out(
        problem, seconds=min(seconds, MOST_SECONDS), known=_choices(known),
        memory_bytes=memory_bytes,
    )  # fmt: skip
    content = canonical_json(result_json(plan))
    result = json.loads(content)
    if plan.status is PlanStatus.ERROR or (plan.has_plan and verify(problem, result)):
        raise UnavailableError("No answer that holds was found in time. Run the optimizer instead.")
    return Answer(problem, result, frozen.inputs, problem.digest, "")


def _choices(known: Answer | None) -> list[Choice]:
    rows = known.result["funded"] if known is not None else ()
    return [(row["initiative"], row["option"], row["start"]) for row in rows]


def _changes(
    session: Session, scenario: Scenario, wish: Wish, frozen: FrozenProblem
) -> list[Change]:
    """The wish as changes of the problem that the scenario states now."""
    budgets, keys = effective_budgets(scenario), _fund_keys(scenario)
    amounts = tuple(
        (keys[fund_id], str(quarter), minor - budgets.get((fund_id, quarter), 0))
        for (fund_id, quarter), minor in wanted_limits(session, scenario, wish).items()
    )
    changes: list[Change] = [AddBudget(amounts)] if amounts else []
    pinned = {pin.initiative.key for pin in scenario.pins}
    for key, kind in wish.pins.items():
        if key in pinned:
            changes.append(DropRule(f"pin:{key}"))
        if kind is not None:
            changes.append(Exclude(key) if kind is PinKind.EXCLUDE else Force(key))
    return changes


def _fund_keys(scenario: Scenario) -> dict[int, str]:
    return {fund.fund_id: fund.fund.key for fund in scenario.cycle.funds}


def keep_wish(
    session: Session,
    scenario: Scenario,
    wish: Wish,
    *,
    reason: str,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Make what was tried the scenario's own limits and pins.

    Raises InvalidError, ConflictError, NotAllowedError.
    """
    currency, version = scenario.cycle.currency, expected_version
    if wish.budgets:
        wanted = wanted_limits(session, scenario, wish)
        amounts = {
            cell: Money(wanted.get(cell, minor), currency)
            for cell, minor in _all_cells(scenario).items()
        }
        set_limits(
            session, scenario, amounts, expected_version=version, actor=actor, now=now
        )  # fmt: skip
        session.flush()
        version = scenario.version
    for key, kind in wish.pins.items():
        if kind is None:
            pin = next((one for one in scenario.pins if one.initiative.key == key), None)
            if pin is not None:
                lift_pin(
                    session, scenario, pin.initiative_id,
                    expected_version=version, actor=actor, now=now,
                )  # fmt: skip
        else:
            draft = PinDraft(key, kind, None, None, reason)
            place_pin(session, scenario, draft, expected_version=version, actor=actor, now=now)
        session.flush()
        version = scenario.version


def _all_cells(scenario: Scenario) -> dict[Cell, int]:
    budgets = effective_budgets(scenario)
    return {
        (fund.fund_id, quarter): budgets.get((fund.fund_id, quarter), 0)
        for fund in scenario.cycle.funds
        for quarter in scenario.cycle.quarters
    }
