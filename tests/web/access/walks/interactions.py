"""Bringing a log in, counting it again and taking it away."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.db.session import transaction
from tests.factories.journeys import make_journey
from tests.support.pages import form_values
from tests.unit.interactions.logs import ROW, mapping, row, rows
from tests.web.access.walks.walk import Walk

UPLOAD = "/interactions/import"
COLUMNS = f"{UPLOAD}/columns"
COMMIT = f"{UPLOAD}/commit"


def walk(world: Walk) -> None:
    lead = world.cast.lead
    with transaction(world.session):
        make_journey(world.session, world.cast.owner)
    own = (BytesIO(mapping().model_dump_json(exclude_defaults=True).encode()), "m.json")
    dry_run = world.act(lead, UPLOAD, status=200, sent=_upload(world, own_mapping=own))
    taken = world.act(lead, COMMIT, "interactions.imported", sent=form_values(dry_run, COMMIT))
    asked = world.act(lead, UPLOAD, status=200, sent=_upload(world, mapping="own-columns"))
    typed = {"stage": "use", "channel_words": "Phone = Contact centre", "minutes": "length"}
    world.act(lead, COLUMNS, status=200, sent=form_values(asked, COLUMNS) | typed)
    here = str(taken.location)
    who = f"interactions:{here.rpartition('/')[2]}"
    world.act(lead, f"{here}/count", "interactions.count_asked", page=here, subject=who)
    world.act(lead, f"{here}/undo", "interactions.removed", page=here, subject=who, sure="y")


def _upload(world: Walk, **changes: Any) -> dict[str, Any]:
    values = world.form(world.cast.lead, UPLOAD, UPLOAD)
    values.pop("own_mapping", None)
    content = rows(ROW, row(id="2")).encode()
    return values | {"journey": "motor-claim", "file": (BytesIO(content), "c.csv")} | changes
