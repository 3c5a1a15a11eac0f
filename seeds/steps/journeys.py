"""The journeys of the demo company, measured and certified."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import NotFoundError
from app.journeys.models import Journey
from app.journeys.queries import get_journey, list_control_totals
from app.journeys.rules import (
    BINDABLE,
    BaselineDraft,
    Binding,
    Channel,
    ControlDraft,
    ControlKind,
    FigureKind,
    JourneyDraft,
    Lever,
    Measured,
    PoolDraft,
    PoolFigure,
    PoolState,
    ShapeDraft,
    StageKind,
    measured_from,
)
from app.journeys.services import (
    add_control_total,
    certify_pool,
    claim_pool,
    create_journey,
    cut_baseline,
    look_at_log,
    record_baseline,
    shape_journey,
    suggested_figures,
)
from app.values.money import parse_money
from seeds.steps.moments import at
from seeds.story.company import CURRENCY
from seeds.story.contacts import SAMPLE
from seeds.story.controls import CONTROLS, SERVE_CENTRES
from seeds.story.journeys import (
    JOURNEYS,
    MEASURED,
    JourneyStory,
    PoolStory,
    TouchpointStory,
)

CUT_KEY = "renew"


def add_journeys(session: Session, people: dict[str, Person], *, measured_on: date) -> None:
    """Every journey with touchpoints, its first baseline and certified pools."""
    now = at(measured_on)
    add_controls(session, people, measured_on=measured_on, now=now)
    for story in JOURNEYS:
        if not _is_known(session, story.key):
            _add_journey(session, story, people, measured_on, now)


def measure_again(session: Session, people: dict[str, Person], *, measured_on: date) -> None:
    """The second baseline of every journey."""
    for story in JOURNEYS:
        journey = get_journey(session, story.key)
        if len(journey.baselines) == 1:
            _measure(session, journey, story, people[story.owner], measured_on, is_second=True)
            _certify_moved(session, journey, people, now=at(measured_on, hour=16))


def cut_from_log(session: Session, people: dict[str, Person], *, today: date) -> None:
    """The next baseline of one journey, cut from the company's contact log once there is one."""
    story = next(one for one in JOURNEYS if one.key == CUT_KEY)
    journey = get_journey(session, story.key)
    found = look_at_log(session, journey, one_in=SAMPLE, today=today)
    last = journey.baselines[-1]
    if found.faults or found.measured_on is None or found.measured_on < last.measured_on:
        return
    if last.logged_from is not None:
        return
    rows = suggested_figures(session, journey, found)
    figures = {id_: one for id_, row in rows.items() if (one := measured_from(row)) is not None}
    draft = BaselineDraft(
        measured_on=found.measured_on, source=found.source_words, note="", figures=figures
    )
    cut_baseline(
        session, journey, draft, found, notes={}, seen_digest=found.digest,
        after_number=last.number, is_confirmed=True, actor=people[story.owner],
        now=at(today, hour=7),
    )  # fmt: skip
    _certify_moved(session, journey, people, now=at(today, hour=7))


def add_controls(
    session: Session, people: dict[str, Person], *, measured_on: date, now: datetime
) -> None:
    """Finance's control totals, which the pools stay under."""
    known = {one.name for one in list_control_totals(session)}
    for story in CONTROLS:
        if story.name not in known:
            draft = ControlDraft(
                kind=ControlKind(story.kind),
                name=story.name,
                amount=parse_money(story.amount, CURRENCY),
                owner_id=people[story.owner].id,
                source=story.source,
                measured_on=measured_on,
            )
            add_control_total(session, draft, actor=people["nils"], now=now)


def _is_known(session: Session, key: str) -> bool:
    try:
        get_journey(session, key)
    except NotFoundError:
        return False
    return True


def _add_journey(
    session: Session,
    story: JourneyStory,
    people: dict[str, Person],
    measured_on: date,
    now: datetime,
) -> None:
    owner = people[story.owner]
    draft = JourneyDraft(
        key=story.key, name=story.name, segment=story.segment, goal=story.goal, currency=CURRENCY,
        owner_id=owner.id,
    )  # fmt: skip
    journey = create_journey(session, draft, actor=owner, now=now)
    shape = ShapeDraft(
        names={kind: story.stage_names.get(kind.value, kind.word) for kind in StageKind},
        hidden=frozenset(),
        touchpoints={
            (StageKind(one.stage), Channel(one.channel)): one.name for one in story.touchpoints
        },
    )
    shape_journey(session, journey, shape, expected_version=journey.version, actor=owner, now=now)
    _measure(session, journey, story, owner, measured_on, is_second=False)
    centres = {one.name: one.id for one in list_control_totals(session)}
    places = {place: id_ for id_, place in _places(journey).items()}
    for pool in story.pools:
        at_ids = tuple(places[place] for place in pool.at)
        claim = PoolDraft(
            lever=Lever(pool.lever),
            figures=tuple(
                _figure(pool, symbol, value, source, at_ids)
                for symbol, value, source in pool.inputs
            ),
            source=pool.source,
            measured_on=measured_on,
            owner_id=people["petra"].id,
            cost_centre_id=centres[SERVE_CENTRES[story.key]] if pool.lever == "serve" else None,
        )
        claimed = claim_pool(session, journey, claim, expected_version=0, actor=owner, now=now)
        if not pool.is_over:
            certify_pool(
                session, journey, claimed, expected_version=claimed.version, actor=people["nils"],
                now=now,
            )  # fmt: skip


def _certify_moved(
    session: Session, journey: Journey, people: dict[str, Person], *, now: datetime
) -> None:
    """Certify anew the pools whose inputs followed a new baseline."""
    for pool in journey.pools:
        if pool.state is PoolState.CLAIMED and any(one.bound_figure for one in pool.inputs):
            certify_pool(
                session, journey, pool, expected_version=pool.version, actor=people["nils"], now=now
            )


def _figure(
    pool: PoolStory, symbol: str, value: str, source: str, at_ids: tuple[int, ...]
) -> PoolFigure:
    """An input as typed; one that is measured gets its value from the baseline."""
    binding = None
    if value == MEASURED:
        binding = Binding(BINDABLE[Lever(pool.lever)][symbol], at_ids)
    low, high = pool.ranges.get(symbol, (None, None))
    return PoolFigure(
        symbol, Decimal(value or 0), low=Decimal(low) if low else None,
        high=Decimal(high) if high else None, source=source, binding=binding,
    )  # fmt: skip


def _measure(
    session: Session,
    journey: Journey,
    story: JourneyStory,
    actor: Person,
    measured_on: date,
    *,
    is_second: bool,
) -> None:
    by_place = {(one.stage, one.channel): one for one in story.touchpoints}
    figures = {
        id_: _measured(by_place[place], is_second=is_second)
        for id_, place in _places(journey).items()
    }
    draft = BaselineDraft(
        measured_on=measured_on,
        source="Contact log, survey after contact and cost model of the last twelve months",
        note="",
        figures=figures,
        anew=dict.fromkeys(figures, frozenset(FigureKind)),
    )
    record_baseline(
        session, journey, draft, after_number=1 if is_second else 0, is_confirmed=True,
        actor=actor, now=at(measured_on, hour=15),
    )  # fmt: skip


def _places(journey: Journey) -> dict[int, tuple[str, str]]:
    """Stage and channel of every touchpoint by its id."""
    kinds = {stage.id: stage.kind.value for stage in journey.stages}
    return {one.id: (kinds[one.stage_id], one.channel.value) for one in journey.touchpoints}


def _measured(story: TouchpointStory, *, is_second: bool) -> Measured:
    contacts = story.contacts if is_second else story.contacts * 103 // 100
    return Measured(
        contacts_per_year=Decimal(contacts),
        satisfaction=Decimal(story.satisfaction if is_second else story.before),
        satisfaction_target=Decimal(story.target),
        importance=Decimal(story.importance),
        cost_per_contact_minor=parse_money(story.cost, CURRENCY).minor,
        minutes_per_contact=Decimal(story.minutes),
    )
