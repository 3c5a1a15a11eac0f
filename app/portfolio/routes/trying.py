"""Try a change without saving it, keep it, apply a remedy, ask beside the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from app.extensions import db
from app.portfolio.forms.trying import RemedyForm, TryForm
from app.portfolio.models import Scenario
from app.portfolio.presenters.trying import asked_in_words, trial_view
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.queries.workbench import load_answer_document
from app.portfolio.routes.blueprint import SCENARIO, bp
from app.portfolio.routes.tried import trial_context, wish_in_words
from app.portfolio.routes.workbench import (
    USUAL_SECONDS,
    bench_form,
    look_at,
    run_form,
    scenario_page,
)
from app.portfolio.rules import InquiryKind
from app.portfolio.services.inquiries import ask
from app.portfolio.services.remedies import (
    apply_in_copy,
    apply_remedy,
    check_current,
    copied,
    stored_remedy,
)
from app.portfolio.services.runs import RunOptions, start_run
from app.portfolio.services.trying import Wish, fund_totals, keep_wish, try_wish
from app.values.canonical import digest
from app.values.money import Money
from app.web.clock import now
from app.web.filters import money_short
from app.web.guards import current_actor, requires

Made = tuple[int, int]
"""Ids of a scenario and of the run that was started of it."""

PARTS = {InquiryKind.FRONTIER: "frontier", InquiryKind.EXPLAIN: "list", InquiryKind.PRICE: "pins"}
"""Where on the workbench the answer to a question appears."""


@bp.post(f"{SCENARIO}/what-if")
@requires("runs.start")
def try_out(scenario_id: int) -> tuple[str | Response, int]:
    """The answer to a change, as a block where scripts ask for it; nothing is stored."""
    one = get_scenario(db.session, scenario_id)
    form, look = bench_form(one), look_at(one)
    status = 200
    if not form.validate():
        status, context = 422, _unread(one, form)
    else:
        wish = _wish(one, form)
        try:
            trial = try_wish(
                db.session, one, wish, known=look.answer, actor=current_actor(),
                today=now().date(), memory_bytes=current_app.config["SOLVER_MEMORY_MB"] * 2**20,
                most_candidates=current_app.config["PAGE_INITIATIVES"],
            )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
            status, context = 422, trial_context(one, wish, problem=_in_one(error))
        except (ConflictError, UnavailableError) as error:
            status = 409 if isinstance(error, ConflictError) else 503
            context = trial_context(one, wish, problem=error.message)
        else:
            view = trial_view(trial, look.answer, wish_in_words(one, wish))
            context = trial_context(one, wish, view)
    if "HX-Request" in request.headers:
        return _block(one, context, bench=form, look=look), status
    _settle(form)
    return scenario_page(one, run_form(), bench=form, look=look, trial=context), status


def _block(one: Scenario, context: Mapping[str, Any], **more: Any) -> Response:
    """The block alone, and the address that shows the same."""
    page = render_template("portfolio/whatif_block.html", scenario=one, **more, **context)
    response = make_response(page)
    if context["is_readable"]:
        response.headers["HX-Replace-Url"] = context["trial_address"]
    return response


def _unread(one: Scenario, form: TryForm) -> Mapping[str, Any]:
    """What was sent with what is wrong about it; the pins can be read all the same."""
    problem = " ".join(words for _, _, words in form.error_list())
    return trial_context(one, Wish(pins=form.pins()), problem=problem, is_readable=False)


def _in_one(error: InvalidError) -> str:
    return " ".join(dict.fromkeys(error.fields.values())) or error.message


def _wish(one: Scenario, form: TryForm) -> Wish:
    """What the form asks for that the scenario does not say already."""
    before = fund_totals(one)
    budgets = {i: minor for i, minor in form.budgets().items() if before.get(i) != minor}
    return Wish(budgets=budgets, pins=form.pins())


def _in_short(one: Scenario, form: TryForm, wish: Wish) -> str:
    """A few words to name a copy by: one budget where several were changed."""
    whole = Money(sum(form.budgets().values()), one.cycle.currency)
    money_words = [f"budget {money_short(whole)}"] if wish.budgets else []
    pins = asked_in_words({}, wish.pins, one.cycle.currency)
    return ", ".join([*money_words, *pins]) or "the same"


def _settle(form: TryForm) -> None:
    """Show total and funds as they were understood, so that they agree."""
    if not form.errors:
        form.show(form.budgets())


@bp.post(f"{SCENARIO}/what-if/keep")
@requires("scenarios.edit")
def keep_trial(scenario_id: int) -> Response | tuple[str, int]:
    """Make what was tried the scenario's own, or a copy's, and run it."""
    one = get_scenario(db.session, scenario_id)
    form = bench_form(one)
    if form.validate():
        wish, in_copy = _wish(one, form), "copy" in request.form

        def make(session: Session, target: Scenario) -> Scenario:
            version = form.expected_version
            if in_copy:
                words = _in_short(target, form, wish)
                target = copied(
                    session, target, words,
                    expected_version=version, actor=current_actor(), now=now(),
                )  # fmt: skip
                version = target.version
            keep_wish(
                session, target, wish, reason=form.reason.data or "Tried out on the workbench",
                expected_version=version, actor=current_actor(), now=now(),
            )  # fmt: skip
            return target

        try:
            made = made_once(scenario_id, form.once.data, "scenario.tried", form.typed(), make)
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("Kept. The optimizer works on it.", "ok")
            return to_bench(made)
    return scenario_page(one, run_form(), bench=form, trial=_unread(one, form)), 422


@bp.post(f"{SCENARIO}/remedies")
@requires("scenarios.edit")
def apply(scenario_id: int) -> Response:
    """Apply what would bring an initiative in (or out), and run it."""
    form = RemedyForm()
    if not form.validate():
        raise InvalidError("Reload the page and press the button again.")
    run_id = form.run_id

    def make(session: Session, target: Scenario) -> Scenario:
        why = None
        if run_id is not None:
            run = get_run(session, run_id)
            check_current(target, run)
            why = load_answer_document(session, run, InquiryKind.EXPLAIN)
        where = f" after run {run_id}" if run_id else ""
        remedy = stored_remedy(
            form.remedy.data or "", form.initiative.data or "",
            f"Tried out on the workbench{where}", why,
        )  # fmt: skip
        act = {"expected_version": form.expected_version, "actor": current_actor(), "now": now()}
        if form.copy.data:
            return apply_in_copy(session, target, remedy, **act)
        apply_remedy(session, target, remedy, **act)
        return target

    made = made_once(scenario_id, form.once.data, "scenario.remedied", form.typed(), make)
    flash("Applied. The optimizer works on it.", "ok")
    return to_bench(made)


def made_once(
    scenario_id: int,
    key: str,
    action: str,
    typed: dict[str, object],
    make: Callable[[Session, Scenario], Scenario],
) -> Made:
    """Change the scenario and start a run of it, once per key."""
    with transaction(db.session) as session:

        def both() -> list[int]:
            target = make(session, get_scenario(session, scenario_id))
            seconds = min(USUAL_SECONDS, current_app.config["SOLVER_SECONDS"])
            started = start_run(
                session, target, RunOptions(seconds, Decimal(0)),
                longest_seconds=current_app.config["SOLVER_SECONDS"],
                most_candidates=current_app.config["PAGE_INITIATIVES"],
                request_key=digest(f"{key}:run".encode())[:32],
                actor=current_actor(), now=now(),
            )  # fmt: skip
            return [target.id, started.run_id]

        target_id, run_id = answered_once(
            session, key, actor=current_actor(), action=action,
            params=typed | {"scenario": scenario_id}, now=now(), make=both,
        )  # fmt: skip
    return target_id, run_id


def to_bench(made: Made, part: str | None = None) -> Response:
    address = url_for("portfolio.scenario", scenario_id=made[0], run=made[1], _anchor=part)
    return redirect(address, 303)


@bp.post(f"{SCENARIO}/ask/<int:run_id>/<word>")
@requires("runs.start")
def ask_beside(scenario_id: int, run_id: int, word: str) -> Response:
    """Ask a question beside the plan in view; its answer appears on the workbench."""
    if word not in {kind.value for kind in InquiryKind}:
        raise NotFoundError("There is no such question.")
    with transaction(db.session) as session:
        run = get_run(session, run_id)
        if run.scenario_id != scenario_id:
            raise NotFoundError("This scenario has no such run.")
        ask(session, run, InquiryKind(word), actor=current_actor(), now=now())
    return to_bench((scenario_id, run_id), PARTS.get(InquiryKind(word)))
