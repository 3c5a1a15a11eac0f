"""What every change of a scenario checks first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.calendar.rules import CycleState
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.portfolio.models import Scenario
from app.portfolio.queries import count_candidates

EDIT = "scenarios.edit"
RUN = "runs.start"


def check_may_edit(actor: Person) -> None:
    """Raises NotAllowedError."""
    if not actor.may(EDIT):
        raise NotAllowedError("Only a CX lead or Finance builds scenarios.")


def check_may_run(actor: Person) -> None:
    """Raises NotAllowedError."""
    if not actor.may(RUN):
        raise NotAllowedError("Only a CX lead or Finance runs the optimizer.")


def check_cycle_is_open(scenario: Scenario) -> None:
    """Raises ConflictError for a scenario of a closed cycle."""
    if scenario.cycle.state is CycleState.CLOSED:
        raise ConflictError(
            f"{scenario.cycle.name} is closed; its scenarios stay as they were. "
            "Make a scenario in the next cycle."
        )


def check_size(session: Session, scenario: Scenario, most: int) -> None:
    """Refuse what a page should not wait for, before anything is loaded. Raises InvalidError."""
    count = count_candidates(session, scenario.cycle_id)
    if count > most:
        raise InvalidError(
            f"This cycle has {count:,} candidates; a scenario chooses from at most {most:,}. "
            "Withdraw some, solve them as a problem file on the command line, or have an admin "
            "raise PAGE_INITIATIVES."
        )


def check_version(
    scenario: Scenario,
    expected: int,
    *,
    theirs: Mapping[str, str],
    yours: Mapping[str, str],
) -> None:
    """Refuse a change of what somebody else has changed since it was read.

    Raises ConflictError with the lines in which both versions differ.
    """
    if scenario.version == expected:
        return
    names = [*theirs, *(name for name in yours if name not in theirs)]
    different = [name for name in names if theirs.get(name) != yours.get(name)]
    raise ConflictError(
        "Somebody else changed this scenario while you worked on it, and yours was not saved. "
        "Compare both versions, then open the scenario again and enter what should hold.",
        theirs={name: theirs.get(name, "") for name in different},
        yours={name: yours.get(name, "") for name in different},
    )


def check_open(
    scenario: Scenario,
    expected_version: int,
    actor: Person,
    *,
    theirs: Mapping[str, str],
    yours: Mapping[str, str],
) -> None:
    """Everything a change of a scenario needs. Raises NotAllowedError, ConflictError."""
    check_may_edit(actor)
    check_cycle_is_open(scenario)
    check_version(scenario, expected_version, theirs=theirs, yours=yours)


def touch(scenario: Scenario, *, actor: Person, now: datetime) -> None:
    """Give the scenario a new version, also when only its limits, pins or rules changed."""
    scenario.changed_by = actor
    scenario.changed_at = now
    flag_modified(scenario, "changed_at")
