"""Gate meetings: called, their agenda set, minuted and closed."""

from __future__ import annotations

from app.db.session import transaction
from tests.factories.approvals import make_commitments, make_world
from tests.factories.meetings import make_meeting
from tests.factories.roadmap import tranches_of
from tests.web.access.walks.walk import Walk


def walk(world: Walk) -> None:
    session, cast, now = world.session, world.cast, world.now
    with transaction(session):
        stage = make_world(session, cast, now)
    with transaction(session):
        made = make_commitments(session, cast, now, stage)
        gates = tranches_of(session, made["CX-101"].id)
        meeting_id = make_meeting(session, gates[:1], actor=cast.manager, now=now)
    day = "/meetings/new?held_on=2027-06-30"
    world.act(cast.manager, "/meetings", "meeting.called", page=day)
    one, who = f"/meetings/{meeting_id}", f"gate_meeting:{meeting_id}"
    agenda = f"{one}/agenda"
    world.act(cast.manager, agenda, "meeting.agenda_set", page=agenda, subject=who, title="Gates")
    world.act(
        cast.manager, f"{one}/minutes", "meeting.minuted", page=one, subject=who,
        guests="The auditor",
    )  # fmt: skip
    world.act(cast.manager, f"{one}/close", "meeting.closed", page=one, subject=who)
