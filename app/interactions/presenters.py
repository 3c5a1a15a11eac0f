"""Logs and their sources arranged for their pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.interactions.engine.mapping import OF_COLUMNS
from app.interactions.engine.mapping import Mapping as LogMapping
from app.interactions.engine.placing import Placed
from app.interactions.engine.requests import ReadReport, Sample
from app.journeys.models import InteractionSource
from app.journeys.rules import Channel, SourceState
from app.values.names import by_name
from app.values.written import day_words
from app.web.filters import counted, number
from app.web.guards import costs_are_hidden

TONES = {
    SourceState.IMPORTED: "accent",
    SourceState.COUNTED: "ok",
    SourceState.REMOVED: "stopped",
}
"""State → colour and glyph; the word stands beside."""
SHOWN = 200
_HINTS: dict[str, tuple[str, ...]] = {
    "when": ("when", "date", "opened", "open_dt", "created", "received", "time", "at"),
    "channel": ("channel", "source", "via", "through", "medium"),
    "reason": ("reason", "issue", "topic", "category", "type", "subject"),
    "expected": ("expect", "wanted", "target", "standard"),
    "expected_by": ("due", "target", "deadline", "promised"),
    "outcome": ("outcome", "result", "resolution", "closure", "response"),
    "met": ("met", "ontime", "timely", "fulfilled"),
    "customer": ("customer", "client", "person", "account", "who"),
    "segment": ("segment", "group", "product"),
    "cost": ("cost", "charge"),
    "minutes": ("minutes", "duration", "length", "seconds"),
    "score": ("score", "rating", "csat", "satisfaction"),
}
_CONTACTS = frozenset({
    "contact", "case", "ticket", "interaction", "call", "request", "incident", "complaint",
    "conversation", "chat", "message", "enquiry", "inquiry", "record", "event",
})  # fmt: skip
_OTHER_IDS = frozenset({
    "customer", "client", "person", "account", "user", "member", "policy", "contract", "agent",
    "employee", "product", "store", "branch", "location", "team", "department", "phone", "parent",
    "session",
})  # fmt: skip
"""Words of headers whose ids are of something else than one contact."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_MET = frozenset({"yes", "y", "true", "1", "ontime", "on time", "met", "kept", "fulfilled"})
_UNMET = frozenset({"no", "n", "false", "0", "overdue", "late", "unmet", "not met", "missed"})
_CHANNEL_HINTS = (
    (Channel.APP, ("app", "mobile")),
    (Channel.WEB, ("web", "online", "site", "portal", "self service")),
    (Channel.CONTACT_CENTRE, ("phone", "call", "tel", "hotline", "contact")),
    (Channel.MESSAGE, ("mail", "chat", "message", "sms", "twitter", "social")),
    (Channel.LETTER, ("letter", "post", "bill", "fax", "paper")),
    (Channel.BRANCH, ("branch", "store", "shop", "person", "counter")),
    (Channel.PARTNER, ("partner", "agent", "field", "employee")),
)


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A row of the list of issues."""

    row: str
    column: str
    is_error: bool
    message: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as a row of the list."""

    source: InteractionSource
    tone: str
    word: str
    months: int
    placed: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would bring: of its ``rows``, ``left_out`` are by rule or known already."""

    report: ReadReport
    rows: int
    left_out: int
    placed: int
    unplaced: list[tuple[str, str]]
    issues: list[IssueRow]
    hidden_count: int


def source_rows(
    sources: Iterable[InteractionSource], months: Mapping[int, tuple[int, int]]
) -> list[SourceRow]:
    """The sources with what they add up to."""
    return [SourceRow(one, *state_of(one), *months.get(one.id, (0, 0))) for one in sources]


def state_of(source: InteractionSource) -> tuple[str, str]:
    """The tone and the word of a source's state; one that the last count failed on says so."""
    if source.failed_at is not None and source.state is not SourceState.REMOVED:
        return "bad", failure_word(source)
    return TONES[source.state], source.state.word


def failure_word(source: InteractionSource) -> str:
    """What became of a count that failed: of a warehouse, or of a log of our own."""
    return "Not reached" if source.address else "Not counted"


def dry_run(report: ReadReport, found: Placed | None) -> DryRun:
    """Errors first, at most SHOWN; words without a place by the contacts they cost."""
    issues = [
        IssueRow(
            number(one.row) if one.row else "file", one.column, one.severity == "error", one.message
        )
        for one in report.issues
    ]
    unplaced = sorted(found.unplaced.items(), key=lambda item: -item[1]) if found else []
    return DryRun(
        report=report,
        rows=report.rows + report.spared_count,
        left_out=report.spared_count + report.known_count,
        placed=report.contacts - found.unplaced_count if found else 0,
        unplaced=[(words, number(contacts)) for words, contacts in unplaced[:SHOWN]],
        issues=issues[:SHOWN],
        hidden_count=report.issue_count - len(issues[:SHOWN]),
    )


HIDDEN_COST = "This cost can’t be taken in. What it says is hidden from you."


def stored_issues(source: InteractionSource) -> list[IssueRow]:
    """What there is to say about a source, errors first; no cell of the costs' column where money
    is hidden."""
    hidden = _cost_column(source) if costs_are_hidden() else None
    rows = [
        IssueRow(
            _row_word(int(str(one["row"])), "all"), str(one["column"]),
            one["severity"] == "error",
            HIDDEN_COST if hidden and one["column"] == hidden else str(one["message"]),
        )
        for one in source.issues
    ]  # fmt: skip
    return sorted(rows, key=lambda row: not row.is_error)


def _cost_column(source: InteractionSource) -> str | None:
    """The column the source's mapping reads costs from, if it reads them from one."""
    part: Any = source.mapping.get("cost") or {}
    return part.get("column")


def _row_word(row: int, none: str) -> str:
    return number(row) if row else none


def guessed(sample: Sample) -> dict[str, str]:
    """A first answer for the columns' form, from the columns' names and first words.

    A word whose channel cannot be guessed stands without one, for somebody to say it.
    """
    found: dict[str, str] = {"decimal": sample.decimal}
    days = {
        column
        for column, cells in zip(sample.columns, zip(*sample.rows, strict=True), strict=True)
        if any(_DAY.match(cell) for cell in cells)
    }
    for name, hints in _HINTS.items():
        free = [one for one in sample.columns if one not in found.values()]
        if name in ("expected", "expected_by"):
            free = [one for one in free if (one in days) == (name == "expected_by")]
        if column := _hinted(free, hints):
            found[name] = column
    if own := _guessed_id(sample, found):
        found["id"] = own
    if "channel" in found:
        words = sample.words.get(found["channel"], ())
        found["channel_words"] = "\n".join(f"{one} = {_guessed_channel(one)}" for one in words)
    for name in ("when", "expected_by"):
        if shape := sample.formats.get(found.get(name, "")):
            found[f"{name}_format"] = shape
    return found | _guessed_met(sample.words.get(found.get("met", ""), ()))


def guessed_system(
    file_name: str, columns: Iterable[str], sources: Iterable[InteractionSource]
) -> str:
    """A first answer for the system a file comes from.

    The one that the latest import came from whose columns the file has, else the file's name
    without days and numbers.
    """
    there = frozenset(columns)
    for one in sorted(sources, key=lambda one: one.id, reverse=True):
        if one.address or not one.mapping_name.startswith(OF_COLUMNS):
            continue
        mapping = LogMapping.model_validate(one.mapping)
        if there >= mapping.columns().keys():
            return mapping.source
    words = re.split(r"[\W\d_]+", file_name.rpartition(".")[0] or file_name)
    return " ".join(filter(None, words)) or file_name


def followed_words(source: InteractionSource) -> str:
    """Until which day the last count followed its customers, and in which imports besides."""
    lineage: Mapping[str, Any] = source.lineage or {}
    if not lineage.get("until"):
        return ""
    near = ", ".join(f"{one}" for one in lineage["near"])
    until = f"until {day_words(date.fromisoformat(lineage['until']))}"
    said = f"{until}, in import {near}, too" if near else until
    if not lineage.get("customers"):
        return said
    found = f"{number(lineage['elsewhere'])} of {counted(lineage['customers'], 'customer')}"
    return f"{said}; {found} found in another system"


def _guessed_id(sample: Sample, found: Mapping[str, str]) -> str | None:
    """The column that seems to name each contact, in whose first rows no two are alike."""
    for place, column in enumerate(sample.columns):
        cells = [row[place] for row in sample.rows if row[place]]
        is_free = column not in found.values() and len(cells) == len(set(cells))
        if is_free and _names_contacts(column):
            return column
    return None


def _names_contacts(column: str) -> bool:
    """Whether a header is an id's: Contact id, ID, Case number, TicketNo; no customer's or agent's.

    A number is one of a contact only where the header says so.
    """
    words = [one.casefold() for one in _WORDS.findall(column)]
    if not words or _OTHER_IDS & set(words):
        return False
    *before, last = words
    if last in ("id", "uuid", "guid", "key"):
        return True
    is_number = last in ("number", "no", "nr", "num", "ref", "reference")
    if is_number:
        return not before or before[-1] in _CONTACTS
    return len(words) == 1 and (last in ("case", "ticket") or last.removesuffix("id") in _CONTACTS)


def known_systems(sources: Iterable[InteractionSource]) -> list[str]:
    """The names of the systems that logs came from, to choose one again."""
    named = {
        str(one.mapping["source"])
        for one in sources
        if not one.address and one.mapping.get("source")
    }
    return by_name(named, str)


def _hinted(columns: list[str], hints: tuple[str, ...]) -> str | None:
    for hint in hints:
        fits = [one for one in columns if hint == one.casefold()] or [
            one for one in columns if len(hint) > 3 and hint in one.casefold()
        ]
        if fits:
            return fits[0]
    return None


def _guessed_met(words: tuple[str, ...]) -> dict[str, str]:
    """Which words of a column say that the expectation was met or not; none where unclear."""
    met = [one for one in words if one.casefold() in _MET]
    unmet = [one for one in words if one.casefold() in _UNMET]
    return {"met_words": ", ".join(met), "unmet_words": ", ".join(unmet)} if met or unmet else {}


def _guessed_channel(word: str) -> str:
    said = word.casefold()
    fits = (one for one, hints in _CHANNEL_HINTS if any(hint in said for hint in hints))
    return next((one.word for one in fits), "")
