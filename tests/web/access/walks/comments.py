"""Discussions: comments on every kind of thing, changed, deleted, and mentions read."""

from __future__ import annotations

from app.comments.models import Comment
from app.db.session import transaction
from tests.factories.approvals import make_commitments, make_world
from tests.factories.comments import say
from tests.factories.roadmap import tranches_of
from tests.web.access.walks.walk import Walk


def walk(world: Walk) -> None:
    session, cast, now = world.session, world.cast, world.now
    with transaction(session):
        stage = make_world(session, cast, now)
    with transaction(session):
        made = make_commitments(session, cast, now, stage)
        gate = tranches_of(session, made["CX-101"].id)[0].id
        plan = made["CX-101"].decision.proposal_id
    for here in (
        "/initiatives/CX-101/discussion", f"/proposals/{plan}/discussion",
        f"/gates/{gate}/discussion",
    ):  # fmt: skip
        world.act(cast.owner, here, "comment.written", page=here, comment="What of it, @lena?")
    with transaction(session):
        one: Comment = say(session, made["CX-101"].initiative_id, actor=cast.owner, now=now)
    edit, who = f"/comments/{one.id}/edit", f"comment:{one.id}"
    world.act(cast.owner, edit, "comment.edited", page=edit, subject=who, comment="Well?")
    world.act(cast.owner, edit, page=edit, comment="Well?")
    world.act(cast.owner, f"/comments/{one.id}/delete", "comment.deleted", subject=who)
    lead = f"person:{cast.lead.id}"
    world.act(cast.lead, "/mentions/read", "person.mentions_read", subject=lead)
    world.act(cast.lead, "/mentions/read")
