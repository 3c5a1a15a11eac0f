"""Assessments of maturity: begun, answered, changed, closed and discarded."""

from __future__ import annotations

from app.db.session import transaction
from tests.factories.maturity import CURRENT, make_draft
from tests.web.access.walks.walk import Walk

ALL_TWO = {one.key: 2 for one in CURRENT.questions}


def walk(world: Walk) -> None:
    lead = world.cast.lead
    typed = {"scope": "Claims", "assessed_on": "2027-02-01"}
    made = world.act(lead, "/maturity", "maturity.started", page="/maturity/new", sent=typed)
    address = str(made.location).partition("?")[0]
    number = next(part for part in address.split("/") if part.isdigit())
    here, who = f"/maturity/{number}", f"maturity:{number}"
    world.act(
        lead, f"{here}/edit", "maturity.changed", page=f"{here}/edit", subject=who,
        method="Interviews",
    )  # fmt: skip
    stages = {f"{one}_stage": "2" for one in ALL_TWO if one.startswith("people_")}
    people = f"{here}/people"
    world.act(lead, people, "maturity.answered", page=people, subject=who, sent=stages)
    world.act(
        lead, f"{here}/discard", "maturity.discarded", page=here, subject=who, reason="Wrong unit"
    )
    with transaction(world.session):
        whole = make_draft(world.session, lead, scope="Claims", stages=ALL_TWO).id
    page = f"/maturity/{whole}"
    world.act(lead, f"{page}/close", "maturity.closed", page=page, subject=f"maturity:{whole}")
