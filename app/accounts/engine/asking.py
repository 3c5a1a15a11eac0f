"""Ask a provider over HTTP: briefly, and what it says of itself only now and then."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

import requests
from urllib3.exceptions import HTTPError

Said = TypeVar("Said")

SECONDS = 4.0
"""How long one request may hold the thread of whoever waits for a page."""

LARGEST_ANSWER = 1 << 20
PIECE = 1 << 16
KNOWN_FOR = 3_600.0
KNOWN_AT_MOST = 24 * KNOWN_FOR
"""How long what a provider said of itself counts while it can't be asked anew."""

AGAIN_AFTER = 15.0
"""So many seconds lie between two requests for what was not given, or not believed."""


class ProviderFaultError(Exception):
    """The provider could not be asked, or said what is not believed; the message is for the log."""


@dataclass(slots=True)
class Kept(Generic[Said]):
    """What a provider says of itself, kept for all threads; one of them asks at a time.

    While the provider is away the others get what it said before, or its absence, at once.
    """

    ask: Callable[[], Said]
    _said: Said | None = None
    _said_at: float = 0.0
    _is_old: bool = False
    _not_before: float = 0.0
    _renewed_at: float = -AGAIN_AFTER
    _lock: Lock = field(default_factory=Lock, repr=False)

    def get(self) -> Said:
        """What it said within the hour, else what it says now; raises ProviderFaultError."""
        said = self._said
        if said is not None and not self._is_over():
            return said
        if not self._lock.acquire(blocking=said is None):
            return said  # type: ignore[return-value]  # it waits only where there is none
        try:
            return self._asked_anew() if self._said is None or self._is_over() else self._said
        finally:
            self._lock.release()

    def renew(self) -> Said:
        """The same, asked anew unless that was done a moment ago."""
        if monotonic() - self._renewed_at >= AGAIN_AFTER:
            self._renewed_at, self._is_old = monotonic(), True
        return self.get()

    def _is_over(self) -> bool:
        return self._is_old or monotonic() - self._said_at >= KNOWN_FOR

    def _asked_anew(self) -> Said:
        if monotonic() >= self._not_before:
            try:
                self._said = self.ask()
            except ProviderFaultError:
                self._not_before = monotonic() + AGAIN_AFTER
                if self._said is None:
                    raise
            else:
                self._said_at, self._is_old = monotonic(), False
        if self._said is None or monotonic() - self._said_at >= KNOWN_AT_MOST:
            raise ProviderFaultError("The provider was away a moment ago.")
        return self._said


def asked(method: str, address: str, **sent: Any) -> dict[str, Any]:
    """A JSON object of the provider's; raises ProviderFaultError. No redirect is followed."""
    try:
        with requests.request(
            method, address, timeout=SECONDS / 2, allow_redirects=False, stream=True, **sent
        ) as answer:
            content = _content(answer, monotonic() + SECONDS)
            status = answer.status_code
    except (requests.RequestException, HTTPError, OSError) as error:
        raise ProviderFaultError(f"The provider is away: {type(error).__name__}.") from error
    if status != 200 or len(content) > LARGEST_ANSWER:
        raise ProviderFaultError(f"The provider answered {status}.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderFaultError("The provider answered no JSON.") from error
    if not isinstance(found, dict):
        raise ProviderFaultError("The provider answered no JSON object.")
    return found


def _content(answer: requests.Response, until: float) -> bytes:
    """What was answered, piece by piece, so that one that drips holds nobody."""
    content = b""
    while len(content) <= LARGEST_ANSWER:
        piece = answer.raw.read1(PIECE, decode_content=True)
        if not piece:
            break
        if monotonic() > until:
            raise ProviderFaultError("The provider takes too long.")
        content += piece
    return content
