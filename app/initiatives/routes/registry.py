"""The registry of initiatives, on a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response as FlaskResponse
from flask import render_template, request, stream_with_context, url_for

from app.extensions import db
from app.initiatives import presenters, queries
from app.initiatives.exports import RegistryChunk, registry_csv
from app.initiatives.routes.blueprint import bp, stale_baselines
from app.web.guards import about_costs, costs_are_hidden, requires
from app.web.paging import Page, page_args

_CHUNK = 500


@bp.get("/initiatives")
@requires("initiatives.view")
def index() -> str:
    """Show the initiatives the address asks for."""
    view = presenters.read_view(request.args)
    asked = page_args(request.args)
    # The order of what is hidden would tell it.
    order = "key" if costs_are_hidden() and "cost" in view.order else view.order
    lines, total = queries.list_registry(
        db.session, view.wanted, order=order, offset=asked.offset, limit=asked.size
    )
    figures = queries.load_figures(db.session, lines)
    choices = queries.load_choices(db.session)
    kept: dict[str, Any] = dict(view.args)
    if "size" in request.args:
        kept["size"] = asked.size
    return render_template(
        "initiatives/index.html",
        view=view,
        columns=presenters.columns(view),
        rows=presenters.rows(
            lines, figures, queries.load_journeys_under(db.session, [one.id for one in lines])
        ),
        page=Page(lines, total, asked.number, asked.size),
        options=presenters.filter_options(choices),
        address=lambda number: url_for("initiatives.index", **kept, page=number),
    )


@bp.get("/initiatives/export.csv")
@requires("initiatives.view")
@about_costs
def export() -> FlaskResponse:
    """Give what the registry shows, all pages of it, as CSV."""
    view = presenters.read_view(request.args)
    lines, _ = queries.list_registry(db.session, view.wanted, order=view.order)

    def chunks() -> Iterator[RegistryChunk]:
        stale = stale_baselines()
        for start in range(0, len(lines), _CHUNK):
            some = lines[start : start + _CHUNK]
            under = queries.load_journeys_under(db.session, [one.id for one in some])
            marks = {id_: stale.on(keys) for id_, keys in under.items()}
            yield RegistryChunk(some, queries.load_figures(db.session, some), marks)

    return FlaskResponse(
        stream_with_context(registry_csv(chunks())),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="initiatives.csv"'},
    )
