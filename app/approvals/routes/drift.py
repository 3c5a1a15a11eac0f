"""What an approval rests on, as frozen and as it is today."""

from __future__ import annotations

from flask import render_template, url_for

from app.approvals.presenters.drift import drift_view
from app.approvals.presenters.proposal import STATES
from app.approvals.queries.drift import ProposalDrift, load_drift
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules.drift import Moved, Part
from app.extensions import db
from app.web.guards import about_costs, requires


@bp.get(f"{PROPOSAL}/drift")
@requires("proposals.view")
@about_costs
def drift(proposal_id: int) -> str:
    """Show input by input what is not as it was frozen."""
    found = load_drift(db.session, proposal_id)
    view = drift_view(found, lambda one: _page_of(one, found))
    state = STATES[found.proposal.state]
    return render_template("approvals/drift.html", view=view, state=state)


def _page_of(one: Moved, found: ProposalDrift) -> str | None:
    match one.part:
        case Part.BUDGET:
            return url_for("calendar.budgets", cycle_id=found.proposal.cycle_id)
        case Part.RATE:
            return url_for("calendar.show", cycle_id=found.proposal.cycle_id)
        case Part.POOL:
            journey, _, lever = one.subject.partition("/")
            return url_for("journeys.pool", key=journey, word=lever)
        case Part.RULE:
            return url_for("portfolio.scenario", scenario_id=found.proposal.run.scenario_id)
    return url_for("initiatives.show", key=one.subject)
