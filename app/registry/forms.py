"""Forms for bringing a registry in."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import DataRequired, InputRequired, Regexp

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
