"""Apply what would bring an initiative in, or a plan about, to a scenario or to a copy of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import InvalidError, NotFoundError, StaleError
from app.portfolio.models import Run, Scenario
from app.portfolio.queries import get_scenario
from app.portfolio.queries.facts import effective_budgets
from app.portfolio.rules.demands import listed
from app.portfolio.rules.pins import PinKind
from app.portfolio.rules.ways import is_of_scenario, way_key, ways_of
from app.portfolio.services.bindings import PinDraft, drop_demand, lift_pin, place_pin
from app.portfolio.services.checks import check_version
from app.portfolio.services.scenarios import (
    LONGEST_NAME,
    ScenarioDraft,
    duplicate_scenario,
    set_limits,
)
from app.values.money import Money
from app.values.quarter import Quarter

GONE = "This reason is about an earlier plan. Look at the latest result and try again."
CHANGED = "The scenario has changed since that run; run it again first."


@dataclass(frozen=True, slots=True)
class Remedy:
    """``kind`` is fund, exclude, budget, rule or way; the last three bring written ``changes``.
    A way out is of no ``initiative``."""

    kind: str
    initiative: str
    reason: str
    changes: Sequence[Mapping[str, Any]] = ()

    @property
    def words(self) -> str:
        if self.kind == "way":
            return listed([_in_short(change) for change in self.changes])
        return {
            "fund": f"{self.initiative} in",
            "exclude": f"{self.initiative} out",
            "budget": f"more budget for {self.initiative}",
            "rule": f"{self.initiative} without a rule",
        }[self.kind]


def check_current(scenario: Scenario, run: Run) -> None:
    """A remedy holds for the scenario as its run read it, and for no later version.

    Raises NotFoundError, StaleError.
    """
    if run.scenario_id != scenario.id:
        raise NotFoundError("This scenario has no such run.")
    if run.scenario_version != scenario.version:
        raise StaleError(CHANGED)


def stored_remedy(kind: str, initiative: str, reason: str, why: Mapping[str, Any] | None) -> Remedy:
    """The remedy that a page's button names; ``why`` is the stored answer it stood in.

    Raises InvalidError, StaleError.
    """
    if kind in ("fund", "exclude"):
        return Remedy(kind, initiative, reason)
    if kind not in ("budget", "rule"):
        raise InvalidError("There is no such remedy.")
    rows = why["rows"] if why else ()
    for row in rows:
        for remedy in row["remedies"] if row["initiative"] == initiative else ():
            if remedy["kind"] == kind:
                return Remedy(kind, initiative, reason, (remedy["change"],))
    raise StaleError(GONE)


def stored_way(key: str, reason: str, conflicts: Mapping[str, Any] | None) -> Remedy:
    """The way out that a page's button names, out of the stored answer it stood in.

    Raises StaleError, and InvalidError where no scenario can make one of its changes.
    """
    ways = ways_of(conflicts) if conflicts else ()
    way = next((one for one in ways if way_key(one) == key), None)
    if way is None:
        raise StaleError(GONE)
    if not all(map(is_of_scenario, way["changes"])):
        raise InvalidError(
            "A scenario can't make this change by itself. Change the team's days in the cycle, or "
            "what the initiative needs, and run again."
        )
    return Remedy("way", "", reason, way["changes"])


def _in_short(change: Mapping[str, Any]) -> str:
    if change["type"] == "add_budget":
        return "more budget"
    return f"without {str(change['rule']).replace(':', ' ')}"


def apply_remedy(
    session: Session,
    scenario: Scenario,
    remedy: Remedy,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change the scenario as the remedy says. Raises InvalidError, ConflictError, StaleError."""
    common: dict[str, Any] = {"expected_version": expected_version, "actor": actor, "now": now}
    if remedy.kind in ("fund", "exclude"):
        kind = PinKind.FUND if remedy.kind == "fund" else PinKind.EXCLUDE
        draft = PinDraft(remedy.initiative, kind, None, None, remedy.reason)
        place_pin(session, scenario, draft, **common)
    for change in remedy.changes:
        if change["type"] == "add_budget":
            _add_budget(session, scenario, change, **common)
        else:
            _drop_rule(session, scenario, str(change.get("rule")), **common)
        session.flush()
        common["expected_version"] = scenario.version
    session.flush()


def apply_in_copy(
    session: Session,
    scenario: Scenario,
    remedy: Remedy,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> Scenario:
    """The same in a copy of the scenario, which stays as it is. Raises as `apply_remedy` does."""
    copy = copied(
        session, scenario, remedy.words, expected_version=expected_version, actor=actor, now=now
    )  # fmt: skip
    apply_remedy(
        session, copy, remedy, expected_version=copy.version, actor=actor, now=now
    )  # fmt: skip
    return copy


def copied(
    session: Session,
    scenario: Scenario,
    words: str,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> Scenario:
    """A copy named after what is tried in it, loaded as `get_scenario` does.

    Raises ConflictError where the original isn't the version that was tried.
    """
    theirs, yours = (
        {"Version of the scenario": str(one)} for one in (scenario.version, expected_version)
    )
    check_version(scenario, expected_version, theirs=theirs, yours=yours)
    name = _free_name(session, scenario, words)
    draft = ScenarioDraft(name, f"Copy of {scenario.name}: {words}.")
    copy = duplicate_scenario(session, scenario, draft, actor=actor, now=now)
    copy_id = copy.id
    session.flush()
    session.expire(copy)
    return get_scenario(session, copy_id)


def _free_name(session: Session, scenario: Scenario, words: str) -> str:
    taken = set(
        session.scalars(select(Scenario.name).where(Scenario.cycle_id == scenario.cycle_id))
    )
    base = f"{scenario.name}, {words}"[: LONGEST_NAME - 4]
    names = (base, *(f"{base} {number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _add_budget(
    session: Session, scenario: Scenario, change: Mapping[str, Any], **common: Any
) -> None:
    ids = {fund.fund.key: fund.fund_id for fund in scenario.cycle.funds}
    budgets = {
        (fund.fund_id, quarter): effective_budgets(scenario).get((fund.fund_id, quarter), 0)
        for fund in scenario.cycle.funds
        for quarter in scenario.cycle.quarters
    }
    for one in change["amounts"]:
        cell = (ids.get(one["fund"], 0), Quarter.parse(one["quarter"]))
        if cell not in budgets:
            raise StaleError(GONE)
        budgets[cell] = max(0, budgets[cell] + int(one["amount"]))
    currency = scenario.cycle.currency
    amounts = {cell: Money(minor, currency) for cell, minor in budgets.items()}
    set_limits(session, scenario, amounts, **common)


def _drop_rule(session: Session, scenario: Scenario, key: str, **common: Any) -> None:
    if key.startswith("pin:"):
        pin = next((p for p in scenario.pins if f"pin:{p.initiative.key}" == key), None)
        if pin is None:
            raise StaleError(GONE)
        lift_pin(session, scenario, pin.initiative_id, **common)
        return
    rule = next((one for one in scenario.rules if one.key == key), None)
    if rule is None:
        raise StaleError(GONE)
    drop_demand(session, scenario, rule.id, **common)
