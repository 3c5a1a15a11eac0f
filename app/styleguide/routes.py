"""The page of the style guide; it exists in development only."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.styleguide.forms import sample_form, states_form
from app.styleguide.presenters.measures import measures
from app.styleguide.presenters.plans import plan_sample, roadmap_states
from app.styleguide.presenters.samples import (
    heat_sample,
    level_sample,
    line_sample,
    radar_sample,
)
from app.values.money import Money
from app.web.guards import signed_in
from app.web.paging import Page

bp = Blueprint("styleguide", __name__)


def init_styleguide(app: Flask) -> None:
    """Open the style guide where Waymark is worked on; elsewhere there is no such address."""
    if app.config["ENVIRONMENT"] == "development":
        app.register_blueprint(bp)


@bp.get("/styleguide")
@signed_in
def index() -> str:
    """Show every component with sample data, and the tokens they are drawn with."""
    return render_template(
        "styleguide/index.html",
        measures=measures(Path(str(current_app.static_folder)) / "css"),
        form=sample_form(broken=False, prefix="whole"),
        refused=sample_form(broken=True),
        states=states_form(),
        heat=heat_sample(),
        points=line_sample(),
        radar_view=radar_sample(),
        level_view=level_sample(),
        roadmap=roadmap_states(),
        plan=plan_sample(),
        pages=Page(items=[None] * 50, total=1240, number=2, size=50),
        amount=Money(4_200_000_00, "EUR"),
    )


@bp.post("/styleguide")
@signed_in
def press() -> Response:
    """Answer any button of the page: nothing is changed, and that is said."""
    flash("That was a sample: nothing has been changed.", "info")
    return redirect(url_for("styleguide.index"), code=303)
