"""Read comments, whom they mention, and what was decided about what they are on."""

from app.comments.queries.mentions import MentionLine, list_unread
from app.comments.queries.notes import Note, list_notes
from app.comments.queries.subjects import COLUMNS, Subject, get_subject, thing_of
from app.comments.queries.threads import (
    find_known,
    get_comment,
    list_comments,
    list_known,
    list_recipients,
)

__all__ = [
    "COLUMNS",
    "MentionLine",
    "Note",
    "Subject",
    "find_known",
    "get_comment",
    "get_subject",
    "list_comments",
    "list_known",
    "list_notes",
    "list_recipients",
    "list_unread",
    "thing_of",
]
