"""Findings as the page shows them: figures in words, and where to act on each thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for

from app.reviews.rules.findings import (
    Finding,
    FindingKind,
    Item,
    PlaceKind,
    PortfolioFacts,
    Portion,
    Severity,
)
from app.values.share import whole_percents
from app.web.filters import counted, money_short, percent

MOST_ITEMS = 20
"""Rows of one finding on the page; the file has them all."""

STATES = {
    Severity.ACT: "bad",
    Severity.WATCH: "warn",
    Severity.UNKNOWN: "idle",
    Severity.HOLDS: "ok",
}
_TONES = {Severity.ACT: "poor", Severity.WATCH: "careful", Severity.HOLDS: "good"}
_NOTES = {
    Severity.ACT: "needs somebody now",
    Severity.WATCH: "to keep an eye on",
    Severity.UNKNOWN: "something is missing to judge it",
    Severity.HOLDS: "looked at and found in order",
}
_AT_STAKE = frozenset({FindingKind.JOURNEYS, FindingKind.BASELINES})

Cell = dict[str, str | None]
Address = tuple[str, str]
"""What to do, in words, and where."""


@dataclass(frozen=True, slots=True)
class ItemTable:
    """The things a finding is about; ``more`` are those left to the file."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: Sequence[int]
    more: int


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding ready to read; ``mix`` are rows of lens, planned cost and share."""

    finding: Finding
    state: str
    figure: str
    beside: str
    table: ItemTable
    mix: Sequence[Sequence[str]]
    lists_units: bool


@dataclass(frozen=True, slots=True)
class Acting:
    """What the person who looks may do, and where it hurts most by journey id."""

    may: Callable[[str], bool]
    worst: Mapping[int, int]


def by_severity(findings: Sequence[Finding], acting: Acting) -> dict[str, list[FindingView]]:
    """Findings in the order given: those to act on or watch, those not known, those that hold."""
    parts: dict[str, list[FindingView]] = {"open": [], "unknown": [], "holding": []}
    names = {Severity.UNKNOWN: "unknown", Severity.HOLDS: "holding"}
    for finding in findings:
        parts[names.get(finding.severity, "open")].append(_view(finding, acting))
    return parts


def severity_kpis(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """How many findings there are of each severity."""
    return [
        {
            "label": severity.word,
            "value": found,
            "note": _NOTES[severity],
            "tone": _TONES.get(severity) if found else None,
        }
        for severity in Severity
        for found in (sum(one.severity is severity for one in findings),)
    ]


def scope_words(facts: PortfolioFacts, cycle: str | None) -> str:
    """Which initiatives are looked at."""
    judged = counted(len(facts.judged), "initiative")
    if cycle is None:
        return f"{judged} in the portfolio, of all cycles"
    return f"{judged} of {cycle} in the portfolio"


def figure_words(finding: Finding) -> str:
    """The figure by which a finding is judged."""
    if finding.kind.definition.in_money:
        return ", ".join(_portion(one) for one in finding.portions) or "no figure yet"
    return finding.count.words


def act_address(finding: Finding, item: Item, acting: Acting) -> Address:
    """Where the person acts on one thing, or looks at it if they may not."""
    place, kind = item.place, finding.kind
    if place.kind is PlaceKind.UNIT:
        if acting.may("initiatives.edit"):
            return "Propose an initiative", url_for("initiatives.new", unit=place.key)
        return "Its initiatives", url_for("initiatives.index", unit=place.key)
    if place.kind is PlaceKind.HURDLE:
        return "Open the hurdle", url_for("roadmap.gate", tranche_id=place.id)
    if place.kind is PlaceKind.JOURNEY:
        return _journey_address(kind, item, acting)
    if kind in (FindingKind.NEEDS, FindingKind.BEHAVIOURS):
        return "Behaviours", url_for("initiatives.behaviours", key=place.key)
    if kind is FindingKind.OWNERS:
        if acting.may("initiatives.hand_over"):
            return "Hand over ownership", url_for("initiatives.handover", key=place.key)
        return "Overview", url_for("initiatives.show", key=place.key)
    if kind is FindingKind.GONE:
        return "Its hurdles", url_for("initiatives.milestones", key=place.key)
    return "Dependencies", url_for("initiatives.links", key=place.key)


def _journey_address(kind: FindingKind, item: Item, acting: Acting) -> Address:
    key, id_ = item.place.key, item.place.id
    if kind is FindingKind.BASELINES:
        return "Baselines", url_for("journeys.baselines", key=key)
    if kind is FindingKind.INTEGRATION:
        return "Its initiatives", url_for("initiatives.index", journey=key)
    if not acting.may("initiatives.edit"):
        return "Look at the journey", url_for("journeys.show", key=key)
    if id_ in acting.worst:
        at = acting.worst[id_]
        return (
            "Propose where it hurts most",
            url_for("initiatives.new_from_spot", journey_id=id_, at=at),
        )
    return "Propose an initiative", url_for("initiatives.new", journey=id_)


def _view(finding: Finding, acting: Acting) -> FindingView:
    return FindingView(
        finding=finding,
        state=STATES[finding.severity],
        figure=figure_words(finding),
        beside=_beside(finding),
        table=_table(finding, acting),
        mix=_mix(finding),
        lists_units=finding.kind is FindingKind.UNITS,
    )


def _mix(finding: Finding) -> list[tuple[str, str, str]]:
    """The parts of each currency's planned cost, whose shares add up as they are shown."""
    shares: dict[int, Decimal] = {}
    for currency in dict.fromkeys(one.whole.currency for _, one in finding.mix):
        at = [k for k, (_, one) in enumerate(finding.mix) if one.whole.currency == currency]
        shares |= dict(zip(at, whole_percents([finding.mix[k][1].share for k in at]), strict=True))
    return [
        (lens.word, money_short(one.part), percent(shares[k], 0))
        for k, (lens, one) in enumerate(finding.mix)
    ]


def _beside(finding: Finding) -> str:
    """The other figure: a share of what is counted, and the money on it."""
    if finding.kind.definition.in_money:
        return finding.count.words if finding.count.of else ""
    parts = [percent(finding.count.share, 0)] if finding.count.of else []
    parts += [
        f"{money_short(one.part)} of {money_short(one.whole)} planned cost"
        for one in finding.portions
        if one.part
    ]
    return ", ".join(parts)


def _portion(one: Portion) -> str:
    return f"{percent(one.share)} of {money_short(one.whole)}"


def _table(finding: Finding, acting: Acting) -> ItemTable:
    shown = finding.items[:MOST_ITEMS]
    has_money = any(item.money is not None for item in finding.items)
    head = ["What", "Why"]
    if has_money:
        head.append("Value at stake a year" if finding.kind in _AT_STAKE else "Planned cost")
    return ItemTable(
        head=[*head, "Where to act"],
        rows=[_row(finding, item, acting, has_money=has_money) for item in shown],
        numeric=(2,) if has_money else (),
        more=len(finding.items) - len(shown),
    )


def _row(finding: Finding, item: Item, acting: Acting, *, has_money: bool) -> list[Cell]:
    words, href = act_address(finding, item, acting)
    cells: list[Cell] = [
        {"text": item.name, "href": _own_page(item)},
        {"text": item.why, "href": None},
    ]
    if has_money:
        cells.append({"text": item.unknown or money_short(item.money), "href": None})
    return [*cells, {"text": words, "href": href}]


def _own_page(item: Item) -> str | None:
    place = item.place
    if place.kind is PlaceKind.UNIT:
        return None
    if place.kind is PlaceKind.JOURNEY:
        return url_for("journeys.show", key=place.key)
    return url_for("initiatives.show", key=place.key)
