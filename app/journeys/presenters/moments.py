"""When one bad contact precedes loss: what followed moments, in words, beside met contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.journeys.presenters.contacts import MOST_ROWS, NO_REASON
from app.journeys.queries import Followed
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
    """The reasons by what precedes loss, ``hidden`` of them left out; without rows, why."""

    rows: Sequence[MomentRow]
    foot: MomentRow | None
    says: str
    basis: str
    hidden: int = 0


def moment_table(followed: Followed) -> MomentTable:
    """What followed moments by reason, or the sentence that says why nobody knows."""
    basis = f"{number(followed.keyed)} of {counted(followed.contacts, 'contact')} " + (
        "names its customer" if followed.keyed == 1 else "name their customer"
    )
    ordered = ordered_by_loss(followed.by_reason)
    whole = sum(followed.by_reason.values(), Compared())
    if not ordered:
        return MomentTable([], None, _nothing(followed, whole), basis)
    known = _known(whole)
    return MomentTable(
        rows=[_row(reason or NO_REASON, one, known) for reason, one in ordered[:MOST_ROWS]],
        foot=_row("All reasons", whole, known),
        says=_says(whole, known),
        basis=basis,
        hidden=max(len(ordered) - MOST_ROWS, 0),
    )


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
