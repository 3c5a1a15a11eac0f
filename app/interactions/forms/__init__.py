"""Forms for taking logs of interactions in, keeping their mappings, and erasing customers."""

from app.interactions.forms.columns import ColumnsForm
from app.interactions.forms.mapped import answers, mapping_json, refused_part
from app.interactions.forms.uploads import (
    OWN_COLUMNS,
    CommitForm,
    CountForm,
    EraseConfirmForm,
    EraseForm,
    FinishForm,
    ForgetForm,
    KeepForm,
    RemoveForm,
    UploadForm,
)

__all__ = [
    "OWN_COLUMNS",
    "ColumnsForm",
    "CommitForm",
    "CountForm",
    "EraseConfirmForm",
    "EraseForm",
    "FinishForm",
    "ForgetForm",
    "KeepForm",
    "RemoveForm",
    "UploadForm",
    "answers",
    "mapping_json",
    "refused_part",
]
