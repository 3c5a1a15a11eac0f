"""Move a hurdle's date: list what it changes first, then save it with a reason."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.roadmap.forms import DayForm, MoveForm
from app.roadmap.presenters.moving import PlannedMove, later_hurdles, planned_move
from app.roadmap.queries import Gate, get_gate
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.services import move_due_dates
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.filters import counted, day
from app.web.guards import current_actor, requires


@bp.get(f"{GATE}/move")
@requires("roadmap.replan")
def review_move(tranche_id: int) -> str | tuple[str, int]:
    """Show a hurdle's days old and new before anything is saved."""
    one = get_gate(db.session, tranche_id, today=today())
    if "to_on" not in request.args:
        return _page(one, DayForm(formdata=None, meta={"csrf": False}))
    chosen = DayForm(request.args, meta={"csrf": False})
    if not chosen.validate():
        return _page(one, chosen), 422
    form = MoveForm(
        formdata=None, from_on=one.tranche.due_on.isoformat(), to_on=chosen.data["to_on"],
        later=chosen.later.data,
    )  # fmt: skip
    plan = _plan(one, form)
    page = _page(one, chosen, form, plan)
    return (page, 422) if plan and plan.faults else page


@bp.post(f"{GATE}/move")
@requires("roadmap.replan")
def move(tranche_id: int) -> Response | tuple[str, int]:
    """Save a move with its reason."""
    form = MoveForm()
    refusal: InvalidError | ConflictError | None = None
    conflict: dict[str, object] | None = None
    if form.validate():
        try:
            with transaction(db.session) as session:
                one = get_gate(session, tranche_id, today=today())
                conflict = _conflict(one, form)
                if conflict:
                    raise ConflictError("The date was moved while you were looking at it.")
                plan = planned_move(
                    one, form.data["to_on"], with_later=form.later.data, today=today()
                )
                count = move_due_dates(
                    session, plan.moves, reason=form.reason.data or "", actor=current_actor(),
                    now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            refusal = error
        else:
            flash(f"Moved {counted(count, 'date')}.", "ok")
            return redirect(url_for("roadmap.gate", tranche_id=tranche_id), code=303)
    one = get_gate(db.session, tranche_id, today=today())
    shown = _plan(one, form)
    # The days are refused once, at the day; by the rule they were refused by.
    if refusal is not None and not (shown and shown.faults):
        form.refuse(refusal)
    if conflict:
        form.from_on.data, form.from_on.raw_data = one.tranche.due_on.isoformat(), None
    page = _page(one, _chosen(form), form, shown, conflict)
    return page, status_of(refusal) if refusal else 422


def _plan(one: Gate, form: MoveForm) -> PlannedMove | None:
    """What the day that was typed would move; nothing while it is none or the hurdle is decided."""
    to_on = form.data["to_on"]
    if to_on is None or not one.facts.is_open:
        return None
    return planned_move(one, to_on, with_later=form.later.data, today=today())


def _conflict(one: Gate, form: MoveForm) -> dict[str, object] | None:
    due_on = one.tranche.due_on
    if form.from_on.data == due_on.isoformat():
        return None
    try:
        seen = day(date.fromisoformat(form.from_on.data or ""))
    except ValueError:
        seen = "unknown"
    yours = f"{seen}, to {day(form.data['to_on'])}"
    fields = [{"label": "Due", "yours": yours, "theirs": day(due_on), "same": False}]
    moved_by = one.moves[0].moved_by.name if one.moves else "Somebody else"
    return {"fields": fields, "who": moved_by, "when": ""}


def _chosen(form: MoveForm) -> DayForm:
    data = {"to_on": form.data["to_on"], "later": form.later.data}
    return DayForm(formdata=None, data=data, meta={"csrf": False})


def _page(
    one: Gate,
    chosen: DayForm,
    form: MoveForm | None = None,
    plan: PlannedMove | None = None,
    conflict: dict[str, object] | None = None,
) -> str:
    if plan and plan.faults:
        chosen.to_on.errors = [*chosen.to_on.errors, *plan.faults]
    return render_template(
        "roadmap/move.html",
        gate=one,
        chosen=chosen,
        form=form,
        plan=plan,
        has_later=bool(later_hurdles(one)),
        conflict=conflict,
    )
