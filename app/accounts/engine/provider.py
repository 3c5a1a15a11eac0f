"""An OpenID provider: discovered, asked for a code, and given the code for an ID token."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from app.accounts.engine.claims import Claims, ClaimsRefusedError, checked_claims

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a key of the provider's own; never none, never one that clients could make."""

SECONDS = 10
LARGEST_ANSWER = 1 << 20
KNOWN_FOR = 3_600.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ProviderFaultError(Exception):
    """The provider could not be asked, or said what is not believed; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one sign-in asks for; kept in the browser's signed cookie until it comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Wanted:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(slots=True)
class Provider:
    """The provider of this installation, as its settings name it."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    returns_to: str
    second_factors: tuple[str, ...] = ()
    _about: dict[str, Any] = field(default_factory=dict, repr=False)
    _keys: KeySet | None = field(default=None, repr=False)
    _known_at: float = 0.0

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Provider | None:
        """The provider that is configured, else None."""
        if not config["OIDC_ISSUER"]:
            return None
        return cls(
            issuer=config["OIDC_ISSUER"],
            client=config["OIDC_CLIENT_ID"],
            secret=config["OIDC_CLIENT_SECRET"],
            returns_to=f"{config['PUBLIC_URL']}/sign-in/provider/return",
            second_factors=tuple(config["OIDC_SECOND_FACTORS"]),
        )

    def sign_in_address(self, wanted: Wanted, *, again: bool = False) -> str:
        """Where to send a browser; ``again``: somebody signed in proves anew who they are."""
        query = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.returns_to,
            "scope": "openid email profile",
            "state": wanted.state,
            "nonce": wanted.nonce,
            "code_challenge": create_s256_code_challenge(wanted.verifier),
            "code_challenge_method": "S256",
        }
        if again:
            query |= {"prompt": "login", "max_age": "0"}
        return _with_query(self._address("authorization_endpoint"), query)

    def sign_out_address(self, back: str) -> str | None:
        """Where a browser signs out at the provider, too; None where it offers nothing."""
        if not self._discovered().get("end_session_endpoint"):
            return None
        query = {"client_id": self.client, "post_logout_redirect_uri": back}
        return _with_query(self._address("end_session_endpoint"), query)

    def claims(
        self, code: str, wanted: Wanted, *, max_age: timedelta | None = None, now: datetime
    ) -> Claims:
        """Who signed in, for the code they came back with; raises ProviderFaultError."""
        token = self._exchange(code, wanted)
        try:
            return checked_claims(
                self._verified(token),
                issuer=self.issuer,
                client=self.client,
                nonce=wanted.nonce,
                max_age=max_age,
                second_factors=self.second_factors,
                now=now,
            )
        except (ClaimsRefusedError, JoseError, ValueError) as error:
            raise ProviderFaultError(f"The ID token is not believed: {error}.") from error

    def _exchange(self, code: str, wanted: Wanted) -> str:
        answer = _asked(
            "POST",
            self._address("token_endpoint"),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.returns_to,
                "code_verifier": wanted.verifier,
            },
            auth=(self.client, self.secret),
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFaultError("The provider gave no ID token.")
        return token

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature is right; keys are fetched anew once."""
        try:
            return dict(jwt.decode(token, self._key_set(), algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError):
            self._keys = None
            return dict(jwt.decode(token, self._key_set(), algorithms=ALGORITHMS).claims)

    def _key_set(self) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(_asked("GET", self._address("jwks_uri")))  # type: ignore[arg-type]
        return self._keys

    def _discovered(self) -> dict[str, Any]:
        if self._about and time.monotonic() - self._known_at < KNOWN_FOR:
            return self._about
        about = _asked("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:
            raise ProviderFaultError("The provider calls itself otherwise than OIDC_ISSUER.")
        self._about, self._keys, self._known_at = about, None, time.monotonic()
        return about

    def _address(self, name: str) -> str:
        address = self._discovered().get(name)
        if not isinstance(address, str) or not is_safe_address(address):
            raise ProviderFaultError(f"The provider names no safe {name}.")
        return address


def is_safe_address(address: str) -> bool:
    """Whether an address is read over https, or on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _asked(method: str, address: str, **sent: Any) -> dict[str, Any]:
    """A JSON object of the provider's; raises ProviderFaultError. No redirect is followed."""
    try:
        with requests.request(
            method, address, timeout=SECONDS, allow_redirects=False, stream=True, **sent
        ) as answer:
            content = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
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
