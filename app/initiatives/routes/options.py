"""Options with their grids of spend and demand."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import MoveForm, OptionForm, option_data, option_form
from app.initiatives.models import Initiative, Option
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.initiatives.routes.overview import median_cost
from app.initiatives.rules import days_cell, spend_cell
from app.web.clock import now
from app.web.filters import quarter
from app.web.guards import current_actor, requires

_FEWEST_QUARTERS = 8
_MOST_QUARTERS = 40


@bp.get("/initiatives/<key>/options")
@requires("initiatives.view")
def options(key: str) -> str:
    """Show the options of an initiative."""
    initiative = load(key, *queries.OPTIONS)
    return page(
        "options",
        initiative,
        "options",
        cards=presenters.option_cards(initiative, median_cost(initiative)),
    )


@bp.get("/initiatives/<key>/options/new")
@requires("initiatives.edit")
def new_option(key: str) -> str:
    """Show the form for a new option."""
    initiative = load(key)
    return _option_page(initiative, _form(initiative, None, formdata=None, data=_new(initiative)))


@bp.post("/initiatives/<key>/options/new")
@requires("initiatives.edit")
def add_option(key: str) -> Answer:
    """Add an option."""
    form = _form(load(key), None)
    status = store(
        form,
        lambda: services.add_option(db.session, load(key), form.draft(), **_terms(form)),
    )
    if status != SAVED:
        initiative = load(key)
        empty = _form(initiative, None, formdata=None, data=_new(initiative))
        conflict = conflict_with(initiative, empty, form, status)
        return _option_page(initiative, form, conflict=conflict), status
    flash("The option is added.", "ok")
    return redirect(url_for("initiatives.options", key=key), code=SAVED)


@bp.get("/initiatives/<key>/options/<option_key>")
@requires("initiatives.edit")
def option(key: str, option_key: str) -> str:
    """Show an option to change."""
    initiative = load(key)
    stored = queries.get_option(db.session, initiative, option_key)
    return _option_page(initiative, _stored_form(initiative, stored), stored=stored)


@bp.post("/initiatives/<key>/options/<option_key>")
@requires("initiatives.edit")
def save_option(key: str, option_key: str) -> Answer:
    """Change an option."""
    initiative = load(key)
    form = _form(initiative, queries.get_option(db.session, initiative, option_key))
    status = store(
        form,
        lambda: services.edit_option(
            db.session, load(key), option_key, form.draft(), **_terms(form)
        ),
    )
    if status != SAVED:
        initiative = load(key)
        stored = queries.get_option(db.session, initiative, option_key)
        conflict = conflict_with(initiative, _stored_form(initiative, stored), form, status)
        return _option_page(initiative, form, stored=stored, conflict=conflict), status
    flash("The option is saved.", "ok")
    return redirect(url_for("initiatives.options", key=key), code=SAVED)


@bp.post("/initiatives/<key>/options/<option_key>/remove")
@requires("initiatives.edit")
def remove_option(key: str, option_key: str) -> Answer:
    """Take an option away."""
    form = MoveForm()
    with_version = form.seen_version
    status = store(
        form,
        lambda: services.remove_option(
            db.session, load(key), option_key,
            expected_version=with_version, actor=current_actor(), now=now(),
        ),
    )  # fmt: skip
    if status != SAVED:
        flash(" ".join(message for _, _, message in form.error_list()), "bad")
        return redirect(url_for("initiatives.option", key=key, option_key=option_key), code=SAVED)
    flash("The option is taken away.", "ok")
    return redirect(url_for("initiatives.options", key=key), code=SAVED)


def _terms(form: OptionForm) -> dict[str, Any]:
    return {"expected_version": form.seen_version, "actor": current_actor(), "now": now()}


def _new(initiative: Initiative) -> dict[str, Any]:
    return {"version": str(initiative.version), "key": "full", "name": ""}


def _stored_form(initiative: Initiative, stored: Option) -> OptionForm:
    data = option_data(queries.option_draft(stored), initiative.currency)
    return _form(
        initiative,
        stored,
        formdata=None,
        data={**data, "version": str(initiative.version)},
    )


def _form(initiative: Initiative, stored: Option | None, **kwargs: Any) -> OptionForm:
    """The form with a grid wide enough for the cycle and for what is stored."""
    used = stored.spend if stored else []
    needed = stored.demand if stored else []
    places = [one.quarter_index for one in used] + [one.quarter_index for one in needed]
    last = max(places, default=-1) + 1
    planned = initiative.cycle.quarter_count if initiative.cycle else 0
    count = min(_MOST_QUARTERS, max(_FEWEST_QUARTERS, planned, last, _asked()))
    return option_form(
        queries.fund_choices(db.session, initiative.cycle_id, {one.fund_id for one in used}),
        queries.team_choices(db.session, initiative.cycle_id, {one.team_id for one in needed}),
        [initiative.planned_start + place for place in range(count)],
        currency=initiative.currency,
        **kwargs,
    )


def _asked() -> int:
    text = request.args.get("quarters", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _option_page(
    initiative: Initiative,
    form: OptionForm,
    *,
    stored: Option | None = None,
    conflict: object = None,
) -> str:
    places = range(len(form.quarters))
    return page(
        "option",
        initiative,
        "options",
        form=form,
        stored=stored,
        conflict=conflict,
        quarters=[quarter(one) for one in form.quarters],
        spend=[
            {"label": name, "cells": [form[spend_cell(id_, q)] for q in places]}
            for id_, name in form.funds
        ],
        demand=[
            {"label": name, "note": "days", "cells": [form[days_cell(id_, q)] for q in places]}
            for id_, name in form.teams
        ],
        removal=MoveForm(formdata=None, data={"version": str(initiative.version)}),
    )
