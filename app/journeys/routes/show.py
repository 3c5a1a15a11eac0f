"""The heat map of a journey; everything it shows stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from app.errors import NotFoundError
from app.extensions import db
from app.journeys import presenters, queries
from app.journeys.models import Baseline, Journey
from app.journeys.routes.blueprint import bp
from app.web.filters import day
from app.web.guards import requires

SHOWS = (
    ("pain", "Pain"),
    ("satisfaction", "Satisfaction"),
    ("volume", "Volume"),
    ("cost", "Cost to serve"),
)


@dataclass(frozen=True, slots=True)
class View:
    """What somebody asks to see of a journey."""

    key: str
    show: str
    baseline: Baseline | None
    against: Baseline | None
    at: int | None
    is_chosen: bool

    def address(self, **changes: Any) -> str:
        """The same view with some of it changed; what is the default stays out."""
        wanted: dict[str, Any] = {
            "show": self.show if self.show != "pain" else None,
            "baseline": self.baseline.number if self.is_chosen and self.baseline else None,
            "against": self.against.number if self.is_chosen and self.against else None,
            "at": self.at,
        }
        return url_for("journeys.show", key=self.key, **wanted | changes)


@bp.get("/journeys/<key>")
@requires("journeys.view")
def show(key: str) -> str:
    """Show where a journey hurts, with the selected touchpoint beside it."""
    journey = queries.get_journey(db.session, key)
    view = _view(journey)
    loaded = queries.load_figures(
        db.session, [one.id for one in (view.baseline, view.against) if one]
    )
    figures = loaded[view.baseline.id] if view.baseline else {}
    earlier = loaded[view.against.id] if view.against else {}
    acting = queries.acting_on(db.session, journey.id)
    heat = presenters.heat_map(
        journey, figures, earlier, acting,
        show=view.show, selected=view.at, address=lambda id_: view.address(at=id_),
    )  # fmt: skip
    return render_template(
        "journeys/show.html",
        journey=journey,
        tabs=presenters.journey_tabs(journey, "journeys.show"),
        view=view,
        switch=[(word, view.address(show=name), name == view.show) for name, word in SHOWS],
        numbers=[(one.number, f"{one.number}, {day(one.measured_on)}") for one in _newest(journey)],
        heat=heat,
        inspector=presenters.inspector(journey, heat, figures, earlier, acting),
        figures=presenters.figure_rows(journey, figures),
        figure_head=presenters.FIGURE_HEAD,
        pools=presenters.pool_views(journey),
    )


def _view(journey: Journey) -> View:
    """Read what is asked for; the last baseline against the one before it by default."""
    shown = _asked(journey, "baseline") or next(iter(_newest(journey)), None)
    before = [one for one in _newest(journey) if shown and one.number < shown.number]
    at = request.args.get("at", type=int)
    if at is not None and all(one.id != at for one in journey.touchpoints):
        raise NotFoundError("This journey has no such touchpoint.")
    show_ = request.args.get("show", "pain")
    return View(
        key=journey.key,
        show=show_ if show_ in dict(SHOWS) else "pain",
        baseline=shown,
        against=_asked(journey, "against") or next(iter(before), None),
        at=at,
        is_chosen=bool(request.args.get("baseline") or request.args.get("against")),
    )


def _asked(journey: Journey, name: str) -> Baseline | None:
    """The baseline whose number stands in the address. Raises NotFoundError."""
    if not (text := request.args.get(name)):
        return None
    found = next((one for one in journey.baselines if str(one.number) == text), None)
    if found is None:
        raise NotFoundError("This journey has no such version of its baseline.")
    return found


def _newest(journey: Journey) -> list[Baseline]:
    return list(reversed(journey.baselines))
