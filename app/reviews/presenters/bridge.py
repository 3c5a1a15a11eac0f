"""The value bridge in words: bars, a row per step with what caused it, and one conclusion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for

from app.initiatives.presenters.case_steps import Step, bridge_bars, zero_line
from app.initiatives.rules.case import ClaimStep
from app.reviews.queries.bridge import Approved, ApprovedRound
from app.reviews.rules.bridge import Change, StepKind
from app.values.money import Money
from app.web.filters import counted, money, money_short, percent, signed

Cell = Mapping[str, Any]

SHORT = {
    StepKind.APPROVED: "Approved",
    StepKind.EVIDENCE: "Evidence",
    StepKind.STOPPED: "Stopped",
    StepKind.RESCOPED: "Rescoped",
    StepKind.NEW: "Later",
    StepKind.NOW: "Now",
}


@dataclass(frozen=True, slots=True)
class BridgeView:
    """One currency's bridge; ``rows`` stand beside the bars, ``causes`` are, by the place
    and word of each step, those who made it."""

    currency: str
    bars: Sequence[Mapping[str, Any]]
    zero: float
    says: str
    tone: str
    kpis: Sequence[Mapping[str, Any]]
    rows: Sequence[Sequence[Cell]]
    causes: Sequence[tuple[str, str, Sequence[Sequence[Cell]]]]
    notes: Sequence[str]


def bridge_view(rounds: Sequence[ApprovedRound]) -> BridgeView | None:
    """Rounds of one currency as one bridge; None without any."""
    if not rounds:
        return None
    currency = rounds[0].currency
    sums = {kind: _sum(rounds, kind) for kind in StepKind}
    sums[StepKind.NOW] = sum(one.recount.now_minor for one in rounds)
    causes = _causes(rounds)
    told = {place for place, *_ in causes}
    steps = [_step(kind, minor, currency, told) for kind, minor in sums.items()]
    return BridgeView(
        currency=currency,
        bars=bridge_bars(steps, currency),
        zero=zero_line(steps),
        says=_says(sums, currency),
        tone="bad" if sums[StepKind.NOW] < _granted(sums) else "good",
        kpis=_kpis(rounds, sums, currency),
        rows=[_row(kind, minor, currency, rounds) for kind, minor in sums.items()],
        causes=causes,
        notes=[note for one in rounds for note in _notes(one)],
    )


def _sum(rounds: Sequence[ApprovedRound], kind: StepKind) -> int:
    return sum(c.minor for one in rounds for c in one.recount.changes if c.kind is kind)


def _granted(sums: Mapping[StepKind, int]) -> int:
    """What was approved in all, at first and later."""
    return sums[StepKind.APPROVED] + sums[StepKind.NEW]


def _step(kind: StepKind, minor: int, currency: str, told: Collection[str]) -> Step:
    amount = Money(minor, currency)
    words = money(amount) if kind.is_total else signed(amount)
    place = _place(kind, currency)
    step = ClaimStep(kind.word, SHORT[kind], "", minor, is_total=kind.is_total)
    return Step(step, words, f"#{place}" if place in told else "", "")


def _place(kind: StepKind, currency: str) -> str:
    """Where the page tells who caused a step."""
    return f"{kind.value}-{currency.lower()}"


def _says(sums: Mapping[StepKind, int], currency: str) -> str:
    granted, now = _granted(sums), sums[StepKind.NOW]
    if now == granted:
        return "All that was approved still stands"
    change = signed(Money(now - granted, currency))
    if granted <= 0:
        return f"{change} since it was approved"
    share = percent(Decimal(now) / Decimal(granted), 0)
    return f"{change} since it was approved: {share} of it stands"


def _kpis(
    rounds: Sequence[ApprovedRound], sums: Mapping[StepKind, int], currency: str
) -> list[Mapping[str, Any]]:
    items = [item for one in rounds for item in one.items.values()]
    alive = [item for item in items if not item.is_stopped]
    measured = sum(item.is_measured for item in alive)
    return [
        _amount_kpi("Approved in all", Money(_granted(sums), currency)),
        _amount_kpi("Now", Money(sums[StepKind.NOW], currency)),
        {
            "label": "Measured",
            "value": measured,
            "unit": f"of {len(alive)}",
            "note": "initiatives that go on; the others stand with their approved effect",
        },
        {"label": "Stopped", "value": len(items) - len(alive), "unit": f"of {len(items)}"},
    ]


def _amount_kpi(label: str, amount: Money) -> Mapping[str, Any]:
    return {"label": label, "value": money_short(amount), "note": money(amount)}


_HOW = {
    StepKind.APPROVED: "The first approval of each cycle, without what was left out",
    StepKind.EVIDENCE: "Effects as measured at hurdles, weighed with the approved case",
    StepKind.STOPPED: "The plan counted again without what was stopped",
    StepKind.RESCOPED: "The plan counted again with the smaller options",
    StepKind.NEW: "Later rounds, counted beside what was approved before",
    StepKind.NOW: "What all that still stands is worth",
}


def _row(
    kind: StepKind, minor: int, currency: str, rounds: Sequence[ApprovedRound]
) -> Sequence[Cell]:
    count = sum(c.kind is kind for one in rounds for c in one.recount.changes)
    amount = Money(minor, currency)
    by = "" if kind is StepKind.NOW else counted(count, _NOUN.get(kind, "initiative"))
    return (
        {"text": kind.word, "href": f"#{_place(kind, currency)}" if count else None},
        {"text": money(amount) if kind.is_total else signed(amount)},
        {"text": by or "–"},
        {"text": _HOW[kind]},
    )


_NOUN = {StepKind.APPROVED: "round", StepKind.NEW: "round"}


def _causes(
    rounds: Sequence[ApprovedRound],
) -> list[tuple[str, str, Sequence[Sequence[Cell]]]]:
    found: list[tuple[str, str, Sequence[Sequence[Cell]]]] = []
    for kind in StepKind:
        rows = [
            _cause(one, change)
            for one in rounds
            for change in one.recount.changes
            if change.kind is kind
        ]
        if rows:
            found.append((_place(kind, rounds[0].currency), kind.word, rows))
    return found


def _cause(one: ApprovedRound, change: Change) -> Sequence[Cell]:
    """What changed, by whom, by how much, and the page that caused it."""
    amount = Money(change.minor, one.currency)
    item = one.items.get(change.key)
    if item is None:
        who = {"text": f"{one.cycle}, round {one.number}", "href": _proposal(one)}
    else:
        at = _caused_at(item, change.kind)
        href = (
            url_for("roadmap.gate", tranche_id=at)
            if at is not None
            else url_for("initiatives.show", key=item.key)
        )
        who = {"text": f"{item.key} {item.title}", "href": href}
    words = signed(amount) if item is not None else money(amount)
    return (who, {"text": one.cycle}, {"text": words})


def _caused_at(item: Approved, kind: StepKind) -> int | None:
    return {
        StepKind.EVIDENCE: item.evidence_at,
        StepKind.STOPPED: item.stopped_at,
        StepKind.RESCOPED: item.rescoped_at,
    }.get(kind)


def _proposal(one: ApprovedRound) -> str:
    return url_for("approvals.show", proposal_id=one.proposal_id)


def _notes(one: ApprovedRound) -> list[str]:
    """What can't be derived, and so isn't in the figures."""
    found = [note for item in one.items.values() for note in item.notes]
    found += [
        f"{key} was rescoped to an option that was not in the plan approved, so its value stands"
        " as it was."
        for key in one.recount.unknown
    ]
    return found
