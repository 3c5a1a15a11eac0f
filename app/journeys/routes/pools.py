"""The lever pools of a journey: look, claim, certify."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import AppError, NotFoundError
from app.extensions import db
from app.journeys import presenters, queries, services
from app.journeys.forms import CertifyForm, PoolForm, WithdrawForm, pool_form
from app.journeys.forms.pools import filled
from app.journeys.models import Journey, LeverPool, Touchpoint
from app.journeys.routes.blueprint import Answer, bp, owner_choices, refused_form
from app.journeys.rules import BINDABLE, BoundFigure, ControlKind, Lever, PoolState
from app.values.money import Money
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.filters import money
from app.web.guards import about_costs, current_actor, requires


@bp.get("/journeys/<key>/pools")
@requires("journeys.view")
@about_costs
def pools(key: str) -> str:
    """Show what each lever of a journey could yield in a year, and how that is worked out."""
    journey = queries.get_journey_with_pools(db.session, key)
    return render_template(
        "journeys/pools.html",
        journey=journey,
        pools=presenters.pool_views(journey, presenters.place_names(_touchpoints(journey))),
        overclaim=services.retain_overclaim(db.session, journey),
        excesses=services.control_excesses(db.session, journey),
        tabs=presenters.journey_tabs(journey, "journeys.pools"),
    )


@bp.get("/journeys/<key>/pools/<word>")
@requires("journeys.view")
@about_costs
def pool(key: str, word: str) -> str:
    """Show one lever's inputs with their sources, and who certified it."""
    return _page(queries.get_journey_with_pools(db.session, key), _lever(word))


@bp.get("/journeys/<key>/pools/<word>/edit")
@requires("journeys.edit")
def edit_pool(key: str, word: str) -> str:
    """Show the inputs of one lever to change."""
    journey, lever = queries.get_journey_with_pools(db.session, key), _lever(word)
    stored = _stored(services.find_pool(journey, lever))
    form = _form(journey, lever, formdata=None, data=stored)
    return render_template("journeys/pool_form.html", form=form, **_context(journey, lever))


@bp.post("/journeys/<key>/pools/<word>/edit")
@requires("journeys.edit")
def claim_pool(key: str, word: str) -> Answer:
    """Claim what one lever could yield."""
    journey, lever = queries.get_journey_with_pools(db.session, key), _lever(word)
    form = _form(journey, lever)
    if not form.validate_on_submit():
        body = render_template("journeys/pool_form.html", form=form, **_context(journey, lever))
        return body, 422
    try:
        with transaction(db.session):
            services.claim_pool(
                db.session,
                queries.get_journey_with_pools(db.session, key),
                form.draft(),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        journey = queries.get_journey_with_pools(db.session, key)
        stored = services.find_pool(journey, lever)
        return refused_form(
            "journeys/pool_form.html", form, error,
            subject=f"pool:{stored.id}" if stored else "",
            version=stored.version if stored else 0, **_context(journey, lever),
        )  # fmt: skip
    flash("The pool is claimed. Somebody else in Finance has to certify it.", "ok")
    return _back_to(key, lever)


@bp.post("/journeys/<key>/pools/<word>/certify")
@requires("pools.certify")
def certify_pool(key: str, word: str) -> Answer:
    """Certify the version of a pool that was looked at."""
    form, lever = CertifyForm(), _lever(word)
    try:
        with transaction(db.session):
            journey = queries.get_journey_with_pools(db.session, key)
            services.certify_pool(
                db.session,
                journey,
                _claimed(journey, lever),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        body = _page(queries.get_journey_with_pools(db.session, key), lever, refusal=error.message)
        return body, status_of(error)
    flash("The pool is certified: claims on it can never exceed it.", "ok")
    return _back_to(key, lever)


@bp.post("/journeys/<key>/pools/<word>/withdraw")
@requires("pools.certify")
def withdraw_certification(key: str, word: str) -> Answer:
    """Take a certification back."""
    form, lever = WithdrawForm(), _lever(word)
    if not form.validate_on_submit():
        return _page(queries.get_journey_with_pools(db.session, key), lever, withdraw=form), 422
    try:
        with transaction(db.session):
            journey = queries.get_journey_with_pools(db.session, key)
            services.withdraw_certification(
                db.session,
                journey,
                _claimed(journey, lever),
                reason=form.reason.data or "",
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        form.refuse(error)
        body = _page(queries.get_journey_with_pools(db.session, key), lever, withdraw=form)
        return body, status_of(error)
    flash("The certification is taken back; the pool is claimed again.", "ok")
    return _back_to(key, lever)


def _lever(word: str) -> Lever:
    found = next((lever for lever in Lever if lever.value == word), None)
    if found is None:
        raise NotFoundError("There is no such lever.")
    return found


def _claimed(journey: Journey, lever: Lever) -> LeverPool:
    found = services.find_pool(journey, lever)
    if found is None:
        raise NotFoundError("Nobody has claimed this pool yet.")
    return found


def _page(
    journey: Journey,
    lever: Lever,
    *,
    refusal: str | None = None,
    withdraw: WithdrawForm | None = None,
) -> str:
    stored = services.find_pool(journey, lever)
    certify = CertifyForm(formdata=None, data={"version": str(stored.version) if stored else "0"})
    faults = _open_faults(journey, stored)
    hands = services.hands_fault(stored, current_actor()) if stored else None
    return render_template(
        "journeys/pool.html",
        **_context(journey, lever),
        refusal=refusal,
        faults=faults,
        barred=[*([hands] if hands else []), *faults],
        certify=certify,
        withdraw=withdraw or WithdrawForm(formdata=None),
    )


def _open_faults(journey: Journey, pool: LeverPool | None) -> list[str]:
    """What keeps a claimed pool from being certified, whoever looks."""
    if pool is None or pool.state is not PoolState.CLAIMED:
        return []
    return services.certifying_faults(db.session, journey, pool)


def _context(journey: Journey, lever: Lever) -> dict[str, object]:
    stored = services.find_pool(journey, lever)
    names = presenters.place_names(_touchpoints(journey))
    return {"journey": journey, "view": presenters.pool_view(journey, lever, stored, names)}


def _touchpoints(journey: Journey) -> list[Touchpoint]:
    """Those that inputs are bound to need names; none are asked for while nothing is bound."""
    if not any(one.bound_figure for pool in journey.pools for one in pool.inputs):
        return []
    return queries.list_touchpoints(db.session, journey.id)


def _form(journey: Journey, lever: Lever, **kwargs: object) -> PoolForm:
    form = pool_form(lever, _places(journey, lever), currency=journey.currency, **kwargs)
    stored = services.find_pool(journey, lever)
    form.owner_id.choices = owner_choices(stored.owner if stored else None)
    form.cost_centre_id.choices = [(0, "not named yet"), *_cost_centres(journey, lever)]
    return form


def _places(journey: Journey, lever: Lever) -> dict[BoundFigure, list[tuple[int, str]]]:
    """The touchpoints that inputs of a lever may be taken from, as the newest baseline has them."""
    last = queries.find_last_figures(db.session, journey.id) if lever in BINDABLE else None
    if last is None:
        return {}
    touchpoints = queries.list_touchpoints(db.session, journey.id)
    return presenters.bindable_places(touchpoints, last.figures, journey.currency)


def _cost_centres(journey: Journey, lever: Lever) -> list[tuple[int, str]]:
    """The cost centres a pool may name."""
    if lever is not Lever.SERVE:
        return []
    return [
        (one.id, f"{one.name}, {money(Money(one.amount_minor, one.currency))} a year")
        for one in queries.list_control_totals(db.session)
        if one.kind is ControlKind.COST_CENTRE and one.currency == journey.currency
    ]


def _stored(pool: LeverPool | None) -> dict[str, object]:
    if pool is None:
        return {"version": "0", "measured_on": today(), "owner_id": current_actor().id}
    figures = {one.symbol: services.figure_of_input(one) for one in pool.inputs}
    return filled(figures) | {
        "version": str(pool.version),
        "source": pool.source,
        "measured_on": pool.measured_on,
        "owner_id": pool.owner_id,
        "cost_centre_id": pool.cost_centre.id if pool.cost_centre else 0,
    }


def _back_to(key: str, lever: Lever) -> Response:
    return redirect(url_for("journeys.pool", key=key, word=lever.value), code=303)
