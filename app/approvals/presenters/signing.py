"""Who has to sign an approval, in words: the limit of whoever looks, and who signed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.approvals.models import ApprovalLimit, ApprovalSignature, DecisionCondition, Proposal
from app.approvals.queries import Ground
from app.approvals.rules.limits import LimitSet, Terms, limit_of, needs_second, present_limits
from app.approvals.rules.limits import read_terms as terms_signed
from app.values.money import Money
from app.web.filters import day, moment, money


@dataclass(frozen=True, slots=True)
class FirstSignature:
    """The first of two signatures as the page shows it; ``terms`` say in words what was signed."""

    name: str
    when: str
    terms: str
    reason: str


@dataclass(frozen=True, slots=True)
class Signing:
    """How far the approval of whoever looks reaches.

    ``verb`` stands on the button; ``bar`` says why they can't press it; ``first`` is the signature
    of somebody else that counts.
    """

    words: str
    verb: str
    bar: str | None
    first: FirstSignature | None


def first_of(ground: Ground, person_id: int) -> ApprovalSignature | None:
    """The first signature that counts and isn't the person's own."""
    return next((one for one in ground.signatures if one.person_id != person_id), None)


def signing_of(
    proposal: Proposal, ground: Ground, terms: Terms, asked: Money, person_id: int
) -> Signing:
    """What approving ``asked`` under ``terms`` takes of the person."""
    most = limit_of(person_id, ground.limits)
    first = first_of(ground, person_id)
    shown = signature_words(proposal, first) if first else None
    if most is None:
        words = f"No approval limit is set for you in {proposal.currency}: you approve alone."
        return Signing(words, "Approve", None, shown)
    limit = money(Money(most, proposal.currency))
    if not needs_second(asked.minor, most):
        return Signing(f"Within your approval limit of {limit}.", "Approve", None, shown)
    above = f"Above your approval limit of {limit}"
    if first is not None and first.terms_digest == terms.digest:
        words = f"{above}: {first.person.name} signed the same terms, so your approval decides."
        return Signing(words, "Approve", None, shown)
    if first is not None:
        words = f"{above}: you approve what {first.person.name} signed, or return the proposal."
        return Signing(words, "Approve", None, shown)
    own = next((one for one in ground.signatures if one.person_id == person_id), None)
    if own is not None:
        bar = f"You signed {moment(own.signed_at)}. A second approver signs the same terms."
        return Signing(f"{above}.", "Approve", bar, None)
    words = f"{above}: yours is the first signature, and a second approver signs the same terms."
    return Signing(words, "Sign", None, None)


def signature_words(proposal: Proposal, one: ApprovalSignature) -> FirstSignature:
    """A signature with its terms in words."""
    keys = {item.id: item.initiative.key for item in proposal.items}
    return FirstSignature(
        one.person.name, moment(one.signed_at), terms_signed(one.terms).words(keys), one.reason
    )


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """A condition of the decision; ``settled`` says how, by whom and when, None while open."""

    id: int
    text: str
    about: str
    due: str
    kind: str
    word: str
    settled: str | None


def condition_lines(conditions: Sequence[DecisionCondition], today: date) -> list[ConditionLine]:
    """Rows of the conditions in the order typed."""
    return [condition_line(one, today) for one in conditions]


def condition_line(one: DecisionCondition, today: date) -> ConditionLine:
    done = one.settlement
    is_late = done is None and one.due_on is not None and one.due_on < today
    kind, word = ("ok", "Settled") if done else ("bad", "Late") if is_late else ("warn", "Open")
    return ConditionLine(
        id=one.id,
        text=one.text,
        about=one.item.initiative.key if one.item else "The whole plan",
        due=day(one.due_on) if one.due_on else "–",
        kind=kind,
        word=word,
        settled=f"{done.note} ({done.settled_by.name}, {moment(done.settled_at)})"
        if done
        else None,
    )


def limit_rows(
    approvers: Sequence[tuple[int, str]], limits: Sequence[LimitSet], currency: str
) -> list[tuple[str, str, str]]:
    """Name, limit and since when of everybody who approves."""
    present = present_limits(limits)
    return [_limit_row(name, present.get(id_), currency) for id_, name in approvers]


def _limit_row(name: str, one: LimitSet | None, currency: str) -> tuple[str, str, str]:
    if one is None:
        return name, "none: approves any sum alone", "–"
    return name, _amount(one.amount_minor, currency), moment(one.set_at)


def history_rows(limits: Sequence[ApprovalLimit]) -> list[tuple[str, str, str, str, str]]:
    """When, whose, how much, by whom and why; the newest first."""
    return [
        (
            moment(one.set_at), one.person.name, _amount(one.amount_minor, one.currency),
            one.set_by.name, one.reason,
        )
        for one in limits
    ]  # fmt: skip


def _amount(minor: int | None, currency: str) -> str:
    return "none: approves any sum alone" if minor is None else money(Money(minor, currency))
