"""Milestones, budgets and payments that come in from files, and what of it is taken back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from sqlalchemy import select

from app.db.session import transaction
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeState
from app.initiatives.services import add_milestone, add_option
from app.roadmap.rules import HurdleAction
from tests.factories.approvals import World, make_commitments
from tests.factories.initiatives import Company, milestone_draft, option_draft
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of
from tests.support.pages import form_values
from tests.web.access.walks.walk import Walk

KEPT = "registry.mapping_kept"


def walk_rows(world: Walk, company: Company, stage: World) -> None:
    _milestones(world, company)
    _budgets(world, company)
    _payments(world, stage)


def _steps(world: Walk, person: Any, page: str, content: str, **typed: Any) -> Any:
    """From the file to the dry run."""
    sent = world.form(person, page, page) | typed
    sent["file"] = (BytesIO(content.encode()), "rows.csv")
    mapping = world.act(person, page, status=200, sent=sent)
    check = f"{page}/check"
    return world.act(person, check, status=200, sent=form_values(mapping, check))


def _milestones(world: Walk, company: Company) -> None:
    lead, page = world.cast.lead, "/import/milestones"
    with transaction(world.session):
        one = world.session.scalars(
            select(Initiative).where(
                Initiative.state == InitiativeState.DRAFT, Initiative.cycle_id == company.cycle.id
            )
        ).one()
        terms: dict[str, Any] = {"expected_version": None, "actor": lead, "now": world.now}
        add_option(world.session, one, option_draft(company), **terms)
        add_milestone(world.session, one, milestone_draft(), **terms)
        key = one.key
    dry_run = _steps(world, lead, page, f"key,milestone,due\n{key},Pilot evidence,2027-09-30\n")
    save = f"{page}/save"
    world.act(
        lead, save, "initiative.milestone_edited", "registry.edited", KEPT,
        sent=form_values(dry_run, save),
    )  # fmt: skip


def _budgets(world: Walk, company: Company) -> None:
    cfo, page = world.cast.cfo, "/import/budgets"
    rows = "fund,quarter,amount\ncapex,2027-Q1,2000000\n"
    dry_run = _steps(world, cfo, page, rows, cycle=str(company.cycle.id))
    save = f"{page}/save"
    saved = world.act(
        cfo, save, "cycle.budgets_set", "registry.budgets_set", KEPT,
        sent=form_values(dry_run, save),
    )  # fmt: skip
    shown = str(saved.location)
    undo = f"{page}/{shown.rpartition('/')[2]}/undo"
    world.act(cfo, undo, "cycle.budgets_set", "registry.budgets_undone", page=shown)


def _payments(world: Walk, stage: World) -> None:
    cast, page = world.cast, "/import/actuals"
    with transaction(world.session):
        made = next(iter(make_commitments(world.session, cast, world.now, stage).values()))
        number = made.id
    first = tranches_of(world.session, number)[0]
    with transaction(world.session):
        measure(world.session, first, 17, actor=cast.manager, now=world.now)
        decide(world.session, first, HurdleAction.RELEASE, actor=cast.cfo, now=world.now)
    account = account_of(world.session, number)
    fund = next(iter(account.funds.values()))
    line = f"{account.key},{fund},{world.now.date()},5,R-1,{account.start}"
    rows = f"initiative,fund,paid on,amount,reference,quarter\n{line}\n"
    world.session.rollback()
    dry_run = _steps(world, cast.cfo, page, rows)
    save = f"{page}/save"
    saved = world.act(
        cast.cfo, save, "spend.booked", "spend.imported", KEPT, sent=form_values(dry_run, save)
    )
    shown = str(saved.location)
    back = f"{shown}/reversal"
    world.act(cast.cfo2, back, "spend.reversed", page=shown, reason="The wrong file")
