"""The six questions of an initiative: read, answered, and saved by themselves while typed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from app.errors import NotFoundError
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import StepForm, step_data, step_form
from app.initiatives.models import Initiative
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.initiatives.routes.similar import similar_to
from app.initiatives.rules import Step
from app.journeys.presenters import NeedView, need_view
from app.journeys.queries import list_needs
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.typed import forget_refused, keep_refused


@bp.get("/initiatives/<key>/questions")
@requires("initiatives.view")
def questions(key: str) -> str:
    """Show all six questions with their answers."""
    initiative = load(key, *queries.ANSWERS)
    return page(
        "questions",
        initiative,
        "questions",
        steps=presenters.question_steps(initiative, None),
        all_steps=list(Step),
        answers=presenters.answers_of(initiative),
        similar=similar_to(initiative),
    )


@bp.get("/initiatives/<key>/questions/<step>")
@requires("initiatives.edit")
def question(key: str, step: str) -> str:
    """Show one question to answer."""
    initiative = load(key, *queries.ANSWERS)
    chosen = _step(step)
    return _question_page(initiative, chosen, _stored_answers(initiative, chosen))


@bp.post("/initiatives/<key>/questions/<step>")
@requires("initiatives.edit")
def answer(key: str, step: str) -> Answer:
    """Save the answers to one question and go on to the next."""
    chosen = _step(step)
    form = step_form(chosen, _touchpoints(load(key)))
    status = _save(key, form)
    forget_refused(url_for("initiatives.question", key=key, step=step))
    if status != SAVED:
        initiative = load(key, *queries.ANSWERS)
        stored = _stored_answers(initiative, chosen)
        conflict = conflict_with(initiative, stored, form, status)
        return _question_page(initiative, chosen, form, conflict=conflict), status
    flash(f"{chosen.word} saved.", "ok")
    following = chosen.next if request.form.get("then") != "stay" else chosen
    if following is None:
        return redirect(url_for("initiatives.options", key=key), code=SAVED)
    return redirect(url_for("initiatives.question", key=key, step=following.value), code=SAVED)


@bp.post("/initiatives/<key>/questions/<step>/draft")
@requires("initiatives.edit")
def draft(key: str, step: str) -> Answer:
    """Save the answers as they stand, for the script that saves while somebody types.

    What can't be saved is kept for its page, so that a reload does not lose it (docs/adr/009).
    """
    chosen = _step(step)
    form = step_form(chosen, _touchpoints(load(key)))
    status = _save(key, form)
    initiative = load(key, *queries.ANSWERS)
    here = url_for("initiatives.question", key=key, step=step)
    if status == SAVED:
        forget_refused(here)
        return render_template("initiatives/draft.html", version=initiative.version)
    is_kept = keep_refused(here)
    conflict = conflict_with(initiative, _stored_answers(initiative, chosen), form, status)
    answer = render_template(
        "initiatives/draft.html", version=initiative.version, form=form, conflict=conflict,
        is_kept=is_kept, here=here,
    )  # fmt: skip
    return answer, status


def _save(key: str, form: StepForm) -> int:
    return store(
        form,
        lambda: services.answer_questions(
            db.session,
            load(key),
            form.answers(),
            touchpoint_ids=form.touchpoint_ids(),
            expected_version=form.seen_version,
            actor=current_actor(),
            now=now(),
        ),
    )


def _step(name: str) -> Step:
    if name not in {one.value for one in Step}:
        raise NotFoundError("There is no such question; there are six.")
    return Step(name)


def _touchpoints(initiative: Initiative) -> list[tuple[int, str]]:
    return queries.touchpoint_choices(db.session, initiative.journey_id)


def _stored_answers(initiative: Initiative, step: Step) -> StepForm:
    data = step_data(presenters.answers_of(initiative), [one.id for one in initiative.touchpoints])
    return step_form(
        step,
        _touchpoints(initiative),
        data=data | {"version": str(initiative.version)},
        formdata=None,
    )


def _question_page(
    initiative: Initiative, step: Step, form: StepForm, conflict: object = None
) -> str:
    return page(
        "question",
        initiative,
        "questions",
        steps=presenters.question_steps(initiative, step),
        step=step,
        form=form,
        needs=_needs(initiative) if step is Step.CUSTOMERS else [],
        similar=similar_to(initiative) if step in _COMPARED else [],
        conflict=conflict,
    )


_COMPARED = (Step.GOALS, Step.DESIGN)
"""Where a proposal begins, and where it says what it changes."""


def _needs(initiative: Initiative) -> list[NeedView]:
    """What is recorded of the journey's customers, to help with the answer."""
    if initiative.journey_id is None:
        return []
    found = list_needs(db.session, initiative.journey_id)
    return [need_view(one, {}, "") for one in found if one.retired_at is None]
