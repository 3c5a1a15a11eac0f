"""Forms for taking logs of interactions in."""

from app.interactions.forms.columns import ColumnsForm
from app.interactions.forms.uploads import CommitForm, CountForm, RemoveForm, UploadForm

__all__ = ["ColumnsForm", "CommitForm", "CountForm", "RemoveForm", "UploadForm"]
