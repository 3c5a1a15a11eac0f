"""What somebody types into the search, how near a name comes to it, and what can be done here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

MOST = 8
"""Lines of one group."""
LONGEST = 100
"""Characters of what is typed that count."""
MOST_WORDS = 8


class Nearness(IntEnum):
    """How near a name comes to what was typed; the nearest first."""

    EXACT = 0
    BEGINS = 1
    BEGINS_A_WORD = 2
    INSIDE = 3
    ELSEWHERE = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, in small letters: as one phrase with single spaces, and its words."""

    phrase: str
    words: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Asked:
        words = tuple(text[:LONGEST].lower().split()[:MOST_WORDS])
        return cls(" ".join(words), words)


def nearness(name: str, asked: Asked, beside: str = "") -> Nearness | None:
    """How near ``name`` comes; None unless each word is in it or in what stands ``beside`` it."""
    lowered = name.lower()
    everything = f"{lowered} {beside.lower()}"
    if not all(word in everything for word in asked.words):
        return None
    if lowered == asked.phrase:
        return Nearness.EXACT
    if lowered.startswith(asked.phrase):
        return Nearness.BEGINS
    if f" {asked.phrase}" in lowered:
        return Nearness.BEGINS_A_WORD
    return Nearness.INSIDE if asked.phrase in lowered else Nearness.ELSEWHERE


class Place(NamedTuple):
    """A page without arguments: its name, glyph, endpoint, and other words people call it by."""

    name: str
    glyph: str
    endpoint: str
    also: str = ""


ACTIONS = (
    Place("Propose an initiative", "plus", "initiatives.new", "new initiative create idea"),
    Place("Plan a new scenario", "sliders-horizontal", "portfolio.new_scenario", "run optimizer"),
    Place("Registry workbook", "file-spreadsheet", "registry.workbook", "excel xlsx export edit"),
    Place("Import", "upload", "registry.kinds", "file upload milestones budgets payments csv"),
    Place("Import initiatives", "upload", "registry.index", "registry upload csv xlsx excel"),
    Place("Import contacts", "upload", "interactions.upload", "interactions log upload csv"),
    Place("Describe a journey", "plus", "journeys.new", "new journey create"),
    Place("Open a cycle", "plus", "calendar.new", "new cycle create budget year"),
    Place("Book what was spent", "banknote", "approvals.spending", "spend actuals payment"),
    Place("Add a control total", "plus", "journeys.new_control_total", "new control total"),
    Place("Call a gate meeting", "plus", "meetings.new", "new meeting agenda"),
    Place("Assess maturity", "radar", "reviews.new_assessment", "new assessment"),
    Place("Add a person", "plus", "accounts.new_person", "new user account"),
    Place("Invite a person", "send", "accounts.invitation", "new user account"),
    Place("Erase a customer’s contacts", "trash-2", "interactions.erase", "delete forget privacy"),
)
"""What can be begun from anywhere; each shows to whom its page opens."""

PAGES = (
    Place("Units", "building-2", "initiatives.units", "business unit department"),
    Place("Ledger", "wallet", "approvals.ledger", "money committed released balance"),
    Place("Freed money", "coins", "approvals.freed", "ledger freed"),
    Place("Exposure", "scale", "approvals.exposure", "ledger owed open"),
    Place("Control totals", "gauge", "journeys.control_totals", "accounts finance pools"),
    Place("Plan versions", "history", "roadmap.versions", "roadmap moves slip"),
    Place("Gate meetings", "users", "meetings.index", "minutes agenda"),
    Place("Your account", "user", "accounts.account", "password theme appearance sign in"),
    Place("Tokens", "key-round", "accounts.tokens", "api program"),
    Place("Demo company", "database", "demo.index", "halden load remove try sample data"),
    Place("Second factor", "shield-check", "accounts.second_factor", "code authenticator"),
)
"""Pages the menu does not name."""

ALSO = {
    "reporting.home": "start dashboard",
    "journeys.index": "heat map hot spots stages pain",
    "interactions.index": "contacts log import",
    "initiatives.index": "registry list portfolio",
    "portfolio.index": "optimizer workbench runs",
    "approvals.index": "proposals decisions",
    "roadmap.index": "timeline gantt plan",
    "roadmap.gates": "hurdles milestones due calendar",
    "calendar.index": "budgets funds teams capacity",
    "reviews.findings": "forecast accuracy realised value",
    "audit.events": "trail log who changed",
    "accounts.people": "users roles",
    "jobs.system": "workers queue",
}
"""Other words for pages of the menu, by endpoint."""
