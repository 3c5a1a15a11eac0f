"""A letter as a message after RFC 5322, plain text only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters come from."""

    address: str
    name: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Sender:
        organisation = config["ORGANISATION"]
        return cls(config["MAIL_FROM"], f"Waymark – {organisation}" if organisation else "Waymark")


def new_message_id(site: str) -> str:
    """A name for a letter that no other letter has."""
    return f"<{secrets.token_hex(16)}@{urlsplit(site).hostname or 'waymark'}>"


def compose(
    sender: Sender, *, to: str, subject: str, text: str, message_id: str, written_at: datetime
) -> EmailMessage:
    """The message; no header can hold a line of its own."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((sender.name, sender.address))
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message
