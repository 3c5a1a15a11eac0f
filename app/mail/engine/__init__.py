"""How letters leave: composed as messages, over SMTP or into a folder."""

from app.mail.engine.composing import Sender, compose, new_message_id
from app.mail.engine.sending import FolderPost, MailFaultError, Post, SmtpPost, post_of

__all__ = [
    "FolderPost",
    "MailFaultError",
    "Post",
    "Sender",
    "SmtpPost",
    "compose",
    "new_message_id",
    "post_of",
]
