"""List, show, create, change, open and close cycles."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.calendar import presenters, queries, services
from app.calendar.forms import CycleForm, FundForm, TeamForm
from app.calendar.models import Cycle
from app.calendar.routes.blueprint import Answer, bp, opening_terms, refused_form
from app.calendar.rules import CycleState, closed_bar, described_cycle, next_cycle
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.guards import current_actor, requires


@bp.get("/cycles")
@requires("calendar.view")
def index() -> str:
    """Show all cycles, the latest first."""
    rows = presenters.cycle_rows(
        queries.list_cycles(db.session),
        queries.budget_totals(db.session),
        queries.find_current_cycle(db.session, today()),
    )
    return render_template("calendar/index.html", rows=rows)


@bp.get("/cycles/new")
@requires("calendar.edit")
def new() -> str:
    """Show the form of a new cycle."""
    ends = [cycle.ends_on for cycle in queries.list_cycles(db.session)]
    form = CycleForm(data=next_cycle(today(), max(ends, default=None)))
    return render_template("calendar/form.html", form=form, cycle=None)


@bp.post("/cycles")
@requires("calendar.edit")
def create() -> Answer:
    """Add a cycle in draft."""
    form = CycleForm()
    if not form.validate_on_submit():
        return render_template("calendar/form.html", form=form, cycle=None), 422
    try:
        with transaction(db.session):
            cycle_id = answered_once(
                db.session, form.once.data, actor=current_actor(), action="cycle.created",
                params=form.typed(), now=now(),
                make=lambda: services.create_cycle(
                    db.session, form.draft(), actor=current_actor(), now=now()
                ).id,
            )  # fmt: skip
    except AppError as error:
        return refused_form("calendar/form.html", form, error, subject="", version=0, cycle=None)
    flash(
        f"{form.name.data} is drafted. Give it funds, budgets and team capacities, then open it.",
        "ok",
    )
    return redirect(url_for("calendar.show", cycle_id=cycle_id), code=303)


@bp.get("/cycles/<int:cycle_id>")
@requires("calendar.view")
def show(cycle_id: int) -> str:
    """Show a cycle with its funds, budgets and capacities."""
    return cycle_page(queries.get_cycle(db.session, cycle_id))


@bp.get("/cycles/<int:cycle_id>/edit")
@requires("calendar.edit")
def edit(cycle_id: int) -> str:
    """Show a cycle's own figures to change, or to read once it is closed."""
    cycle = queries.get_cycle(db.session, cycle_id)
    if bar := closed_bar(cycle.name, cycle.state):
        return render_template(
            "calendar/closed.html", cycle=cycle, bar=bar, what="Figures",
            facts=described_cycle(services.draft_of(cycle)),
        )  # fmt: skip
    return render_template("calendar/form.html", form=CycleForm(obj=cycle), cycle=cycle)


@bp.post("/cycles/<int:cycle_id>/edit")
@requires("calendar.edit")
def save(cycle_id: int) -> Answer:
    """Change a cycle's own figures."""
    form = CycleForm()
    if not form.validate_on_submit():
        cycle = queries.get_cycle(db.session, cycle_id)
        return render_template("calendar/form.html", form=form, cycle=cycle), 422
    try:
        with transaction(db.session):
            services.edit_cycle(
                db.session,
                queries.get_cycle(db.session, cycle_id),
                form.draft(),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        cycle = queries.get_cycle(db.session, cycle_id)
        return refused_form(
            "calendar/form.html", form, error,
            subject=f"cycle:{cycle_id}", version=cycle.version, cycle=cycle,
        )  # fmt: skip
    flash("The cycle is saved.", "ok")
    return redirect(url_for("calendar.show", cycle_id=cycle_id), code=303)


@bp.post("/cycles/<int:cycle_id>/open")
@requires("calendar.edit")
def open_cycle(cycle_id: int) -> Answer:
    """Open a drafted cycle."""
    with transaction(db.session):
        cycle = queries.get_cycle(db.session, cycle_id)
        services.open_cycle(db.session, cycle, opening_terms(), actor=current_actor(), now=now())
    flash(f"{cycle.name} is open for proposals and decisions.", "ok")
    return _back_to(cycle_id)


@bp.post("/cycles/<int:cycle_id>/close")
@requires("calendar.edit")
def close_cycle(cycle_id: int) -> Answer:
    """Close a cycle that has run out."""
    with transaction(db.session):
        cycle = queries.get_cycle(db.session, cycle_id)
        services.close_cycle(db.session, cycle, today=today(), actor=current_actor(), now=now())
    flash(f"{cycle.name} is closed.", "ok")
    return _back_to(cycle_id)


@bp.post("/cycles/<int:cycle_id>/funds")
@requires("calendar.edit")
def add_fund(cycle_id: int) -> Answer:
    """Put a fund into a cycle."""
    form = FundForm()
    cycle = queries.get_cycle(db.session, cycle_id)
    if not form.validate_on_submit():
        return cycle_page(cycle, fund_form=form), 422
    try:
        with transaction(db.session):
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="cycle.fund_added",
                params=form.typed() | {"cycle": cycle_id}, now=now(),
                make=lambda: _join(form, cycle_id),
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return cycle_page(queries.get_cycle(db.session, cycle_id), fund_form=form), status_of(error)
    flash("The fund is in the cycle. Enter its budget.", "ok")
    return redirect(url_for("calendar.budgets", cycle_id=cycle_id), code=303)


def _join(form: FundForm, cycle_id: int) -> int:
    services.add_fund(
        db.session,
        queries.get_cycle(db.session, cycle_id),
        key=form.key.data or "",
        name=form.name.data or "",
        carry_over=form.data["carry_over"] or Decimal(0),
        actor=current_actor(),
        now=now(),
    )
    return cycle_id


@bp.post("/cycles/<int:cycle_id>/funds/<int:fund_id>/remove")
@requires("calendar.edit")
def remove_fund(cycle_id: int, fund_id: int) -> Answer:
    """Take an empty fund out of a cycle."""
    with transaction(db.session):
        cycle = queries.get_cycle(db.session, cycle_id)
        services.remove_fund(db.session, cycle, fund_id, actor=current_actor(), now=now())
    flash("The fund is out of the cycle.", "ok")
    return _back_to(cycle_id)


def cycle_page(
    cycle: Cycle, *, fund_form: FundForm | None = None, team_form: TeamForm | None = None
) -> str:
    """Render a cycle's page, with a refused form if there is one."""
    reasons = services.barred_moves(db.session, cycle, opening_terms())
    budgets = presenters.budget_grid(cycle, queries.committed_floors(db.session, cycle.id))
    return render_template(
        "calendar/show.html",
        cycle=cycle,
        tone=presenters.STATE_TONES[cycle.state],
        horizon=presenters.horizon(cycle),
        moves=presenters.move_buttons(cycle, reasons),
        notes=[] if cycle.state is CycleState.CLOSED else queries.cycle_notes(db.session),
        budgets=budgets,
        capacities=presenters.capacity_grid(cycle),
        fund_form=fund_form or FundForm(formdata=None),
        team_form=team_form or TeamForm(formdata=None, currency=cycle.currency),
    )


def _back_to(cycle_id: int) -> Response:
    return redirect(url_for("calendar.show", cycle_id=cycle_id), code=303)
