"""Evidence, decisions on hurdles and moved dates."""

from __future__ import annotations

from app.db.session import transaction
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import measure, tranches_of
from tests.web.access.walks.walk import Walk

MEASURED = {
    "value": "22", "sample": "500", "measured_on": "2027-02-15", "source": "Contact statistics",
}  # fmt: skip


def walk(world: Walk) -> None:
    session, cast, now = world.session, world.cast, world.now
    with transaction(session):
        made = make_commitments(session, cast, now, make_world(session, cast, now))
    gates = [tranches_of(session, made[key].id)[0] for key in ("CX-101", "CX-102", "CX-103")]
    first, held, stopped = (f"/gates/{one.id}" for one in gates)
    who = f"tranche:{gates[0].id}"
    world.act(
        cast.manager, f"{first}/evidence", "evidence.recorded", page=first, subject=who,
        sent=MEASURED,
    )  # fmt: skip
    move = f"{held}/move"
    world.act(
        cast.manager, move, "hurdle.moved", page=f"{move}?to_on=2027-05-15",
        subject=f"tranche:{gates[1].id}", to_on="2027-05-15", reason="The team is late",
    )  # fmt: skip
    world.act(
        cast.cfo, f"{first}/decision", "hurdle.released", page=first, subject=who, action="release"
    )
    # The hurdle that was missed, and the initiative that ends with it.
    world.act(
        cast.cfo, f"{stopped}/stop", "hurdle.stopped", "initiative.stopped", page=f"{stopped}/stop",
        reason="It does not work",
    )  # fmt: skip
    with transaction(session):
        measure(session, gates[1], 11, actor=cast.manager, now=now)
