"""Carry cells of a file out through the services that change initiatives one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from app.errors import AppError
from app.initiatives.models import Initiative
from app.initiatives.queries import (
    MILESTONES,
    OPTIONS,
    get_initiative,
    initiative_draft,
    milestone_draft,
    option_draft,
)
from app.initiatives.rules import (
    CriterionDraft,
    InitiativeDraft,
    MilestoneDraft,
    OptionDraft,
    Question,
    days_cell,
    spend_cell,
)
from app.initiatives.services import (
    add_milestone,
    add_option,
    answer_questions,
    create_initiative,
    edit_initiative,
    edit_milestone,
    edit_option,
    remove_milestone,
    remove_option,
)
from app.registry.engine import layout
from app.registry.engine.current import Identity, Names
from app.registry.engine.differences import Difference
from app.registry.engine.layout import Words
from app.registry.services.changing import (
    Applied,
    CellRefusedError,
    Change,
    Place,
    RowChange,
    Terms,
    field_value,
    field_values,
    gathered,
)
from app.registry.services.linking import set_changed_links

_EMPTY: dict[str, Any] = {
    "scope": "", "effort_minutes": 0, "action_if_missed": "", "unit": "",
}  # fmt: skip


def apply_cells(
    terms: Terms, cells: Collection[Difference], removals: Collection[tuple[str, Identity]] = ()
) -> Applied:
    """Change the initiatives the cells are about; what is refused is gathered, not raised."""
    applied = Applied()
    changes = gathered(cells, removals)
    for change in changes.values():
        _Applying(terms, change, applied).run()
    for change in changes.values():
        if change.of(layout.LINKS):
            said = [one for row in change.of(layout.LINKS) for one in row.cells.values()]
            _guarded(applied, said, {}, partial(set_changed_links, terms, change, applied))
    for change in changes.values():
        key = applied.keys.get(change.key, change.key)
        if not applied.faults.found:
            applied.versions[key] = get_initiative(terms.session, key).version
    return applied


def _guarded(
    applied: Applied,
    cells: Collection[Difference],
    places: dict[str, Place],
    act: Callable[[], Any],
) -> Any:
    """Act; a refusal is said at its cells."""
    try:
        return act()
    except CellRefusedError as error:
        applied.faults.at(error.place, cells, str(error))
    except AppError as error:
        applied.faults.take(error, cells, places)
    return None


class _Applying:
    """The changes of one initiative, sheet by sheet."""

    def __init__(self, terms: Terms, change: Change, applied: Applied) -> None:
        self.terms, self.change, self.applied = terms, change, applied
        self.cells = [
            one for rows in change.rows.values() for row in rows.values()
            for one in row.cells.values()
        ]  # fmt: skip
        self.key = change.key

    def run(self) -> None:
        before = len(self.applied.faults.found)
        for row in self.change.of(layout.INITIATIVES):
            self._guard(partial(self._initiative, row), self._plain(row))
        if self.change.is_new and self.change.key not in self.applied.keys:
            if len(self.applied.faults.found) == before:
                self.applied.faults.at(None, self.cells, "This initiative can’t be added.")
            return
        for row in self.change.of(layout.ANSWERS):
            self._guard(partial(self._answers, row), self._plain(row))
        self._options()
        self._milestones()

    def _guard(self, act: Callable[[], Any], places: dict[str, Place]) -> None:
        _guarded(self.applied, self.cells, places, act)

    def _plain(self, row: RowChange) -> dict[str, Place]:
        return {one.name: (row.sheet.name, row.identity, one.name) for one in row.sheet.columns} | {
            "declared_benefit_minor": (row.sheet.name, row.identity, "declared_benefit")
        }

    def _load(self, *parts: Any) -> Initiative:
        return get_initiative(self.terms.session, self.key, *parts)

    def _initiative(self, row: RowChange) -> None:
        values = field_values(row, self.terms.names, "")
        if row.is_new:
            made = create_initiative(
                self.terms.session, InitiativeDraft(**values), actor=self.terms.actor,
                now=self.terms.now,
            )  # fmt: skip
            self.applied.keys[self.change.key] = self.key = made.key
        elif values:
            one = self._load()
            draft = replace(initiative_draft(one), **values)
            edit_initiative(self.terms.session, one, draft, **self.terms.saving)

    def _answers(self, row: RowChange) -> None:
        answers = {Question(column.name): one.new for column, one in row.read_cells}
        if answers:
            answer_questions(self.terms.session, self._load(), answers, **self.terms.saving)

    def _options(self) -> None:
        rows = {row.identity[1]: row for row in self.change.of(layout.OPTIONS)}
        grids: dict[str, list[RowChange]] = {}
        for row in (*self.change.of(layout.SPEND), *self.change.of(layout.DAYS)):
            grids.setdefault(row.identity[1], []).append(row)
        for key in dict.fromkeys((*rows, *grids)):
            row = rows.get(key) or RowChange(
                layout.OPTIONS, (self.change.key, key)
            )  # only its grids change
            places = self._plain(row) | self._grid_places(grids.get(key, []))
            self._guard(partial(self._option, row, key, grids.get(key, [])), places)

    def _grid_places(self, rows: list[RowChange]) -> dict[str, Place]:
        names = self.terms.names
        return {
            cell(_id(names, words, row.identity[2]), place): (
                row.sheet.name, row.identity, f"q{place}",
            )
            for row in rows
            for words, cell in [
                (Words.FUND, spend_cell) if row.sheet.name == layout.SPEND.name
                else (Words.TEAM, days_cell)
            ]
            for place in range(layout.MOST_QUARTERS)
        }  # fmt: skip

    def _option(self, row: RowChange, key: str, grids: list[RowChange]) -> None:
        session, one = self.terms.session, self._load(*OPTIONS)
        if row.is_gone:
            remove_option(session, one, key, **self.terms.saving)
            return
        stored = next((option for option in one.options if option.key == key), None)
        values = field_values(row, self.terms.names, one.currency)
        if "declared_benefit" in values:
            values["declared_benefit_minor"] = values.pop("declared_benefit")
        values = {name: _filled(name, value) for name, value in values.items()}
        if stored is None and not row.is_new:
            place = (grids[0].sheet.name, grids[0].identity, "key") if grids else None
            said = f"{self.key} has no option “{key}”; add it in {layout.OPTIONS.name}."
            self.applied.faults.at(place, self.cells, said)
            return
        draft = OptionDraft(key=key, **values) if stored is None else replace(
            option_draft(stored), **values
        )  # fmt: skip
        draft = self._with_grids(draft, grids, one.currency)
        if stored is None:
            add_option(session, one, draft, **self.terms.saving)
        else:
            edit_option(session, one, key, draft, **self.terms.saving)

    def _with_grids(self, draft: OptionDraft, grids: list[RowChange], currency: str) -> OptionDraft:
        spend, demand = dict(draft.spend), dict(draft.demand)
        for row in grids:
            is_spend = row.sheet.name == layout.SPEND.name
            words = Words.FUND if is_spend else Words.TEAM
            id_ = _id(self.terms.names, words, row.identity[2])
            for column, one in row.read_cells:
                value = field_value(column, one, self.terms.names, currency)
                cell = id_, int(column.name[1:])
                if is_spend:
                    spend[cell] = value or 0
                else:
                    demand[cell] = value or Decimal(0)
        return replace(draft, spend=spend, demand=demand)

    def _milestones(self) -> None:
        rows = {row.identity: row for row in self.change.of(layout.MILESTONES)}
        criteria = self.change.of(layout.CRITERIA)
        if not rows and not criteria:
            return
        one = self._load(*MILESTONES)
        drafts = {str(mile.id): milestone_draft(mile) for mile in one.milestones}
        numbers = {
            str(mile.id): [str(line.id) for line in mile.criteria] for mile in one.milestones
        }
        held = {number: draft.tranche_share for number, draft in drafts.items()}
        touched: dict[str, dict[str, Place]] = {}
        for identity, row in rows.items():
            values = field_values(row, self.terms.names, one.currency)
            values = {name: _filled(name, value) for name, value in values.items()}
            if row.is_new:
                drafts[identity[1]] = MilestoneDraft(**values)
                numbers[identity[1]] = []
            else:
                drafts[identity[1]] = replace(drafts[identity[1]], **values)
            touched.setdefault(identity[1], {}).update(self._plain(row))
        gone = {identity[1] for identity, row in rows.items() if row.is_gone}
        for row in criteria:
            self._criterion(row, drafts, numbers, touched)
        self._save_milestones(drafts, held, touched, gone, numbers)

    def _criterion(
        self,
        row: RowChange,
        drafts: dict[str, MilestoneDraft],
        numbers: dict[str, list[str]],
        touched: dict[str, dict[str, Place]],
    ) -> None:
        """Put a criterion's cells into the draft of its milestone."""
        number = row.identity[1]
        home = next((mile for mile, lines in numbers.items() if number in lines), None)
        if row.is_new:
            name = row.cells["milestone"].new if "milestone" in row.cells else ""
            named = (one for one, draft in drafts.items() if _plain(draft.name) == _plain(name))
            home = next(named, None)
        if home is None:
            said = "There is no milestone of this name; write it as it stands in Milestones."
            self.applied.faults.at((row.sheet.name, row.identity, "milestone"), self.cells, said)
            return
        values = field_values(row, self.terms.names, "")
        values.pop("milestone", None)
        values = {name: _filled(name, value) for name, value in values.items()}
        lines = list(drafts[home].criteria)
        place = numbers[home].index(number) if number in numbers[home] else len(lines)
        if row.is_gone:
            del lines[place], numbers[home][place]
        elif row.is_new:
            lines.append(CriterionDraft(**{"unit": "", **values}))
            numbers[home].append(number)
        else:
            lines[place] = replace(lines[place], **values)
        drafts[home] = replace(drafts[home], criteria=tuple(lines))
        at = touched.setdefault(home, {})
        at |= {
            f"criteria-{place}-{column.name}": (row.sheet.name, row.identity, column.name)
            for column in row.sheet.columns
        }

    def _save_milestones(
        self,
        drafts: dict[str, MilestoneDraft],
        held: dict[str, Decimal],
        touched: dict[str, dict[str, Place]],
        gone: set[str],
        numbers: dict[str, list[str]],
    ) -> None:
        """Those that give up money first, so that those that take more find it free."""
        for number in sorted(gone):
            self._guard(
                partial(self._remove_milestone, number),
                touched[number],
            )
        rest = [number for number in touched if number not in gone]
        rest.sort(key=lambda one: drafts[one].tranche_share - held.get(one, Decimal(0)))
        for number in rest:
            self._guard(
                partial(self._save_milestone, number, drafts[number], held, numbers),
                touched[number],
            )

    def _remove_milestone(self, number: str) -> None:
        remove_milestone(self.terms.session, self._load(), int(number), **self.terms.saving)

    def _save_milestone(
        self,
        number: str,
        draft: MilestoneDraft,
        held: dict[str, Decimal],
        numbers: dict[str, list[str]],
    ) -> None:
        session, saving = self.terms.session, self.terms.saving
        if number in held:
            made = edit_milestone(session, self._load(), int(number), draft, **saving)
        else:
            made = add_milestone(session, self._load(), draft, **saving)
            self.applied.numbers[layout.MILESTONES.name, (self.change.key, number)] = str(made.id)
        for line, criterion in zip(numbers[number], made.criteria, strict=True):
            self.applied.numbers[layout.CRITERIA.name, (self.change.key, line)] = str(criterion.id)


def _filled(name: str, value: Any) -> Any:
    """What an empty cell means: nothing, or an empty text where a field has no other nothing."""
    return _EMPTY.get(name) if value is None else value


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _id(names: Names, words: Words, label: str) -> int:
    return int(str(names.value(words, label)))
