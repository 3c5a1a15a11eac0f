"""Approval limits: what one approver approves alone, and what two have to sign alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.approvals.rules.hands import Hand
from app.approvals.rules.states import HandKind
from app.values.canonical import canonical_json, digest
from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class LimitSet:
    """One limit as it was set, in minor units; None in ``amount_minor`` lifts it."""

    person_id: int
    person: str
    amount_minor: int | None
    set_by_id: int
    set_at: datetime


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    """What is asked before money of the item, or of the whole plan (None), is released."""

    text: str
    item_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What an approval grants: everything but the struck items, under conditions."""

    struck: frozenset[int]
    conditions: tuple[ConditionDraft, ...]

    @property
    def content(self) -> bytes:
        """Canonical: the same terms, typed in any order, are the same bytes."""
        return canonical_json(
            {
                "struck": sorted(self.struck),
                "conditions": sorted(
                    (_plain(one) for one in self.conditions),
                    key=lambda one: (one["item"] or 0, one["text"], one["due_on"] or ""),
                ),
            }
        )

    @property
    def digest(self) -> str:
        return digest(self.content)

    def words(self, keys: Mapping[int, str]) -> str:
        """The terms as a sentence without an end; ``keys`` names items by id."""
        struck = sorted(keys.get(one, "an item") for one in self.struck)
        parts = [f"without {', '.join(struck)}" if struck else "every item"]
        for one in self.conditions:
            place = f" for {keys.get(one.item_id, 'an item')}" if one.item_id else ""
            due = f", due {day_words(one.due_on)}" if one.due_on else ""
            parts.append(f"on condition{place} “{one.text}”{due}")
        return "; ".join(parts)


def _plain(one: ConditionDraft) -> dict[str, Any]:
    due_on = one.due_on.isoformat() if one.due_on else None
    return {"item": one.item_id, "text": one.text, "due_on": due_on}


def read_terms(content: bytes) -> Terms:
    """The terms somebody signed, from their canonical bytes."""
    read = json.loads(content)
    return Terms(
        frozenset(read["struck"]),
        tuple(
            ConditionDraft(
                one["text"],
                one["item"],
                date.fromisoformat(one["due_on"]) if one["due_on"] else None,
            )
            for one in read["conditions"]
        ),
    )


def present_limits(limits: Iterable[LimitSet]) -> dict[int, LimitSet]:
    """The limit that counts for each person: the one set last; ``limits`` in the order set."""
    return {one.person_id: one for one in limits}


def limit_of(person_id: int, limits: Iterable[LimitSet]) -> int | None:
    """What the person may approve alone, in minor units; None where nothing limits them."""
    found = present_limits(limits).get(person_id)
    return found.amount_minor if found else None


def needs_second(granted_minor: int, limit_minor: int | None) -> bool:
    """Whether a sum is above a limit, so that a second approver has to sign."""
    return limit_minor is not None and granted_minor > limit_minor


def limit_hands(limits: Sequence[LimitSet], since: datetime) -> list[Hand]:
    """Whoever set a limit that counts, or any since the proposal was submitted, has a hand in it.

    Otherwise one person could open the way for another, or for themselves after a change of role.
    """
    counting = set(present_limits(limits).values())
    return [
        Hand(one.set_by_id, HandKind.SET_LIMITS, one.person)
        for one in limits
        if one in counting or one.set_at >= since
    ]


@dataclass(frozen=True, slots=True)
class ConditionHands:
    """Whose initiatives a condition is about, and who submitted the plan."""

    submitted_by: int
    owners: Collection[int]


def settlement_bar(
    hands: ConditionHands, *, person_id: int, may: bool, is_settled: bool
) -> str | None:
    """Why the person can't settle a condition, as a sentence; None if they can."""
    if is_settled:
        return "This condition is settled already."
    if not may:
        return "Only Finance settles conditions."
    if person_id == hands.submitted_by:
        return "You cannot settle it: you submitted the plan. Somebody else in Finance has to."
    if person_id in hands.owners:
        return (
            "You cannot settle it: you own, owned or proposed what it is about. "
            "Somebody else in Finance has to."
        )
    return None
