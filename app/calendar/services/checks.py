"""What every change of the calendar checks first."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.calendar.models import Cycle
from app.calendar.rules import closed_bar
from app.errors import ConflictError, NotAllowedError

PERMISSION = "calendar.edit"


def check_permission(actor: Person) -> None:
    """Refuse everybody but Finance. Raises NotAllowedError."""
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only Finance sets cycles, budgets and capacities.")


def check_not_closed(cycle: Cycle) -> None:
    """Raises ConflictError for a closed cycle."""
    if bar := closed_bar(cycle.name, cycle.state):
        raise ConflictError(bar)


def check_version(
    cycle: Cycle,
    expected: int,
    *,
    theirs: Mapping[str, str],
    yours: Mapping[str, str],
) -> None:
    """Refuse a change of what somebody else has changed since it was read.

    Raises ConflictError with both versions, only the lines that differ.
    """
    if cycle.version != expected:
        different = {name for name in {*theirs, *yours} if theirs.get(name) != yours.get(name)}
        raise ConflictError(
            "Somebody else saved this while you worked on it, and yours was not saved. "
            "Compare both versions, then open the page again and enter what should hold.",
            theirs={name: value for name, value in theirs.items() if name in different},
            yours={name: value for name, value in yours.items() if name in different},
        )


def mark_changed(cycle: Cycle) -> None:
    """Give a cycle a new version although only its budgets or capacities have changed."""
    flag_modified(cycle, "name")
