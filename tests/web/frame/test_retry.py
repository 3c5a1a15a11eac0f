"""Two transactions that meet by chance end in one answer; whoever sent a form notices nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask, redirect, request
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import RetryableError
from app.extensions import csrf, db
from app.web.guards import public

MakeApp = Callable[..., Flask]


def _served(app: Flask, view: Callable[[], Response | dict[str, str]]) -> Flask:
    app.add_url_rule("/meets", view_func=csrf.exempt(public(view)), methods=["POST"])
    return app


class TestRetry:
    @pytest.mark.parametrize(("clashes", "status", "tries"), [(3, 200, 4), (9, 409, 4)])
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_runs_a_view_again_but_not_for_ever(
        self, make_app: MakeApp, clashes: int, status: int, tries: int
    ) -> None:
        seen: list[bytes] = []

        def meets() -> dict[str, str]:
            seen.append(request.files["file"].read())
            if len(seen) <= clashes:
                raise RetryableError("Two changes met.")
            return {"state": "saved"}

        client = _served(make_app(), meets).test_client()
        answer = client.post("/meets", data={"file": (BytesIO(b"all"), "a.csv")})
        assert (answer.status_code, len(seen)) == (status, tries)
        assert set(seen) == {b"all"}

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_ends_a_deadlock_in_one_answer(
        self, make_app: MakeApp, engine: Engine, session: Session, unrecorded: list[str]
    ) -> None:
        with transaction(session):
            session.execute(text("CREATE TABLE two (id integer PRIMARY KEY, n integer)"))
            session.execute(text("INSERT INTO two VALUES (1, 0), (2, 0)"))
        both = threading.Barrier(2, timeout=20)
        tries: list[int] = []

        def add(connection: Session, row: int) -> None:
            connection.execute(text("UPDATE two SET n = n + 1 WHERE id = :row"), {"row": row})

        def meets() -> Response:
            tries.append(1)
            with transaction(db.session):
                db.session.execute(text("SET LOCAL deadlock_timeout = '100ms'"))
                add(db.session, 1)
                if len(tries) == 1:
                    both.wait()
                add(db.session, 2)
            return redirect("/done", 303)  # type: ignore[return-value]

        def other() -> None:
            with Session(engine) as own, transaction(own):
                own.execute(text("SET LOCAL deadlock_timeout = '20s'"))
                add(own, 2)
                both.wait()
                add(own, 1)

        thread = threading.Thread(target=other)
        thread.start()
        answer = _served(make_app(), meets).test_client().post("/meets")
        thread.join()
        assert (answer.status_code, len(tries)) == (303, 2)
        assert session.execute(text("SELECT n FROM two ORDER BY id")).scalars().all() == [2, 2]
        assert unrecorded == ["POST /meets changed two without an event"]
        unrecorded.clear()
