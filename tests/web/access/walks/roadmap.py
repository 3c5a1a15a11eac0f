"""Evidence, amended criteria, decisions on hurdles and a saved plan version."""

from __future__ import annotations

from app.approvals.models import Tranche
from app.db.session import transaction
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import begin, bind_criteria, criterion_of, tranches_of
from tests.web.access.walks.walk import Walk

MEASURED = {
    "value": "22", "sample": "500", "measured_on": "2027-02-15", "source": "Contact statistics",
    "standard_error": "4", "among": "exposed", "design": "controlled", "since": "2027-02-01",
}  # fmt: skip


def amend(world: Walk, gate: Tranche) -> None:
    """Ask, take back, ask again and agree; decline another."""
    cast, who, page = world.cast, f"tranche:{gate.id}", f"/gates/{gate.id}"
    asking = f"{page}/criteria/{criterion_of(world.session, gate).id}/amend"
    steps = (
        ("withdraw", cast.owner, "amendment.withdrawn", {}),
        ("", cast.cfo, "amendment.declined", {"action": "decline", "answer": "Not yet"}),
        ("", cast.cfo, "amendment.agreed", {"action": "agree", "answer": "Still worth it"}),
    )
    for number, (part, person, action, sent) in enumerate(steps, start=1):
        world.act(
            cast.owner, asking, "amendment.asked", page=asking, subject=who, threshold="14",
            reason="The pilot reaches fewer callers",
        )  # fmt: skip
        one = f"{page}/amendments/{number}"
        address = f"{one}/{part}".rstrip("/")
        world.act(person, address, action, page=one, subject=who, sent=sent)


def walk(world: Walk) -> None:
    session, cast, now = world.session, world.cast, world.now
    with transaction(session):
        stage = make_world(session, cast, now)
        bind_criteria(session)
    session.expire_all()
    with transaction(session):
        made = make_commitments(session, cast, now, stage)
        begin(session, made["CX-101"].id, actor=cast.manager, now=now)
    gates = [tranches_of(session, made[key].id)[0] for key in ("CX-101", "CX-102", "CX-103")]
    first, held, stopped = (f"/gates/{one.id}" for one in gates)
    who = f"tranche:{gates[0].id}"
    world.act(
        cast.manager, f"{first}/evidence", "evidence.recorded", page=first, subject=who,
        sent=MEASURED,
    )  # fmt: skip
    amend(world, gates[0])
    world.act(cast.cfo, f"{first}/other-use", "hurdle.other_use_asked", page=first, subject=who)
    draft = f"/roadmap/plan?gate={gates[1].id}:2027-05-15"
    world.act(
        cast.manager, "/roadmap/plan", "plan.saved", "hurdle.moved", page=draft, reason="team",
    )  # fmt: skip
    world.act(
        cast.cfo, f"{first}/decision", "hurdle.released", page=first, subject=who,
        action="release", reason="Agreed at the gate",
    )  # fmt: skip
    world.act(
        cast.cfo, f"{held}/rescope", "hurdle.rescoped", page=f"{held}/rescope",
        subject=f"tranche:{gates[1].id}", reason="The pilot showed that lean does it",
    )  # fmt: skip
    # The hurdle that was missed, and the initiative that ends with it.
    world.act(
        cast.cfo, f"{stopped}/stop", "hurdle.stopped", "initiative.stopped", page=f"{stopped}/stop",
        reason="It does not work",
    )  # fmt: skip
    world.act(cast.lead, f"{stopped}/freed/run", "run.started", page=f"{stopped}/freed")
    second = f"/gates/{tranches_of(session, made['CX-101'].id)[1].id}"
    world.act(cast.manager, f"{second}/evidence", "evidence.recorded", page=second, sent=MEASURED)
    world.act(
        cast.cfo, f"{second}/finish", "hurdle.finished", page=f"{second}/finish",
        reason="Callers help themselves for good",
    )  # fmt: skip
