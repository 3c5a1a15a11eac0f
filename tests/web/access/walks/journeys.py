"""Journeys, their baselines, pools and needs, and the control totals."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from app.db.session import transaction
from app.journeys.queries import get_journey
from tests.factories.interactions import make_months, make_source
from tests.factories.journeys import make_baseline, make_control, make_journey
from tests.web.access.walks.walk import Walk

HERE = "/journeys/motor-claim"
NEW = {"key": "home-claim", "name": "Home claim", "segment": "Homes", "goal": "Dry"}
NEED = {
    "segment": "Private motor customers", "overt_text": "A date", "overt_source": "Interviews",
    "overt_observed_on": "2027-01-05", "overt_sample_size": "12",
}  # fmt: skip
POOL = {"V": "200,000", "u": "5.50", "alpha": "40", "addr": "50 %", "source": "Controlling"}
TOTAL = {"name": "Field service", "amount": "300,000", "source": "Budget book"}


def walk(world: Walk) -> None:
    with transaction(world.session):
        made = make_journey(world.session, world.cast.lead)
        make_baseline(
            world.session, get_journey(world.session, made.key), measured_on=date(2026, 1, 1)
        )
        source = make_source(world.session, world.cast.lead, name="Calls")
        make_months(world.session, source, made.touchpoints[0].id)
    _journey(world, f"journey:{made.id}", made.touchpoints[0].id)
    _needs(world)
    _pools(world)
    _controls(world)


def _journey(world: Walk, who: str, spot: int) -> None:
    lead, browser = world.cast.lead, world.client(world.cast.lead)
    world.act(lead, "/journeys", "journey.created", page="/journeys/new", sent=NEW)
    for part, action, typed in (
        ("edit", "journey.changed", {"name": "Car claim"}),
        ("stages", "journey.shaped", {"stage-action": "Report"}),
    ):
        page = f"{HERE}/{part}"
        world.act(lead, page, action, page=page, subject=who, sent=typed)
    file = browser.get(f"{HERE}/baselines/figures.csv").get_data()
    sent = {"file": (BytesIO(file), "figures.csv")}
    world.act(lead, f"{HERE}/baselines/read", status=200, sent=sent)
    typed = {"source": "Survey", "measured_on": "2026-02-10", f"t{spot}-anew": "satisfaction"}
    world.act(
        lead, f"{HERE}/baselines", "baseline.recorded", page=f"{HERE}/baselines/new", subject=who,
        sent=typed,
    )  # fmt: skip
    cut = f"{HERE}/baselines/cut"
    page = browser.get(cut)
    action = next(
        one["action"] for one in page.soup.find_all("form") if "baselines/cut?" in one["action"]
    )
    world.act(lead, action, "baseline.recorded", page=cut, subject=who)


def _needs(world: Walk) -> None:
    lead, needs = world.cast.lead, f"{HERE}/needs"
    world.act(lead, needs, "need.recorded", page=f"{needs}/new", sent=NEED)
    one = f"{needs}/1"
    world.act(lead, one, "need.changed", page=one, subject="need:1", overt_text="Tell me the day.")
    world.act(
        lead, f"{one}/retire", "need.retired", page=one, subject="need:1", reason="It was wrong."
    )
    back = f"{one}/restore"
    world.act(lead, back, "need.restored", page=back, subject="need:1", reason="It holds again.")


def _pools(world: Walk) -> None:
    lead, cfo, pool = world.cast.lead, world.cast.cfo, f"{HERE}/pools/serve"
    with transaction(world.session):
        centre = make_control(world.session, world.cast.cfo2)
    claim = POOL | {"cost_centre_id": str(centre.id)}
    world.act(lead, f"{pool}/edit", "pool.claimed", page=f"{pool}/edit", sent=claim)
    world.act(cfo, f"{pool}/certify", "pool.certified", page=pool, subject="pool:1")
    world.act(
        cfo, f"{pool}/withdraw", "pool.certification_withdrawn", subject="pool:1",
        reason="Last year's cost.",
    )  # fmt: skip


def _controls(world: Walk) -> None:
    cfo = world.cast.cfo
    with transaction(world.session):
        total = make_control(world.session, cfo, name="Sales desk")
    world.act(cfo, "/control-totals", "control_total.added", page="/control-totals/new", sent=TOTAL)
    edit = f"/control-totals/{total.id}/edit"
    world.act(
        cfo, edit, "control_total.changed", page=edit, subject=f"control_total:{total.id}",
        amount="2,000,000",
    )  # fmt: skip
