"""What changed since the round before that counts, and what was said about that one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.approvals.models import Proposal
from app.approvals.rules import FrozenProposal, ProposalState
from app.approvals.rules.remaining import Worth
from app.approvals.rules.rounds import round_changes
from app.values.money import Money
from app.web.filters import counted, day

_ENDED = {
    ProposalState.APPROVED: "approved",
    ProposalState.RETURNED: "returned",
    ProposalState.SUBMITTED: "submitted",
}


@dataclass(frozen=True, slots=True)
class Since:
    """Differences of what would be decided, or was, to the earlier round; ``compared`` says to
    what of both. ``title`` heads them."""

    title: str
    compared: str
    spend: Money
    value: Money
    rows: Sequence[tuple[str, str, str]]
    said: str | None


def remaining_part(
    frozen: FrozenProposal, gone: Collection[str], worth: Mapping[str, Worth]
) -> FrozenProposal:
    """A proposal as if what is ``gone`` had never been in it, worth what the rest is worth."""
    return replace(
        frozen,
        items=tuple(
            replace(item, value_allocated_minor=worth[item.key].allocated)
            for item in frozen.items
            if item.key not in gone
        ),
    )


def since_round(earlier: Proposal, before: FrozenProposal, now: FrozenProposal, out: int) -> Since:
    """Compare what of ``earlier`` counted with what of this round would; ``out`` is left out."""
    changes = round_changes(before, now)
    decision = earlier.decision
    ended = _ENDED.get(earlier.state, earlier.state.value)
    on = decision.decided_at if decision else earlier.submitted_at
    left = sum(item.is_struck for item in earlier.items)
    then = f"round {earlier.round}, {ended} on {day(on.date())}"
    then += f" without {counted(left, 'item')}" if left else ""
    here = f"what remains of this round without {counted(out, 'item')}" if out else "this round"
    return Since(
        title=f"Since round {earlier.round}",
        compared=f"Compared is {here} against {then}.",
        spend=Money(changes.spend_minor, now.cycle.currency),
        value=Money(changes.value_minor, now.cycle.currency),
        rows=[(one.key, one.title, one.words) for one in changes.items],
        said=(decision.reason if decision else None) or None,
    )


def on_top_of(earlier: Proposal, now: FrozenProposal) -> Since:
    """What this round adds to one that was approved: nothing of that is given up by asking more."""
    left = {item.initiative.key for item in earlier.items if item.is_struck}
    kept = counted(len(earlier.items) - len(left), "item")
    on = earlier.decision.decided_at if earlier.decision else earlier.submitted_at
    currency = now.cycle.currency
    again = f"Asked again; left out of round {earlier.round}"
    return Since(
        title=f"On top of round {earlier.round}",
        compared=f"Round {earlier.round} was approved on {day(on.date())}: its {kept} stay"
        " committed and are not asked for again.",
        spend=Money(now.spend_minor, currency),
        value=Money(now.value_minor, currency),
        rows=[(item.key, item.title, again if item.key in left else "New") for item in now.items],
        said=(earlier.decision.reason if earlier.decision else None) or None,
    )
