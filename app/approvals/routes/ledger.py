"""The ledger: every movement of approved money, and the balances that follow from them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for

from app.approvals.presenters.money import (
    KIND_WORDS,
    Sums,
    approved_sums,
    budget_sums,
    transfer_lines,
)
from app.approvals.presenters.proposal import COMMITMENT_STATES
from app.approvals.queries import (
    CycleBalances,
    LedgerFilter,
    list_approved_money,
    list_transfers,
    load_balances,
)
from app.approvals.routes.blueprint import bp
from app.approvals.rules import TransferKind
from app.calendar.models import Cycle
from app.calendar.queries import list_cycles
from app.calendar.rules import CycleState
from app.extensions import db
from app.web.clock import today
from app.web.guards import requires
from app.web.paging import Page, page_args

COMMITMENTS_SHOWN = 25
"""How many commitments the page lists beside the movements."""


@bp.get("/ledger")
@requires("proposals.view")
def ledger() -> str:
    cycles = list_cycles(db.session)
    chosen = _chosen_cycle(cycles)
    wanted = LedgerFilter(
        cycle_id=chosen,
        initiative=(request.args.get("initiative") or "").strip()[:40] or None,
        kind=next((k for k in TransferKind if k.value == request.args.get("kind")), None),
    )
    asked = page_args(request.args)
    transfers, total = list_transfers(db.session, wanted, limit=asked.size, offset=asked.offset)
    balances = load_balances(db.session, chosen) if chosen else None
    return render_template(
        "approvals/ledger.html",
        cycles=cycles,
        chosen=chosen,
        wanted=wanted,
        kinds=KIND_WORDS,
        commitment_states=COMMITMENT_STATES,
        balances=balances,
        shown=COMMITMENTS_SHOWN,
        approved=_approved(balances),
        budget=budget_sums(balances) if balances else None,
        lines=transfer_lines(transfers),
        page=Page(transfers, total, asked.number, asked.size),
        address=_address(chosen, wanted),
    )


def _approved(balances: CycleBalances | None) -> Sums | None:
    if balances is None:
        return None
    return approved_sums(list_approved_money(db.session, balances.currency), balances.currency)


def _chosen_cycle(cycles: Sequence[Cycle]) -> int | None:
    """The cycle asked for, else the open one that began last, else the latest."""
    text = request.args.get("cycle", "")
    known = {cycle.id for cycle in cycles}
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) in known:
        return int(text)
    begun = [c for c in cycles if c.state is CycleState.OPEN and c.starts_on <= today()]
    return next((cycle.id for cycle in [*begun, *cycles]), None)


def _address(chosen: int | None, wanted: LedgerFilter) -> str:
    kind = wanted.kind.value if wanted.kind else None
    base = url_for("approvals.ledger", cycle=chosen, initiative=wanted.initiative, kind=kind)
    return f"{base}{'&' if '?' in base else '?'}page={{}}"
