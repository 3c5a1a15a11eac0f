"""Read what the contact log adds up to: by touchpoint, reason, segment and channel.

Everything comes from the counted months, so nothing here grows with the number of interactions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.journeys.models import InteractionMonth, InteractionSource, Touchpoint
from app.journeys.queries.sums import COUNTS, SUMS, logged
from app.journeys.rules import Audience, Channel, Logged, LogSource, MonthSpan
from app.values.names import by_name


@dataclass(frozen=True, slots=True)
class LogScope:
    """Whose contacts of a journey count, and of which months."""

    journey_id: int
    span: MonthSpan
    audience: Audience


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Contacts for one reason through one channel with one expected result."""

    reason: str
    channel: Channel
    expected: str
    logged: Logged


def has_logged_costs(session: Session, journey_id: int) -> bool:
    """Whether any contact in the log of a journey carries a cost, in the journey's currency."""
    query = (
        select(InteractionMonth.id)
        .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
        .where(Touchpoint.journey_id == journey_id, InteractionMonth.costed > 0)
    )
    return session.scalar(query.limit(1)) is not None


def touchpoints_ever_logged(session: Session, journey_id: int) -> set[int]:
    """The touchpoints of a journey at which any source has contacts."""
    query = (
        select(InteractionMonth.touchpoint_id)
        .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
        .where(Touchpoint.journey_id == journey_id)
    )
    return set(session.scalars(query.distinct()))


def find_last_month(session: Session, journey_id: int) -> date | None:
    """The last month in which the journey has logged contacts; None without a log."""
    logged = find_logged_months(session, journey_id)
    return logged.last if logged else None


def find_logged_months(session: Session, journey_id: int) -> MonthSpan | None:
    """From the first to the last month in which the journey has logged contacts; None: no log."""
    first, last = (
        select(end(InteractionMonth.month))
        .where(InteractionMonth.touchpoint_id == Touchpoint.id, COUNTS)
        .scalar_subquery()
        for end in (func.min, func.max)
    )
    query = select(func.min(first), func.max(last)).where(Touchpoint.journey_id == journey_id)
    earliest, latest = session.execute(query).one()
    return MonthSpan.through(earliest, latest) if earliest and latest else None


def load_log_frame(
    session: Session, journey_id: int, span: MonthSpan
) -> tuple[list[Audience], list[str]]:
    """Whose contacts of the journey were logged in these months, and by which sources.

    Audiences: everybody first, customers and prospects where there are both, then the segments by
    name where there are several.
    """
    months = InteractionMonth
    rows = session.execute(
        select(months.segment, months.is_prospect, InteractionSource.name)
        .join(InteractionSource, InteractionSource.id == months.source_id)
        .where(*_within(journey_id, span))
        .distinct()
    ).all()
    kinds = {is_prospect for _, is_prospect, _ in rows}
    segments = by_name({segment for segment, *_ in rows}, str)
    audiences = [
        Audience(),
        *(Audience(is_prospect=kind) for kind in (False, True) if len(kinds) > 1),
        *(Audience(segment=segment) for segment in segments if len(segments) > 1),
    ]
    return audiences, by_name({name for *_, name in rows}, str)


def load_by_touchpoint(
    session: Session, scope: LogScope
) -> tuple[dict[int, Logged], dict[int, Logged]]:
    """What was logged at each touchpoint by id: in the scope, and in as many months before it."""
    months = InteractionMonth
    is_now = case((months.month >= scope.span.first, 1), else_=0)
    rows = session.execute(
        select(months.touchpoint_id, is_now, *SUMS)
        .where(*_asked(scope, scope.span.with_before))
        .group_by(months.touchpoint_id, is_now)
    )
    found: tuple[dict[int, Logged], dict[int, Logged]] = ({}, {})
    for touchpoint_id, now, *sums in rows:
        found[0 if now else 1][touchpoint_id] = logged(sums)
    return found


def load_log_sources(session: Session, scope: LogScope) -> dict[int, list[LogSource]]:
    """Which sources log each touchpoint, in the scope or in as many months before it."""
    source = InteractionSource
    rows = session.execute(
        select(
            InteractionMonth.touchpoint_id, source.id, source.name, source.first_on, source.last_on
        )
        .join(source, source.id == InteractionMonth.source_id)
        .where(*_asked(scope, scope.span.with_before))
        .distinct()
    )
    found: dict[int, list[LogSource]] = {}
    for touchpoint_id, id_, name, first_on, last_on in rows:
        if first_on is not None and last_on is not None:
            found.setdefault(touchpoint_id, []).append(LogSource(id_, name, first_on, last_on))
    return found


def load_by_reason(session: Session, scope: LogScope, touchpoint_id: int) -> dict[str, Logged]:
    """What was logged at one touchpoint by reason."""
    months = InteractionMonth
    query = select(months.reason, *SUMS).where(
        *_asked(scope, scope.span, touchpoint_id=touchpoint_id)
    )
    rows = session.execute(query.group_by(months.reason))
    return {reason: logged(sums) for reason, *sums in rows}


def list_reason_rows(
    session: Session, scope: LogScope, touchpoint_id: int | None
) -> list[ReasonRow]:
    """Contacts by reason, channel and expected result, the most frequent first."""
    months = InteractionMonth
    rows = session.execute(
        select(months.reason, Touchpoint.channel, months.expected, *SUMS)
        .join(Touchpoint, Touchpoint.id == months.touchpoint_id)
        .where(*_asked(scope, scope.span, touchpoint_id=touchpoint_id))
        .group_by(months.reason, Touchpoint.channel, months.expected)
        .order_by(
            func.sum(months.contacts).desc(), months.reason, Touchpoint.channel, months.expected
        )
    )
    return [ReasonRow(reason, channel, text, logged(sums)) for reason, channel, text, *sums in rows]


def load_by_segment(
    session: Session, scope: LogScope, touchpoint_id: int | None
) -> dict[tuple[str, bool], Logged]:
    """Contacts by segment and whether they are prospects', of everybody in the months."""
    months = InteractionMonth
    everybody = LogScope(scope.journey_id, scope.span, Audience())
    rows = session.execute(
        select(months.segment, months.is_prospect, *SUMS)
        .where(*_asked(everybody, scope.span, touchpoint_id=touchpoint_id))
        .group_by(months.segment, months.is_prospect)
    )
    return {(segment, is_prospect): logged(sums) for segment, is_prospect, *sums in rows}


def load_by_channel(session: Session, scope: LogScope) -> dict[Channel, Logged]:
    """Contacts of a journey by channel."""
    rows = session.execute(
        select(Touchpoint.channel, *SUMS)
        .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
        .where(*_asked(scope, scope.span))
        .group_by(Touchpoint.channel)
    )
    return {channel: logged(sums) for channel, *sums in rows}


def use_by_segment(
    session: Session, journey_id: int, span: MonthSpan
) -> Mapping[str, Mapping[Channel, int]]:
    """How many contacts each segment had through each channel."""
    months = InteractionMonth
    query = (
        select(months.segment, Touchpoint.channel, func.sum(months.contacts))
        .join(Touchpoint, Touchpoint.id == months.touchpoint_id)
        .where(*_within(journey_id, span))
        .group_by(months.segment, Touchpoint.channel)
    )
    found: dict[str, dict[Channel, int]] = {}
    for segment, channel, contacts in session.execute(query):
        found.setdefault(segment, {})[channel] = int(contacts)
    return found


def _within(journey_id: int, span: MonthSpan) -> tuple[ColumnElement[bool], ...]:
    touchpoints = select(Touchpoint.id).where(Touchpoint.journey_id == journey_id)
    return (
        InteractionMonth.touchpoint_id.in_(touchpoints),
        COUNTS,
        InteractionMonth.month >= span.first,
        InteractionMonth.month < span.end,
    )


def _asked(
    scope: LogScope, span: MonthSpan, *, touchpoint_id: int | None = None
) -> list[ColumnElement[bool]]:
    wanted = list(_within(scope.journey_id, span))
    if touchpoint_id is not None:
        wanted.append(InteractionMonth.touchpoint_id == touchpoint_id)
    if scope.audience.segment is not None:
        wanted.append(InteractionMonth.segment == scope.audience.segment)
    if scope.audience.is_prospect is not None:
        wanted.append(InteractionMonth.is_prospect == scope.audience.is_prospect)
    return wanted
