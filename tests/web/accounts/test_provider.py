"""People sign in at an OpenID provider; what it says is believed only after every check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from app.accounts.models import Identity, SignInSession
from app.accounts.rules import Role
from app.audit.models import AuditEvent
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, Cast, make_person
from tests.support.digests import database_columns, database_digest
from tests.support.factors import box_of, code_at, give_factor
from tests.support.pages import text
from tests.support.provider import (
    CLIENT,
    SECRET,
    LyingProvider,
    back_from,
    sign_in_there,
    signing_in_at,
)

Lie = Callable[[LyingProvider], None]


@pytest.fixture
def provider(app: Flask, now: datetime) -> Iterator[LyingProvider]:
    with signing_in_at(app, now) as found:
        yield found


def _claims(changed: dict[str, Any]) -> Lie:
    def lie(provider: LyingProvider) -> None:
        provider.spoil = lambda claims: claims.update(changed)

    return lie


def _unsigned(provider: LyingProvider) -> None:
    provider.header = {"alg": "none"}


def _other_key(provider: LyingProvider) -> None:
    provider.key = ECKey.generate_key("P-256", {"kid": "first"})


def _shared_key(provider: LyingProvider) -> None:
    provider.header, provider.key = {"alg": "HS256", "kid": "first"}, OctKey.import_key(SECRET)


def _breaks_off(*_: Any, **__: Any) -> bytes:
    raise ProtocolError("Connection broken")


def _no_token(provider: LyingProvider) -> None:
    provider.token = "not.a.token"


LIES: dict[str, Lie] = {
    "another nonce": _claims({"nonce": "another"}),
    "no nonce": _claims({"nonce": None}),
    "another audience": _claims({"aud": "somebody-else"}),
    "two audiences": _claims({"aud": [CLIENT, "somebody-else"]}),
    "another party": _claims({"azp": "somebody-else"}),
    "another issuer": _claims({"iss": "https://evil.test"}),
    "expired": _claims({"exp": 1_000}),
    "without end": _claims({"exp": None}),
    "from the future": _claims({"iat": 4_000_000_000}),
    "no subject": _claims({"sub": ""}),
    "unsigned": _unsigned,
    "another key": _other_key,
    "a key clients know": _shared_key,
    "no token at all": _no_token,
}


class TestSignIn:
    def test_links_a_verified_address_once_and_knows_the_subject_from_then_on(
        self, app: Flask, session: Session, cast: Cast, provider: LyingProvider
    ) -> None:
        provider.person = {"sub": "s-1", "email": cast.lead.email, "email_verified": True}
        client = app.test_client()
        assert "Sign in with Halden ID" in text(client.get("/sign-in"))
        assert sign_in_there(client).status_code == 303
        assert "Lena Lead" in text(client.get("/account"))
        asked = provider.asked[-1]
        assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) > 30
        assert session.scalars(select(Identity.subject)).all() == ["s-1"]
        # Who takes over her address there is not her, and her own new address changes nothing.
        provider.person = {"sub": "s-2", "email": cast.lead.email, "email_verified": True}
        other = app.test_client()
        sign_in_there(other)
        assert "Nobody here is known" in text(other.get("/sign-in"))
        provider.person = {"sub": "s-1", "email": "else@waymark.test", "email_verified": False}
        again = app.test_client()
        sign_in_there(again)
        assert "Lena Lead" in text(again.get("/account"))
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()
        assert actions == ["person.identity_linked", "person.signed_in", "person.signed_in"]

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_lets_in_nobody_who_is_not_here_not_verified_or_barred(
        self, app: Flask, session: Session, engine: Engine, cast: Cast, provider: LyingProvider
    ) -> None:
        with transaction(session):
            make_person(session, "Bob Barred", Role.VIEWER).is_active = False
        counted = dict(database_columns(engine))
        del counted["sign_in_throttles"]  # whoever comes back is counted
        before = database_digest(engine, counted)
        for person in (
            {"sub": "s-1", "email": "nobody@waymark.test", "email_verified": True},
            {"sub": "s-1", "email": cast.lead.email, "email_verified": False},
            {"sub": "s-1", "email": cast.lead.email, "email_verified": "true"},
            {"sub": "s-1", "email": cast.lead.email},
            {"sub": "s-1", "email": "bob@waymark.test", "email_verified": True},
        ):
            provider.person = person
            client: Any = app.test_client()
            assert sign_in_there(client).headers["Location"] == "/sign-in"
            assert client.get("/account").status_code == 303
        assert database_digest(engine, counted) == before

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_believes_no_lie(
        self, app: Flask, session: Session, cast: Cast, provider: LyingProvider
    ) -> None:
        provider.person = {"sub": "s-1", "email": cast.lead.email, "email_verified": True}
        honest = (provider.key, dict(provider.header))
        believed = []
        for name, lie in LIES.items():
            provider.spoil, provider.token = (lambda _: None), None
            provider.key, provider.header = honest[0], dict(honest[1])
            lie(provider)
            client: Any = app.test_client()
            sign_in_there(client)
            if client.get("/account").status_code != 303:
                believed.append(name)
        assert believed == []
        assert session.scalars(select(Identity)).all() == []

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_takes_a_code_and_a_state_once_and_from_its_own_browser(
        self, app: Flask, cast: Cast, provider: LyingProvider
    ) -> None:
        provider.person = {"sub": "s-1", "email": cast.lead.email, "email_verified": True}
        mine, stranger = app.test_client(), app.test_client()
        back = back_from(mine)
        for client, address in (
            (stranger, back),
            (mine, back.replace("state=", "state=x")),
        ):
            client.get(address, loose=True)
            assert client.get("/account").status_code == 303
        back = back_from(mine)
        mine.get(back, loose=True)
        assert mine.get("/account").status_code == 200
        mine.post("/sign-out")
        mine.get(back, loose=True)
        assert mine.get("/account").status_code == 303
        # The cookie of the time copied back: the provider gave this code's token already.
        copied = app.test_client()
        back = back_from(copied)
        with copied.session_transaction() as cookie:
            kept = dict(cookie)
        copied.get(back, loose=True)
        copied.post("/sign-out")
        with copied.session_transaction() as cookie:
            cookie.update(kept)
        copied.get(back, loose=True)
        assert copied.get("/account").status_code == 303

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_takes_new_keys_of_the_provider_and_says_when_it_is_away(
        self, app: Flask, cast: Cast, provider: LyingProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        provider.person = {"sub": "s-1", "email": cast.lead.email, "email_verified": True}
        sign_in_there(app.test_client())
        provider.key = ECKey.generate_key("P-256", {"kid": "second"})
        provider.published, provider.header["kid"] = [provider.key], "second"
        client: Any = app.test_client()
        sign_in_there(client)
        assert client.get("/account").status_code == 200
        app.config["OIDC_ISSUER"] = "http://127.0.0.1:9"
        app.extensions.pop("oidc_provider")
        away: Any = app.test_client()
        assert away.get("/sign-in/provider").headers["Location"] == "/sign-in"
        with monkeypatch.context() as breaking:
            breaking.setattr(HTTPResponse, "read1", _breaks_off)
            app.config["OIDC_ISSUER"] = provider.issuer
            app.extensions.pop("oidc_provider")
            assert away.get("/sign-in/provider").headers["Location"] == "/sign-in"
        assert "does not answer" in text(away.get("/sign-in"))


class TestSecondFactor:
    def test_is_ones_own_unless_the_provider_asked_for_one(
        self, app: Flask, session: Session, cast: Cast, now: datetime, provider: LyingProvider
    ) -> None:
        app.config["REQUIRE_SECOND_FACTOR"] = True
        person = {"sub": "s-1", "email": cast.cfo.email, "email_verified": True}
        provider.person = person
        bare: Any = app.test_client()
        sign_in_there(bare)
        assert bare.get("/").headers["Location"] == "/account"
        provider.person = person | {"amr": ["pwd", "otp"]}
        strong: Any = app.test_client()
        sign_in_there(strong)
        assert strong.get("/").status_code == 200
        give_factor(session, cast.cfo, box_of(app), now)
        provider.person = person
        asked: Any = app.test_client()
        assert sign_in_there(asked).headers["Location"] == "/sign-in/code"
        assert asked.get("/account").status_code == 303
        asked.post("/sign-in/code", data={"code": code_at(now)})
        assert asked.get("/").status_code == 200


class TestFreshProof:
    def test_is_given_at_the_provider_by_the_same_person_just_now(
        self, app: Flask, session: Session, cast: Cast, now: datetime, provider: LyingProvider
    ) -> None:
        provider.person = {"sub": "s-1", "email": cast.admin.email, "email_verified": True}
        client: Any = app.test_client()
        sign_in_there(client)
        later = provider.now = app.config["FIXED_NOW"] = now + timedelta(minutes=11)
        data = {"name": "Nia", "email": "n@waymark.test", "password": "marble otter canyon lamp"}
        asked = client.post("/admin/people/new", data=data)
        assert asked.status_code == 403
        assert "Confirm at Halden ID" in text(asked)
        provider.spoil = lambda claims: claims.update(auth_time=int(now.timestamp()))
        sign_in_there(client, "/account/confirm")
        assert client.post("/admin/people/new", data=data).status_code == 403
        provider.spoil = lambda claims: claims.update(sub="s-9")
        assert sign_in_there(client, "/account/confirm").status_code == 403
        provider.spoil = lambda _: None
        sent = client.get("/account/confirm").headers["Location"]
        query = parse_qs(urlsplit(sent).query)
        assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
        assert "Confirmed" in text(sign_in_there(client, "/account/confirm"))
        assert client.post("/admin/people/new", data=data).status_code == 303
        kept = session.scalars(select(SignInSession)).one()
        assert kept.confirmed_at == later

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("is_own", [True, False])
    def test_is_never_weaker_than_thesign_in_there(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        now: datetime,
        provider: LyingProvider,
        is_own: bool,
    ) -> None:
        bare = {"sub": "s-1", "email": cast.admin.email, "email_verified": True}
        strong = bare | {"amr": ["otp"]}
        provider.person = bare if is_own else strong
        if is_own:
            give_factor(session, cast.admin, box_of(app), now)
        client: Any = app.test_client()
        sign_in_there(client)
        if is_own:
            client.post("/sign-in/code", data={"code": code_at(now)})
        provider.now = app.config["FIXED_NOW"] = now + timedelta(minutes=11)
        data = {"name": "Nia", "email": "n@waymark.test", "password": "marble otter canyon lamp"}
        provider.person = bare
        refused = sign_in_there(client, "/account/confirm")
        assert refused.status_code == 403 and "asked for none now" in text(refused)
        assert client.post("/admin/people/new", data=data).status_code == 403
        provider.person = strong
        assert sign_in_there(client, "/account/confirm").status_code == 200
        assert client.post("/admin/people/new", data=data).status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestPasswords:
    def test_can_be_switched_off(self, app: Flask, cast: Cast, provider: LyingProvider) -> None:
        app.config["PASSWORD_SIGN_IN"] = False
        client: Any = app.test_client()
        assert "Forgotten" not in text(client.get("/sign-in"))
        typed = {"email": cast.lead.email, "password": PASSWORD}
        assert client.post("/sign-in", data=typed).status_code == 422
        provider.person = {"sub": "s-1", "email": cast.lead.email, "email_verified": True}
        sign_in_there(client)
        assert client.get("/account").status_code == 200
        left = client.post("/sign-out").headers["Location"]
        assert "Sign out at Halden ID, too" in text(client.get(left))
        out = client.get("/sign-in/provider/out").headers["Location"]
        assert out.startswith(f"{provider.issuer}/out?client_id={CLIENT}")
