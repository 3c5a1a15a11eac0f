"""Bringing initiatives in from a file, moving them all on, and taking an import back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.db.session import transaction
from app.values.quarter import Quarter
from tests.factories.approvals import make_world
from tests.factories.calendar import make_cycle, make_fund
from tests.factories.initiatives import Company, make_draft
from tests.support.pages import form_values
from tests.support.workbooks import edited, sheets_of
from tests.web.access.walks.rows import walk_rows
from tests.web.access.walks.walk import Walk

UPLOAD = "/initiatives/import"
COMMIT = "/initiatives/import/commit"
WORKBOOK = "/initiatives/import/workbook"
HEADER = (
    "Unique Investment Identifier,Agency Name,Investment Title,Project Name,Start Date,"
    "Completion Date (B1),Planned Cost ($ M)"
)


def walk(world: Walk) -> None:
    lead, cfo = world.cast.lead, world.cast.cfo
    with transaction(world.session):
        cycle = make_cycle(
            world.session, name="FY11", currency="USD", first_quarter=Quarter(2011, 1),
            quarter_count=40,
        )  # fmt: skip
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
    with transaction(world.session):
        stage = make_world(world.session, world.cast, world.now)
    of = stage.portfolio
    company = Company(of.cycle, of.capex, of.run, of.team, of.journey, of.serve, of.fail)
    _workbook(world, company)
    walk_rows(world, company, stage)


def _workbook(world: Walk, company: Company) -> None:
    """The registry goes out as a workbook and comes back with another title, which is undone."""
    lead = world.cast.lead
    with transaction(world.session):
        make_draft(world.session, world.cast, company)
    content = world.client(lead).get(f"{WORKBOOK}.xlsx").data
    sheets = sheets_of(content)
    line = next(
        place
        for place, row in enumerate(sheets["Initiatives"], 1)
        if row[1] == "Draft" and row[3] == "Claim status tracker"
    )
    sent = world.form(lead, WORKBOOK, WORKBOOK) | {
        "file": (BytesIO(edited(content, {f"Initiatives!D{line}": "Claim watch"})), "w.xlsx")
    }
    shown = world.act(lead, WORKBOOK, status=200, sent=sent)
    save = f"{WORKBOOK}/save"
    saved = world.act(
        lead, save, "initiative.edited", "registry.edited", sent=form_values(shown, save)
    )
    undo = f"{saved.location}/undo"
    world.act(lead, undo, "initiative.edited", "registry.edit_undone", page=str(saved.location))


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
