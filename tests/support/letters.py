"""Letters that were sent: read from a folder, or taken by a mail server of the test's own."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

SITE = "https://waymark.test"


def mail_into(app: Flask, folder: Path) -> Path:
    """Let the application send its mail into a folder."""
    app.config.update(MAIL_FOLDER=str(folder), MAIL_FROM="waymark@waymark.test", PUBLIC_URL=SITE)
    return folder


def letters_in(folder: Path) -> list[EmailMessage]:
    """The letters in a folder, in the order of their files' times."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [_read(file.read_bytes()) for file in files]


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content())


def token_in(letter: EmailMessage) -> str:
    """The token of the one link in a letter."""
    (token,) = re.findall(r"/sign-in/link\?token=(\S+)", text_of(letter))
    return str(token)


def _read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


class Taker:
    """What the test's mail server does with letters; ``answers`` are given before it takes any."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.were_sealed: list[bool] = []
        self.answers: list[str] = []
        self.to: list[str] = []
        self.parting = "221 Bye"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
        return self.parting

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answers and self.answers[0].startswith(("450", "550")):
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(_read(envelope.content))
        self.were_sealed.append(session.ssl is not None)
        self.to += envelope.rcpt_tos
        return "250 taken"


@contextmanager
def mail_server(folder: Path) -> Iterator[tuple[Controller, Taker, Path]]:
    """A mail server that wants STARTTLS and a password; gives its certificate, too."""
    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    taker = Taker()

    def fits(_server: Any, _session: Any, _envelope: Any, _kind: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"waymark", b"sesame open"))

    controller = Controller(
        taker, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        authenticator=fits, auth_required=True,
    )  # fmt: skip
    controller.start()
    try:
        yield controller, taker, certificate
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "mail.crt", folder / "mail.key"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files
