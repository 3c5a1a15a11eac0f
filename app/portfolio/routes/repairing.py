"""Apply a way out of limits that can't hold together."""

from __future__ import annotations

from flask import flash
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.errors import InvalidError
from app.portfolio.forms.trying import WayForm
from app.portfolio.models import Scenario
from app.portfolio.queries import get_run
from app.portfolio.queries.workbench import load_answer_document
from app.portfolio.routes.blueprint import SCENARIO, bp
from app.portfolio.routes.trying import made_once, to_bench
from app.portfolio.rules import InquiryKind
from app.portfolio.services.remedies import apply_in_copy, apply_remedy, check_current, stored_way
from app.web.clock import now
from app.web.guards import current_actor, requires


@bp.post(f"{SCENARIO}/ways-out/<int:run_id>")
@requires("scenarios.edit")
def repair(scenario_id: int, run_id: int) -> Response:
    """Apply a way out that stands in the run's stored answer, and run what comes of it."""
    form = WayForm()
    if not form.validate():
        raise InvalidError("Reload the page and press the button again.")

    def make(session: Session, target: Scenario) -> Scenario:
        run = get_run(session, run_id)
        check_current(target, run)
        known = load_answer_document(session, run, InquiryKind.CONFLICTS)
        way = stored_way(form.way.data or "", f"Way out of run {run_id}", known)
        act = {"expected_version": form.expected_version, "actor": current_actor(), "now": now()}
        if form.copy.data:
            return apply_in_copy(session, target, way, **act)
        apply_remedy(session, target, way, **act)
        return target

    typed = form.typed() | {"run": run_id}
    made = made_once(scenario_id, form.once.data, "scenario.repaired", typed, make)
    flash("Applied. The optimizer works on it.", "ok")
    return to_bench(made)
