"""Cycles with funds and budgets, teams and their days."""

from __future__ import annotations

from datetime import date

from app.calendar.rules import CycleState
from app.db.session import transaction
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.web.access.walks.walk import Walk

NEW = {
    "name": "FY29", "starts_on": "2029-01-01", "ends_on": "2029-06-30", "first_quarter": "2029-Q1",
    "discount_rate": "9", "hurdle_rate": "15",
}  # fmt: skip


def walk(world: Walk) -> None:
    cfo = world.cast.cfo
    with transaction(world.session):
        cycle = make_cycle(world.session, state=CycleState.DRAFT)
        make_fund(world.session, cycle)
        team = make_team(world.session, cycle)
        last = make_cycle(
            world.session, name="FY26 H2", starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31)
        ).id
    here, who = f"/cycles/{cycle.id}", f"cycle:{cycle.id}"
    world.act(cfo, "/cycles", "cycle.created", page="/cycles/new", sent=NEW)
    world.act(
        cfo, f"{here}/edit", "cycle.changed", page=f"{here}/edit", subject=who, hurdle_rate="20"
    )
    fund = {"key": "innovation", "name": "Innovation"}
    world.act(cfo, f"{here}/funds", "cycle.fund_added", page=here, subject=who, sent=fund)
    page = world.client(cfo).get(here)
    found = [one["action"] for one in page.soup.find_all("form") if "remove" in one["action"]]
    budgets = {"budget-capex-2027-Q1": "500,000"}
    world.act(
        cfo, f"{here}/budgets", "cycle.budgets_set", page=f"{here}/budgets", subject=who,
        sent=budgets,
    )  # fmt: skip
    world.act(cfo, found[-1], "cycle.fund_removed", page=here, subject=who)
    new = {"key": "claims-it", "name": "Claims IT", "day_rate": "700"}
    world.act(cfo, f"{here}/teams", "team.created", page=here, sent=new)
    days = {"days-digital-2027-Q1": "77"}
    world.act(
        cfo, f"{here}/capacities", "cycle.capacities_set", page=f"{here}/capacities", subject=who,
        sent=days,
    )  # fmt: skip
    edit = f"/teams/{team.id}/edit"
    world.act(cfo, edit, "team.changed", page=edit, subject=f"team:{team.id}", day_rate="850")
    over = f"/cycles/{last}"
    world.act(cfo, f"{over}/close", "cycle.closed", page=over, subject=f"cycle:{last}")
    world.act(cfo, f"{here}/open", "cycle.opened", page=here, subject=who)
