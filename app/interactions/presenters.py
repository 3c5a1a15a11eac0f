"""Logs and their sources arranged for their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.interactions.engine.placing import Placed
from app.interactions.engine.requests import ReadReport, Sample
from app.journeys.models import InteractionSource
from app.journeys.rules import Channel, SourceState

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
    "outcome": ("outcome", "result", "resolution", "closure", "response"),
    "met": ("met", "ontime", "timely", "fulfilled"),
    "customer": ("customer", "client", "person", "account", "who"),
    "id": ("id", "number", "ticket", "case"),
    "segment": ("segment", "group", "product"),
    "cost": ("cost", "charge"),
    "minutes": ("minutes", "duration", "length", "seconds"),
    "score": ("score", "rating", "csat", "satisfaction"),
}
_CHANNEL_HINTS = (
    (Channel.APP, ("app", "mobile")),
    (Channel.WEB, ("web", "online", "site", "portal", "self service")),
    (Channel.CONTACT_CENTRE, ("phone", "call", "tel", "hotline", "contact")),
    (Channel.MESSAGE, ("mail", "chat", "message", "sms")),
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
    months: int
    placed: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would bring."""

    report: ReadReport
    placed: int
    unplaced: list[tuple[str, int]]
    issues: list[IssueRow]
    hidden_count: int


def source_rows(
    sources: Iterable[InteractionSource], months: Mapping[int, tuple[int, int]]
) -> list[SourceRow]:
    """The sources with what they add up to."""
    return [SourceRow(one, TONES[one.state], *months.get(one.id, (0, 0))) for one in sources]


def dry_run(report: ReadReport, found: Placed | None) -> DryRun:
    """Errors first, at most SHOWN; words without a place by the contacts they cost."""
    issues = [
        IssueRow(str(one.row or "file"), one.column, one.severity == "error", one.message)
        for one in report.issues
    ]
    unplaced = sorted(found.unplaced.items(), key=lambda item: -item[1]) if found else []
    return DryRun(
        report=report,
        placed=report.contacts - found.unplaced_count if found else 0,
        unplaced=unplaced[:SHOWN],
        issues=issues[:SHOWN],
        hidden_count=report.issue_count - len(issues[:SHOWN]),
    )


def stored_issues(source: InteractionSource) -> list[IssueRow]:
    """What there is to say about a source, errors first."""
    rows = [
        IssueRow(
            str(one["row"] or "all"), str(one["column"]), one["severity"] == "error",
            str(one["message"]),
        )
        for one in source.issues
    ]  # fmt: skip
    return sorted(rows, key=lambda row: not row.is_error)


def guessed(sample: Sample) -> dict[str, str]:
    """A first answer for the columns' form, from the columns' names and first words."""
    found: dict[str, str] = {"decimal": sample.decimal}
    for name, hints in _HINTS.items():
        free = [column for column in sample.columns if column not in found.values()]
        for hint in hints:
            fits = [c for c in free if hint == c.casefold()] or [
                c for c in free if len(hint) > 3 and hint in c.casefold()
            ]
            if fits:
                found[name] = fits[0]
                break
    if "channel" in found:
        found["channel_words"] = "\n".join(
            f"{word} = {_guessed_channel(word)}" for word in sample.words.get(found["channel"], ())
        )
    return found


def _guessed_channel(word: str) -> str:
    said = word.casefold()
    fits = (one for one, hints in _CHANNEL_HINTS if any(hint in said for hint in hints))
    return next(fits, Channel.CONTACT_CENTRE).word
