"""The demo company: an admin loads it, and takes it away with the part of the trail that is its."""

from __future__ import annotations

import json

from sqlalchemy import select, update

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from tests.web.access.walks.walk import Walk


def walk(world: Walk) -> None:
    """A removal cuts the trail back, so each event is looked at by itself."""
    before = _events(world)
    _post(world, "/demo", {})
    told = _events(world)[len(before) :]
    if told[0] != "demo.begun" or set(told[1:]) != {"person.created"} or len(told) != 9:
        world.wrong.append(f"demo.load: seen {told}")
    with transaction(world.session):
        world.session.execute(update(Job).values(state=JobState.DONE))
    _post(world, "/demo/remove", {"typed": "Halden Insurance"})
    if _events(world) != [*before, "demo.removed"]:
        world.wrong.append(f"demo.remove: seen {_events(world)}")
    world.acted |= {"demo.load", "demo.remove"}


def _post(world: Walk, address: str, typed: dict[str, str]) -> None:
    answer = world.client(world.cast.admin).post(address, data=typed)
    if answer.status_code != 303:
        world.wrong.append(f"{address}: {answer.status_code}")


def _events(world: Walk) -> list[str]:
    query = select(AuditEvent.content).order_by(AuditEvent.number)
    return [json.loads(one)["action"] for one in world.session.scalars(query)]
