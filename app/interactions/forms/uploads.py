"""A log's file, the confirmation of its dry run, and what can be done with a source."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Regexp

from app.interactions.forms.columns import DELIMITERS, ENCODINGS
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
    encoding = SelectField("Encoding", choices=ENCODINGS)
    delimiter = SelectField("Separator of columns", choices=DELIMITERS)


class CommitForm(OnceForm):
    """The confirmation of a dry run; file and mapping are found again by their digests."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    mapping = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    leave_out = BooleanField("Leave the rows with errors out and take the others")
    replace = BooleanField("Rows an earlier import has with another content take that one's place")


class KeepForm(Form):
    """A name for the mapping of a dry run, under which it can be chosen next time."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    mapping = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    title = StringField("Name", validators=[InputRequired("Give the mapping a name.")])
    replace = BooleanField("Take the place of a mapping that has this name")


class ForgetForm(OnceForm):
    """Remove a mapping that was kept."""


class EraseForm(Form):
    """The key of the customer whose rows are to be erased."""

    customer = StringField(
        "Customer key", validators=[InputRequired("Type the customer's key as the logs have it.")]
    )


class EraseConfirmForm(OnceForm):
    """The confirmation of an erasure; the customer is named by pseudonym, the key is not kept."""

    customer = HiddenField(validators=[Regexp(r"^\d{1,19}\Z", message="Type the key again.")])
    reason = TextAreaField(
        "Reason", validators=[InputRequired("Say why, without naming the customer.")]
    )
    sure = BooleanField(
        "Erase these rows for good", validators=[DataRequired("Tick this if they are to go.")]
    )


class FinishForm(OnceForm):
    """End erasures that broke off."""


class RemoveForm(OnceForm):
    """The confirmation that an import is to be taken back."""

    sure = BooleanField(
        "Take its log and its months away",
        validators=[DataRequired("Tick this if the log and its months are to go.")],
    )


class CountForm(OnceForm):
    """Count a source again."""
