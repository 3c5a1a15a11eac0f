"""The home page's parts, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.approvals.models import Proposal
from app.approvals.queries import CycleMoney
from app.calendar.models import Cycle
from app.comments.queries import MentionLine
from app.journeys.rules import is_hot_spot
from app.reporting.queries import GateLine, HotSpot, InitiativeLine, PoolLine, WaitingProposal
from app.reporting.rules import STEPS, FirstCycle, Place, StepState, step_state
from app.roadmap.queries.amendments import WaitingLine
from app.roadmap.rules.wanted import evidence_words
from app.values.money import Money
from app.values.written import day_words
from app.web.filters import counted, moment, money

SOON = timedelta(days=45)
MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: what, where it leads, a note, and a state with its word."""

    title: str
    href: str
    note: str
    kind: str
    word: str


def cycle_clock(cycle: Cycle, today: date) -> list[tuple[str, str]]:
    """How far the cycle is, as names and values."""
    gone, whole = (today - cycle.starts_on).days + 1, (cycle.ends_on - cycle.starts_on).days + 1
    return [
        ("Cycle", f"{cycle.name}, {cycle.state.word.lower()}"),
        ("Day", f"{min(max(gone, 0), whole)} of {whole}"),
        ("Ends", f"{day_words(cycle.ends_on)}"),
        ("Plans", f"{cycle.quarters.first} to {cycle.quarters.last}"),
    ]


@dataclass(frozen=True, slots=True)
class HotLine:
    """A touchpoint that hurts; ``level`` is its step on the pain scale, 0 to 7."""

    title: str
    href: str
    note: str
    pain: int
    level: int


def hot_spot_lines(spots: list[HotSpot], href: str) -> list[HotLine]:
    """The worst hot spots no live initiative changes; ``href`` leads to a journey's key."""
    return [
        HotLine(
            f"{spot.stage_name}, {spot.channel.word.lower()}",
            f"{href}/{spot.journey_key}?at={spot.touchpoint_id}",
            spot.journey_name,
            spot.pain,
            min(spot.pain * 8 // 100, 7),
        )
        for spot in spots
        if not spot.is_acted_on and is_hot_spot(spot.pain)
    ][:MOST_ROWS]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the first cycle; ``href`` is None where it can't be taken yet or not by them."""

    title: str
    why: str
    who: str
    href: str | None
    kind: str
    word: str


def step_lines(
    found: FirstCycle, may: Callable[[str], bool], address: Callable[[Place], str]
) -> list[StepLine]:
    """The way to the first approval; the steps this person can take now lead to their pages."""
    lines = []
    for key, step in STEPS.items():
        state = step_state(key, found)
        kind, word = _STEP_WORDS[state]
        href = None
        if state is StepState.NEXT and may(step.permission):
            href, kind, word = address(step.place(found)), "accent", "yours now"
        lines.append(StepLine(step.title, step.why, step.who, href, kind, word))
    return lines


_STEP_WORDS = {
    StepState.DONE: ("ok", "done"),
    StepState.NEXT: ("review", "can be done"),
    StepState.LATER: ("notdue", "later"),
}


def mention_lines(lines: Sequence[MentionLine], href: str) -> list[Line]:
    """Comments that mention the person and are not read yet."""
    return [
        Line(
            line.on.title, f"{href}/{line.comment_id}", f"{line.who}, {moment(line.at)}",
            "accent", "unread",
        )
        for line in lines
    ]  # fmt: skip


_STATE_KINDS = {"draft": "draft", "submitted": "review", "certified": "ok", "candidate": "accent"}


def initiative_lines(lines: list[InitiativeLine], href: str) -> list[Line]:
    """Initiatives with what each needs next."""
    return [
        Line(
            f"{line.key} {line.title}",
            f"{href}/{line.key}",
            line.next_step,
            _STATE_KINDS.get(line.state.value, "ok"),
            line.state.word.lower(),
        )
        for line in lines
    ]


def pool_lines(lines: list[PoolLine], href: str) -> list[Line]:
    """Pools with what they claim."""
    return [
        Line(
            f"{line.journey_name}: {line.lever.word.lower()}",
            f"{href}/{line.journey_key}/pools",
            f"{money(Money(line.annual_value_minor, line.currency))} a year claimed",
            "review",
            "to certify",
        )
        for line in lines
    ][:MOST_ROWS]


def proposal_lines(proposals: list[WaitingProposal], href: str) -> list[Line]:
    """Proposals that wait, with the sum they ask."""
    return [
        Line(
            f"{proposal.cycle}, round {proposal.round}",
            f"{href}/{proposal.id}",
            f"{counted(proposal.count, 'initiative')}, {money(proposal.asked)} asked"
            f"{_signed(proposal)}",
            "review",
            "second signature" if proposal.signed_by else "waiting",
        )
        for proposal in proposals
    ]


def _signed(proposal: WaitingProposal) -> str:
    return f" · signed first by {proposal.signed_by}" if proposal.signed_by else ""


def returned_lines(proposals: Sequence[Proposal], href: str) -> list[Line]:
    """Proposals that came back, with who said what should change."""
    return [
        Line(
            f"{one.cycle.name}, round {one.round}",
            f"{href}/{one.id}",
            f"{one.decision.decided_by.name}: {one.decision.reason}",
            "missed",
            "returned",
        )
        for one in proposals
        if one.decision is not None
    ]


def amendment_lines(amendments: list[WaitingLine], href: str) -> list[Line]:
    """Amendments of criteria that this person may decide."""
    return [
        Line(
            f"{one.key} {one.metric}",
            f"{href}/{one.tranche_id}/amendments/{one.id}",
            f"{one.milestone} · {one.asked_by} asked on {day_words(one.asked_on)}"
            + (f" · {late}" if (late := evidence_words(one.evidence_on)) else ""),
            "review",
            "waiting",
        )
        for one in amendments
    ]


def gate_lines(gates: list[GateLine], href: str, today: date) -> list[Line]:
    """Open hurdles, the late ones first."""
    return [
        Line(
            f"{gate.key} {gate.milestone}",
            f"{href}/{gate.tranche_id}",
            f"{gate.title} · {_due(gate, today)} · holds {money(gate.amount)}"
            f"{_gone(gate)}{_hands(gate)}",
            *_gate_state(gate, today),
        )
        for gate in gates
    ]


def _gone(gate: GateLine) -> str:
    return f" · needs {gate.gone}, which is gone" if gate.gone else ""


def _hands(gate: GateLine) -> str:
    return " · yours now or before, so somebody else decides" if gate.is_theirs else ""


def _due(gate: GateLine, today: date) -> str:
    days = (gate.due_on - today).days
    if days < 0:
        return f"was due {day_words(gate.due_on)}, {-days} days ago"
    return f"due {day_words(gate.due_on)}" if days else "due today"


def _gate_state(gate: GateLine, today: date) -> tuple[str, str]:
    if gate.is_measured and gate.open_conditions:
        return "risk", "condition open"
    if gate.is_measured:
        return "review", "to decide"
    if gate.due_on < today:
        return "missed", "evidence missing"
    return "risk", f"{gate.measured} of {gate.criteria} measured"


def _freed_note(cycle: CycleMoney) -> str:
    """What all cycles gave back; what of it can be planned again stands on its own page."""
    if not cycle.freed_ever:
        return "of it, given back by hurdles"
    ever = money(Money(cycle.freed_ever, cycle.currency))
    return f"of it; {ever} in all cycles. How much can be planned again is under Capital freed"


@dataclass(frozen=True, slots=True)
class MoneyStrip:
    """A cycle's money as key figures."""

    title: str
    items: list[dict[str, object]]


def money_strip(cycle: CycleMoney) -> MoneyStrip:
    """Budget and approved money of a cycle; approved is released, still held and freed together."""
    total, currency = cycle.total, cycle.currency
    figures = (
        ("Budget", cycle.budget_minor, "of this cycle’s quarters"),
        ("Approved", total.approved, "released, held and freed together"),
        ("Released", total.released, "of it, by passed hurdles"),
        ("Still held", total.committed, "of it, by open hurdles"),
        ("Capital freed", total.freed, _freed_note(cycle)),
    )
    return MoneyStrip(
        f"Money of {cycle.name}",
        [
            {"label": label, "value": Money(minor, currency), "note": note}
            for label, minor, note in figures
        ],
    )
