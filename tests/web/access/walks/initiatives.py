"""Proposing: initiatives with all their parts, their moves, and the list of units."""

from __future__ import annotations

from app.accounts.services import deactivate_person
from app.db.session import transaction
from app.initiatives.models import Milestone, TargetBehaviour
from tests.factories.initiatives import Company, make_company, make_complete
from tests.factories.interactions import make_month, make_source
from tests.factories.needs import make_need
from tests.support.pages import form_values, links
from tests.web.access.walks.walk import Walk

NEW = {"title": "Tracker", "unit": "Claims", "lens": "process"}
OPTION = {"key": "lean", "name": "Half of them"}
BEHAVIOUR = {
    "description": "Customers upload", "measure": "Uploads", "unit": "%", "baseline": "10",
    "target": "30", "source": "Survey", "measured_on": "2027-01-20",
}  # fmt: skip
MILESTONE = {"name": "Third", "due_on": "2027-12-31", "tranche_share": "10"}


def walk(world: Walk) -> None:
    session, cast = world.session, world.cast
    with transaction(session):
        company = make_company(session, cast)
        need = make_need(session, company.journey, cast.lead)
        made = make_complete(session, cast, company)
        other = make_complete(session, cast, company, title="Another")
        milestone = session.query(Milestone).filter_by(initiative_id=made.id).all()[-1]
        behaviour = session.query(TargetBehaviour).filter_by(initiative_id=made.id).one()
    here, who = f"/initiatives/{made.key}", f"initiative:{made.id}"
    _made(world, company)
    _parts(world, here, who, behaviour.id, milestone.id, other.key)
    _moves(world, here, who)
    edit = f"{here}/behaviours/{behaviour.id}/need"
    name = next(
        one for one in form_values(world.client(cast.lead).get(f"{here}/behaviours"), edit)
        if one.endswith("need_id")
    )  # fmt: skip
    world.act(
        cast.lead, edit, "initiative.need_named", page=f"{here}/behaviours", subject=who,
        sent={name: str(need.id)},
    )  # fmt: skip
    _units(world)
    _views(world)
    _bulk(world, other.key)
    _handed_over(world, here, who)


def _handed_over(world: Walk, here: str, who: str) -> None:
    cast, place = world.cast, f"{here}/handover"
    with transaction(world.session):
        deactivate_person(world.session, cast.owner, actor=cast.admin, now=world.now)
    typed = {"owner_id": str(cast.manager.id), "reason": "Omar left"}
    world.act(cast.lead, place, "initiative.handed_over", page=place, subject=who, sent=typed)


def _made(world: Walk, company: Company) -> None:
    lead, journey = world.cast.lead, company.journey
    world.act(lead, "/initiatives/new", "initiative.created", page="/initiatives/new", sent=NEW)
    with transaction(world.session):
        source = make_source(world.session, lead, name="calls.csv")
        use = journey.touchpoints[2].id
        make_month(world.session, source, use, contacts=400, unmet=100)
    page = world.client(lead).get(f"/journeys/{journey.key}?at={use}")
    spot = links(page)["Propose initiative here"]
    # With its behaviour and touchpoint at once: each part is an event of the same new initiative.
    world.act(
        lead, f"/initiatives/from-spot/{journey.id}", "initiative.created",
        "initiative.behaviour_added", "initiative.answered",
        sent=form_values(str(world.client(lead).get(spot).soup.find("form", class_="form")))
        | {"lens": "process"},
        title="Other tracker", unit="Claims", target="10",
    )  # fmt: skip


def _parts(world: Walk, here: str, who: str, behaviour: int, milestone: int, other: str) -> None:
    lead = world.cast.lead

    def part(path: str, action: str, **typed: str) -> None:
        address = f"{here}/{path}"
        page = world.client(lead).get(address)
        own = [one for one in page.soup.find_all("form") if one["action"] in ("", address)]
        shown = form_values(page, str(own[0]["action"]))
        world.act(lead, address, f"initiative.{action}", subject=who, sent=shown | typed)

    def drop(path: str, action: str, page: str) -> None:
        address = f"{here}/{path}/remove"
        world.act(lead, address, f"initiative.{action}", page=f"{here}/{page}", subject=who)

    part("edit", "edited", title="Status tracker")
    cell = f"{here}/cells/unit"
    world.act(lead, cell, "initiative.edited", page=cell, subject=who, unit="Service")
    part("questions/goals", "answered", goals="Fewer calls.")
    goals = f"{here}/questions/goals"
    shown = form_values(world.client(lead).get(goals), goals) | {"goals": "Far fewer calls."}
    world.act(
        lead, f"{goals}/draft", "initiative.answered", subject=who, sent=shown, status=200
    )  # fmt: skip
    part("links", "linked", **{"needs-0-key": other})
    part("options/new", "option_added", **OPTION)
    part("options/lean", "option_edited", name="A third of them")
    drop("options/lean", "option_removed", "options/lean")
    part("behaviours/new", "behaviour_added", **BEHAVIOUR)
    part(f"behaviours/{behaviour}", "behaviour_edited", measure="Calls per claim")
    last = _newest(world, "target_behaviours")
    drop(f"behaviours/{last}", "behaviour_removed", f"behaviours/{last}")
    second = f"milestones/{milestone}"
    part(second, "milestone_edited", tranche_share="50")
    part("milestones/new", "milestone_added", **MILESTONE)
    last = _newest(world, "milestones")
    drop(f"milestones/{last}", "milestone_removed", f"milestones/{last}")
    part(second, "milestone_edited", tranche_share="60")


def _newest(world: Walk, table: str) -> int:
    with world.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT max(id) FROM {table}").scalar_one())


def _bulk(world: Walk, key: str) -> None:
    lead, bulk = world.cast.lead, "/initiatives/bulk"
    page = f"{bulk}?all=1&q={key}&change=unit&to-unit=Sales"
    done = world.act(lead, bulk, "initiative.edited", page=page)
    world.act(lead, f"{done.location}/undo", "initiative.edited", page=done.location)


def _views(world: Walk) -> None:
    lead, views, one = world.cast.lead, "/initiatives/views", "/initiatives/views/1"
    world.act(lead, views, "view.saved", page="/initiatives?state=draft", name="Drafts")
    for what, typed in (("rename", {"name": "All drafts"}), ("share", {}), ("unshare", {})):
        done = {"rename": "renamed"}.get(what, f"{what}d")
        world.act(lead, f"{one}/{what}", f"view.{done}", page=views, sent=typed)
    place = f"{one}/replace"
    world.act(lead, place, "view.replaced", page="/initiatives?lens=people&view=1")
    world.act(lead, f"{one}/remove", "view.removed", page=views, subject="saved_view:1")


def _moves(world: Walk, here: str, who: str) -> None:
    for person, action, done in (
        (world.cast.lead, "submit", "submitted"),
        (world.cast.cfo, "certify", "certified"),
        (world.cast.lead, "nominate", "nominated"),
    ):
        address = f"{here}/moves/{action}"
        world.act(person, address, f"initiative.{done}", page=here, subject=who)


def _units(world: Walk) -> None:
    lead = world.cast.lead
    page = world.client(lead).get("/units")
    sent = form_values(str(page.soup.find("form", class_="form")))
    world.act(lead, "/units", "unit.listed", sent=sent, name="Payments")
    world.act(lead, "/units/1/remove", "unit.taken_off", subject="unit:1")
