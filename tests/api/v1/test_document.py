"""The document says what is answered, and nothing that fits it, or does not, breaks anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.db.session import transaction
from tests.factories.accounts import Cast, make_person
from tests.factories.approvals import make_commitments, make_world
from tests.support.tokens import token_for

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MANY = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
ODD = [
    b"", b"null", b"[]", b"{", b"NaN", b'{"value": NaN}', b"[" * 100_000, b'{"a":' * 50_000,
    b'{"criterion_id": 1e400}', b'{"criterion_id": ' + b"9" * 5000 + b"}", b"\xff\xfe",
    b'{"source": "\\ud800"}', b'{"source": "\\u0000"}', b'{"\\ud800": 1}',
]  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestDocument:
    def test_is_kept_by_whatever_is_asked(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        app.config["API_PER_MINUTE"] = 100_000
        with transaction(session):
            stage = make_world(session, cast, now)
            both = make_person(session, "Mo Both", Role.FINANCE, Role.PROGRAM_MANAGER)
        session.expire_all()
        with transaction(session):
            make_commitments(session, cast, now, stage)
        headers = {"Authorization": f"Bearer {token_for(session, both, now=now)}"}
        schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        names = []
        for found in schema.get_all_operations():
            operation = found.ok()
            names.append(operation.label)

            @MANY
            @given(case=operation.as_strategy())
            def answers(case: Any) -> None:
                answer = case.call(headers=headers)
                case.validate_response(answer, checks=CHECKS)

            answers()
        assert len(names) == 6

    def test_is_no_promise_to_odd_bodies(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        headers = {
            "Authorization": f"Bearer {token_for(session, cast.manager, now=now)}",
            "Idempotency-Key": "key-0001",
        }
        client: Any = app.test_client()
        send: Callable[..., Any] = client.post
        for body in ODD:
            answer = send(
                "/api/v1/gates/1/evidence", data=body, headers=headers,
                content_type="application/json", csrf=False,
            )  # fmt: skip
            assert answer.status_code in (400, 422), (body[:40], answer.status_code)
            assert answer.mimetype == "application/problem+json"
        plain = send("/api/v1/gates/1/evidence", data=b"{}", headers=headers, csrf=False)
        assert plain.status_code == 415
        assert client.get("/api/v1/nowhere").mimetype == "application/problem+json"
        assert client.delete("/api/v1/me").status_code == 405
