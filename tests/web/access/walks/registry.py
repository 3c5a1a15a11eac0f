"""Bringing initiatives in from a file, moving them all on, and taking an import back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.db.session import transaction
from app.values.quarter import Quarter
from tests.factories.calendar import make_cycle, make_fund
from tests.support.pages import form_values
from tests.web.access.walks.walk import Walk

UPLOAD = "/initiatives/import"
COMMIT = "/initiatives/import/commit"
HEADER = (
    "Unique Investment Identifier,Agency Name,Investment Title,Project Name,Start Date,"
    "Completion Date (B1),Planned Cost ($ M)"
)


def walk(world: Walk) -> None:
    lead, cfo = world.cast.lead, world.cast.cfo
    with transaction(world.session):
        cycle = make_cycle(
            world.session, currency="USD", first_quarter=Quarter(2011, 1), quarter_count=40
        )
        make_fund(world.session, cycle, "it")
    lines = [f"I-{n},Labor,Portal {n},Build,2011-01-01,2011-12-31,3" for n in (1, 2)]
    shown = _imported(world, cycle.id, lines[:1])
    # Each initiative that moves has its own event; here there is one.
    for person, move, done in (
        (lead, "submit", "submitted"),
        (cfo, "certify", "certified"),
        (lead, "nominate", "nominated"),
    ):
        world.act(person, f"{shown}/{move}", f"initiative.{done}", page=shown)
    again = _imported(world, cycle.id, lines[1:])
    number = again.rpartition("/")[2]
    world.act(
        lead, f"{again}/undo", "registry.import_undone", page=again, subject=f"import:{number}",
        sure="y",
    )  # fmt: skip


def _imported(world: Walk, cycle: int, lines: list[str]) -> str:
    lead = world.cast.lead
    values: dict[str, Any] = world.form(lead, UPLOAD, UPLOAD) | {
        "mapping": "us-it-dashboard",
        "cycle": str(cycle),
        "file": (BytesIO("\n".join([HEADER, *lines]).encode()), "projects.csv"),
    }
    values.pop("own_mapping", None)
    dry_run = world.act(lead, UPLOAD, status=200, sent=values)
    taken = world.act(lead, COMMIT, "registry.imported", sent=form_values(dry_run, COMMIT))
    return str(taken.location)
