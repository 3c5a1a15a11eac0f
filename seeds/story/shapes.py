"""The shape in which the story tells an initiative."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BehaviourStory:
    """Who does what differently, and how it is measured.

    ``serves``: whether it serves what the journey's customers need, or the company alone.
    """

    description: str
    measure: str
    unit: str
    baseline: str
    target: str
    source: str
    serves: bool = True


@dataclass(frozen=True, slots=True)
class EffectStory:
    """The share of a pool that a behaviour removes, with grade and evidence; below zero it adds.

    ``low`` and ``high`` are its P10 and P90.
    """

    behaviour: int
    pool: str
    removal: str
    grade: str
    evidence: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True)
class OptionStory:
    """An option: thousands of euro by fund and days by team, per quarter from the start.

    ``cost_range``: P10 and P90 of its cost as multiples of that.
    """

    key: str
    name: str
    scope: str
    spend: dict[str, tuple[int, ...]]
    demand: dict[str, tuple[int, ...]]
    effects: tuple[EffectStory, ...]
    go_live: int = 1
    ramp: int = 3
    half_life: int | None = 12
    risk: int = 2
    minutes: int = 0
    cost_range: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CriterionStory:
    """A condition of a hurdle.

    ``link``: the link of the way from the first behaviour to money that it measures, if any.
    """

    metric: str
    unit: str
    direction: str
    baseline: str
    threshold: str
    sample: int | None = None
    must: bool = True
    link: str | None = None


@dataclass(frozen=True, slots=True)
class AmendmentStory:
    """A criterion asked to be amended so many days ago; ``answer`` is None while it waits."""

    name: str
    position: int
    days_ago: int
    threshold: str
    sample: int | None
    reason: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class MilestoneStory:
    """A milestone so many months after the planned start, holding a share of the money in %."""

    name: str
    months: int
    share: int
    criteria: tuple[CriterionStory, ...]
    if_missed: str


@dataclass(frozen=True, slots=True)
class InitiativeStory:
    """One initiative. ``ends_as`` is the state the story leaves it in."""

    name: str
    title: str
    journey: str
    unit: str
    lens: str
    owner: str
    sponsor: str
    goals: str
    customers: str
    experience: str
    design: str
    missing: str
    evolution: str
    touchpoints: tuple[tuple[str, str], ...]
    behaviours: tuple[BehaviourStory, ...]
    options: tuple[OptionStory, ...]
    milestones: tuple[MilestoneStory, ...]
    needs: tuple[tuple[str, int], ...] = ()
    excludes: tuple[tuple[str, str], ...] = ()
    ends_as: str = "candidate"
    notes: dict[str, str] = field(default_factory=dict)


def three_hurdles(
    pilot: CriterionStory,
    scale: CriterionStory,
    final: CriterionStory,
    months: tuple[int, int, int],
) -> tuple[MilestoneStory, ...]:
    """The usual shape: a pilot proves the behaviour, the roll-out the lever, the last the money."""
    return (
        MilestoneStory("Pilot evidence", months[0], 30, (pilot,), "Hold once, then stop."),
        MilestoneStory("Roll-out", months[1], 45, (scale,), "Stop and free the rest."),
        MilestoneStory("Effect confirmed", months[2], 25, (final,), "Stop and free the rest."),
    )
