"""Links that a file changes, set whole as the page of links does."""

from __future__ import annotations

from app.errors import InvalidError
from app.initiatives.queries import DEPENDENCIES, get_initiative, list_exclusions
from app.initiatives.rules import DependencyDraft, ExclusionDraft
from app.initiatives.services import set_links
from app.registry.engine import layout
from app.registry.engine.layout import NEEDS
from app.registry.services.changing import Applied, Change, RowChange, Terms


def set_changed_links(terms: Terms, change: Change, applied: Applied) -> None:
    """Put the links of one initiative as they are with those of the file.

    A refusal is said at the row it is about.
    """
    one = get_initiative(terms.session, applied.keys.get(change.key, change.key), *DEPENDENCIES)
    needs = {
        row.needs.key: DependencyDraft(row.needs.key, row.lag_quarters, row.note)
        for row in sorted(one.dependencies, key=lambda row: row.needs.key)
    }
    excludes = {
        other.key: ExclusionDraft(other.key, row.reason)
        for other, row in list_exclusions(terms.session, one)
    }
    rows: dict[tuple[str, str], RowChange] = {}
    for row in change.of(layout.LINKS):
        _, kind, named = row.identity
        other = applied.keys.get(named, named)
        rows[kind, other] = row
        if row.is_gone:
            (needs if kind == NEEDS else excludes).pop(other, None)
        elif kind == NEEDS:
            needs[other] = _need(row, needs.get(other, DependencyDraft(other)))
        else:
            excludes[other] = _exclusion(row, excludes.get(other, ExclusionDraft(other)))
    try:
        set_links(terms.session, one, list(needs.values()), list(excludes.values()), **terms.saving)
    except InvalidError as error:
        _say(error, rows, list(needs), list(excludes), applied, change)


def _need(row: RowChange, stored: DependencyDraft) -> DependencyDraft:
    cells = {column.name: one.value for column, one in row.read_cells}
    lag = cells.get("lag_quarters", stored.lag_quarters)
    note = cells.get("note", stored.note)
    return DependencyDraft(stored.key, int(str(lag or 0)), str(note or ""))


def _exclusion(row: RowChange, stored: ExclusionDraft) -> ExclusionDraft:
    cells = {column.name: one.value for column, one in row.read_cells}
    return ExclusionDraft(stored.key, str(cells.get("note", stored.reason) or ""))


def _say(
    error: InvalidError,
    rows: dict[tuple[str, str], RowChange],
    needs: list[str],
    excludes: list[str],
    applied: Applied,
    change: Change,
) -> None:
    """The form's names of rows are counted; the file's rows are named by what they link with."""
    cells = [one for row in change.of(layout.LINKS) for one in row.cells.values()]
    for name, message in (error.fields or {"": error.message}).items():
        group, _, rest = name.partition("-")
        number = rest.partition("-")[0]
        keys = needs if group == "needs" else excludes
        kind = NEEDS if group == "needs" else layout.EXCLUDES
        row = rows.get((kind, keys[int(number)])) if number.isdigit() else None
        column = "lag_quarters" if name.endswith("lag_quarters") else "other"
        place = (row.sheet.name, row.identity, column) if row else None
        applied.faults.at(place, cells, message)
