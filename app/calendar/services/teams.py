"""Teams, their day rates and the days they have for initiatives in a cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle, Team, TeamCapacity
from app.calendar.rules import capacity_cell, key_fault
from app.calendar.services.checks import (
    check_not_closed,
    check_permission,
    check_version,
    mark_changed,
)
from app.errors import ConflictError, InvalidError
from app.values.money import Money
from app.values.quarter import Quarter

MOST_DAYS = Decimal(100_000)
"""More person-days a quarter than a team of 1,500 has; beyond it a figure is a mistake."""

Capacities = Mapping[tuple[str, Quarter], Decimal | None]


def add_team(
    session: Session, *, key: str, name: str, day_rate: Money, actor: Person, now: datetime
) -> Team:
    """Add a team. Raises InvalidError."""
    check_permission(actor)
    faults = _team_faults(session, name, day_rate, besides=None)
    if fault := key_fault(key):
        faults["key"] = fault
    elif session.scalar(select(Team.id).where(Team.key == key)) is not None:
        faults["key"] = "Another team has this key already."
    if faults:
        raise InvalidError("The team cannot be added.", fields=faults)
    team = Team(
        key=key, name=name.strip(), day_rate_minor=day_rate.minor, currency=day_rate.currency
    )
    session.add(team)
    session.flush()
    record(
        session, actor=actor, action="team.created", subject=f"team:{team.id}",
        after=_described(team), now=now,
    )  # fmt: skip
    return team


def edit_team(
    session: Session,
    team: Team,
    *,
    name: str,
    day_rate: Money,
    seen: tuple[str, Money],
    actor: Person,
    now: datetime,
) -> None:
    """Change a team's name and day rate; ``seen`` is what stood there when the person began.

    Raises InvalidError, and ConflictError with both versions when somebody else saved it.
    """
    check_permission(actor)
    if seen != (team.name, Money(team.day_rate_minor, team.currency)):
        raise ConflictError(
            "Somebody else saved this team while you worked on it, and yours was not saved.",
            theirs=_described(team),
            yours={"Name": name.strip(), "Day rate": str(day_rate)},
        )
    faults = _team_faults(session, name, day_rate, besides=team)
    if faults:
        raise InvalidError("The team cannot be changed.", fields=faults)
    before = _described(team)
    team.name, team.day_rate_minor = name.strip(), day_rate.minor
    team.currency = day_rate.currency
    session.flush()
    record(
        session, actor=actor, action="team.changed", subject=f"team:{team.id}",
        before=before, after=_described(team), now=now,
    )  # fmt: skip


def set_capacities(
    session: Session,
    cycle: Cycle,
    capacities: Capacities,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Set the person-days of teams by team key and quarter; ``cycle`` is loaded whole.

    A team whose days are all None takes no part in the cycle; otherwise every quarter needs a
    figure. Raises InvalidError by cell, ConflictError when closed or saved by somebody else.
    """
    check_permission(actor)
    check_not_closed(cycle)
    teams = {team.key: team for team in session.scalars(select(Team))}
    before = _described_days(cycle)
    check_version(cycle, expected_version, theirs=before, yours=_typed_days(teams, capacities))
    faults = _capacity_faults(cycle, teams, capacities)
    if faults:
        raise InvalidError("Some capacities cannot be saved.", fields=faults)
    stored = {(row.team.key, row.quarter): row for row in cycle.capacities}
    for cell, row in stored.items():
        if cell[1] not in cycle.quarters or capacities.get(cell, row.available_days) is None:
            cycle.capacities.remove(row)
            session.delete(row)
    for (key, quarter), days in capacities.items():
        if days is None:
            continue
        if (key, quarter) in stored:
            stored[key, quarter].available_days = days
        else:
            cycle.capacities.append(
                TeamCapacity(team=teams[key], quarter=quarter, available_days=days)
            )
    _record_difference(session, cycle, before, actor=actor, now=now)


def _record_difference(
    session: Session, cycle: Cycle, before: dict[str, str], *, actor: Person, now: datetime
) -> None:
    after = _described_days(cycle)
    changed = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    if not changed:
        return
    mark_changed(cycle)
    session.flush()
    record(
        session, actor=actor, action="cycle.capacities_set", subject=f"cycle:{cycle.id}",
        before={name: before.get(name, "none") for name in changed},
        after={name: after.get(name, "none") for name in changed}, now=now,
    )  # fmt: skip


def _team_faults(
    session: Session, name: str, day_rate: Money, *, besides: Team | None
) -> dict[str, str]:
    faults = {}
    if not name.strip():
        faults["name"] = "Give the team a name."
    elif _name_is_taken(session, name, besides=besides):
        faults["name"] = "Another team has this name already."
    if day_rate.minor < 0:
        faults["day_rate"] = "A day rate cannot be negative."
    elif day_rate.amount > 100_000:
        faults["day_rate"] = "No day costs that much; enter the rate of one person for one day."
    return faults


def _name_is_taken(session: Session, name: str, *, besides: Team | None) -> bool:
    """Compared here, since databases differ in which letters they know as small and capital."""
    wanted = name.strip().casefold()
    return any(
        one.name.casefold() == wanted for one in session.scalars(select(Team)) if one is not besides
    )


def _capacity_faults(
    cycle: Cycle, teams: Mapping[str, Team], capacities: Capacities
) -> dict[str, str]:
    taking_part = {key for (key, _), days in capacities.items() if days is not None}
    faults = {}
    for (key, quarter), days in capacities.items():
        cell = capacity_cell(key, quarter)
        if key not in teams or quarter not in cycle.quarters:
            faults[cell] = f"{key} has no place in {quarter}; reload the page."
        elif days is None and key in taking_part:
            faults[cell] = "Enter 0 if the team has no days in this quarter."
        elif days is not None and days < 0:
            faults[cell] = "Days cannot be negative."
        elif days is not None and days > MOST_DAYS:
            faults[cell] = f"No team has that many days; enter at most {MOST_DAYS:,}."
    return faults


def _described(team: Team) -> dict[str, str]:
    rate = Money(team.day_rate_minor, team.currency)
    return {"Name": team.name, "Day rate": str(rate)}


def _described_days(cycle: Cycle) -> dict[str, str]:
    return {f"{c.team.name}, {c.quarter}": _days(c.available_days) for c in cycle.capacities}


def _typed_days(teams: Mapping[str, Team], capacities: Capacities) -> dict[str, str]:
    return {
        f"{teams[key].name if key in teams else key}, {quarter}": _days(days)
        for (key, quarter), days in capacities.items()
        if days is not None
    }


def _days(days: Decimal) -> str:
    return f"{days.normalize():f} days"
