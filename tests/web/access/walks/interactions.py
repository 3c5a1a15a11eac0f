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
MAPPINGS = "/interactions/mappings"
ERASE = "/interactions/erase"


def walk(world: Walk) -> None:
    lead = world.cast.lead
    with transaction(world.session):
        make_journey(world.session, world.cast.owner)
    own = (BytesIO(mapping().model_dump_json(exclude_defaults=True).encode()), "m.json")
    dry_run = world.act(lead, UPLOAD, status=200, sent=_upload(world, own_mapping=own))
    kept = form_values(dry_run, MAPPINGS) | {"title": "Calls"}
    world.act(lead, MAPPINGS, "interactions.mapping_kept", sent=kept)
    taken = world.act(lead, COMMIT, "interactions.imported", sent=form_values(dry_run, COMMIT))
    forget = f"{MAPPINGS}/1/forget"
    world.act(lead, forget, "interactions.mapping_removed", page=UPLOAD)
    asked = world.act(lead, UPLOAD, status=200, sent=_upload(world, mapping="own-columns"))
    typed = {"stage": "use", "channel_words": "Phone = Contact centre", "minutes": "length"}
    world.act(lead, COLUMNS, status=200, sent=form_values(asked, COLUMNS) | typed)
    here = str(taken.location)
    who = f"interactions:{here.rpartition('/')[2]}"
    world.act(lead, f"{here}/count", "interactions.count_asked", page=here, subject=who)
    _erased(world, who)
    world.act(lead, f"{here}/undo", "interactions.removed", page=here, subject=who, sure="y")


def _erased(world: Walk, who: str) -> None:
    admin = world.cast.admin
    asked = world.form(admin, ERASE, ERASE) | {"customer": "K1"}
    found = world.act(admin, ERASE, status=200, sent=asked)
    sent = form_values(found, f"{ERASE}/confirm") | {"reason": "Asked for it", "sure": "y"}
    world.act(
        admin, f"{ERASE}/confirm", "interactions.erasure_begun", "interactions.kept_out",
        "interactions.erased", sent=sent,
    )  # fmt: skip
    world.act(admin, f"{ERASE}/finish")


def _upload(world: Walk, **changes: Any) -> dict[str, Any]:
    values = world.form(world.cast.lead, UPLOAD, UPLOAD)
    values.pop("own_mapping", None)
    content = rows(ROW, row(id="2")).encode()
    return values | {"journey": "motor-claim", "file": (BytesIO(content), "c.csv")} | changes
