"""An OpenID provider: discovered, asked for a code, and given the code for an ID token."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.accounts.engine.asking import Kept, ProviderFaultError, asked
from app.accounts.engine.claims import Claims, ClaimsRefusedError, checked_claims

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a key of the provider's own; never none, never one that clients could make."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
    _about: Kept[dict[str, Any]] = field(init=False, repr=False)
    _keys: Kept[KeySet] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._about, self._keys = Kept(self._ask_about), Kept(self._ask_keys)

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
        if not self._about.get().get("end_session_endpoint"):
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
        answer = asked(
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
        """The claims of a token whose signature is right; new keys are asked for now and then."""
        try:
            return dict(jwt.decode(token, self._keys.get(), algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError):
            return dict(jwt.decode(token, self._keys.renew(), algorithms=ALGORITHMS).claims)

    def _ask_keys(self) -> KeySet:
        found = asked("GET", self._address("jwks_uri"))
        try:
            return KeySet.import_key_set(found)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderFaultError("The provider's keys can't be read.") from error

    def _ask_about(self) -> dict[str, Any]:
        about = asked("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:
            raise ProviderFaultError("The provider calls itself otherwise than OIDC_ISSUER.")
        return about

    def _address(self, name: str) -> str:
        address = self._about.get().get(name)
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
