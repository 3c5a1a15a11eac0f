"""Pin initiatives and add rules to a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import InvalidError, NotFoundError
from app.initiatives.models import Initiative, Option
from app.portfolio.models import Scenario, ScenarioPin, ScenarioRule
from app.portfolio.queries import CandidateLine, get_run, list_candidate_lines
from app.portfolio.queries.answers import UntrueAnswerError, load_answer
from app.portfolio.rules.demands import (
    DemandKind,
    demand_faults,
    demand_sentence,
    listed,
    unknown_sentence,
)
from app.portfolio.rules.pins import PinKind, over_sentence, pin_sentence
from app.portfolio.services.checks import check_open, touch
from app.portfolio.services.scenarios import record_change
from app.values.money import Money
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class PinDraft:
    """A pin as typed: keys of initiative and option."""

    initiative: str
    kind: PinKind
    option: str | None
    start: Quarter | None
    reason: str
    price: Money | None = None
    """What breaking it costs; None where it must hold."""

    @property
    def sentence(self) -> str:
        return pin_sentence(self.kind, self.initiative, self.option, self.start, self.price)


@dataclass(frozen=True, slots=True)
class DemandDraft:
    """A rule as typed, with the problem file's parameters."""

    kind: DemandKind
    parameters: Mapping[str, Any]
    reason: str


def place_pin(
    session: Session,
    scenario: Scenario,
    draft: PinDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> str | None:
    """Pin an initiative; a pin it had is replaced, and given as a sentence.

    Raises InvalidError, ConflictError.
    """
    check_open(
        scenario, expected_version, actor,
        theirs=bindings_in_words(scenario), yours={f"Pin {draft.initiative}": draft.sentence},
    )  # fmt: skip
    lines = {line.key: line for line in list_candidate_lines(session, scenario.cycle_id)}
    faults = _pin_faults(draft, scenario, lines.get(draft.initiative), now.date())
    if faults:
        raise InvalidError("This pin can't hold.", fields=faults)
    line = lines[draft.initiative]
    pin = _pin_of(scenario, line.id)
    before = None
    if pin is None:
        pin = ScenarioPin(initiative=session.get_one(Initiative, line.id))
        scenario.pins.append(pin)
    else:
        before = {"pin": _pin_in_words(pin, scenario), "reason": pin.reason}
    pin.kind, pin.reason = draft.kind, draft.reason
    pin.option = _option(session, line.id, draft.option)
    pin.start = draft.start
    pin.price_minor = draft.price.minor if draft.price else None
    touch(scenario, actor=actor, now=now)
    after = {"pin": draft.sentence, "reason": draft.reason}
    record_change(session, scenario, "pinned", actor=actor, now=now, before=before, after=after)
    return before["pin"] if before else None


def lift_pin(
    session: Session,
    scenario: Scenario,
    initiative_id: int,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Take a pin away. Raises NotFoundError, ConflictError."""
    pin = _pin_of(scenario, initiative_id)
    wish = {f"Pin {pin.initiative.key}": ""} if pin else {}
    check_open(scenario, expected_version, actor, theirs=bindings_in_words(scenario), yours=wish)
    if pin is None:
        raise NotFoundError("This pin was lifted already.")
    before = {"pin": _pin_in_words(pin, scenario), "reason": pin.reason}
    scenario.pins.remove(pin)
    touch(scenario, actor=actor, now=now)
    record_change(session, scenario, "unpinned", actor=actor, now=now, before=before)


def add_demand(
    session: Session,
    scenario: Scenario,
    draft: DemandDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> ScenarioRule:
    """Add a rule under the next free key. Raises InvalidError, ConflictError."""
    sentence = demand_sentence(draft.kind, draft.parameters, scenario.cycle.currency)
    check_open(
        scenario, expected_version, actor,
        theirs=bindings_in_words(scenario), yours={"New rule": sentence},
    )  # fmt: skip
    parameters = _checked(session, scenario, draft, sentence, None)
    rule = ScenarioRule(
        key=_next_key(scenario), type=draft.kind.value, parameters=parameters, reason=draft.reason
    )
    scenario.rules.append(rule)
    touch(scenario, actor=actor, now=now)
    session.flush()
    after = {"rule": sentence, "key": rule.key, "reason": draft.reason}
    record_change(session, scenario, "ruled", actor=actor, now=now, after=after)
    return rule


def change_demand(
    session: Session,
    scenario: Scenario,
    rule_id: int,
    draft: DemandDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Give a rule other parameters; it keeps its key and its kind.

    Raises InvalidError, NotFoundError, ConflictError.
    """
    sentence = demand_sentence(draft.kind, draft.parameters, scenario.cycle.currency)
    rule = find_demand(scenario, rule_id)
    wish = {f"Rule {rule.key}": sentence} if rule else {"New rule": sentence}
    check_open(scenario, expected_version, actor, theirs=bindings_in_words(scenario), yours=wish)
    if rule is None or rule.type != draft.kind.value:
        raise NotFoundError("This rule was removed.")
    parameters = _checked(session, scenario, draft, sentence, rule)
    before = {"rule": _in_words(rule, scenario), "key": rule.key, "reason": rule.reason}
    rule.parameters, rule.reason = parameters, draft.reason
    touch(scenario, actor=actor, now=now)
    after = {"rule": sentence, "key": rule.key, "reason": draft.reason}
    record_change(session, scenario, "reruled", actor=actor, now=now, before=before, after=after)


def find_demand(scenario: Scenario, rule_id: int) -> ScenarioRule | None:
    return next((one for one in scenario.rules if one.id == rule_id), None)


def _checked(
    session: Session,
    scenario: Scenario,
    draft: DemandDraft,
    sentence: str,
    changed: ScenarioRule | None,
) -> dict[str, Any]:
    """The parameters to store. Raises InvalidError."""
    parameters = dict(draft.parameters)
    others = [rule for rule in scenario.rules if rule is not changed]
    faults: dict[str, str] = {}
    if draft.kind is DemandKind.KEEP:
        parameters["held"] = {}
        faults = _fill_held(session, scenario, parameters, others)
    if not faults:
        lines = list_candidate_lines(session, scenario.cycle_id)
        faults = demand_faults(draft.kind, parameters, {line.key: line.tags for line in lines})
    team = parameters.get("capacity")
    if team is not None and all(one.team.key != team for one in scenario.cycle.capacities):
        faults["capacity"] = "This team has no days in this cycle; choose another one."
    if any(_in_words(rule, scenario) == sentence for rule in others):
        faults["reason"] = "The scenario has this very rule already."
    if faults:
        raise InvalidError("This rule can't hold.", fields=faults)
    return parameters


def _fill_held(
    session: Session, scenario: Scenario, parameters: dict[str, Any], others: list[ScenarioRule]
) -> dict[str, str]:
    """Write down what the run to keep chose; says why it can't be kept."""
    kept = {rule.parameters["run"] for rule in others if rule.type == DemandKind.KEEP.value}
    if kept - {parameters["run"]}:
        return {"run": f"Another rule keeps run {kept.pop()}; keep that one or take the rule off."}
    try:
        run = get_run(session, parameters["run"])
        answer = load_answer(run)
    except (NotFoundError, UntrueAnswerError):
        return {"run": "Choose a run of this cycle."}
    if run.scenario.cycle_id != scenario.cycle_id or answer is None or not answer.has_plan:
        return {"run": "This run has no plan for this cycle; choose another one."}
    parameters["held"] = {
        row["initiative"]: {"option": row["option"], "start": row["start"]}
        for row in answer.result["funded"]
    }
    return {}


def drop_demand(
    session: Session,
    scenario: Scenario,
    rule_id: int,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Take a rule away. Raises NotFoundError, ConflictError."""
    rule = find_demand(scenario, rule_id)
    wish = {f"Rule {rule.key}": ""} if rule else {}
    check_open(scenario, expected_version, actor, theirs=bindings_in_words(scenario), yours=wish)
    if rule is None:
        raise NotFoundError("This rule was removed already.")
    before = {"rule": _in_words(rule, scenario), "key": rule.key, "reason": rule.reason}
    scenario.rules.remove(rule)
    touch(scenario, actor=actor, now=now)
    record_change(session, scenario, "unruled", actor=actor, now=now, before=before)


def bindings_in_words(scenario: Scenario) -> dict[str, str]:
    """Every pin and rule of the scenario as a sentence, by a label."""
    pins = {f"Pin {pin.initiative.key}": _pin_in_words(pin, scenario) for pin in scenario.pins}
    rules = {f"Rule {rule.key}": _in_words(rule, scenario) for rule in scenario.rules}
    return pins | rules


def _pin_of(scenario: Scenario, initiative_id: int) -> ScenarioPin | None:
    return next((pin for pin in scenario.pins if pin.initiative_id == initiative_id), None)


def _pin_in_words(pin: ScenarioPin, scenario: Scenario) -> str:
    option = pin.option.key if pin.option else None
    price = None if pin.price_minor is None else Money(pin.price_minor, scenario.cycle.currency)
    return pin_sentence(pin.kind, pin.initiative.key, option, pin.start, price)


def _in_words(rule: ScenarioRule, scenario: Scenario) -> str:
    return demand_sentence(DemandKind(rule.type), rule.parameters, scenario.cycle.currency)


def _pin_faults(
    draft: PinDraft, scenario: Scenario, line: CandidateLine | None, today: date
) -> dict[str, str]:
    if line is None:
        return {"initiative": unknown_sentence([draft.initiative])}
    faults = {}
    if not draft.reason:
        faults["reason"] = "Say why; the reason stands beside the result."
    if draft.price is not None and draft.price.minor <= 0:
        faults["price"] = "Enter a price above zero, or nothing: then the pin must hold."
    fixes = draft.option is not None or draft.start is not None
    if draft.kind is PinKind.FIX and not fixes:
        faults["option"] = "Name the option, the start, or both; otherwise choose “Fund it”."
    if draft.kind is not PinKind.FIX and fixes:
        faults["kind"] = "Option and start belong to “Fix option or start”; choose that."
    if draft.option is not None and draft.option not in line.option_keys:
        faults["option"] = (
            f"{line.key} has no option “{draft.option}”; it has {listed(line.option_keys)}."
        )
    quarters = scenario.cycle.quarters
    if draft.start is not None and draft.start not in quarters:
        faults["start"] = f"Enter a quarter from {quarters.first} to {quarters.last}."
    elif draft.start is not None and draft.start < Quarter.containing(today):
        faults["start"] = f"{over_sentence(draft.start)} Choose this quarter or a later one."
    return faults


def _option(session: Session, initiative_id: int, key: str | None) -> Option | None:
    if key is None:
        return None
    query = select(Option).where(Option.initiative_id == initiative_id, Option.key == key)
    return session.scalar(query)


def _next_key(scenario: Scenario) -> str:
    numbers = [int(rule.key[1:]) for rule in scenario.rules if rule.key[1:].isdigit()]
    return f"R{1 + max(numbers, default=0)}"
