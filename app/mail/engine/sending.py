"""Where messages go: to a mail server, or into a folder as .eml files."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol


class MailFaultError(Exception):
    """A message was not taken; ``is_final``: it never will be."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class Post(Protocol):
    """Takes messages."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises MailFaultError when it was not taken."""


@dataclass(frozen=True, slots=True)
class FolderPost:
    """Writes each message into a folder; the same message again takes its own place."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the file, whole or not at all; only this account reads it."""
        name = re.sub(r"[^0-9A-Za-z]", "", str(message["Message-ID"]).partition("@")[0])
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f".{name}.part"
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(message.as_bytes())
            draft.rename(self.folder / f"{name}.eml")
        except OSError as error:
            raise MailFaultError(f"The folder of MAIL_FOLDER can't be written: {error}.") from error


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """Hands each message to a mail server, in a connection of its own."""

    host: str
    port: int
    tls: str
    name: str = ""
    password: str = field(default="", repr=False)
    authorities: str = ""
    seconds: float = 20.0

    def send(self, message: EmailMessage) -> None:
        """Send; a server that refuses for good ends it, everything else may be tried again."""
        try:
            server = self._connected()
            try:
                if self.name:
                    server.login(self.name, self.password)
                server.send_message(message)
            finally:
                _take_leave(server)
        except (smtplib.SMTPException, OSError) as error:
            raise _fault(error) from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.authorities or None)
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            if self.tls == "starttls":
                server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server


def _take_leave(server: smtplib.SMTP) -> None:
    """Say goodbye; a server that took the message and is rude now has taken it all the same."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def post_of(config: Mapping[str, Any]) -> Post | None:
    """What delivers here; None where no mail is sent."""
    if config["MAIL_FOLDER"]:
        return FolderPost(Path(config["MAIL_FOLDER"]))
    if not config["MAIL_HOST"]:
        return None
    return SmtpPost(
        host=config["MAIL_HOST"],
        port=config["MAIL_PORT"],
        tls=config["MAIL_TLS"],
        name=config["MAIL_NAME"],
        password=config["MAIL_PASSWORD"],
        authorities=config["MAIL_AUTHORITIES"],
        seconds=config["MAIL_SECONDS"],
    )


def _fault(error: smtplib.SMTPException | OSError) -> MailFaultError:
    """A fault in words without what servers repeat of a message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        is_final = all(code >= 500 for code in codes)
        said = ", ".join(str(code) for code in codes)
        return MailFaultError(f"The mail server refused the address ({said}).", is_final=is_final)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return MailFaultError("The mail server refused MAIL_NAME and MAIL_PASSWORD.")
    if isinstance(error, smtplib.SMTPResponseException):
        is_final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return MailFaultError(f"The mail server answered {error.smtp_code}.", is_final=is_final)
    if isinstance(error, ssl.SSLError):
        return MailFaultError(f"The mail server's TLS can't be trusted: {error.reason}.")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailFaultError("The mail server offers no STARTTLS, or no way to sign in.")
    return MailFaultError(f"The mail server can't be reached: {type(error).__name__}.")
