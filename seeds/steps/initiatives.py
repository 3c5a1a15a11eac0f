"""The initiatives of the demo company, proposed, certified and nominated as the story tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund, Team
from app.initiatives.models import Initiative, TargetBehaviour
from app.initiatives.queries import get_initiative
from app.initiatives.rules import (
    Action,
    BehaviourDraft,
    CriterionDraft,
    DependencyDraft,
    Direction,
    EffectDraft,
    EvidenceGrade,
    ExclusionDraft,
    InitiativeDraft,
    Lens,
    MilestoneDraft,
    OptionDraft,
    Question,
)
from app.initiatives.rules.milestone_kinds import ChainLink
from app.initiatives.services import (
    add_behaviour,
    add_milestone,
    add_option,
    answer_questions,
    create_initiative,
    move_initiative,
    set_links,
)
from app.journeys.models import CustomerNeed, Journey, LeverPool, Stage, Touchpoint
from app.journeys.rules import Channel, Lever, StageKind
from app.values.quarter import Quarter, months_later
from seeds.story.needs import EMPOWERMENT, NEEDS
from seeds.story.shapes import (
    BehaviourStory,
    CriterionStory,
    EffectStory,
    InitiativeStory,
    MilestoneStory,
    OptionStory,
)

CHAIN = (Action.SUBMIT, Action.CERTIFY, Action.NOMINATE)
STEPS = {"draft": 0, "submitted": 1, "certified": 2, "candidate": 3, "approved": 3, "stopped": 3}
START_WINDOW_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Ground:
    """What the initiatives stand on: people, a cycle, funds, teams, pools and journeys by key."""

    session: Session
    people: dict[str, Person]
    cycle: Cycle
    now: datetime

    @property
    def start(self) -> Quarter:
        return self.cycle.first_quarter

    def fund_id(self, key: str) -> int:
        return self.session.scalars(select(Fund.id).where(Fund.key == key)).one()

    def team_id(self, key: str) -> int:
        return self.session.scalars(select(Team.id).where(Team.key == key)).one()

    def journey(self, key: str) -> Journey:
        return self.session.scalars(select(Journey).where(Journey.key == key)).one()

    def pool_id(self, name: str) -> int:
        key, lever = name.split("/")
        query = (
            select(LeverPool.id)
            .join(Journey, Journey.id == LeverPool.journey_id)
            .where(Journey.key == key, LeverPool.lever == Lever(lever))
        )
        return self.session.scalars(query).one()

    def need_id(self, journey: str) -> int:
        """What the one segment of the journey's story needs."""
        query = (
            select(CustomerNeed.id)
            .join(Journey, Journey.id == CustomerNeed.journey_id)
            .where(Journey.key == journey, CustomerNeed.retired_at.is_(None))
        )
        return self.session.scalars(query).one()

    def touchpoint_id(self, journey: str, stage: str, channel: str) -> int:
        query = (
            select(Touchpoint.id)
            .join(Stage, Stage.id == Touchpoint.stage_id)
            .join(Journey, Journey.id == Touchpoint.journey_id)
            .where(
                Journey.key == journey,
                Stage.kind == StageKind(stage),
                Touchpoint.channel == Channel(channel),
            )
        )
        return self.session.scalars(query).one()


def find_by_title(session: Session, title: str) -> Initiative | None:
    """The initiative of that title, with its people, journey and cycle."""
    key = session.scalar(select(Initiative.key).where(Initiative.title == title))
    return get_initiative(session, key) if key else None


def add_initiatives(ground: Ground, stories: Iterable[InitiativeStory]) -> None:
    """Propose every story that is missing, link them, then move each as far as it has come."""
    stories = list(stories)
    new = [story for story in stories if find_by_title(ground.session, story.title) is None]
    made = {story.name: _propose(ground, story) for story in new}
    for story in new:
        _link(ground, story, made)
    for story in new:
        _move_on(ground, made[story.name], story)


def _propose(ground: Ground, story: InitiativeStory) -> Initiative:
    owner = ground.people[story.owner]
    draft = InitiativeDraft(
        title=story.title,
        unit=story.unit,
        lens=Lens(story.lens),
        owner_id=owner.id,
        planned_start=ground.start,
        journey_id=ground.journey(story.journey).id,
        cycle_id=ground.cycle.id,
        sponsor_id=ground.people[story.sponsor].id,
    )
    made = create_initiative(ground.session, draft, actor=owner, now=ground.now)
    initiative = get_initiative(ground.session, made.key)
    _answer(ground, initiative, story, owner)
    for option in story.options:
        add_option(
            ground.session, initiative, _option(ground, option), expected_version=None,
            actor=owner, now=ground.now,
        )  # fmt: skip
    behaviours: list[TargetBehaviour] = []
    for position, behaviour in enumerate(story.behaviours):
        effects = [
            (option.key, effect)
            for option in story.options
            for effect in option.effects
            if effect.behaviour == position
        ]
        one = add_behaviour(
            ground.session, initiative, _behaviour(ground, story.journey, behaviour, effects),
            expected_version=None, actor=owner, now=ground.now,
        )  # fmt: skip
        behaviours.append(one)
    for milestone in story.milestones:
        add_milestone(
            ground.session, initiative, _milestone(ground, milestone, behaviours[0].id),
            expected_version=None,
            actor=owner, now=ground.now,
        )  # fmt: skip
    return initiative


def _answer(ground: Ground, initiative: Initiative, story: InitiativeStory, owner: Person) -> None:
    words = {
        "goals": story.goals,
        "customers": story.customers,
        "experience": story.experience,
        "design": story.design,
        "empowerment_missing": story.missing,
        "evolution": story.evolution,
        **NEEDS[story.journey],
        **EMPOWERMENT[story.lens],
    }
    answer_questions(
        ground.session, initiative, {Question(name): text for name, text in words.items()},
        touchpoint_ids=[
            ground.touchpoint_id(story.journey, stage, channel)
            for stage, channel in story.touchpoints
        ],
        expected_version=None, actor=owner, now=ground.now,
    )  # fmt: skip


def _option(ground: Ground, story: OptionStory) -> OptionDraft:
    return OptionDraft(
        key=story.key,
        name=story.name,
        scope=story.scope,
        go_live_quarters=story.go_live,
        ramp_quarters=story.ramp,
        half_life_quarters=story.half_life,
        earliest_start=ground.start,
        latest_start=ground.start + (START_WINDOW_QUARTERS - 1),
        effort_minutes=story.minutes,
        risk=story.risk,
        cost_low=Decimal(story.cost_range[0]) if story.cost_range else None,
        cost_high=Decimal(story.cost_range[1]) if story.cost_range else None,
        spend={
            (ground.fund_id(fund), index): amount * 1000_00
            for fund, amounts in story.spend.items()
            for index, amount in enumerate(amounts)
            if amount
        },
        demand={
            (ground.team_id(team), index): Decimal(days)
            for team, series in story.demand.items()
            for index, days in enumerate(series)
            if days
        },
    )


def _behaviour(
    ground: Ground, journey: str, story: BehaviourStory, effects: list[tuple[str, EffectStory]]
) -> BehaviourDraft:
    return BehaviourDraft(
        description=story.description,
        measure=story.measure,
        unit=story.unit,
        baseline=Decimal(story.baseline),
        target=Decimal(story.target),
        source=story.source,
        measured_on=ground.now.date(),
        need_id=ground.need_id(journey) if story.serves else None,
        effects=tuple(
            EffectDraft(
                option_key, ground.pool_id(effect.pool), Decimal(effect.removal),
                EvidenceGrade(effect.grade), effect.evidence,
                Decimal(effect.low) if effect.low else None,
                Decimal(effect.high) if effect.high else None,
            )
            for option_key, effect in effects
        ),
    )  # fmt: skip


def _milestone(ground: Ground, story: MilestoneStory, behaviour_id: int) -> MilestoneDraft:
    return MilestoneDraft(
        name=story.name,
        due_on=months_later(ground.start.first_day, story.months),
        tranche_share=Decimal(story.share) / 100,
        action_if_missed=story.if_missed,
        criteria=tuple(_criterion(one, behaviour_id) for one in story.criteria),
    )


def _criterion(story: CriterionStory, behaviour_id: int) -> CriterionDraft:
    return CriterionDraft(
        metric=story.metric,
        unit=story.unit,
        direction=Direction(story.direction),
        threshold=Decimal(story.threshold),
        baseline=Decimal(story.baseline),
        minimum_sample=story.sample,
        is_must_meet=story.must,
        behaviour_id=behaviour_id if story.link else None,
        link=ChainLink(story.link) if story.link else None,
    )


def _link(ground: Ground, story: InitiativeStory, made: dict[str, Initiative]) -> None:
    if not (story.needs or story.excludes):
        return
    set_links(
        ground.session, made[story.name],
        [DependencyDraft(made[name].key, lag) for name, lag in story.needs],
        [ExclusionDraft(made[name].key, reason) for name, reason in story.excludes],
        expected_version=None, actor=ground.people[story.owner], now=ground.now,
    )  # fmt: skip


def _move_on(ground: Ground, initiative: Initiative, story: InitiativeStory) -> None:
    owner, finance = ground.people[story.owner], ground.people["petra"]
    for action in CHAIN[: STEPS[story.ends_as]]:
        move_initiative(
            ground.session, initiative, action, expected_version=None,
            actor=finance if action is Action.CERTIFY else owner, now=ground.now,
        )  # fmt: skip
