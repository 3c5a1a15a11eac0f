"""The ledger: every movement of approved money, and the balances that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, render_template, request, url_for

from app.approvals.exports.ledger import BALANCE_FIGURES, balances_csv, movements_csv
from app.approvals.models import Commitment
from app.approvals.presenters.balances import (
    BalanceTable,
    Grouping,
    balance_table,
    cycle_table,
    initiative_table,
)
from app.approvals.presenters.money import (
    KIND_WORDS,
    balance_sums,
    budget_sums,
    moved_words,
    transfer_lines,
)
from app.approvals.queries import LedgerFilter, list_transfers, load_fund_balances
from app.approvals.queries.balances import load_positions
from app.approvals.queries.ledger import count_transfers
from app.approvals.queries.standings import list_cycle_standings, load_initiative_standings
from app.approvals.routes.blueprint import bp
from app.approvals.rules import TransferKind
from app.calendar.models import Cycle
from app.calendar.queries import list_cycles, list_funds
from app.calendar.rules import CycleState
from app.extensions import db
from app.web.clock import today
from app.web.filters import counted
from app.web.guards import about_costs, requires
from app.web.paging import Page, page_args
from app.web.workbooks import list_file

LINES_SHOWN = 25
"""How many lines of balances the page lists one by one."""

MOVEMENTS_SHOWN = 25
"""How many movements stand on one page."""

MOST_EXPORTED = 100_000


@bp.get("/ledger")
@requires("proposals.view")
@about_costs
def ledger() -> str:
    look = _look()
    chosen = look.chosen
    wanted, by = _wanted(chosen), _grouping()
    asked = page_args(request.args, size=MOVEMENTS_SHOWN)
    is_whole = not (wanted.initiative or wanted.kind)
    transfers, total = list_transfers(
        db.session, wanted, limit=asked.size, offset=asked.offset,
        known=look.counts.get(chosen.id, 0) if chosen and is_whole else None,
    )  # fmt: skip
    parts = _parts(chosen, wanted, by)
    funds = load_fund_balances(db.session, chosen.id) if chosen else ()
    names = {fund.fund_id: fund.name for fund in funds}
    return render_template(
        "approvals/ledger.html",
        cycles=[(one.id, look.option(one)) for one in look.cycles],
        chosen=chosen,
        unknown=unknown_cycle_words(chosen),
        passed_over=look.passed_over,
        others=look.others if chosen and not transfers else (),
        wanted=wanted,
        kinds=KIND_WORDS,
        by=by,
        groupings=[
            (f"By {one.value}", url_for("approvals.ledger", **parts | {"by": one.value}), one is by)
            for one in Grouping
        ],
        parts=parts,
        balances=_sums(chosen, by, names) if chosen else None,
        budget=budget_sums(funds, chosen.currency) if chosen else None,
        lines=transfer_lines(transfers),
        moved=moved_words(transfers),
        page=Page(transfers, total, asked.number, asked.size),
        address=f"{url_for('approvals.ledger', **parts)}&page={{}}" if chosen else "",
    )


@bp.get("/ledger/balances.csv")
@requires("proposals.view")
@about_costs
def ledger_balances() -> Response:
    """Give the balances the page shows, every line of them."""
    return _balances("balances.csv")


@bp.get("/ledger/balances.xlsx")
@requires("proposals.view")
@about_costs
def ledger_balances_workbook() -> Response:
    """Give the balances the page shows, every line of them, as XLSX."""
    return _balances("balances.xlsx")


def _balances(name: str) -> Response:
    chosen = _look().chosen
    if chosen is None:
        return list_file((), name)
    table = _table(chosen, _grouping())
    lines = [(line.word, line.figures) for line in [*table.lines, table.total]]
    written = balances_csv(table.grouping.word, lines, chosen.currency)
    return list_file(written, name, numbers=BALANCE_FIGURES)


@bp.get("/ledger/movements.csv")
@requires("proposals.view")
@about_costs
def ledger_movements() -> Response:
    """Give the movements the page shows, all pages of them, the newest first."""
    return _movements("movements.csv")


@bp.get("/ledger/movements.xlsx")
@requires("proposals.view")
@about_costs
def ledger_movements_workbook() -> Response:
    """Give the movements the page shows, all pages of them, the newest first, as XLSX."""
    return _movements("movements.xlsx")


def _movements(name: str) -> Response:
    chosen = _look().chosen
    transfers, _ = list_transfers(db.session, _wanted(chosen), limit=MOST_EXPORTED, offset=0)
    return list_file(movements_csv(transfers), name, numbers=("Movement", "Amount", "Reverses"))


def _table(chosen: Cycle, by: Grouping, names: Mapping[int, str] | None = None) -> BalanceTable:
    """All cycles of the currency side by side, or the money the chosen one approved.

    ``names`` are those of its funds where they are known already.
    """
    of_all = by is Grouping.CYCLE
    condition = (
        Commitment.currency == chosen.currency if of_all else Commitment.cycle_id == chosen.id
    )
    if names is None:
        names = {} if of_all else {fund.id: fund.name for fund in list_funds(db.session)}
    return balance_table(load_positions(db.session, condition), by, names)


def _sums(chosen: Cycle, by: Grouping, names: Mapping[int, str]) -> object:
    if by is Grouping.CYCLE:
        table = cycle_table(list_cycle_standings(db.session, chosen.currency)).first(LINES_SHOWN)
    elif by is Grouping.INITIATIVE:
        table = initiative_table(load_initiative_standings(db.session, chosen.id, most=LINES_SHOWN))
    else:
        table = _table(chosen, by, names).first(LINES_SHOWN)
    return balance_sums(table, chosen.currency, cycle_id=chosen.id) if table.lines else None


def _grouping() -> Grouping:
    asked = request.args.get("by")
    return next((one for one in Grouping if one.value == asked), Grouping.CYCLE)


def _wanted(chosen: Cycle | None) -> LedgerFilter:
    return LedgerFilter(
        cycle_id=chosen.id if chosen else None,
        initiative=(request.args.get("initiative") or "").strip()[:40] or None,
        kind=next((k for k in TransferKind if k.value == request.args.get("kind")), None),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """The cycle whose movements are listed, and how many every cycle has.

    ``passed_over``: the newest cycle, which nobody asked for and which has none.
    """

    cycles: Sequence[Cycle]
    counts: Mapping[int, int] = field(default_factory=dict)
    chosen: Cycle | None = None
    passed_over: Cycle | None = None

    def option(self, cycle: Cycle) -> str:
        """A cycle's name and how many movements it has."""
        count = self.counts.get(cycle.id, 0)
        return f"{cycle.name} ({counted(count, 'movement') if count else 'no movement'})"

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other cycles that have movements: words and address of each."""
        return [
            (self.option(one), url_for("approvals.ledger", cycle=one.id))
            for one in self.cycles
            if one is not self.chosen and self.counts.get(one.id)
        ]


def _look() -> _Look:
    """The cycle asked for; else the usual one, or the latest with movements where it has none."""
    cycles, counts = list_cycles(db.session), count_transfers(db.session)
    chosen = chosen_cycle(cycles)
    is_asked = bool(request.args.get("cycle", "").strip())
    if chosen is None or is_asked or counts.get(chosen.id):
        return _Look(cycles, counts, chosen)
    moved = next((one for one in cycles if counts.get(one.id)), None)
    return _Look(cycles, counts, moved or chosen, chosen if moved else None)


def chosen_cycle(cycles: Sequence[Cycle]) -> Cycle | None:
    """The cycle asked for, else the open one that began last, else the latest."""
    text = request.args.get("cycle", "")
    begun = [c for c in cycles if c.state is CycleState.OPEN and c.starts_on <= today()]
    named = [c for c in cycles if text.isascii() and text.isdigit() and str(c.id) == text]
    return next(iter([*named, *begun, *cycles]), None)


def unknown_cycle_words(chosen: Cycle | None) -> str | None:
    """That the cycle asked for is none, and which one is shown instead."""
    text = request.args.get("cycle", "").strip()
    if not text or chosen is None or str(chosen.id) == text:
        return None
    return f"There is no cycle “{text[:40]}”; this is {chosen.name}."


def _parts(chosen: Cycle | None, wanted: LedgerFilter, by: Grouping) -> dict[str, Any]:
    """What the address says, without what is not said."""
    parts = {
        "cycle": chosen.id if chosen else None,
        "by": by.value,
        "initiative": wanted.initiative,
        "kind": wanted.kind.value if wanted.kind else None,
    }
    return {name: value for name, value in parts.items() if value is not None}
