"""Forms of every kind sent what no person types: no error of ours, nothing comes alive.

A sample of `python -m tests.prove hostile`, which tries every form of the demo company.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from flask import Flask, redirect, request
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.web.guards import public
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_complete
from tests.factories.needs import make_need
from tests.support.client import StrictClient
from tests.support.hostile import VALUES, Sent, attacks, send

ClientFor = Callable[[Person], StrictClient]
FEW = 4
"""How much of what can be sent to a page is sent, each page beginning at another value."""

PAGES = [
    ("lead", "/initiatives/new"), ("lead", "/initiatives/CX-101/questions/goals"),
    ("lead", "/initiatives/CX-101/options/full"), ("lead", "/initiatives/CX-101/behaviours/1"),
    ("lead", "/initiatives/CX-101/milestones/1"), ("lead", "/initiatives/CX-101/links"),
    ("lead", "/initiatives/import"), ("lead", "/journeys/new"), ("lead", "/scenarios/new"),
    ("lead", "/journeys/motor-claim/stages"), ("lead", "/journeys/motor-claim/baselines/new"),
    ("lead", "/journeys/motor-claim/needs/1"), ("lead", "/journeys/motor-claim/pools/serve/edit"),
    ("lead", "/maturity/new"), ("lead", "/account"), ("cfo", "/cycles/new"), ("cfo", "/cycles/1"),
    ("cfo", "/cycles/1/budgets"), ("cfo", "/control-totals/new"), ("admin", "/admin/people/new"),
    ("admin", "/admin/people/2"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _company(session: Session, cast: Cast) -> None:
    with transaction(session):
        company = make_company(session, cast)
        make_need(session, company.journey, cast.lead)
        make_complete(session, cast, company)


def _sample(client: StrictClient, page: str, start: int) -> Iterator[Sent]:
    """A few of what can be sent to a page."""
    known = list(attacks(client.get(page, loose=True), page))
    assert len(known) > len(VALUES), f"{page} has no form"
    return islice(known, 7 * start % 50, None, max(1, len(known) // FEW))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestForms:
    def test_take_or_refuse_whatever_is_sent(self, client_for: ClientFor, cast: Cast) -> None:
        wrong = []
        for start, (who, page) in enumerate(PAGES):
            client = client_for(getattr(cast, who))
            for sent in _sample(client, page, start):
                wrong += send(client, sent)
        assert not wrong, "\n".join(wrong)

    def test_that_are_careless_are_found_out(self, make_app: Callable[..., Any]) -> None:
        """The control: one that says what was sent, one that fails, one that leads away."""
        app: Flask = make_app(WTF_CSRF_ENABLED=False)
        field = '<form method="post" action="{}"><input name="said" value="1"></form>'

        def page() -> str:
            return "".join(field.format(one) for one in ("/says", "/fails", "/leads"))

        views: dict[str, Callable[[], Any]] = {
            "/says": lambda: f'<p title="{request.form.get("said")}">',
            "/fails": lambda: str(int(request.form.get("said", "1")[:99])),
            "/leads": lambda: redirect(request.form.get("said", "/").strip() or "/", 303),
        }
        app.add_url_rule("/careless", "careless", public(page))
        for address, view in views.items():
            app.add_url_rule(address, address.strip("/"), public(view), methods=["POST"])
        client: Any = app.test_client()
        said = [
            one
            for sent in attacks(client.get("/careless", loose=True), "/careless")
            for one in send(client, sent)
        ]
        for address, words in (("/says", "makes an"), ("/fails", "answers 500"), ("/leads", "//")):
            assert any(one.startswith(address) and words in one for one in said), address
