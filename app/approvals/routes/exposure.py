"""What will still be paid out: to the next hurdle, as expected, and at most."""

from __future__ import annotations

from flask import render_template

from app.approvals.models import Commitment
from app.approvals.presenters.exposure import FIGURE_HEAD, exposure_view
from app.approvals.queries import fund_budgets
from app.approvals.queries.balances import load_gate_history, load_positions
from app.approvals.routes.blueprint import bp
from app.approvals.routes.ledger import chosen_cycle, unknown_cycle_words
from app.calendar.queries import get_cycle, list_cycles
from app.extensions import db
from app.values.quarter import Quarter
from app.web.clock import today
from app.web.guards import about_costs, requires


@bp.get("/ledger/exposure")
@requires("proposals.view")
@about_costs
def exposure() -> str:
    """Show the exposure of all commitments in the chosen cycle's currency, against its budgets."""
    cycles = list_cycles(db.session)
    chosen = chosen_cycle(cycles)
    view = None
    if chosen is not None:
        view = exposure_view(
            load_positions(db.session, Commitment.currency == chosen.currency),
            load_gate_history(db.session),
            fund_budgets(get_cycle(db.session, chosen.id)),
            today=Quarter.containing(today()),
            currency=chosen.currency,
        )
    return render_template(
        "approvals/exposure.html",
        cycles=cycles,
        chosen=chosen,
        view=view,
        head=FIGURE_HEAD,
        unknown=unknown_cycle_words(chosen),
    )
