"""Build the problem of a scenario as canonical bytes, with a readable list of what went into it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.journeys.models import LeverPool
from app.portfolio.engine.documents import problem_document
from app.portfolio.engine.faults import ProblemError
from app.portfolio.engine.parsing import parse_problem
from app.portfolio.models import Scenario
from app.portfolio.queries.facts import LoadedFacts, load_problem_facts, pool_key
from app.portfolio.rules.approved import taking_keys
from app.portfolio.rules.building import Built, build_problem, overdrawn
from app.portfolio.rules.demands import DemandKind, demand_sentence, listed
from app.portfolio.rules.facts import ProblemFacts
from app.portfolio.rules.naming import settle_names
from app.portfolio.rules.pins import pin_sentence
from app.portfolio.services.ranges import ranges_to_keep
from app.values.canonical import canonical_json
from app.values.money import Money

_RULE_PATH = re.compile(r"^\$\.rules\[(\d+)\]")
_RULE_NAMED = re.compile(r"\brule (\S+?)(?=[,;.]?(?:\s|$))")


@dataclass(frozen=True, slots=True)
class FrozenProblem:
    """A problem file in its canonical bytes, its digest, and what it was made of by name."""

    content: bytes
    digest: str
    inputs: dict[str, Any]


def freeze_problem(session: Session, scenario: Scenario, *, today: date | None) -> FrozenProblem:
    """Build the problem from what is stored now, with no new start in a quarter that is over today.

    The inputs keep the day as ``as_of``, so that the same problem can be built again later; runs
    from before it was kept have none, and in theirs no quarter was over: they pass None.
    Raises InvalidError, with a sentence per fault, when pins and rules can't hold, more is
    committed than budgeted, or there is nothing to choose from.
    """
    loaded = load_problem_facts(session, scenario, today=today)
    return freeze_facts(scenario, loaded, loaded.facts, today=today)


def freeze_facts(
    scenario: Scenario, loaded: LoadedFacts, wanted: ProblemFacts, *, today: date | None
) -> FrozenProblem:
    """The problem of facts that may differ from the loaded ones. Raises as `freeze_problem`."""
    facts, dropped = settle_names(wanted)
    _refuse_overdrawn(facts)
    built = build_problem(facts)
    if not built.document["initiatives"]:
        raise InvalidError(
            "There is nothing to choose from: no candidate of this cycle can be carried out in it. "
            "Bring initiatives to the state “candidate” first.",
            fields={remark.subject: f"{remark.subject}: {remark.text}" for remark in built.remarks},
        )
    try:
        problem = parse_problem(built.document)
    except ProblemError as error:
        raise _in_words(error, built, facts) from error
    content = canonical_json(problem_document(problem))
    remarks = (*dropped, *built.remarks)
    inputs = (
        _inputs(scenario, loaded, facts)
        | {"remarks": [{"subject": one.subject, "text": one.text} for one in remarks]}
        | ({"as_of": today.isoformat()} if today else {})
    )
    return FrozenProblem(content, problem.digest, inputs)


def _refuse_overdrawn(facts: ProblemFacts) -> None:
    faults = {
        fund.key: (
            f"In {fund.name} {Money(missing, facts.currency)} more is committed than budgeted. "
            "Raise its limits to at least what is committed."
        )
        for fund in facts.funds
        if (missing := overdrawn(fund))
    }
    if faults:
        raise InvalidError("The limits do not cover what is committed already.", fields=faults)


def _in_words(error: ProblemError, built: Built, facts: ProblemFacts) -> InvalidError:
    """The engine's faults with the sentence of the pin or rule in place of its JSON path."""
    sentences = rule_sentences(facts)
    fields = {}
    for fault in error.faults:
        found = _RULE_PATH.match(fault.path)
        rule = built.document["rules"][int(found[1])] if found else {"key": fault.path}
        fields[fault.path] = _fault_in_words(rule, fault.message, sentences)
    return InvalidError("The scenario's pins and rules can't hold together.", fields=fields)


def _fault_in_words(rule: Mapping[str, Any], message: str, sentences: Mapping[str, str]) -> str:
    key = rule["key"]
    if key.startswith("either:"):
        # The initiatives exclude each other themselves: there is no rule with a count to raise.
        keys = rule["initiatives"]
        pins = [f"“{sentences[f'pin:{one}']}”" for one in keys if f"pin:{one}" in sentences]
        return (
            f"{listed(keys)} exclude each other, but {listed(pins)} are both pinned. "
            "Take one of the two pins off."
        )
    words = _RULE_NAMED.sub(lambda at: f"“{sentences.get(at[1], at[1])}”", message)
    return f"“{sentences.get(key, key)}” {words}"


def rule_sentences(facts: ProblemFacts) -> dict[str, str]:
    """Every rule of the problem as a sentence, by its key in the problem file."""
    first, currency = facts.quarters.first, facts.currency
    sentences = {
        f"pin:{pin.initiative}": pin_sentence(
            pin.kind,
            pin.initiative,
            pin.option,
            None if pin.start is None else first + pin.start,
            None if pin.price is None else Money(pin.price, currency),
        )
        for pin in facts.pins
    }
    for demand in facts.demands:
        sentences[demand.key] = demand_sentence(demand.kind, demand.parameters, facts.currency)
    for one in facts.candidates:
        for need in one.needs:
            bond = {"initiative": one.key, "needs": need.key, "lag": need.lag}
            sentence = demand_sentence(DemandKind.REQUIRES, bond, facts.currency)
            sentences[f"needs:{one.key}:{need.key}"] = sentence
        for other in one.excludes:
            pair = sorted((one.key, other))
            sentences[f"either:{pair[0]}:{pair[1]}"] = f"Either {pair[0]} or {pair[1]}"
    return sentences


def _inputs(scenario: Scenario, loaded: LoadedFacts, facts: ProblemFacts) -> dict[str, Any]:
    cycle = scenario.cycle
    reasons = {f"pin:{pin.initiative}": pin.reason for pin in facts.pins}
    reasons |= {demand.key: demand.reason for demand in facts.demands}
    taking = set().union(*taking_keys(facts).values())
    return {
        "scenario": {"id": scenario.id, "name": scenario.name, "version": scenario.version},
        "cycle": {
            "id": cycle.id, "name": cycle.name, "version": cycle.version,
            "discount_rate": cycle.discount_rate, "hurdle_rate": cycle.hurdle_rate,
            "first_quarter": cycle.first_quarter, "quarter_count": cycle.quarter_count,
        },
        "funds": [
            {
                "key": fund.key, "name": fund.name, "carry_over": fund.carry_over,
                "budget_minor": list(fund.budget), "committed_minor": list(fund.committed),
            }
            for fund in facts.funds
        ],
        "teams": [{"key": team.key, "name": team.name} for team in facts.teams],
        "pools": [_pool_line(pool) for pool in loaded.pools],
        "initiatives": _initiative_lines(loaded),
        "committed": [
            {"key": one.key, "title": one.title, "option": one.option.key,
             "start": cycle.first_quarter + one.start}
            for one in facts.committed
            if one.key in taking
        ],
        "rules": [
            {"key": key, "sentence": sentence, "reason": reasons.get(key, "")}
            for key, sentence in rule_sentences(facts).items()
        ],
        "ranges": ranges_to_keep(cycle, loaded.pools, loaded.candidates),
    }  # fmt: skip


def _initiative_lines(loaded: LoadedFacts) -> list[Mapping[str, Any]]:
    return [
        {
            "id": one.id, "key": one.key, "title": one.title, "version": one.version,
            "owner_id": one.owner_id,
            "options": [
                {
                    "id": option.id, "key": option.key, "name": option.name,
                    "is_declared": option.declared_benefit_minor is not None,
                    "grades": sorted({effect.grade.value for effect in option.effects}),
                }
                for option in one.options
            ],
        }
        for one in loaded.candidates
    ]  # fmt: skip


def _pool_line(pool: LeverPool) -> Mapping[str, Any]:
    return {
        "key": pool_key(pool), "journey": pool.journey.name, "lever": pool.lever,
        "state": pool.state, "version": pool.version,
        "annual_value_minor": pool.annual_value_minor, "source": pool.source,
        "measured_on": pool.measured_on, "certified_at": pool.certified_at,
        "certified_by": pool.certified_by.name if pool.certified_by else None,
    }  # fmt: skip


def inputs_list(inputs: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """One list of a run's inputs; empty where an older run has none."""
    found = inputs.get(name)
    return found if isinstance(found, list) else []
