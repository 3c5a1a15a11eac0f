"""What programs do, by tokens."""

from __future__ import annotations

from app.calendar.models import Fund
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import begin, decide, tranches_of
from tests.factories.spending import account_of
from tests.support.tokens import Program, token_for
from tests.web.access.walks.walk import Walk


def walk(world: Walk) -> None:
    session, cast, now = world.session, world.cast, world.now
    with transaction(session):
        stage = make_world(session, cast, now)
    session.expire_all()
    with transaction(session):
        made = make_commitments(session, cast, now, stage)["CX-101"]
        begin(session, made.id, actor=cast.manager, now=now)
    first = tranches_of(session, made.id)[0]
    manager = Program(world.app, token_for(session, cast.manager, now=now))
    (gate, *_) = (one for one in manager.get("/gates").json["items"] if one["id"] == first.id)
    measured = {
        "criterion_id": gate["criteria"][0]["id"], "value": "17", "sample": 500,
        "measured_on": str(now.date()), "source": "Contact statistics",
    }  # fmt: skip
    _act(world, manager, f"/gates/{first.id}/evidence", measured, "evidence.recorded", "evidence")
    with transaction(session):
        decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="So it is")
    account = account_of(session, made.id)
    fund = session.get_one(Fund, next(iter(account.funds)))
    paid = {
        "initiative": "CX-101", "fund": fund.key, "amount": "10",
        "currency": account.currency, "paid_on": str(now.date()),
        "quarter": str(account.start), "reference": "R-1",
    }  # fmt: skip
    cfo = Program(world.app, token_for(session, cast.cfo, now=now))
    _act(world, cfo, "/actuals", paid, "spend.booked", "actual")


def _act(
    world: Walk, program: Program, path: str, body: object, action: str, endpoint: str
) -> None:
    for _ in range(2):  # sent twice it acts once
        before = world._last()
        answer = program.post(path, body)
        assert answer.status_code == 201, answer.json
        said = [one["action"] for one in world._events_after(before)]
        if said not in ([action], []):
            world.wrong.append(f"{endpoint}: wanted {action}, seen {said}")
        if f"api.add_{endpoint}" not in world.acted and said != [action]:
            world.wrong.append(f"{endpoint}: left no event")
        world.acted.add(f"api.add_{endpoint}")
