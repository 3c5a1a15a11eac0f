"""Forms for bringing a registry in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Regexp

from app.errors import InvalidError
from app.values.canonical import DIGEST
from app.web.forms import Form, OnceForm


class UploadForm(Form):
    """A file, how to read it and where it goes."""

    file = FileField("File", validators=[FileRequired("Choose a CSV, XLSX or JSON file.")])
    mapping = SelectField("Mapping", validators=[InputRequired("Choose a mapping.")])
    own_mapping = FileField("Own mapping (JSON), used instead")
    cycle = SelectField("Cycle", coerce=int, validators=[InputRequired("Choose a cycle.")])


class CommitForm(OnceForm):
    """The confirmation of a dry run; the files are found again by their digests."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    mapping = HiddenField(validators=[InputRequired()])
    own_mapping = HiddenField()
    cycle = HiddenField(validators=[Regexp(r"^\d{1,9}\Z", message="Choose the cycle again.")])
    leave_out = BooleanField("Leave the rows with errors out and import the others")


class UndoForm(OnceForm):
    """The confirmation that an import is to be taken back."""

    sure = BooleanField(
        "Delete all its initiatives",
        validators=[DataRequired("Tick this if all initiatives of the import are to be deleted.")],
    )


class MoveForm(OnceForm):
    """A move for all initiatives of an import at once."""


class WorkbookForm(Form):
    """The registry's workbook, edited."""

    file = FileField("Workbook", validators=[FileRequired("Choose the edited workbook.")])


class SaveForm(OnceForm):
    """The confirmation of differences: of which file, which were shown, which conflicts it wins."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    mark = HiddenField(validators=[Regexp(r"^[0-9a-f]{8}\Z", message="Upload the file again.")])


class TakeBackForm(OnceForm):
    """The confirmation that what a file changed is to be taken back."""


class RowsForm(Form):
    """A file of rows, or the rows themselves as they are copied from a spreadsheet."""

    file = FileField("File")
    pasted = TextAreaField(
        "Or paste rows",
        description="Copied from a spreadsheet, with the line of headers.",
    )
    cycle = SelectField("Cycle", validate_choice=False, choices=[])

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that there is a file or something pasted."""
        valid = super().validate(extra_validators)
        if valid and not self.file.data and not (self.pasted.data or "").strip():
            self.file.errors = ["Choose a CSV or XLSX file, or paste rows."]
            return False
        return valid

    @property
    def content(self) -> tuple[str, bytes]:
        """The name and the bytes of what is to be read."""
        if self.file.data:
            return self.file.data.filename or "file", self.file.data.read()
        return "pasted rows.csv", (self.pasted.data or "").strip().encode()


class MappingForm(Form):
    """Which column of the file is which of ours; its selects are added by `mapping_form`."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    cycle = HiddenField()
    keep_as = StringField(
        "Keep this mapping as", description="Files with the same headers are read like this then."
    )

    @property
    def columns(self) -> dict[str, str]:
        """Our column → the file's header, for those chosen."""
        return {
            name.removeprefix(COLUMN): field.data
            for name, field in self._fields.items()
            if name.startswith(COLUMN) and field.data
        }

    def refuse_columns(self, error: InvalidError) -> None:
        """Put what is wrong with a column at its select."""
        fields = {f"{COLUMN}{name}": said for name, said in error.fields.items()}
        self.refuse(InvalidError(error.message, fields=fields) if fields else error)


COLUMN = "column_"


def mapping_form(
    wanted: Sequence[tuple[str, str, bool]], headers: Sequence[str], **kwargs: Any
) -> MappingForm:
    """The form with a select for each column wanted: its name, its label, whether it is needed."""
    choices = [("", "Not in the file"), *((one, one) for one in headers)]
    made = {
        f"{COLUMN}{name}": SelectField(
            label if is_needed else f"{label} (optional)", choices=choices, validate_choice=False
        )
        for name, label, is_needed in wanted
    }
    form: MappingForm = type("MappingOfColumns", (MappingForm,), made)(**kwargs)
    return form


class RowSaveForm(OnceForm):
    """The confirmation of a dry run of rows: the file, its mapping, and what was shown."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    columns = HiddenField(validators=[InputRequired()])
    keep_as = HiddenField()
    cycle = HiddenField()
    mark = HiddenField()
    is_confirmed = BooleanField("The unusual budgets are meant")


class ReverseForm(OnceForm):
    """Why all payments of a file are taken back."""

    reason = TextAreaField(
        "Reason",
        validators=[InputRequired("Say why they are taken back.")],
        description="It stays on record; book the right payments afterwards.",
    )
