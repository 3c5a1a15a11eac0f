"""The budget grid of a cycle."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.calendar import queries, services
from app.calendar.forms import BudgetForm, budget_form
from app.calendar.models import Cycle
from app.calendar.presenters import budget_grid
from app.calendar.routes.blueprint import Answer, bp, refused_form
from app.calendar.rules import budget_cell, closed_bar
from app.calendar.services.funds import budget_faults
from app.db.session import transaction
from app.errors import AppError, InvalidError
from app.extensions import db
from app.values.money import Money
from app.web.clock import now
from app.web.guards import current_actor, requires


@bp.get("/cycles/<int:cycle_id>/budgets")
@requires("calendar.edit")
def budgets(cycle_id: int) -> str:
    """Show the budgets of a cycle to change, or to read once it is closed."""
    cycle = queries.get_cycle(db.session, cycle_id)
    if bar := closed_bar(cycle.name, cycle.state):
        floors = queries.committed_floors(db.session, cycle.id)
        grid = budget_grid(cycle, floors)
        return render_template(
            "calendar/closed.html", cycle=cycle, bar=bar, what="Budgets", grid=grid
        )
    form = _form(cycle, _stored(cycle))
    return render_template("calendar/budgets.html", cycle=cycle, form=form)


@bp.post("/cycles/<int:cycle_id>/budgets")
@requires("calendar.edit", fresh=True)
def save_budgets(cycle_id: int) -> Answer:
    """Set the budgets of a cycle."""
    cycle = queries.get_cycle(db.session, cycle_id)
    form = _form(cycle, {})
    if not form.validate_on_submit():
        _refuse_the_rest(form, cycle)
        return render_template("calendar/budgets.html", cycle=cycle, form=form), 422
    try:
        with transaction(db.session):
            services.set_budgets(
                db.session,
                queries.get_cycle(db.session, cycle_id),
                form.budgets(),
                form.carry_over(),
                expected_version=form.seen_version,
                is_confirmed=form.is_confirmed.data,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        cycle = queries.get_cycle(db.session, cycle_id)
        return refused_form(
            "calendar/budgets.html", form, error,
            subject=f"cycle:{cycle_id}", version=cycle.version, cycle=cycle,
        )  # fmt: skip
    flash("The budgets are saved.", "ok")
    return redirect(url_for("calendar.show", cycle_id=cycle_id), code=303)


def _refuse_the_rest(form: BudgetForm, cycle: Cycle) -> None:
    """Say at once what else is wrong when some cells can't even be read."""
    faults = budget_faults(
        db.session, cycle, form.budgets(), form.carry_over(), is_confirmed=form.is_confirmed.data
    )
    unread = {name for name in faults if form[name].errors}
    rest = {name: said for name, said in faults.items() if name not in unread}
    if rest:
        form.refuse(InvalidError("Some budgets cannot be saved.", fields=rest))


def _form(cycle: Cycle, stored: dict[str, object]) -> BudgetForm:
    funds = [(one.fund.key, one.fund.name) for one in cycle.funds]
    return budget_form(funds, list(cycle.quarters), currency=cycle.currency, data=stored)


def _stored(cycle: Cycle) -> dict[str, object]:
    values: dict[str, object] = {"version": str(cycle.version)}
    for one in cycle.funds:
        values[f"carry-{one.fund.key}"] = one.carry_over
        for budget in one.budgets:
            name = budget_cell(one.fund.key, budget.quarter)
            values[name] = Money(budget.amount_minor, cycle.currency)
    return values
