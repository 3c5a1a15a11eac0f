"""Programs act for a person by a token: never by cookie, never more than the person may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, Person
from app.accounts.rules import FRESH_PERMISSIONS, PERMISSIONS, Role, scoped_permissions
from app.accounts.services import deactivate_person, reactivate_person, reset_password
from app.approvals.models import Commitment, Tranche
from app.audit.models import AuditEvent
from app.calendar.models import Fund
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.roadmap.queries import gates
from app.roadmap.rules import HurdleAction
from app.web.guards import policy_of, takes_token
from app.web.rates import METER, Meter
from tests.factories import amendments
from tests.factories.accounts import Cast, make_person
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of
from tests.support.client import StrictClient
from tests.support.digests import database_digest
from tests.support.pages import table, text
from tests.support.tokens import Program, token_for

ClientFor = Callable[[Person], StrictClient]
Ask = Callable[..., Program]


@pytest.fixture
def ask(app: Flask, session: Session, now: datetime) -> Ask:
    def program(person: Person, *scopes: str) -> Program:
        return Program(app, token_for(session, person, *scopes, now=now))

    return program


@pytest.fixture
def committed(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    with transaction(session):
        stage = make_world(session, cast, now)
    session.expire_all()
    with transaction(session):
        return make_commitments(session, cast, now, stage)


class TestTokens:
    def test_are_shown_once_kept_as_digests_and_ended_by_either_side(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        client_for: ClientFor,
    ) -> None:
        mine, admin = client_for(cast.lead), client_for(cast.admin)
        typed = {"name": "Reporting", "scopes": ["read"], "days": "30"}
        shown = mine.post("/account/tokens", data=typed)
        token = shown.soup.find("code").get_text()
        assert token.startswith("wm_")
        assert token not in text(mine.get("/account/tokens"))
        kept = session.scalars(select(ApiToken)).one()
        assert token not in repr(vars(kept))
        program = Program(app, token)
        assert program.get("/me").json["name"] == "Lena Lead"
        theirs = f"/admin/people/{cast.lead.id}"
        assert table(admin.get(theirs), "Tokens").first_column() == ["Reporting"]
        assert client_for(cast.cfo).post(f"/account/tokens/{kept.id}/revoke").status_code == 404
        assert program.get("/me").status_code == 200
        assert admin.post(f"{theirs}/tokens/{kept.id}/revoke").status_code == 303
        refused = program.get("/me")
        assert refused.status_code == 401
        assert refused.mimetype == "application/problem+json"
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")

    def test_end_with_time_account_and_reset(
        self, app: Flask, session: Session, cast: Cast, now: datetime, ask: Ask
    ) -> None:
        barred, reset, old = ask(cast.lead), ask(cast.viewer), ask(cast.manager)
        with transaction(session):
            deactivate_person(session, cast.lead, actor=cast.admin, now=now)
            reactivate_person(session, cast.lead, actor=cast.admin, now=now)
            reset_password(session, cast.viewer, actor=cast.admin, now=now)
        assert barred.get("/me").status_code == 401
        assert reset.get("/me").status_code == 401
        assert old.get("/me").status_code == 200
        app.config["FIXED_NOW"] = now + timedelta(days=30)
        assert old.get("/me").status_code == 401

    def test_let_nothing_through_that_takes_a_fresh_proof(self) -> None:
        assert not scoped_permissions(["read", "evidence", "actuals"]) & FRESH_PERMISSIONS
        assert scoped_permissions(["read", "evidence", "actuals"]) <= PERMISSIONS.keys()
        assert scoped_permissions(["god"]) == frozenset()

    def test_open_no_page_and_cookies_open_no_api(
        self, app: Flask, cast: Cast, now: datetime, session: Session, client_for: ClientFor
    ) -> None:
        token = token_for(session, cast.lead, now=now)
        bearer = {"Authorization": f"Bearer {token}"}
        client: Any = app.test_client()
        assert client.get("/initiatives", headers=bearer).status_code == 303
        assert client_for(cast.lead).get("/api/v1/me").status_code == 401

    def test_of_a_person_without_a_needed_second_factor_open_nothing(
        self, app: Flask, cast: Cast, ask: Ask
    ) -> None:
        program = ask(cast.cfo)
        assert program.get("/initiatives").status_code == 200
        app.config["REQUIRE_SECOND_FACTOR"] = True
        assert program.get("/initiatives").status_code == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestEveryAddress:
    def test_lets_in_whose_role_and_scope_give_the_right_and_nobody_else(
        self, app: Flask, session: Session, engine: Engine, now: datetime
    ) -> None:
        with transaction(session):
            people = {role: make_person(session, f"{role.value} Only", role) for role in Role}
        programs = {
            (role, scopes): Program(app, token_for(session, person, *scopes, now=now))
            for role, person in people.items()
            for scopes in (("read",), ("evidence",), ("actuals",))
        }
        before, wrong = database_digest(engine), []
        for rule in app.url_map.iter_rules():
            view = app.view_functions[rule.endpoint]
            if not takes_token(view) or rule.endpoint == "api.document":
                continue
            policy = policy_of(view) or ""
            path = rule.rule.removeprefix("/api/v1").replace("<int:id>", "1").replace("<key>", "X")
            for (role, scopes), program in programs.items():
                is_post = "POST" in (rule.methods or ())
                answer = program.post(path, {}) if is_post else program.get(path)
                may = policy == "signed in" or (
                    role in PERMISSIONS[policy] and policy in scoped_permissions(scopes)
                )
                if (answer.status_code == 403) == may or answer.status_code >= 500:
                    wrong.append((rule.rule, role, scopes, answer.status_code))
                is_problem = answer.mimetype == "application/problem+json"
                assert answer.status_code < 300 or is_problem
        assert wrong == []
        assert database_digest(engine) == before

    def test_is_slowed_down_by_token(self, app: Flask, cast: Cast, ask: Ask) -> None:
        app.config["API_PER_MINUTE"] = 3
        app.extensions[METER] = Meter()  # the application is older than this test
        program, other = ask(cast.lead), ask(cast.viewer)
        assert [program.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert program.get("/me").headers["Retry-After"] == "60"
        assert other.get("/me").status_code == 200
        guesser = Program(app, "wm_guessed")
        assert {guesser.get("/me").status_code for _ in range(30)} == {401}
        slowed = guesser.get("/me")
        assert (slowed.status_code, slowed.mimetype) == (429, "application/problem+json")
        assert other.get("/gates").status_code == 200

    def test_is_slowed_down_by_what_it_may_not_do_as_well(
        self, app: Flask, cast: Cast, ask: Ask
    ) -> None:
        app.config["API_PER_MINUTE"] = 3
        app.extensions[METER] = Meter()
        program = ask(cast.lead, "read")
        refused = [program.post("/actuals", {}) for _ in range(4)]
        assert [one.status_code for one in refused] == [403, 403, 403, 429]
        assert refused[-1].mimetype == "application/problem+json"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestReading:
    def test_gives_initiatives_piece_by_piece_each_once(
        self, cast: Cast, ask: Ask, committed: dict[str, Commitment]
    ) -> None:
        program = ask(cast.viewer)
        whole = [one["key"] for one in program.get("/initiatives").json["items"]]
        assert len(whole) >= 3
        pieces, cursor = [], None
        for _ in whole:
            query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            piece = program.get("/initiatives", **query).json
            pieces += [one["key"] for one in piece["items"]]
            cursor = piece["next_cursor"]
        assert (pieces, cursor) == (whole, None)
        found = program.get("/initiatives", q="CX-101").json["items"]
        assert [one["key"] for one in found] == ["CX-101"]
        one = program.get("/initiatives/CX-101").json
        assert one["options"] and one["options"][0]["cost"]["currency"] == "EUR"
        refused = program.get("/initiatives", state="done", colour="red")
        assert refused.status_code == 422
        assert {one["field"] for one in refused.json["errors"]} == {"state", "colour"}

    def test_gives_gates_by_day_and_state(
        self, cast: Cast, ask: Ask, committed: dict[str, Commitment]
    ) -> None:
        program = ask(cast.viewer)
        found = program.get("/gates").json["items"]
        days = [one["due_on"] for one in found]
        assert days == sorted(days) and len(days) >= 3
        first = program.get("/gates", due_to=days[0]).json["items"]
        assert {one["due_on"] for one in first} == {days[0]}
        page = program.get("/gates", limit=2).json
        rest = program.get("/gates", cursor=page["next_cursor"]).json["items"]
        assert [one["id"] for one in page["items"] + rest] == [one["id"] for one in found]
        assert program.get("/gates", state="passed").json["items"] == []
        for odd in ("12", "2027-02-30.1", "2027-02-28.99999999999", "x.1"):
            refused = program.get("/gates", cursor=odd)
            assert [one["field"] for one in refused.json["errors"]] == ["cursor"]

    def test_goes_on_after_the_day_a_list_ended_on_though_its_gate_was_moved(
        self, session: Session, cast: Cast, ask: Ask, committed: dict[str, Commitment]
    ) -> None:
        program = ask(cast.viewer)
        found = [one["id"] for one in program.get("/gates").json["items"]]
        page = program.get("/gates", limit=1).json
        with transaction(session):
            first = session.get_one(Tranche, page["items"][0]["id"])
            first.due_on += timedelta(days=2_000)
        rest = program.get("/gates", cursor=page["next_cursor"]).json["items"]
        assert [one["id"] for one in rest] == [*found[1:], found[0]]

    def test_looks_at_so_many_gates_for_one_piece_and_no_more(
        self,
        cast: Cast,
        ask: Ask,
        committed: dict[str, Commitment],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        program = ask(cast.viewer)
        whole = program.get("/gates", limit=200).json["items"]
        state = whole[-1]["state"]
        wanted = [one["id"] for one in whole if one["state"] == state]
        monkeypatch.setattr(gates, "CHUNK", 1)
        monkeypatch.setattr(gates, "LOOKED_AT", 1)
        pieces, cursor = [], None
        for _ in range(len(whole) + 1):
            query = {"state": state} | ({"cursor": cursor} if cursor else {})
            piece = program.get("/gates", **query).json
            assert len(piece["items"]) <= 1
            pieces += [one["id"] for one in piece["items"]]
            cursor = piece["next_cursor"]
            if cursor is None:
                break
        assert (pieces, cursor) == (wanted, None)


class TestEvidence:
    def test_is_recorded_once_per_key_by_the_service_pages_use(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        ask: Ask,
        committed: dict[str, Commitment],
    ) -> None:
        tranche = tranches_of(session, committed["CX-101"].id)[0]
        program, path = ask(cast.manager, "read", "evidence"), f"/gates/{tranche.id}/evidence"
        gate = next(g for g in program.get("/gates").json["items"] if g["id"] == tranche.id)
        body = {
            "criterion_id": gate["criteria"][0]["id"], "value": "22", "sample": 500,
            "measured_on": str(now.date()), "source": "Contact statistics",
        }  # fmt: skip
        made = [program.post(path, body) for _ in range(2)]
        assert [one.status_code for one in made] == [201, 201]
        assert made[0].json == made[1].json
        other = program.post(path, body | {"value": "23"})
        assert other.status_code == 422 and "other content" in other.json["detail"]
        assert program.post(path, body, key=None).status_code == 422
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "evidence.recorded")
        ).all()
        assert len(events) == 1
        assert b'"actor_role":"program_manager,token ' in events[0].content
        odd = program.post(path, body | {"criterion_id": 999_999}, key="key-0002")
        assert odd.json["errors"][0]["field"] == "criterion_id"
        assert "page" not in other.json["detail"] and "Idempotency-Key" in other.json["detail"]
        unusual = program.post(path, body | {"value": "2200"}, key="key-0004").json["errors"]
        assert unusual[0]["message"].endswith("Correct it, or send is_confirmed as true.")
        late = program.post(path, body | {"measured_on": "2031-01-01"}, key="key-0003")
        assert late.json["errors"][0]["field"] == "measured_on"


class TestAmended:
    def test_criteria_say_what_was_approved_who_changed_it_and_what_waits(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        ask: Ask,
        committed: dict[str, Commitment],
    ) -> None:
        first, second, _ = tranches_of(session, committed["CX-101"].id)
        with transaction(session):
            asked = amendments.ask(session, first, 12, actor=cast.owner, now=now)
            amendments.answer(session, first, asked, actor=cast.cfo, now=now)
            amendments.ask(session, second, 18, actor=cast.owner, now=now)
        found = ask(cast.manager, "read").get("/gates", initiative="CX-101").json["items"]
        one, other, _ = (gate["criteria"][0] for gate in found)
        assert (one["threshold"], one["approved_threshold"]) == ("12", "15")
        assert one["amended"]["agreed_by"] == cast.cfo.name and one["amended"]["is_looser"]
        assert (other["threshold"], other["approved_threshold"]) == ("20", "20")
        assert (other["amended"], other["waiting"]["threshold"]) == (None, "18")


class TestActuals:
    def test_are_booked_once_per_key_out_of_released_money(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        ask: Ask,
        committed: dict[str, Commitment],
    ) -> None:
        paying = committed["CX-101"]
        with transaction(session):
            first = tranches_of(session, paying.id)[0]
            measure(session, first, 17, actor=cast.manager, now=now)
            decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="So be it")
        account = account_of(session, paying.id)
        program = ask(cast.cfo, "actuals")
        body = {
            "initiative": "CX-101", "fund": _fund_key(session, next(iter(account.funds))),
            "amount": "1250.50", "currency": account.currency, "paid_on": str(now.date()),
            "quarter": str(account.start), "reference": "R-1",
        }  # fmt: skip
        made = [program.post("/actuals", body) for _ in range(2)]
        assert [one.status_code for one in made] == [201, 201], made[0].json
        assert made[0].data == made[1].data
        assert made[0].json["amount"] == {"amount": "1250.50", "currency": account.currency}
        assert account_of(session, paying.id).left_minor == account.left_minor - 125_050
        assert program.post("/actuals", body | {"amount": "1"}).status_code == 422
        for field, value in (("amount", "0.001"), ("amount", f"1.{'0' * 40}1"),
                             ("currency", "USD"), ("fund", "x"),
                             ("initiative", "CX-999")):  # fmt: skip
            key = f"key-of-{field}-{len(value)}"
            refused = program.post("/actuals", body | {field: value}, key=key)
            assert refused.status_code == 422
            assert [one["field"] for one in refused.json["errors"]] == [field]
        with transaction(session):
            session.get_one(Initiative, paying.initiative_id).key = "CX-900"
            fund = session.get_one(Fund, next(iter(account.funds)))
            fund.key = f"{fund.key}-old"
        again = program.post("/actuals", body)
        assert (again.status_code, again.data) == (201, made[0].data)
        with transaction(session):
            session.get_one(Initiative, paying.initiative_id).key = "CX-101"
            fund = session.get_one(Fund, next(iter(account.funds)))
            fund.key = fund.key.removesuffix("-old")
        same = program.post("/actuals", body, key="key-of-the-same-reference").json
        assert [one["field"] for one in same["errors"]] == ["is_part"]
        assert "Send is_part as true" in same["detail"] and "Tick" not in same["detail"]
        foreign = ask(cast.cfo2, "actuals").post("/actuals", body | {"reference": "R-2"})
        assert foreign.status_code == 201  # whose keys are their own


def _fund_key(session: Session, fund_id: int) -> str:
    return session.get_one(Fund, fund_id).key
