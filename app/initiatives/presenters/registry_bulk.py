"""Arrange a bulk edit: what can be chosen, and what becomes of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.initiatives.models import BulkEdit, Initiative
from app.initiatives.presenters.registry import RegistryView, read_view
from app.initiatives.rules import (
    BULK_ACTIONS,
    BULK_COLUMNS,
    REGISTRY_COLUMNS,
    Action,
    PlannedRow,
    moves_of,
)

TO = "to-"
"""What the names of new values begin with, so that they are no filters."""
_MOST_PICKED = 200
LABELS = {one.name: one.label for one in REGISTRY_COLUMNS}


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody wants to change together: rows they ticked, or all that match a filter.

    ``column`` or ``action``: the change chosen, if any. ``args``: all of it as an address says it.
    """

    view: RegistryView
    picked: Sequence[int]
    column: str | None
    action: Action | None
    args: MultiDict[str, str]

    @property
    def is_all(self) -> bool:
        return not self.picked and self.args.get("all") == "1"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What is selected, as names and values of an address."""
        chosen = [("pick", str(one)) for one in self.picked] or [("all", "1")]
        return [*self.view.args.items(), *(chosen if self.picked or self.is_all else [])]

    @property
    def change(self) -> str:
        return self.column or (self.action.value if self.action else "")

    @property
    def query(self) -> str:
        """The selection and the change, to be sent along with the decision."""
        typed = [
            (name, value)
            for name, value in self.args.items(multi=True)
            if name.startswith(TO) or name == "reason"
        ]
        return urlencode([*self.pairs, ("change", self.change), *typed])


def read_selection(args: MultiDict[str, str]) -> Selection:
    """Read what is selected and what it is to become; nonsense counts as not asked."""
    change = args.get("change", "")
    ticked = [] if args.get("all") == "1" else args.getlist("pick")
    picked = {int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 10}
    actions = {one.value: one for one in BULK_ACTIONS}
    return Selection(
        view=read_view(args),
        picked=sorted(picked)[:_MOST_PICKED],
        column=change if change in BULK_COLUMNS else None,
        action=actions.get(change),
        args=args,
    )


def change_options() -> list[tuple[str, str]]:
    """The changes to choose from: fields first, then moves."""
    fields = [(name, f"Set {LABELS[name].lower()}") for name in BULK_COLUMNS]
    moves = [(one.value, moves_of(one)[0].label) for one in BULK_ACTIONS]
    return [("", "Choose a change …"), *fields, *moves]


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of the rows: all of them, and those of the kind asked for."""

    rows: Sequence[PlannedRow]
    shown: Sequence[PlannedRow]
    changing: int
    staying: int
    kind: str


def preview(rows: Sequence[PlannedRow], kind: str) -> Preview:
    """Count the rows and keep those of a kind: changing, staying, or all."""
    changing = [row for row in rows if row.changes]
    staying = [row for row in rows if not row.changes]
    shown = {"changing": changing, "staying": staying}.get(kind)
    return Preview(
        rows=rows,
        shown=[*changing, *staying] if shown is None else shown,
        changing=len(changing),
        staying=len(staying),
        kind=kind if shown is not None else "",
    )


@dataclass(frozen=True, slots=True)
class EditedRow:
    """A row of a bulk edit made, as it is now."""

    key: str
    title: str
    now: str


def edited_rows(edit: BulkEdit, initiatives: Mapping[int, Initiative]) -> list[EditedRow]:
    """What was changed, with what each says by now."""
    return [EditedRow(one.key, one.title, _now(one, edit.column)) for one in initiatives.values()]


def _now(one: Initiative, column: str) -> str:
    if column in ("owner", "sponsor", "cycle", "journey"):
        thing = getattr(one, column)
        return thing.name if thing is not None else "none"
    value = one.planned_start if column == "start" else getattr(one, column)
    return str(getattr(value, "word", value))
