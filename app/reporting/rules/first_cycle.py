"""The way to the first approval: what comes after what, and who has to do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class FirstCycle:
    """What is there on the way to the first approval: ids and keys, None where nothing is yet.

    ``leads`` and ``finance`` count people who hold the role in force.
    """

    approved: int | None
    leads: int
    finance: int
    cycle: int | None
    fund: int | None
    budget: int | None
    open: int | None
    journey: str | None
    touchpoint: int | None
    baseline: int | None
    claimed: int | None
    certified_pool: int | None
    initiative: str | None
    submitted: str | None
    certified: str | None
    candidate: str | None
    scenario: int | None
    run: int | None
    proposal: int | None


class StepState(Enum):
    """How a step stands: done, one that can be taken now, or one that waits for another."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"


class Place(NamedTuple):
    """A page by its endpoint and what its address takes."""

    endpoint: str
    arguments: Mapping[str, object]
    anchor: str | None = None


class Step(NamedTuple):
    """One step: what it is, why it is there, who takes it, by which permission, and where."""

    title: str
    why: str
    who: str
    permission: str
    is_done: Callable[[FirstCycle], bool]
    place: Callable[[FirstCycle], Place]
    after: tuple[str, ...] = ()


def _page(endpoint: str, **names: str) -> Callable[[FirstCycle], Place]:
    """A page whose address takes what the named fields hold."""
    return lambda found: Place(
        endpoint, {argument: getattr(found, name) for argument, name in names.items()}
    )


def _budget(found: FirstCycle) -> Place:
    if found.fund is None:
        return Place("calendar.show", {"cycle_id": found.cycle}, "funds")
    return Place("calendar.budgets", {"cycle_id": found.cycle})


def _measuring(found: FirstCycle) -> Place:
    name = "journeys.shape" if found.touchpoint is None else "journeys.new_baseline"
    return Place(name, {"key": found.journey})


def _proposing(found: FirstCycle) -> Place:
    if found.initiative is None:
        return Place("initiatives.new", {})
    return Place("initiatives.show", {"key": found.initiative})


def _running(found: FirstCycle) -> Place:
    if found.scenario is None:
        return Place("portfolio.new_scenario", {})
    return Place("portfolio.scenario", {"scenario_id": found.scenario})


PEOPLE, CYCLE, BUDGET, JOURNEY = "people", "cycle", "budget", "journey"
BASELINE, CLAIM, POOL, OPEN = "baseline", "claim", "pool", "open"
INITIATIVE, CERTIFY, CANDIDATE = "initiative", "certify", "candidate"
RUN, SUBMIT, APPROVE = "run", "submit", "approve"

STEPS: Mapping[str, Step] = {
    PEOPLE: Step(
        "Bring in the people",
        "A CX lead and somebody in Finance at least: nobody approves money they asked for.",
        "Admin", "people.manage",
        lambda found: bool(found.leads and found.finance), _page("accounts.people"),
    ),
    CYCLE: Step(
        "Set up a cycle", "Its dates, horizon and rates; everything else is counted with them.",
        "Finance", "calendar.edit",
        lambda found: found.cycle is not None, _page("calendar.new"),
    ),
    BUDGET: Step(
        "Give it a fund with a budget", "What may be planned in each quarter.",
        "Finance", "calendar.edit",
        lambda found: found.budget is not None, _budget, (CYCLE,),
    ),
    JOURNEY: Step(
        "Describe a journey", "What customers of one segment go through to reach a goal.",
        "CX lead", "journeys.edit",
        lambda found: found.journey is not None, _page("journeys.new"),
    ),
    BASELINE: Step(
        "Measure it", "Where customers meet you, how often, how content and at what cost.",
        "CX lead", "journeys.edit",
        lambda found: found.baseline is not None, _measuring, (JOURNEY,),
    ),
    CLAIM: Step(
        "Claim a pool", "The money a better journey could yield at most in a year.",
        "CX lead", "journeys.edit",
        lambda found: found.claimed is not None, _page("journeys.pools", key="journey"),
        (BASELINE,),
    ),
    POOL: Step(
        "Certify the pool", "By somebody else than who claimed it.",
        "Finance", "pools.certify",
        lambda found: found.certified_pool is not None, _page("journeys.pools", key="journey"),
        (CLAIM,),
    ),
    OPEN: Step(
        "Open the cycle", "It takes a fresh baseline of every journey in use.",
        "Finance", "calendar.edit",
        lambda found: found.open is not None, _page("calendar.show", cycle_id="cycle"),
        (BUDGET, BASELINE),
    ),
    INITIATIVE: Step(
        "Propose an initiative and submit it", "Who does what differently, and what it costs.",
        "CX lead or Program manager", "initiatives.edit",
        lambda found: found.submitted is not None, _proposing, (CLAIM, CYCLE),
    ),
    CERTIFY: Step(
        "Certify its money", "By somebody who neither owns nor changed it.",
        "Finance", "initiatives.certify",
        lambda found: found.certified is not None, _page("initiatives.show", key="submitted"),
        (INITIATIVE, POOL),
    ),
    CANDIDATE: Step(
        "Make it a candidate", "Its owner says that it takes part in the choice.",
        "CX lead or Program manager", "initiatives.edit",
        lambda found: found.candidate is not None, _page("initiatives.show", key="certified"),
        (CERTIFY,),
    ),
    RUN: Step(
        "Run a scenario", "The optimizer picks what is worth most within the budget.",
        "CX lead or Finance", "runs.start",
        lambda found: found.run is not None, _running, (CANDIDATE, OPEN),
    ),
    SUBMIT: Step(
        "Submit the plan", "It is frozen with everything it rests on.",
        "CX lead", "proposals.submit",
        lambda found: found.proposal is not None, _page("approvals.new_proposal", run_id="run"),
        (RUN,),
    ),
    APPROVE: Step(
        "Approve it", "By somebody in Finance who had no hand in it: neither the scenario, nor an"
        " initiative, nor the submission.",
        "Finance", "proposals.decide",
        lambda found: found.approved is not None,
        _page("approvals.show", proposal_id="proposal"), (SUBMIT,),
    ),
}  # fmt: skip
"""The steps in their order."""


def step_state(key: str, found: FirstCycle) -> StepState:
    """How a step stands, worked out from what is there."""
    step = STEPS[key]
    if step.is_done(found):
        return StepState.DONE
    waits = any(not STEPS[before].is_done(found) for before in step.after)
    return StepState.LATER if waits else StepState.NEXT
