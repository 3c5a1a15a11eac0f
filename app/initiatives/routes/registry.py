"""The registry of initiatives, on a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response as FlaskResponse
from flask import render_template, request, stream_with_context, url_for

from app.extensions import db
from app.initiatives import presenters, queries
from app.initiatives.exports import RegistryChunk, registry_csv, registry_workbook
from app.initiatives.forms import SaveViewForm
from app.initiatives.routes.blueprint import bp, stale_baselines
from app.initiatives.rules import hides_order
from app.web.clock import now
from app.web.filters import moment
from app.web.guards import about_costs, costs_are_hidden, current_actor, requires
from app.web.paging import Page, page_args

_CHUNK = 500


@bp.get("/initiatives")
@requires("initiatives.view")
def index() -> str:
    """Show the initiatives the address asks for."""
    view = presenters.read_view(request.args)
    return _matrix(view) if view.is_matrix else _list(view)


def _matrix(view: presenters.RegistryView) -> str:
    lines = queries.load_matrix(db.session, view.wanted)
    drawn = presenters.matrix_view(lines, shows_money=not costs_are_hidden())
    return render_template(
        "initiatives/matrix.html", matrix=drawn, rows=[], total=len(lines), **_frame(view)
    )


def _frame(view: presenters.RegistryView) -> dict[str, Any]:
    """What stands above the initiatives, however they are shown."""
    options = presenters.filter_options(queries.load_choices(db.session))
    views = queries.list_views(db.session, current_actor().id)
    return {
        "view": view,
        "column_choices": presenters.column_choices(view),
        "options": presenters.with_gone(view, options),
        "gone": presenters.gone_words(view, options),
        "saved": presenters.saved_state(view, views, current_actor().id),
        "save_form": SaveViewForm(formdata=None, data={"query": view.query}),
    }


def _list(view: presenters.RegistryView) -> str:
    asked = page_args(request.args)
    # The order of what is hidden would tell it.
    order = "key" if costs_are_hidden() and hides_order(view.order) else view.order
    lines, total = queries.list_in_order(
        db.session, view.wanted, order=order, offset=asked.offset, limit=asked.size
    )
    figures = queries.load_figures(db.session, lines)
    kept: dict[str, Any] = dict(view.args)
    if "size" in request.args:
        kept["size"] = asked.size
    return render_template(
        "initiatives/index.html",
        columns=presenters.columns(view),
        total=total,
        rows=presenters.rows(
            lines,
            figures,
            queries.load_journeys_under(db.session, [one.id for one in lines]),
            current_actor(),
        ),
        tail=urlencode(kept | ({"page": asked.number} if asked.number > 1 else {})),
        page=Page(lines, total, asked.number, asked.size),
        **_frame(view),
        address=lambda number: url_for("initiatives.index", **kept, page=number),
    )


@bp.get("/initiatives/export.csv")
@requires("initiatives.view")
@about_costs
def export() -> FlaskResponse:
    """Give what the registry shows, all pages of it, as CSV."""
    view = presenters.read_view(request.args)
    lines, _ = queries.list_in_order(db.session, view.wanted, order=view.order)
    return FlaskResponse(
        stream_with_context(registry_csv(_chunks(lines), view.columns)),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="initiatives.csv"'},
    )


@bp.get("/initiatives/export.xlsx")
@requires("initiatives.view")
@about_costs
def export_workbook() -> FlaskResponse:
    """Give what the registry shows, all pages of it, as a workbook."""
    view = presenters.read_view(request.args)
    lines, total = queries.list_in_order(db.session, view.wanted, order=view.order)
    options = presenters.filter_options(queries.load_choices(db.session))
    facts = {
        "Initiatives": str(total),
        **presenters.view_words(view, options),
        "Made at": moment(now()),
        "Address": request.host_url.rstrip("/") + url_for("initiatives.index", **view.place),
    }
    return FlaskResponse(
        registry_workbook(_chunks(lines), view.columns, facts),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": 'attachment; filename="initiatives.xlsx"'},
    )


def _chunks(lines: Sequence[queries.RegistryLine]) -> Iterator[RegistryChunk]:
    stale = stale_baselines()
    for start in range(0, len(lines), _CHUNK):
        some = lines[start : start + _CHUNK]
        under = queries.load_journeys_under(db.session, [one.id for one in some])
        marks = {id_: stale.on(keys) for id_, keys in under.items()}
        yield RegistryChunk(some, queries.load_figures(db.session, some), marks)
