"""The steps every kind of rows has in common: choose a file, say which column is which."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, url_for

from app.calendar.queries import list_cycles
from app.calendar.rules import CycleState
from app.errors import InvalidError
from app.extensions import db
from app.registry.engine.columns import unfolded
from app.registry.forms import MappingForm, RowSaveForm, RowsForm, mapping_form
from app.registry.rules import RowKind
from app.registry.services import RowFile, keep_mapping, mapping_for, wanted_columns
from app.web.clock import now
from app.web.guards import current_actor
from app.web.uploads import find_upload, keep_upload

Page = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Steps:
    """What the pages of one kind say, and where they lead."""

    kind: RowKind
    title: str
    says: str
    columns: str
    back: str
    back_label: str
    has_cycle: bool = False

    @property
    def endpoint(self) -> str:
        return f"registry.{self.kind.value}"

    @property
    def address(self) -> str:
        return url_for(self.endpoint)


MILESTONES = Steps(
    RowKind.MILESTONES, "Import milestones",
    "Dates, shares of the money and what happens if they are missed, for many initiatives at once.",
    "The initiative’s key and the milestone’s name tell which it is; a name that is not there yet"
    " adds a milestone.",
    "initiatives.index", "Initiatives",
)  # fmt: skip
BUDGETS = Steps(
    RowKind.BUDGETS, "Import budgets",
    "What each fund of a cycle may spend in each quarter.",
    "Either fund, quarter (2027-Q1) and amount, or a column per quarter with the fund before them.",
    "calendar.index", "Cycles", has_cycle=True,
)  # fmt: skip
ACTUALS = Steps(
    RowKind.ACTUALS, "Import payments",
    "What was paid out of released money. A wrong payment is reversed, never changed.",
    "Initiative, fund, day, amount and reference; quarter and cycle if needed.",
    "approvals.spending", "Book spend",
)  # fmt: skip


def upload_page(steps: Steps, form: RowsForm | None = None) -> str:
    """Step 1: choose a file or paste rows."""
    form = form or RowsForm(formdata=None)
    if steps.has_cycle:
        form.cycle.choices = [
            (str(one.id), f"{one.name} ({one.currency}, from {one.first_quarter})")
            for one in list_cycles(db.session)
            if one.state is not CycleState.CLOSED
        ]
    return render_template("registry/rows.html", form=form, steps=steps)


def read_upload(steps: Steps) -> Page:
    """Step 2: show the file's columns and which of ours each is, as far as that can be told."""
    form = RowsForm()
    if not form.validate():
        return upload_page(steps, form), 422
    name, content = form.content
    file = RowFile(name, content, steps.kind)
    try:
        columns, known = mapping_for(db.session, steps.kind, file.table.columns)
    except InvalidError as error:
        form.refuse(error)
        return upload_page(steps, form), 422
    mapping = _mapping(
        file, formdata=None,
        data={
            "file_name": name, "file": keep_upload(content), "keep_as": known or name[:80],
            "cycle": form.cycle.data or "",
            **{f"column_{one}": header for one, header in columns.items()},
        },
    )  # fmt: skip
    return mapping_page(steps, mapping, file, known)


def _mapping(file: RowFile, **kwargs: object) -> MappingForm:
    return mapping_form(wanted_columns(file.kind), file.table.columns, **kwargs)


def mapping_page(steps: Steps, form: MappingForm, file: RowFile, known: str = "") -> str:
    """The selects beside the first rows of the file."""
    is_wide = steps.kind is RowKind.BUDGETS and unfolded(file.table) is not file.table
    selects = [field for field in form if field.name.startswith("column_") and not is_wide]
    return render_template(
        "registry/mapping.html", steps=steps, form=form, selects=selects, known=known,
        is_wide=is_wide, headers=file.table.columns, file_name=file.name,
        sample=[[row.cells[one] for one in file.table.columns] for row in file.table.rows[:3]],
    )  # fmt: skip


def checked(steps: Steps, show: Callable[[RowFile, RowSaveForm], Page]) -> Page:
    """Step 3: read the rows by the mapping and ``show`` what they would do; save nothing."""
    bare = MappingForm()
    content = find_upload(bare.file.data or "")
    file = RowFile(bare.file_name.data or "", content, steps.kind)
    form = _mapping(file)
    if not form.validate():
        return mapping_page(steps, form, file), 422
    file = RowFile(file.name, content, steps.kind, form.columns)
    save = RowSaveForm(
        formdata=None, file_name=file.name, file=form.file.data, cycle=form.cycle.data,
        columns=json.dumps(form.columns), keep_as=form.keep_as.data,
    )  # fmt: skip
    try:
        return show(file, save)
    except InvalidError as error:
        form.refuse_columns(error)
        return mapping_page(steps, form, file), 422


def sent_file(steps: Steps, form: RowSaveForm) -> RowFile:
    """The file that a confirmation is about, with its mapping. Raises InvalidError."""
    if not form.validate():
        raise InvalidError("The dry run’s page was incomplete; upload the file again.")
    try:
        columns = json.loads(form.columns.data or "")
    except ValueError as error:
        raise InvalidError("The dry run’s page was incomplete; upload the file again.") from error
    if not isinstance(columns, dict):
        raise InvalidError("The dry run’s page was incomplete; upload the file again.")
    named = {str(name): str(header) for name, header in columns.items()}
    content = find_upload(form.file.data or "")
    return RowFile(form.file_name.data or "", content, steps.kind, named)


def remember_mapping(file: RowFile, form: RowSaveForm) -> None:
    """Keep how the columns were read, where it was given a name and says something new."""
    name = (form.keep_as.data or "").strip()
    known, kept_as = mapping_for(db.session, file.kind, file.table.columns)
    if name and not (kept_as == name and known == dict(file.columns)):
        keep_mapping(db.session, file, name, actor=current_actor(), now=now())
