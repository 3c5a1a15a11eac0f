"""The contact log of a journey in tables, on a page and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import NotFoundError
from app.extensions import db
from app.journeys import presenters, queries
from app.journeys.exports import contacts_csv
from app.journeys.models import Journey, Touchpoint
from app.journeys.routes.asked import LogView, read_log_view
from app.journeys.routes.blueprint import bp
from app.web.guards import about_costs, costs_are_hidden, requires


@dataclass(frozen=True, slots=True)
class ContactsView:
    """What somebody asks to see of the log of a journey; ``at`` is one touchpoint or all."""

    key: str
    log: LogView
    at: Touchpoint | None
    sort: str
    shows_all: bool

    @property
    def kept(self) -> dict[str, Any]:
        """The view as its address says it; what is the default stays out."""
        return {
            "at": self.at.id if self.at else None,
            "who": self.log.audience.key or None,
            "period": self.log.period or None,
            "sort": self.sort if self.sort != "contacts" else None,
            "all": 1 if self.shows_all else None,
        }

    def hidden(self, *without: str) -> dict[str, Any]:
        """What a form about the fields ``without`` has to keep of the rest."""
        return {
            name: value
            for name, value in self.kept.items()
            if value is not None and name not in without
        }

    def address(self, **changes: Any) -> str:
        """The same view with some of it changed."""
        return url_for("journeys.contacts", key=self.key, **self.kept | changes)


@bp.get("/journeys/<key>/contacts")
@requires("journeys.view")
def contacts(key: str) -> str:
    """Show why customers get in touch, through which channels, and what follows."""
    journey = queries.get_journey_places(db.session, key)
    view = _view(journey)
    return render_template(
        "journeys/contacts.html",
        journey=journey,
        view=view,
        tabs=presenters.journey_tabs(journey, "journeys.contacts"),
        places=[(one.id, presenters.place_of(one)) for one in _places(journey)],
        place=presenters.place_of(view.at) if view.at else "",
        **_tables(journey, view),
    )


@bp.get("/journeys/<key>/contacts.csv")
@requires("journeys.view")
@about_costs
def contacts_file(key: str) -> Response:
    """Give the reasons the page shows, all of them, as CSV."""
    journey = queries.get_journey_places(db.session, key)
    view = _view(journey)
    rows = queries.list_reason_rows(db.session, view.log.scope, _id(view)) if view.log.scope else []
    response = current_app.response_class(contacts_csv(rows, journey.currency), mimetype="text/csv")
    name = f"{journey.key}-contacts.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _tables(journey: Journey, view: ContactsView) -> dict[str, Any]:
    scope, span = view.log.scope, view.log.span
    if scope is None or span is None:
        return {"basis": "", "reasons": None}
    rows = queries.list_reason_rows(db.session, scope, _id(view))
    currency = journey.currency
    return {
        "basis": presenters.log_words(span, view.log.sources),
        "reasons": presenters.contact_table(
            rows, currency, sort=view.sort, shows_all=view.shows_all
        ),
        "sorts": [(name, word) for name, (word, _) in presenters.SORTS.items()],
        "channels": presenters.channel_rows(queries.load_by_channel(db.session, scope), currency),
        "segments": presenters.segment_rows(
            queries.load_by_segment(db.session, scope, _id(view)), currency
        ),
        "compared": presenters.COMPARED,
        "losses": presenters.loss_rows(rows),
        "moments": presenters.moment_table(queries.load_followed(db.session, journey.id, span)),
        "moment_head": presenters.MOMENT_HEAD,
    }


def _id(view: ContactsView) -> int | None:
    return view.at.id if view.at else None


def _places(journey: Journey) -> list[Touchpoint]:
    return presenters.touchpoints_in_order(journey)


def _view(journey: Journey) -> ContactsView:
    at = None
    if request.args.get("at"):
        wanted = request.args.get("at", type=int)
        at = next((one for one in journey.touchpoints if one.id == wanted), None)
        if at is None:
            raise NotFoundError("This journey has no such touchpoint.")
    sort = request.args.get("sort", "contacts")
    if sort == "cost" and costs_are_hidden():
        sort = "contacts"
    return ContactsView(
        key=journey.key,
        log=read_log_view(journey, request.args),
        at=at,
        sort=sort if sort in presenters.SORTS else "contacts",
        shows_all=bool(request.args.get("all")),
    )
