"""A log's file, the confirmation of its dry run, and what can be done with a source."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import DataRequired, InputRequired, Regexp

from app.values.canonical import DIGEST
from app.web.forms import Form, OnceForm

OWN_COLUMNS = "own-columns"
"""The choice to say on the next page which column means what."""


class UploadForm(Form):
    """A file, how to read it and the journey its contacts belong to."""

    file = FileField("File", validators=[FileRequired("Choose a CSV, XLSX or Parquet file.")])
    mapping = SelectField("Mapping", validators=[InputRequired("Choose a mapping.")])
    journey = SelectField("Journey")
    own_mapping = FileField("Own mapping (JSON), used instead")


class CommitForm(OnceForm):
    """The confirmation of a dry run; file and mapping are found again by their digests."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    mapping = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    leave_out = BooleanField("Leave the rows with errors out and take the others")
    replace = BooleanField("Rows an earlier import has with another content take that one's place")


class RemoveForm(OnceForm):
    """The confirmation that an import is to be taken back."""

    sure = BooleanField(
        "Take its log and its months away",
        validators=[DataRequired("Tick this if the log and its months are to go.")],
    )


class CountForm(OnceForm):
    """Count a source again."""
