"""The heat map of a journey; everything it shows stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from app.errors import NotFoundError
from app.extensions import db
from app.journeys import presenters, queries
from app.journeys.models import Baseline, Journey
from app.journeys.presenters import HeatMap, Logs
from app.journeys.routes.asked import LogView, read_log_view
from app.journeys.routes.blueprint import bp
from app.journeys.rules import Logged, covers
from app.web.filters import day
from app.web.guards import costs_are_hidden, requires

Acting = Mapping[int, list[queries.Acting]]


@dataclass(frozen=True, slots=True)
class View:
    """What somebody asks to see of a journey."""

    key: str
    show: str
    baseline: Baseline | None
    against: Baseline | None
    at: int | None
    is_chosen: bool
    log: LogView
    is_kept_from: bool = False
    """Whether costs were asked for by somebody who may not see them."""

    @property
    def kept(self) -> dict[str, Any]:
        """The view as its address says it; what is the default stays out."""
        return {
            "show": self.show if self.show != "pain" else None,
            "baseline": self.baseline.number if self.is_chosen and self.baseline else None,
            "against": self.against.number if self.is_chosen and self.against else None,
            "at": self.at,
            "who": self.log.audience.key or None,
            "period": self.log.period or None,
        }

    def address(self, **changes: Any) -> str:
        """The same view with some of it changed."""
        return url_for("journeys.show", key=self.key, **self.kept | changes)

    def hidden(self, *without: str) -> dict[str, Any]:
        """What a form about the fields ``without`` has to keep of the rest."""
        return {
            name: value
            for name, value in self.kept.items()
            if value is not None and name not in without
        }


@bp.get("/journeys/<key>")
@requires("journeys.view")
def show(key: str) -> str:
    """Show where a journey hurts, with the selected touchpoint beside it."""
    journey = queries.get_journey_map(db.session, key)
    view = _view(journey)
    acting = queries.acting_on(db.session, journey.id)
    heat = _heat(journey, view, acting)
    return render_template(
        "journeys/show.html",
        journey=journey,
        tabs=presenters.journey_tabs(journey, "journeys.show"),
        view=view,
        switch=[(word, view.address(show=name), name == view.show) for name, word in _shows()],
        numbers=[(one.number, f"{one.number}, {day(one.measured_on)}") for one in _newest(journey)],
        heat=heat,
        basis=presenters.basis_words(
            heat.look, view.baseline, view.against, view.log.span, view.log.sources
        ),
        inspector=presenters.inspector(journey, heat, _by_reason(view, heat), acting),
        figures=presenters.figure_rows(journey, heat.known.figures),
        figure_head=presenters.FIGURE_HEAD,
        pools=presenters.pool_lines(journey),
    )


def _heat(journey: Journey, view: View, acting: Acting) -> HeatMap:
    shown = (view.baseline, view.against)
    loaded = queries.load_versions(db.session, [one.id for one in shown if one])
    now, before = (loaded[one.id] if one else ({}, {}) for one in shown)
    known = presenters.known_of(
        journey, now, before, _logs(view, is_measured=bool(now[0])), view.log.audience
    )
    return presenters.heat_map(
        journey, known, acting,
        show=view.show, selected=view.at, address=lambda id_: view.address(at=id_),
    )  # fmt: skip


def _logs(view: View, *, is_measured: bool) -> Logs:
    """What the cells need of the log: nothing where they show a baseline."""
    scope = view.log.scope
    shows_log = presenters.reads_log(view.show, view.log.audience, is_measured=is_measured)
    if scope is None or (is_measured and not shows_log):
        return Logs()
    now, before = queries.load_by_touchpoint(db.session, scope)
    if not (shows_log and presenters.adds_up(view.show)):
        return Logs(now, before)
    sources = queries.load_log_sources(db.session, scope)
    whole = scope.span.with_before
    return Logs(now, before, {id_ for id_, found in sources.items() if covers(whole, found)})


def _by_reason(view: View, heat: HeatMap) -> dict[str, Logged]:
    if heat.selected is None or view.log.scope is None:
        return {}
    return queries.load_by_reason(db.session, view.log.scope, heat.selected)


def _view(journey: Journey) -> View:
    """Read what is asked for; the last baseline against the one before it by default.

    A journey with a log and no baseline is looked at by unmet expectation.
    """
    shown = _asked(journey, "baseline") or next(iter(_newest(journey)), None)
    before = [one for one in _newest(journey) if shown and one.number < shown.number]
    at = request.args.get("at", type=int)
    if at is not None and all(one.id != at for one in journey.touchpoints):
        raise NotFoundError("This journey has no such touchpoint.")
    log = read_log_view(journey, request.args)
    usual = "pain" if shown or log.span is None else "unmet"
    show_ = request.args.get("show", usual)
    return View(
        key=journey.key,
        show=show_ if show_ in dict(_shows()) else usual,
        baseline=shown,
        against=_asked(journey, "against") or next(iter(before), None),
        at=at,
        is_chosen=bool(request.args.get("baseline") or request.args.get("against")),
        log=log,
        is_kept_from=show_ == "cost" and costs_are_hidden(),
    )


def _shows() -> list[tuple[str, str]]:
    """The ways to look that this person has: colours and trends tell of costs as numbers do."""
    return [one for one in presenters.SHOWS if not (one[0] == "cost" and costs_are_hidden())]


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
