"""What a removal of the demo leaves, and why it may be barred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

PERMISSION = "demo.manage"
SUBJECT = "system:demo"
KIND = "demo.load"
"""The job that tells the demo's story."""

ACCOUNTS = frozenset(
    {
        "people", "role_grants", "second_factors", "recovery_codes", "known_devices", "identities",
        "account_links", "reset_requests", "api_tokens", "sign_in_sessions", "sign_in_throttles",
        "mails", "calendar_feeds", "digests",
    }
)  # fmt: skip
TRAIL = frozenset({"audit_events", "audit_heads"})
RUNNING = frozenset({"jobs", "workers", "request_keys"})
"""What says how the place runs, not what a company keeps."""

OWN_BEGINNINGS = {
    "cycle.created": "a cycle",
    "journey.created": "a journey",
    "registry.imported": "an import of initiatives",
    "interactions.imported": "a log of contacts",
}
"""What somebody begins only for a company of their own, by action, in words."""


class Stand(Enum):
    """How this company stands to the demo."""

    EMPTY = "empty"
    LOADING = "loading"
    BROKEN = "broken"
    LOADED = "loaded"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Situation:
    """What bars a removal, as far as it is known; names are in words.

    ``own``: what people who stay began, such as “a cycle, by Ada Vance”.
    """

    stand: Stand
    is_reloaded: bool
    is_asked_by_demo: bool
    keeps_admin: bool
    own: Sequence[str]


def removal_bars(situation: Situation) -> list[str]:
    """Why the demo can't be taken away now, a sentence each; none where it can."""
    if situation.stand in (Stand.EMPTY, Stand.OWN):
        return ["The demo company was never loaded here, so there is nothing to remove."]
    bars = []
    if situation.stand is Stand.LOADING:
        bars.append("The demo company is still being loaded. Wait until it is whole.")
    if situation.is_reloaded:
        bars.append(
            "This installation is the demo (DEMO is set) and would load it again when it starts."
            " Unset DEMO first."
        )
    if situation.is_asked_by_demo:
        bars.append(
            "You are of the demo yourself and would go with it. An admin of your own removes it:"
            " add one with “flask --app wsgi people create-admin … --force”."
        )
    elif not situation.keeps_admin:
        bars.append(
            "Your Admin role was given or confirmed by somebody of the demo and would go with them."
            " An admin from the command line removes the demo."
        )
    if situation.own:
        bars.append(
            "Work of your own stands beside the demo, and nobody could tell the two apart safely: "
            + "; ".join(situation.own)
            + ". Export what you need, and go on with it in a database of its own."
        )
    return bars
