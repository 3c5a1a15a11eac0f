"""Four hands: who had a part in a proposal never decides about its money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.approvals.rules.states import HandKind


@dataclass(frozen=True, slots=True)
class Hand:
    """One part one person had in a proposal: on an initiative's key, a scenario's name, or the
    approval limit of a person."""

    person_id: int
    part: HandKind
    subject: str


def hands_of(person_id: int, hands: Iterable[Hand]) -> list[str]:
    """What the person did themselves, as it follows "you": ``you own CX-104 and CX-110``."""
    own = [hand for hand in hands if hand.person_id == person_id]
    # Owning or proposing an initiative says enough; that one changed it as well goes without.
    named = {hand.subject for hand in own if hand.part in (HandKind.OWNS, HandKind.CREATED)}
    found = []
    for part, verb in _VERBS.items():
        subjects = sorted({hand.subject for hand in own if hand.part is part})
        if part is HandKind.CHANGED:
            subjects = [subject for subject in subjects if subject not in named]
        if subjects:
            found.append(f"you {verb} {_subjects(part, subjects)}{_ENDINGS.get(part, '')}")
    return found


def _subjects(part: HandKind, subjects: Sequence[str]) -> str:
    if part is HandKind.SUBMITTED:
        return "it"
    quoted = part in (HandKind.CHANGED_SCENARIO, HandKind.CHANGED_SOURCE)
    named = [f"“{subject}”" if quoted else subject for subject in subjects]
    if len(named) > 4:
        named = [*named[:3], f"{len(named) - 3} more"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


_VERBS = {
    HandKind.SUBMITTED: "submitted",
    HandKind.OWNS: "own",
    HandKind.CREATED: "proposed",
    HandKind.CHANGED: "changed",
    HandKind.CHANGED_SCENARIO: "changed the scenario",
    HandKind.CHANGED_SOURCE: "changed the scenario",
    HandKind.CHANGED_SINCE: "changed",
    HandKind.SET_LIMITS: "set the approval limit of",
}
_ENDINGS = {
    HandKind.CHANGED_SOURCE: " that this one was copied from",
    HandKind.CHANGED_SINCE: " since it was submitted",
}
