"""What may be done with money, and what then holds, in the fewest words: a model to compare with.

It knows nothing of the application but the amounts of the tranches. Every act says whether it is
accepted; refused acts change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FINANCE = frozenset({"cfo", "cfo2"})
PLANS = frozenset({"manager", "owner", "stranger"})
OPEN = frozenset({"pending", "held"})


@dataclass
class Hurdle:
    """One tranche: who touched it, and where its money stands."""

    amount: int
    state: str = "pending"
    is_measured: bool = False
    was_held: bool = False


@dataclass
class MoneyModel:
    """A round: nothing, submitted, or approved into commitments of hurdles in order.

    ``is_late`` once the quarter is over in which some of the plan was to start.
    """

    round: str = "none"
    commitments: dict[str, list[Hurdle]] = field(default_factory=dict)
    is_late: bool = False

    def submit(self, who: str) -> bool:
        accepted = who == "lead" and self.round == "none" and not self.is_late
        return self._to("submitted", accepted)

    def withdraw(self, who: str) -> bool:
        return self._to("none", who == "lead" and self.round == "submitted")

    def send_back(self, who: str) -> bool:
        return self._to("none", who in FINANCE and self.round == "submitted")

    def approve(self, who: str) -> bool:
        accepted = who in FINANCE and self.round == "submitted" and not self.is_late
        return self._to("approved", accepted)

    def _to(self, state: str, accepted: bool) -> bool:
        if accepted:
            self.round = state
        return accepted

    def commit(self, amounts: Mapping[str, Sequence[int]]) -> None:
        """What the approval made of the plan."""
        self.commitments = {key: [Hurdle(amount) for amount in one] for key, one in amounts.items()}

    def measure(self, who: str, key: str, place: int) -> bool:
        hurdle = self.commitments[key][place]
        accepted = who in PLANS | {"lead"} and hurdle.state in OPEN
        hurdle.is_measured |= accepted
        return accepted

    def may_move(self, who: str, key: str, place: int) -> bool:
        return who in PLANS and self.commitments[key][place].state in OPEN

    def _may_decide(self, who: str, key: str, place: int) -> bool:
        earlier = self.commitments[key][:place]
        is_next = not any(one.state in OPEN for one in earlier)
        return who in FINANCE and is_next and self.commitments[key][place].state in OPEN

    def release(self, who: str, key: str, place: int) -> bool:
        hurdle = self.commitments[key][place]
        accepted = self._may_decide(who, key, place) and hurdle.is_measured
        if accepted:
            hurdle.state = "released"
        return accepted

    def hold(self, who: str, key: str, place: int) -> bool:
        hurdle = self.commitments[key][place]
        accepted = self._may_decide(who, key, place) and not hurdle.was_held
        if accepted:
            hurdle.state, hurdle.was_held = "held", True
        return accepted

    def stop(self, who: str, key: str, place: int) -> bool:
        accepted = self._may_decide(who, key, place)
        if accepted:
            for hurdle in self.commitments[key][place:]:
                hurdle.state = "freed"
        return accepted

    def balances(self) -> tuple[int, int, int]:
        """Minor units committed, released and freed."""
        every = [hurdle for one in self.commitments.values() for hurdle in one]

        def total(*states: str) -> int:
            return sum(hurdle.amount for hurdle in every if hurdle.state in states)

        return total("pending", "held"), total("released"), total("freed")
