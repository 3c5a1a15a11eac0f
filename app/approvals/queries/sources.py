"""Read who made a scenario what it is, also through the scenarios it was copied from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from app.approvals.rules import Hand, HandKind
from app.audit.models import AuditEvent
from app.portfolio.models import Scenario

_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class _Made:
    """A scenario as it was made: the number of that event, and what it was copied from."""

    subject: str
    name: str
    first_name: str
    number: int
    source: str | None
    source_name: str | None


def list_scenario_hands(session: Session, scenario: Scenario) -> list[Hand]:
    """Everybody who ever made or changed a scenario, by its own record and the audit trail.

    A copy brings along what others set, so their hands on its sources before the copy count.
    """
    own = f"scenario:{scenario.id}"
    sources = _sources(session, scenario.cycle_id, own)
    rows = session.execute(
        select(AuditEvent.subject, AuditEvent.actor, func.min(AuditEvent.number))
        .where(
            AuditEvent.subject.in_([own, *sorted(sources)]),
            AuditEvent.action.startswith("scenario."),
            AuditEvent.actor.startswith(_PERSON),
        )
        .group_by(AuditEvent.subject, AuditEvent.actor)
    )
    people = {scenario.created_by_id, scenario.changed_by_id}
    behind: set[tuple[int, str]] = set()
    for subject, actor, first in rows:
        person = int(actor.removeprefix(_PERSON))
        if subject == own:
            people.add(person)
        elif first < sources[subject][1]:
            behind.add((person, sources[subject][0]))
    return [
        *(Hand(one, HandKind.CHANGED_SCENARIO, scenario.name) for one in sorted(people)),
        *(Hand(one, HandKind.CHANGED_SOURCE, name) for one, name in sorted(behind)),
    ]


def _sources(session: Session, cycle_id: int, own: str) -> Mapping[str, tuple[str, int]]:
    """What a scenario was copied from, however often: names, and the event that ended each part.

    A copy is younger than its source, so the way back ends; it visits every scenario once with
    the latest copy that leads to it.
    """
    made = _made(session, cycle_id)
    found: dict[str, tuple[str, int]] = {}
    waiting = [made[own]] if own in made else []
    while waiting:
        copy = waiting.pop()
        for source in made.values():
            ended = found.get(source.subject, ("", 0))[1]
            if _is_source(source, copy) and ended < copy.number:
                found[source.subject] = (source.name, copy.number)
                waiting.append(source)
    return found


def _is_source(source: _Made, copy: _Made) -> bool:
    if source.number >= copy.number:
        return False
    if copy.source is not None:
        return copy.source == source.subject
    # Copies of earlier days noted only the name, which the source may have changed since.
    return copy.source_name in (source.name, source.first_name)


def _made(session: Session, cycle_id: int) -> dict[str, _Made]:
    """How each scenario of a cycle was made, by its subject in the audit trail."""
    rows = session.execute(
        select(AuditEvent.subject, AuditEvent.number, AuditEvent.content, Scenario.name)
        .join(Scenario, AuditEvent.subject == literal("scenario:") + cast(Scenario.id, String))
        .where(Scenario.cycle_id == cycle_id, AuditEvent.action == "scenario.created")
    )
    made: dict[str, _Made] = {}
    for subject, number, content, name in rows:
        after = json.loads(bytes(content)).get("after") or {}
        first_name = str(after.get("Name", name))
        made[subject] = _Made(
            subject, name, first_name, number, after.get("source"), after.get("copied from")
        )
    return made
