"""Audit events as the page shows them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

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


def event_row(event: AuditEvent) -> EventRow:
    """Arrange one event for the page."""
    content = json.loads(event.content)
    name, _, address = event.actor_name.partition(" <")
    return EventRow(
        number=event.number,
        at=event.at,
        actor_name=name,
        actor_email=address.rstrip(">"),
        actor_role=str(content.get("actor_role", "")).replace("_", " ").replace(",", ", "),
        action=event.action,
        subject=event.subject,
        reason=event.reason,
        changes=_changes(
            *(_with_money(part, content) for part in (content.get("before"), content.get("after")))
        ),
        request=str(content.get("request") or ""),
        hash=event.hash,
    )


_MINOR = re.compile(r"_?minor$")
_PLAIN_MINOR = {"pool.moved": frozenset({"value"})}
"""Amounts whose names don't say that they are minor units, by action."""


def _with_money(part: dict[str, object] | None, content: dict[str, Any]) -> dict[str, object]:
    """What was stored, with amounts in minor units written as money under their plain names."""
    both = (content.get("before") or {}) | (content.get("after") or {})
    currency = both.get("currency")
    plain = _PLAIN_MINOR.get(str(content.get("action")), frozenset())
    found = _written(part or {}, str(currency) if currency in CURRENCY_DIGITS else None, plain)
    return found if isinstance(found, dict) else {}


def _written(value: object, currency: str | None, plain: frozenset[str]) -> object:
    if isinstance(value, list):
        return [_written(one, currency, plain) for one in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, object] = {}
    for name, one in value.items():
        if isinstance(one, int) and (_MINOR.search(name) or name in plain):
            found[_MINOR.sub("", name) or "amount"] = _money(one, currency)
        else:
            name = _MINOR.sub("", name) or "amount"
            found[name] = _written(one, currency, plain)
    return found


def _money(minor: int, currency: str | None) -> str:
    """Exact money; without its currency where the event does not say it, as nearly all have two
    digits."""
    if currency is None:
        return number(Decimal(minor) / 100, 2)
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
