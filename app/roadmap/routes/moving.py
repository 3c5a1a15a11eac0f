"""Say where a hurdle or an initiative shall move; the draft is reviewed before it is saved."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.models import Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.errors import NotFoundError
from app.extensions import db
from app.roadmap.forms import DayForm, ShiftForm
from app.roadmap.presenters.drafts import draft_pairs, draft_query, read_draft
from app.roadmap.queries import Gate, get_gate
from app.roadmap.queries.works import load_works
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.routes.drafting import with_moves
from app.roadmap.rules.works import Work
from app.web.clock import today
from app.web.guards import requires

Answer = Response | str | tuple[str, int]


@bp.get(f"{GATE}/move")
@requires("roadmap.replan")
def move_gate(tranche_id: int) -> Answer:
    """Ask for a hurdle's new day, and lead to the review of what that moves."""
    one = get_gate(db.session, tranche_id, today=today())
    if "to_on" not in request.args:
        return _gate_page(one, DayForm(formdata=None, meta={"csrf": False}))
    chosen = DayForm(request.args, meta={"csrf": False})
    if not chosen.validate() or not one.facts.is_open:
        return _gate_page(one, chosen), 422
    by = chosen.data["to_on"] - one.tranche.due_on
    moving = [one.tranche, *(_later(one) if chosen.later.data else ())]
    draft = with_moves(
        one.commitment.cycle_id, gates={gate.id: gate.due_on + by for gate in moving}
    )
    return redirect(url_for("roadmap.review_plan") + draft_query(draft))


def _later(one: Gate) -> list[Tranche]:
    """The open hurdles after this one."""
    return [
        gate
        for gate in one.commitment.tranches
        if gate.position > one.tranche.position and gate.state in OPEN_TRANCHES
    ]


def _gate_page(one: Gate, chosen: DayForm) -> str:
    return render_template(
        "roadmap/move.html",
        gate=one,
        chosen=chosen,
        has_later=bool(_later(one)),
        pairs=draft_pairs(read_draft(request.args)),
    )


@bp.get("/roadmap/initiatives/<int:commitment_id>/move")
@requires("roadmap.replan")
def move_work(commitment_id: int) -> Answer:
    """Ask by how much an initiative moves, and lead to the review of what that moves."""
    work = load_works(db.session).get(commitment_id)
    if work is None:
        raise NotFoundError("There is no such funded initiative, or it was stopped.")
    if "by" not in request.args:
        return _work_page(work, ShiftForm(formdata=None, meta={"csrf": False}))
    form = ShiftForm(request.args, meta={"csrf": False})
    if not form.validate() or not work.is_active:
        return _work_page(work, form), 422
    draft = with_moves(work.cycle_id, bars={work.id: form.months})
    return redirect(url_for("roadmap.review_plan") + draft_query(draft))


def _work_page(work: Work, form: ShiftForm) -> str:
    draft = read_draft(request.args)
    return render_template(
        "roadmap/shift.html",
        work=work,
        form=form,
        has_begun=work.has_begun(today()),
        gates=[gate for gate in work.gates if gate.is_open],
        pairs=draft_pairs(draft),
        query=draft_query(draft),
    )
