"""Gate meetings as pages show them: archive, agenda, minutes, evidence pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from urllib.parse import urlencode

from app.meetings.models import GateMeeting
from app.meetings.queries import ArchiveFilter, DecisionLine, MeetingLine
from app.meetings.rules import MeetingDraft
from app.roadmap.queries import GateLine
from app.values.money import Money
from app.web.filters import counted, day, moment, money

ROWS = 30
"""Meetings on one page of the archive."""


@dataclass(frozen=True, slots=True)
class ArchiveChoices:
    """The view of the archive; days are written 2027-03-31."""

    q: str = ""
    initiative: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Nonsense counts as not asked."""
        number = args.get("page", "")
        return cls(
            q=args.get("q", "").strip()[:100],
            initiative=args.get("initiative", "").strip()[:100],
            since=_written(args.get("since")),
            until=_written(args.get("until")),
            page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6
            else 1,
        )  # fmt: skip

    @property
    def filter(self) -> ArchiveFilter:
        return ArchiveFilter(self.q, self.initiative, _day(self.since), _day(self.until))

    @property
    def is_filtered(self) -> bool:
        return any((self.q, self.initiative, self.since, self.until))

    def page_href(self, number: int) -> str:
        """The same search at another page."""
        asked = {
            "q": self.q, "initiative": self.initiative, "since": self.since, "until": self.until,
            "page": str(number),
        }  # fmt: skip
        return f"?{urlencode({name: text for name, text in asked.items() if text})}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _written(text: str | None) -> str:
    """A day as it was typed; nothing where it is none."""
    try:
        return date.fromisoformat(text).isoformat() if text and len(text) == 10 else ""
    except ValueError:
        return ""


def archive_rows(found: Sequence[MeetingLine]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "title": one.title,
            "held_on": one.held_on,
            "tone": "passed" if one.digest else "draft",
            "state": one.state.word,
            "called_by": one.called_by,
            "items": counted(one.items, "hurdle"),
        }
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class Item:
    """An agenda item as the page shows it, from what stands now or from closed minutes."""

    number: int
    tranche_id: int
    key: str
    title: str
    gate: str
    due: str
    money: str
    state: str
    measured: Sequence[str]
    decisions: Sequence[Mapping[str, str]]
    note: str
    is_open: bool = False
    next_step: str = ""


def live_items(
    meeting: GateMeeting,
    lines: Sequence[GateLine],
    decisions: Mapping[int, Sequence[DecisionLine]],
) -> list[Item]:
    """The agenda as its hurdles stand now, with what was decided since the meeting was called."""
    return [
        Item(
            number=number, tranche_id=line.tranche_id, key=line.key, title=line.title,
            gate=line.milestone, due=day(line.due_on),
            money=money(Money(line.amount_minor, line.currency)), state=line.state.word,
            measured=line.criteria_words,
            decisions=[
                _decision(
                    one.decision.action.word, one.decision.recommended.word, one.decision.reason,
                    one.decision.grounds, one.by, one.decision.decided_at, meeting.held_on,
                )
                for one in decisions.get(line.tranche_id, ())
            ],
            note=item.note, is_open=line.recommendation is not None, next_step=line.next_step,
        )
        for number, (item, line) in enumerate(zip(meeting.items, lines, strict=True), start=1)
    ]  # fmt: skip


def frozen_items(minutes: Mapping[str, Any]) -> list[Item]:
    """The agenda as the closed minutes keep it."""
    held_on = date.fromisoformat(minutes["held_on"])
    return [
        Item(
            number=number, tranche_id=one["tranche"], key=one["key"], title=one["title"],
            gate=one["gate"], due=day(date.fromisoformat(one["due_on"])),
            money=money(Money(one["amount_minor"], one["currency"])), state=one["state"],
            measured=one["measured"], note=one["note"],
            decisions=[
                _decision(
                    said["action"], said["recommended"], said["reason"], said["grounds"],
                    said["by"], datetime.fromisoformat(said["at"]), held_on,
                )
                for said in one["decisions"]
            ],
        )
        for number, one in enumerate(minutes["items"], start=1)
    ]  # fmt: skip


def _decision(
    action: str, recommended: str, reason: str, grounds: str, by: str, at: datetime, held_on: date
) -> dict[str, str]:
    against = "" if action == recommended else f", against the figures ({recommended.lower()})"
    when = "" if at.date() == held_on else " before the meeting"
    if at.date() > held_on:
        when = " after the meeting"
    return {
        "what": f"{action}{against}",
        "who": f"{by}, {moment(at)}{when}",
        "why": reason or grounds,
    }


def summary_words(items: Sequence[Item]) -> str:
    """How many hurdles, and how many of them were decided."""
    decided = sum(bool(one.decisions) for one in items)
    return f"{counted(len(items), 'hurdle')}, {decided or 'none'} decided"


def attendee_names(meeting: GateMeeting) -> list[str]:
    """Who was there, by name, then guests."""
    return present_names([one.person.name for one in meeting.attendees], meeting.guests)


def present_names(people: Iterable[str], guests: str) -> list[str]:
    """People by name, then guests."""
    return sorted(people) + _guests(guests.strip())


def frozen_names(minutes: Mapping[str, Any]) -> list[str]:
    return [*minutes["attendees"], *_guests(minutes["guests"])]


def _guests(text: str) -> list[str]:
    return [text] if text else []


@dataclass(frozen=True, slots=True)
class Offered:
    """A hurdle that can be put on the agenda."""

    tranche_id: int
    label: str
    note: str


def offered(lines: Sequence[GateLine]) -> list[Offered]:
    return [
        Offered(
            one.tranche_id,
            f"{one.key} {one.milestone}",
            f"{one.title} · due {day(one.due_on)}{' (late)' if one.is_late else ''} · "
            f"{money(Money(one.amount_minor, one.currency))} · {one.next_step}",
        )
        for one in lines
    ]


def both_minutes(
    meeting: GateMeeting, lines: Sequence[GateLine], typed: Mapping[int, str], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Notes and people that differ from those saved meanwhile, yours beside theirs."""
    notes = [
        {
            "label": f"{line.key} {line.milestone}",
            "yours": typed.get(item.id, ""),
            "theirs": item.note,
            "same": False,
        }
        for item, line in zip(meeting.items, lines, strict=True)
        if typed.get(item.id, item.note).strip() != item.note
    ]
    theirs = attendee_names(meeting)
    if list(names) == theirs:
        return notes
    present = _both("Who was there", ", ".join(names), ", ".join(theirs))
    return [*notes, present]


def both_agendas(
    meeting: GateMeeting, typed: MeetingDraft, known: Mapping[int, Offered]
) -> list[dict[str, Any]]:
    """Title, day and hurdles as they were typed beside those saved meanwhile."""
    saved = [one.tranche_id for one in meeting.items]
    return [
        _both("Title", typed.title.strip(), meeting.title),
        _both("Day", day(typed.held_on), day(meeting.held_on)),
        _both("Hurdles", _in_order(typed.gates, known), _in_order(saved, known)),
    ]


def _in_order(ids: Sequence[int], known: Mapping[int, Offered]) -> str:
    labels = [known[id_].label for id_ in ids if id_ in known]
    return ", ".join(f"{place}. {label}" for place, label in enumerate(labels, start=1))


def _both(label: str, yours: str, theirs: str) -> dict[str, Any]:
    return {"label": label, "yours": yours, "theirs": theirs, "same": yours == theirs}
