"""Propose an initiative, change what it is, answer the six questions."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.audit.services import answered_once
from app.calendar.queries import find_current_cycle
from app.errors import NotFoundError
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import InitiativeForm, StepForm, step_data, step_form
from app.initiatives.models import Initiative
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.initiatives.rules import Step, columns_of
from app.journeys.presenters import NeedView, need_view
from app.journeys.queries import list_needs
from app.values.quarter import Quarter
from app.web.clock import now, today
from app.web.guards import current_actor, requires


@bp.get("/initiatives/new")
@requires("initiatives.edit")
def new() -> str:
    """Show the form for a new initiative; the address may choose ``journey`` and ``unit``."""
    journey = request.args.get("journey", "")
    chosen = int(journey) if journey.isascii() and journey.isdigit() else None
    given = {"journey_id": chosen, "unit": request.args.get("unit", "")}
    form = _form(data=first_answers() | given)
    return render_template("initiatives/new.html", form=form)


def first_answers() -> dict[str, Any]:
    """What a new proposal says before anybody types: its owner, and the cycle that runs."""
    cycle = find_current_cycle(db.session, today())
    start = Quarter.containing(today())
    return {
        "owner_id": current_actor().id,
        "cycle_id": cycle.id if cycle else None,
        "planned_start": max(start, cycle.first_quarter) if cycle else start,
    }


@bp.post("/initiatives/new")
@requires("initiatives.edit")
def create() -> Answer:
    """Propose a new initiative and go on to its first question."""
    form = _form()
    made: list[str] = []
    status = store(
        form,
        lambda: made.append(
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="initiative.created",
                params=form.typed(), now=now(),
                make=lambda: services.create_initiative(
                    db.session, form.draft(), actor=current_actor(), now=now()
                ).key,
            )
        ),
    )  # fmt: skip
    if status != SAVED:
        return render_template("initiatives/new.html", form=form), status
    flash(f"{made[0]} is proposed as a draft. Answer the six questions next.", "ok")
    return redirect(url_for("initiatives.question", key=made[0], step="goals"), code=SAVED)


@bp.get("/initiatives/<key>/edit")
@requires("initiatives.edit")
def edit(key: str) -> str:
    """Show what an initiative is, to change it."""
    initiative = load(key)
    return page("edit", initiative, "overview", form=_stored_form(initiative))


@bp.post("/initiatives/<key>/edit")
@requires("initiatives.edit")
def save(key: str) -> Answer:
    """Change what an initiative is."""
    initiative = load(key)
    form = _form(kept=initiative)
    status = store(
        form,
        lambda: services.edit_initiative(
            db.session,
            load(key),
            form.draft(),
            expected_version=form.seen_version,
            actor=current_actor(),
            now=now(),
        ),
    )
    if status != SAVED:
        initiative = load(key)
        conflict = conflict_with(initiative, _stored_form(initiative), form, status)
        return page("edit", initiative, "overview", form=form, conflict=conflict), status
    flash("Saved.", "ok")
    return redirect(url_for("initiatives.show", key=key), code=SAVED)


def _form(*, kept: Initiative | None = None, **kwargs: Any) -> InitiativeForm:
    form = InitiativeForm(**kwargs)
    form.offer(
        journeys=queries.journey_choices(db.session, kept.journey_id if kept else None),
        cycles=queries.cycle_choices(db.session, kept.cycle_id if kept else None),
        people=[(str(one.id), one.name) for one in queries.list_people_to_choose(db.session)],
        units=[unit.name for unit in queries.list_units(db.session)],
    )
    return form


def _stored_form(initiative: Initiative) -> InitiativeForm:
    data = columns_of(queries.initiative_draft(initiative))
    data |= {"lens": initiative.lens.value, "version": str(initiative.version)}
    return _form(kept=initiative, data=data, formdata=None)


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
    status = store(
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
        conflict=conflict,
    )


def _needs(initiative: Initiative) -> list[NeedView]:
    """What is recorded of the journey's customers, to help with the answer."""
    if initiative.journey_id is None:
        return []
    found = list_needs(db.session, initiative.journey_id)
    return [need_view(one, {}, "") for one in found if one.retired_at is None]
