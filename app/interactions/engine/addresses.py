"""Addresses of warehouses: the file one names, the package its kind takes, no secrets in words."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from app.interactions.engine.refusals import FileRefusedError

IN_FILES = frozenset({"duckdb", "sqlite"})
"""Kinds of warehouses that are a file, which their drivers make when it is not there."""
_ELSEWHERE = ("md:", "motherduck:")
_SECRET = re.compile(r"(?i)\b(\w*(?:password|passwd|pwd|token|secret|api_?key))(\s*[=:]\s*)\S+")
_SIGNED = re.compile(r"(://)[^\s/@]+@")


def scheme_of(address: str) -> str:
    """The kind of a warehouse, such as postgresql."""
    return address.partition("://")[0].lower()


def file_of(address: str) -> Path | None:
    """The file a warehouse is; None: it is none. Raises FileRefusedError where it names none."""
    if scheme_of(address) not in IN_FILES:
        return None
    parts = urlsplit(address)
    path = f"{parts.netloc}{parts.path}"
    if path.startswith(_ELSEWHERE):
        return None
    if path in ("", "/", ":memory:"):
        raise FileRefusedError(
            f"The address names no file; write it as {scheme_of(address)}:///folder/file."
        )
    return Path(path).absolute()


def check_file(address: str) -> None:
    """Refuse the address of a file that is not there: its driver would make an empty one."""
    file = file_of(address)
    if file is not None and not file.is_file():
        raise FileRefusedError(f"There is no file {file}; look at the address for a slip.")


def package_for(address: str) -> str:
    """What to install for a kind of warehouse whose driver is missing, as a sentence."""
    kind = "postgres" if scheme_of(address) == "postgresql" else scheme_of(address)
    return (
        f"The driver for {kind} is not installed. Install it where Waymark runs, with pip install"
        f" 'ibis-framework[{kind}]', and try again."
    )


def without_secrets(text: str) -> str:
    """What a driver says, without passwords and tokens it may repeat."""
    return _SIGNED.sub(r"\1…@", _SECRET.sub(r"\1\2…", text))
