"""The review of a draft of moves, and its saving as a plan version."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.roadmap.forms import PlanForm
from app.roadmap.presenters import replanning as review
from app.roadmap.presenters.drafts import (
    draft_pairs,
    draft_query,
    read_draft,
    read_seen,
    without,
    write_seen,
)
from app.roadmap.presenters.overloads import overload_lines
from app.roadmap.queries.load import load_team_demand
from app.roadmap.queries.works import load_plan_numbers, load_works
from app.roadmap.routes.blueprint import bp
from app.roadmap.routes.drafting import Looked, looked_at
from app.roadmap.rules.reasons import MoveReason
from app.roadmap.rules.replanning import Draft, Replan, replanned
from app.roadmap.rules.works import Works
from app.roadmap.services import SavedPlan, Why, save_plan
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.filters import counted
from app.web.guards import current_actor, requires

Answer = Response | str | tuple[str, int]


@bp.get("/roadmap/plan")
@requires("roadmap.replan")
def review_plan() -> Answer:
    """Show a draft's days old and new and all it brings along, before anything is saved."""
    draft = read_draft(request.args)
    if not draft.count:
        return render_template("roadmap/no_draft.html")
    works = load_works(db.session)
    looked = looked_at(draft, works)
    plan = replanned(works, looked.draft, today())
    form = PlanForm(formdata=None, seen=write_seen(_numbers(works, plan)))
    page = _page(works, plan, looked, form)
    return (page, 422) if plan.faults else page


@bp.post("/roadmap/plan")
@requires("roadmap.replan")
def save() -> Answer:
    """Save a draft as the next plan version of each cycle it touches."""
    draft, form = read_draft(request.form), PlanForm()
    status, is_conflict = 422, False
    if form.validate():
        try:
            saved = _saved(draft, form)
        except (InvalidError, ConflictError) as error:
            status, is_conflict = status_of(error), isinstance(error, ConflictError)
            form.refuse(error)
        else:
            flash(f"Saved as a plan version: {counted(saved.count, 'initiative')} moved.", "ok")
            return redirect(url_for("roadmap.version", version_id=saved.versions[0]), code=303)
    works = load_works(db.session)
    looked = Looked(draft, draft)
    if is_conflict:
        looked = looked_at(replace(draft, base=read_seen(form.seen.data or "")), works)
    plan = replanned(works, looked.draft, today())
    if is_conflict:
        form.seen.data, form.seen.raw_data = write_seen(_numbers(works, plan)), None
    return _page(works, plan, looked, form, is_conflict=is_conflict), status


def _saved(draft: Draft, form: PlanForm) -> SavedPlan:
    with transaction(db.session) as session:
        return save_plan(
            session, draft, why=Why(MoveReason(form.reason.data), form.note.data or ""),
            seen=read_seen(form.seen.data or ""), once_key=form.once.data or "",
            actor=current_actor(), now=now(),
        )  # fmt: skip


def _numbers(works: Works, plan: Replan) -> dict[int, int]:
    return load_plan_numbers(db.session, [one.cycle_id for one in plan.touched(works)])


def _page(
    works: Works, plan: Replan, looked: Looked, form: PlanForm, *, is_conflict: bool = False
) -> str:
    stale = review.stale_words(looked.asked, looked.draft, looked.newer)
    draft = looked.draft
    if not draft.count:
        version = looked.newer[0].version_id if looked.newer else None
        return render_template("roadmap/no_draft.html", stale=stale, version_id=version)
    items = review.review_items(works, plan, draft, today())
    asked = load_team_demand(db.session)
    return render_template(
        "roadmap/plan.html",
        items=items,
        subtitle=review.moved_words(items),
        stale=stale,
        faults=[] if items else list(plan.faults.values()),
        is_barred=bool(plan.faults) or not items,
        flags=review.flag_rows(works, plan),
        notes=[*review.horizon_notes(works, plan), *review.end_notes(works, plan)],
        loads=review.load_rows(works, plan, asked),
        overloads=overload_lines(works, plan, asked),
        form=form,
        pairs=draft_pairs(draft),
        undo=lambda name, id_: draft_query(without(draft, name, id_)),
        back=url_for("roadmap.index") + draft_query(draft),
        conflict=review.conflict_of(looked.newer, looked.asked, plan) if is_conflict else None,
    )
