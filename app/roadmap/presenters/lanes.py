"""Group funded initiatives into lanes and say what each quarter asks of a lane."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.approvals.rules import CommitmentState
from app.roadmap.engine.timeline import Lane, Load
from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import load_percent, sums
from app.roadmap.queries.load import FundWork, QuarterMoney, TeamQuarter, TeamWork
from app.roadmap.queries.timeline import TimelineCommitment
from app.values.money import Money
from app.values.quarter import Quarter
from app.web.filters import money_short, number
from app.web.filters import quarter as quarter_words
from app.web.guards import costs_are_hidden

Placed = list[tuple[str, Standing]]
"""Standings with the key of the lane they lie in; one may lie in several."""


@dataclass(frozen=True, slots=True)
class LaneSet:
    """Lanes in order, what lies in them, and what their load counts; empty where none is shown."""

    lanes: Sequence[Lane]
    placed: Placed
    load_words: str

    def of_what_is_shown(self) -> LaneSet:
        """The same, said to count only what the filters leave."""
        if not self.load_words:
            return self
        return replace(self, load_words=f"{self.load_words}, of what is shown")


def journey_lanes(
    shown: Sequence[Standing],
    money: Mapping[str | None, Sequence[QuarterMoney]],
    address: Callable[[str], str | None],
) -> LaneSet:
    """A lane a journey, by name; ``address`` gives the page of a journey by its key."""

    def lane_of(one: TimelineCommitment) -> tuple[str, str]:
        return one.journey_key or "", one.journey or "No journey"

    return _money_lanes(shown, {key or "": rows for key, rows in money.items()}, lane_of, address)


def unit_lanes(
    shown: Sequence[Standing], money: Mapping[str | None, Sequence[QuarterMoney]]
) -> LaneSet:
    """A lane an organisation unit, by name."""

    def lane_of(one: TimelineCommitment) -> tuple[str, str]:
        return one.unit, one.unit or "No unit"

    return _money_lanes(shown, {key or "": rows for key, rows in money.items()}, lane_of)


def owner_lanes(shown: Sequence[Standing], money: Mapping[int, Sequence[QuarterMoney]]) -> LaneSet:
    """A lane a person, by name, with the initiatives they own."""

    def lane_of(one: TimelineCommitment) -> tuple[str, str]:
        return str(one.owner_id), one.owner

    return _money_lanes(shown, {str(id_): rows for id_, rows in money.items()}, lane_of)


def fund_lanes(shown: Sequence[Standing], funds: Sequence[FundWork]) -> LaneSet:
    """A lane a fund with everything it pays for, then what costs nothing."""
    lanes: list[Lane] = []
    placed: Placed = []
    paid: set[int] = set()
    for fund in funds:
        members = [one for one in shown if one.commitment.id in fund.commitments]
        note = _fund_note(members, fund)
        lanes.append(Lane(str(fund.id), fund.name, note, _money_loads(fund.quarters)))
        placed += [(str(fund.id), member) for member in members]
        paid |= fund.commitments
    free = [one for one in shown if one.commitment.id not in paid]
    lanes.append(Lane("", "No fund", str(len(free)), {}))
    return LaneSet(lanes, [*placed, *(("", one) for one in free)], _money_words())


def _fund_note(members: Iterable[Standing], fund: FundWork) -> str:
    """How many of a fund's still run and what they take from it, for who may see that."""
    running = sum(one.commitment.state is not CommitmentState.STOPPED for one in members)
    if not running:
        return "stopped"
    amounts = [(row.currency, row.amount_minor) for row in fund.quarters]
    return str(running) if costs_are_hidden() else f"{running} · {sums(amounts)}"


def _money_words() -> str:
    return "" if costs_are_hidden() else "Committed per quarter"


def _money_lanes(
    shown: Sequence[Standing],
    money: Mapping[str, Sequence[QuarterMoney]],
    lane_of: Callable[[TimelineCommitment], tuple[str, str]],
    address: Callable[[str], str | None] | None = None,
) -> LaneSet:
    groups: dict[tuple[str, str], list[Standing]] = {}
    for standing in shown:
        groups.setdefault(lane_of(standing.commitment), []).append(standing)
    lanes, placed = [], []
    for key, title in sorted(groups, key=lambda lane: (not lane[0], lane[1].casefold())):
        members = groups[key, title]
        href = address(key) if address and key else None
        lanes.append(Lane(key, title, _note(members), _money_loads(money.get(key, ())), href))
        placed += [(key, member) for member in members]
    return LaneSet(lanes, placed, _money_words())


def _note(members: Iterable[Standing]) -> str:
    """How many of a lane still run and what was approved for them, for who may see that."""
    amounts = [
        (standing.commitment.currency, standing.commitment.amount_minor)
        for standing in members
        if standing.commitment.state is not CommitmentState.STOPPED
    ]
    if amounts and costs_are_hidden():
        return str(len(amounts))
    return f"{len(amounts)} · {sums(amounts)}" if amounts else "stopped"


def _money_loads(rows: Sequence[QuarterMoney]) -> dict[Quarter, Load]:
    """Loads against the lane's largest quarter; none where currencies mix.

    None for who may not see money either: the length of a bar tells as much as its label.
    """
    if costs_are_hidden() or len({row.currency for row in rows}) != 1:
        return {}
    largest = max(row.amount_minor for row in rows)
    loads = {}
    for row in rows:
        amount = money_short(Money(row.amount_minor, row.currency))
        title = f"{quarter_words(row.quarter)}: {amount} committed"
        share = row.amount_minor / largest if largest else 0.0
        loads[row.quarter] = Load(share, amount, title, has_limit=False)
    return loads


def team_lanes(shown: Sequence[Standing], work: Sequence[TeamWork]) -> LaneSet:
    """A lane a team with everything it works on, then what no team works on."""
    lanes: list[Lane] = []
    placed: Placed = []
    busy: set[int] = set()
    for team in work:
        members = [one for one in shown if one.commitment.id in team.commitments]
        loads = {one.quarter: _team_load(one) for one in team.quarters}
        lanes.append(Lane(str(team.id), team.name, str(len(members)), loads))
        placed += [(str(team.id), member) for member in members]
        busy |= team.commitments
    idle = [one for one in shown if one.commitment.id not in busy]
    lanes.append(Lane("", "No team", str(len(idle)), {}))
    return LaneSet(lanes, [*placed, *(("", one) for one in idle)], "Team load per quarter")


def _team_load(one: TeamQuarter) -> Load:
    when, asked = quarter_words(one.quarter), number(one.demanded.normalize())
    if not one.available:
        return Load(2.0, f"{asked} d", f"{when}: {asked} person-days, none available")
    share: Decimal = one.demanded / one.available
    word = load_percent(share)
    left = number(one.available.normalize())
    return Load(float(share), word, f"{when}: {word}, {asked} of {left} person-days")
