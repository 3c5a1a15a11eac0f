"""Whom an admin keeps money from finds none: on no page, in no file, in no answer to a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from app.accounts.models import Person
from app.accounts.rules import PERMISSIONS, Role
from app.accounts.services import grant_role, hide_costs, show_costs
from app.approvals.models import Tranche
from app.calendar.models import FundBudget
from app.db.base import Base
from app.db.session import transaction
from app.db.tables import without_guards
from app.errors import ConflictError
from app.initiatives.models import Initiative, OptionSpend
from app.roadmap.rules import HurdleAction
from app.web.guards import is_about_costs, policy_of, takes_token
from tests.factories.accounts import Cast
from tests.factories.amendments import answer, ask
from tests.factories.approvals import make_commitments, make_world
from tests.factories.meetings import make_meeting
from tests.factories.roadmap import decide, measure, move_due_date, tranches_of
from tests.factories.spending import spend
from tests.support.client import StrictClient
from tests.support.pages import parse
from tests.support.tokens import Program, token_for

ClientFor = Callable[[Person], StrictClient]
MONEY = re.compile(r"(?:€|EUR)[\s\u00a0\u202f]?[−-]?\d")
"""Any sum of the cycle's currency, however it is written."""
WITHOUT_MONEY = {
    "registry.export_workbook",
    "reviews.answers_file",
    "roadmap.gates_file",
    "roadmap.gates_workbook",
    "roadmap.roadmap_file",
    "roadmap.roadmap_workbook",
}
"""Files that may be given to whoever may not see money."""
SMALLEST = 1_000_00
"""Smaller amounts would be found in any number."""


@pytest.fixture
def known(session: Session, cast: Cast, now: datetime) -> set[str]:
    """A world with plans, money released and spent; gives its amounts as they may be written."""
    with transaction(session):
        stage = make_world(session, cast, now)
    session.expire_all()
    with transaction(session):
        made = make_commitments(session, cast, now, stage)
    first = tranches_of(session, made["CX-101"].id)[0]
    second = tranches_of(session, made["CX-101"].id)[1]
    with transaction(session):
        make_meeting(session, [first, second], actor=cast.manager, now=now)
        move_due_date(
            session, second, to_on=second.due_on + timedelta(days=7), reason="Late parts",
            actor=cast.manager, now=now,
        )  # fmt: skip
        measure(session, first, 17, actor=cast.manager, now=now)
        answer(
            session, first, ask(session, first, 14, actor=cast.owner, now=now),
            actor=cast.cfo, now=now,
        )  # fmt: skip
        decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="So it is")
        spend(session, made["CX-101"].id, 1_250_50, actor=cast.cfo, now=now)
    columns = (
        Initiative.cost_minor, OptionSpend.amount_minor, Tranche.amount_minor,
        FundBudget.amount_minor,
    )  # fmt: skip
    amounts = {minor for column in columns for minor in session.scalars(select(column))}
    found = set()
    for minor in amounts:
        if minor >= SMALLEST:
            found |= {f"{minor // 100:,}", str(minor), f"{minor // 100}.00"}
    assert len(found) > 10
    return found


def _pages(app: Flask) -> Iterator[str]:
    """Every address that a viewer may open, with the names of the small world."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        policy = policy_of(view) or ""
        is_theirs = Role.VIEWER in PERMISSIONS.get(policy, frozenset())
        if not is_theirs or "GET" not in (rule.methods or ()) or takes_token(view):
            continue
        values: dict[str, Any] = {}
        for name in rule.arguments:
            is_number = isinstance(rule._converters[name], IntegerConverter)
            by_name = {"key": "CX-101" if "/initiatives" in rule.rule else "claims"}
            values[name] = 1 if is_number else by_name.get(name, "serve")
        yield adapter.build(rule.endpoint, values)


def _told(body: str, known: set[str]) -> list[str]:
    """What money a page tells: sums with their currency, and known amounts without."""
    found = [body[max(0, at.start() - 30) : at.end() + 12] for at in MONEY.finditer(body)]
    numbers = set(re.findall(r"(?<![\d.,])\d[\d,]*(?:\.\d\d)?(?![\d])", body))
    return found + sorted(numbers & known)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestHiddenCosts:
    def test_stand_on_no_page_and_in_no_file(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: ClientFor,
        known: set[str],
    ) -> None:
        client = client_for(cast.viewer)
        pages = list(_pages(app))
        shown = (page for page in pages if _told(_body(client, page)[1], known))
        assert len(list(islice(shown, 12))) == 12  # the control: who may see money finds it
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        told, statuses = {}, {}
        for page in pages:
            statuses[page], body = _body(client, page)
            if found := _told(body, known):
                told[page] = found[:5]
        assert told == {}
        opened = {page for page, status in statuses.items() if status == 200}
        assert opened >= {
            "/meetings/1",
            "/gates/1/pack",
            "/gates/1/amendments/1",
            "/roadmap/versions/1",
        }
        shut = {page for page, status in statuses.items() if status == 403}
        assert "/ledger" in shut and "/initiatives/export.csv" in shut
        orders = [_keys(client, f"/initiatives?sort={order}") for order in ("key", "cost", "-cost")]
        assert orders[0] == orders[1] == orders[2]
        whole = client.get("/initiatives")
        assert "Money is hidden from you" in whole.get_data(as_text=True)
        assert "/initiatives/export.csv" not in whole.get_data(as_text=True)
        assert "/case" not in _body(client, "/initiatives/CX-101")[1]
        assert "Money is hidden from you" in _body(client, "/initiatives/CX-101/case")[1]

    def test_are_drawn_on_no_page(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: ClientFor,
        known: set[str],
    ) -> None:
        """Other amounts in every row change nothing that is drawn for who may not see them."""
        assert known
        client = client_for(cast.viewer)
        pages = list(_pages(app))
        seen = {page: _drawn(client, page) for page in WITH_MONEY_DRAWN}
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        before = {page: _drawn(client, page) for page in pages}
        _change_amounts(session)
        after = {page: _drawn(client, page) for page in pages}
        told = {page: before[page] ^ after[page] for page in pages if before[page] != after[page]}
        assert told == {}
        with transaction(session):
            show_costs(session, cast.viewer, actor=cast.admin, now=now)
        # The control: who may see money sees it drawn.
        assert all(_drawn(client, page) != seen[page] for page in WITH_MONEY_DRAWN)

    def test_are_in_no_file_that_is_added_later(self, app: Flask) -> None:
        open_files = {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if re.search(r"\.(?:csv|xlsx|json|pdf|ics)$", rule.rule)
            and Role.VIEWER in PERMISSIONS.get(policy_of(view := _view(app, rule)) or "", ())
            and not is_about_costs(view)
        }
        assert open_files == WITHOUT_MONEY

    def test_are_in_no_answer_to_a_program(
        self, app: Flask, session: Session, cast: Cast, now: datetime, known: set[str]
    ) -> None:
        program = Program(app, token_for(session, cast.viewer, now=now))
        paths = ("/initiatives", "/initiatives/CX-101", "/gates", "/me")
        assert all(_told(program.get(path).text, known) for path in paths[1:3])
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        assert [_told(program.get(path).text, known) for path in paths] == [[]] * 4
        assert program.get("/initiatives/CX-101").json["costs_hidden"] is True

    def test_are_those_of_people_who_only_look(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(ConflictError, match="works with money"), transaction(session):
            hide_costs(session, cast.manager, actor=cast.admin, now=now)
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        assert not cast.viewer.may("costs.see")
        with transaction(session):
            grant_role(session, cast.viewer, Role.CX_LEAD, actor=cast.admin, now=now)
        assert cast.viewer.may("costs.see")


WITH_MONEY_DRAWN = ("/roadmap", "/journeys")
PLACED = frozenset({
    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "d", "points",
    "transform", "viewbox", "class", "style", "title",
})  # fmt: skip
"""Attributes that place, size, colour or name what is drawn."""


def _drawn(client: StrictClient, page: str) -> frozenset[str]:
    """Every attribute of a page's elements that can tell the size of something."""
    found = set()
    for number, element in enumerate(parse(_body(client, page)[1]).find_all(True)):
        for name, value in element.attrs.items():
            is_token = "X-CSRFToken" in value
            if (name in PLACED or name.startswith(("data-", "aria-"))) and not is_token:
                found.add(f"{number} <{element.name}> {name}={value}")
    return frozenset(found)


def _change_amounts(session: Session) -> None:
    """Give every amount of every row another size, each row its own."""
    with transaction(session):
        connection = session.connection()
        with without_guards(connection, Base.metadata.sorted_tables):
            for table in Base.metadata.sorted_tables:
                amounts = [
                    column for column in table.columns
                    if column.name.endswith("_minor")
                ]  # fmt: skip
                if amounts:
                    factor = 1 + next(iter(table.primary_key)) % 7
                    connection.execute(
                        update(table).values({column: column * factor for column in amounts})
                    )
    session.expire_all()


def _view(app: Flask, rule: Any) -> Callable[..., Any]:
    return app.view_functions[rule.endpoint]


def _keys(client: StrictClient, page: str) -> list[str]:
    return re.findall(r"CX-\d+", _body(client, page)[1])


def _body(client: StrictClient, page: str) -> tuple[int, str]:
    answer: Any = client.get(page, loose=True)
    is_binary = answer.mimetype.startswith(("application/vnd", "application/pdf"))
    return answer.status_code, "" if is_binary else answer.get_data(as_text=True)
