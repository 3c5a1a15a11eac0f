"""When one bad contact precedes loss: what followed moments, in words, beside met contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.journeys.presenters.contacts import MOST_ROWS, NO_REASON
from app.journeys.queries import Followed, FollowedSystem
from app.journeys.rules import Compared, Consequence, ordered_by_loss
from app.web.filters import NONE, counted, number, percent

CONSEQUENCES = (
    ("Came back", Consequence.REPEATED),
    ("Escalated", Consequence.ESCALATED),
    ("Fell silent", Consequence.SILENT),
    ("Left", Consequence.LOST),
    ("Left after this alone", Consequence.LOST_ALONE),
)
MOMENT_HEAD = tuple(word for word, _ in CONSEQUENCES)


@dataclass(frozen=True, slots=True)
class MomentCell:
    """A share of the moments, and how it stands beside met contacts."""

    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MomentRow:
    """A reason; ``cells`` follow MOMENT_HEAD."""

    reason: str
    note: str
    moments: str
    cells: Sequence[MomentCell]


@dataclass(frozen=True, slots=True)
class MomentTable:
    """The reasons by what precedes loss, ``hidden`` of them left out; without rows, why.

    ``seen`` are sentences on the logs through which customers are followed.
    """

    rows: Sequence[MomentRow]
    foot: MomentRow | None
    says: str
    basis: str
    hidden: int = 0
    seen: Sequence[str] = ()


def moment_table(followed: Followed) -> MomentTable:
    """What followed moments by reason, or the sentence that says why nobody knows."""
    basis = f"{number(followed.keyed)} of {counted(followed.contacts, 'contact')} " + (
        "names its customer" if followed.keyed == 1 else "name their customer"
    )
    ordered = ordered_by_loss(followed.by_reason)
    whole = sum(followed.by_reason.values(), Compared())
    if not ordered:
        return MomentTable([], None, _nothing(followed, whole), basis, seen=_seen(followed))
    known = _known(whole)
    return MomentTable(
        rows=[_row(reason or NO_REASON, one, known) for reason, one in ordered[:MOST_ROWS]],
        foot=_row("All reasons", whole, known),
        says=_says(whole, known),
        basis=basis,
        hidden=max(len(ordered) - MOST_ROWS, 0),
        seen=_seen(followed),
    )


def _seen(followed: Followed) -> list[str]:
    """Through which logs customers are followed, and how many of them are found in several."""
    own = [one for one in followed.systems if not one.is_warehouse]
    said = []
    if len(own) == 1:
        said.append(f"Customers are followed within the log of “{own[0].name}” alone.")
    elif own:
        said.append(_together(own))
    if strange := [one for one in own if one.customers and one.elsewhere == 0]:
        said.append(
            f"No customer of {_listed(strange)} is found in another system. Keys of different"
            " kinds, such as an e-mail address in one and a number in the other, never match: then"
            " the same customer counts as two."
        )
    if len(own) > 1 and (stale := [one for one in own if one.is_stale]):
        said.append(
            f"{_listed(stale)} {'was' if len(stale) == 1 else 'were'} counted before other systems"
            " were looked into; count again on the import’s own page."
        )
    if apart := [one for one in followed.systems if one.is_warehouse]:
        said.append(
            f"{_listed(apart)} {'lies' if len(apart) == 1 else 'lie'} in a warehouse, which is"
            " followed by itself: what its customers had in other systems is not seen."
        )
    return said


def _together(systems: Sequence[FollowedSystem]) -> str:
    words = f"Customers are followed through the logs of {len(systems)} systems together."
    told = [
        f"of “{one.name}” {number(one.elsewhere)} of {number(one.customers)}"
        for one in systems
        if one.elsewhere
    ]
    if not told:
        return words
    return (
        f"{words} So many customers of the latest import appear in more than one system:"
        f" {', '.join(told)}."
    )


def _listed(systems: Sequence[FollowedSystem]) -> str:
    return " and ".join(f"“{one.name}”" for one in systems)


def _nothing(followed: Followed, whole: Compared) -> str:
    if not followed.keyed:
        return (
            "The log does not allow this: no contact names its customer. It does when the mapping"
            " names the column of the customer’s key. A log counted before Waymark looked for it"
            " has to be counted again, on its own page."
        )
    if whole.met.contacts:
        return "No unmet contact with 90 days of log after it is found in these months."
    return (
        "No contact that was judged has 90 days of log after it in these months, so nothing can be"
        " said yet of what followed."
    )


def _known(whole: Compared) -> frozenset[Consequence]:
    """What the log ever says; a customer who does not come back is always seen."""
    seen = (Consequence.ESCALATED, Consequence.LOST)
    told = {one for one in seen if whole.unmet.count(one) or whole.met.count(one)}
    if Consequence.LOST in told:
        told.add(Consequence.LOST_ALONE)
    return frozenset({Consequence.REPEATED, Consequence.SILENT} | told)


def _says(whole: Compared, known: frozenset[Consequence]) -> str:
    """What there is to say about all reasons together."""
    moments = counted(whole.unmet.contacts, "moment")
    met = counted(whole.met.contacts, "met contact")
    if not whole.is_telling:
        return f"{moments} beside {met}: too few to compare."
    what, words = Consequence.LOST, "customers left"
    if what not in known:
        what, words = Consequence.REPEATED, "customers came back for the same reason"
    lift = whole.lift(what)
    times = f" After a moment that is {number(lift, 1)} times as often." if lift else ""
    return (
        f"Within 90 days {words} after {percent(whole.unmet.share(what))} of {moments}, and"
        f" after {percent(whole.met.share(what))} of {met}.{times}"
    )


def _row(reason: str, one: Compared, known: frozenset[Consequence]) -> MomentRow:
    beside = f"beside {counted(one.met.contacts, 'met contact')}"
    return MomentRow(
        reason=reason,
        note=beside if one.is_telling else f"{beside}: too few to compare",
        moments=number(one.unmet.contacts),
        cells=[_cell(one, what, is_known=what in known) for _, what in CONSEQUENCES],
    )


def _cell(one: Compared, what: Consequence, *, is_known: bool) -> MomentCell:
    if not is_known:
        return MomentCell(NONE)
    if not one.is_telling:
        return MomentCell(f"{number(one.unmet.count(what))} of {number(one.unmet.contacts)}")
    share = percent(one.unmet.share(what))
    if what is Consequence.LOST_ALONE:
        return MomentCell(share)
    lift = one.lift(what)
    beside = f"met: {percent(one.met.share(what))}"
    return MomentCell(share, beside if lift is None else f"{beside}, {number(lift, 1)}\u202f×")
