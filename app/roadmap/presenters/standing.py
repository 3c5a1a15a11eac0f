"""Where commitments stand today: the state of each hurdle and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.approvals.rules import CommitmentState
from app.roadmap.queries.timeline import TimelineCommitment, TimelineHurdle
from app.roadmap.rules import (
    HurdleAction,
    HurdleFacts,
    HurdleState,
    hurdle_state,
    recommended_action,
)
from app.roadmap.rules.needed import LostNeed

_AT_RISK, _MISSED = HurdleState.AT_RISK, HurdleState.MISSED


@dataclass(frozen=True, slots=True)
class Standing:
    """A commitment with its hurdles' states today.

    ``following`` is the first hurdle that is not decided; ``waits`` says that its figures are
    there and somebody has to decide. ``lost_needs`` is what the work needs and no longer gets.
    """

    commitment: TimelineCommitment
    states: tuple[HurdleState, ...]
    following: TimelineHurdle | None
    state: HurdleState | None
    waits: bool
    lost_needs: tuple[LostNeed, ...] = ()

    @property
    def is_in_trouble(self) -> bool:
        """Whether a hurdle that is still open is at risk or missed."""
        for hurdle, state in zip(self.commitment.hurdles, self.states, strict=True):
            if (state is _AT_RISK or state is _MISSED) and hurdle.is_open:
                return True
        return False


def standings(
    commitments: Iterable[TimelineCommitment],
    today: date,
    lost: Mapping[str, tuple[LostNeed, ...]] | None = None,
) -> list[Standing]:
    """Each commitment as it stands; ``lost``: what is needed and gone, by key."""
    found = [_standing(commitment, today) for commitment in commitments]
    if not lost:
        return found
    return [
        replace(one, lost_needs=lost.get(one.commitment.key, ()))
        if one.commitment.state is CommitmentState.ACTIVE
        else one
        for one in found
    ]


def _standing(commitment: TimelineCommitment, today: date) -> Standing:
    states = tuple(hurdle_state(hurdle.facts, today) for hurdle in commitment.hurdles)
    place = next((i for i, hurdle in enumerate(commitment.hurdles) if hurdle.is_open), None)
    if place is None:
        return Standing(commitment, states, None, None, waits=False)
    following = commitment.hurdles[place]
    return Standing(
        commitment,
        states,
        following,
        states[place],
        waits=waits_for_decision(following.facts, today),
    )


def waits_for_decision(facts: HurdleFacts, today: date) -> bool:
    """Whether the figures say to release or to stop, so that waiting no longer helps."""
    if not facts.is_open or (not facts.measurements and facts.held_on is None):
        return False
    return recommended_action(facts, today) is not HurdleAction.HOLD
