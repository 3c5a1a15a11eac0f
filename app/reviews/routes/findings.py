"""What the portfolio as a whole lacks: a page and a file."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, render_template, request

from app.calendar.models import Cycle
from app.calendar.queries import list_cycles
from app.errors import NotFoundError
from app.extensions import db
from app.reviews.exports.findings import findings_csv
from app.reviews.presenters import findings as presenters
from app.reviews.queries.findings import load_portfolio_facts, load_worst_touchpoints
from app.reviews.routes.blueprint import bp
from app.reviews.rules.findings import Finding, FindingKind, PortfolioFacts, all_findings
from app.web.clock import today
from app.web.guards import about_costs, may, requires
from app.web.workbooks import list_file


@dataclass(frozen=True, slots=True)
class _Look:
    """What somebody asked for and what was found."""

    cycles: list[Cycle]
    cycle: Cycle | None
    facts: PortfolioFacts
    findings: list[Finding]
    acting: presenters.Acting


@bp.get("/findings")
@requires("reviews.view")
def findings() -> str:
    """Show every finding with its figure, the most severe first; ``cycle`` narrows it down."""
    look = _look()
    return render_template(
        "reviews/findings.html",
        **presenters.by_severity(look.findings, look.acting),
        kpis=presenters.severity_kpis(look.findings),
        scope=presenters.scope_words(look.facts, look.cycle.name if look.cycle else None),
        cycle=look.cycle,
        cycles=[("", "All cycles"), *((one.id, one.name) for one in look.cycles)],
    )


@bp.get("/findings.csv")
@requires("reviews.view")
@about_costs
def findings_file() -> Response:
    """Give every finding with all it is about as CSV."""
    return _file("findings.csv")


@bp.get("/findings.xlsx")
@requires("reviews.view")
@about_costs
def findings_workbook() -> Response:
    """Give every finding with all it is about as XLSX."""
    return _file("findings.xlsx")


def _file(name: str) -> Response:
    look = _look()
    lines = findings_csv(
        look.findings, lambda finding, item: presenters.act_address(finding, item, look.acting)[1]
    )
    return list_file(lines, name, numbers=("Number", "Of", "Amount"))


def _look() -> _Look:
    cycles = list_cycles(db.session)
    cycle = _wanted(cycles)
    facts = load_portfolio_facts(
        db.session,
        cycle_id=cycle.id if cycle else None,
        today=today(),
        limit_days=current_app.config["BASELINE_MAX_AGE_DAYS"],
    )
    found = all_findings(facts)
    bare = {
        item.place.id
        for finding in found
        if finding.kind is FindingKind.JOURNEYS
        for item in finding.items
    }
    acting = presenters.Acting(may, load_worst_touchpoints(db.session, bare))
    return _Look(cycles, cycle, facts, found, acting)


def _wanted(cycles: list[Cycle]) -> Cycle | None:
    """The cycle the address names; None for all. Raises NotFoundError."""
    asked = request.args.get("cycle", "")
    if not asked:
        return None
    found = next((one for one in cycles if str(one.id) == asked), None)
    if found is None:
        raise NotFoundError("There is no such cycle.")
    return found
