"""Audit events as the page shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from app.audit.models import AuditEvent, AuditHead
from app.audit.rules import anchor
from app.values.money import CURRENCY_DIGITS, Money
from app.web.filters import money, number

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed; an empty text is no value."""

    name: str
    before: str
    after: str

    @property
    def is_digest(self) -> bool:
        """Whether its values are digests, of which a page shows the first digits."""
        return self.name.split()[-1:] == ["digest"]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event, its content read back from the bytes that were hashed."""

    number: int
    at: datetime
    actor_name: str
    actor_email: str
    actor_role: str
    action: str
    subject: str
    reason: str | None
    changes: tuple[Change, ...]
    request: str
    hash: str

    @property
    def action_words(self) -> str:
        return action_words(self.action)


def action_words(action: str) -> str:
    """The action as words: “initiative.submitted” reads “initiative submitted”."""
    return action.replace(".", " ").replace("_", " ")


def anchor_words(head: AuditHead | None) -> str:
    """Where the audit trail ends, to be printed on what leaves the database, such as a decision."""
    if head is None:
        return "The audit trail has no event yet."
    return f"The audit trail ends with event {anchor(head.number, head.hash)}"


def event_row(event: AuditEvent, currencies: Mapping[str, str] | None = None) -> EventRow:
    """Arrange one event for the page; ``currencies`` are those of subjects."""
    content = json.loads(event.content)
    name, _, address = event.actor_name.partition(" <")
    currency = _named_currency(content) or (currencies or {}).get(event.subject)
    before, after = (_with_money(content, part, currency) for part in ("before", "after"))
    return EventRow(
        number=event.number,
        at=event.at,
        actor_name=name,
        actor_email=address.rstrip(">"),
        actor_role=str(content.get("actor_role", "")).replace("_", " ").replace(",", ", "),
        action=event.action,
        subject=event.subject,
        reason=event.reason,
        changes=_changes(before, after),
        request=str(content.get("request") or ""),
        hash=event.hash,
    )


def unnamed_subjects(events: Sequence[AuditEvent]) -> list[str]:
    """Subjects of events that hold amounts and don't name their currency."""
    found = []
    for event in events:
        content = json.loads(event.content)
        parts = [content.get("before"), content.get("after")]
        if _named_currency(content) is None and _has_amounts(parts, _plain(content)):
            found.append(event.subject)
    return found


_MINOR = re.compile(r"_?minor$")
_OPTION = ("added", "edited", "removed")
_PLAIN_MINOR = {
    "pool.moved": frozenset({"value"}),
    "run.answered": frozenset({"value", "bound"}),
    "freed.compared": frozenset({"value", "bound", "spend"}),
    "baseline.recorded": frozenset({"figures"}),
    **{f"initiative.option_{done}": frozenset({"spend"}) for done in _OPTION},
}
"""Amounts whose names don't say that they are minor units, by action; whole numbers below such a
name are amounts, too."""


def _plain(content: Mapping[str, Any]) -> frozenset[str]:
    return _PLAIN_MINOR.get(str(content.get("action")), frozenset())


def _named_currency(content: Mapping[str, Any]) -> str | None:
    both = (content.get("before") or {}) | (content.get("after") or {})
    currency = both.get("currency")
    return str(currency) if currency in CURRENCY_DIGITS else None


def _is_amount_name(name: str, plain: frozenset[str]) -> bool:
    return name in plain or _MINOR.search(name) is not None


def _has_amounts(value: object, plain: frozenset[str], *, is_amount: bool = False) -> bool:
    if isinstance(value, list):
        return any(_has_amounts(one, plain, is_amount=is_amount) for one in value)
    if isinstance(value, dict):
        return any(
            _has_amounts(one, plain, is_amount=is_amount or _is_amount_name(name, plain))
            for name, one in value.items()
        )
    return is_amount and _is_whole(value)


def _with_money(content: Mapping[str, Any], part: str, currency: str | None) -> dict[str, object]:
    """What was stored, with amounts in minor units written as money under their plain names."""
    found = _written(content.get(part) or {}, currency, _plain(content))
    return found if isinstance(found, dict) else {}


def _written(
    value: object, currency: str | None, plain: frozenset[str], *, is_amount: bool = False
) -> object:
    if isinstance(value, list):
        return [_written(one, currency, plain, is_amount=is_amount) for one in value]
    if not isinstance(value, dict):
        return _money(value, currency) if is_amount and _is_whole(value) else value
    return {
        _MINOR.sub("", name) or "amount": _written(
            one, currency, plain, is_amount=is_amount or _is_amount_name(name, plain)
        )
        for name, one in value.items()
    }


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _money(minor: int, currency: str | None) -> str:
    """Exact money; where nobody knows its currency, how many of its smallest units it is."""
    if currency is None:
        return f"{number(minor)} minor units"
    return money(Money(minor, currency))


def _changes(before: dict[str, object], after: dict[str, object]) -> tuple[Change, ...]:
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Change(name.replace("_", " "), _text(before.get(name)), _text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = ", ".join(value) or "none"
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
