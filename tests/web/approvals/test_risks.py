"""Before anybody decides: what striking out really costs, and what could go wrong with the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.approvals.models import Proposal
from app.approvals.queries import get_proposal
from app.approvals.queries.beside import ASKED, _questions
from app.approvals.rules.frozen import frozen_of
from app.approvals.services import approve_proposal, return_proposal, submit_proposal
from app.db.session import transaction
from app.journeys.queries import get_journey
from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers.changes import DropRule, Exclude, applied
from app.portfolio.models import Inquiry
from app.portfolio.queries import get_run
from app.portfolio.queries.inquiries import question_of
from app.portfolio.rules import InquiryKind
from app.portfolio.rules.inquiries import _PARAMETERS
from app.values.money import Money
from app.web.filters import money
from tests.factories.accounts import Cast
from tests.factories.approvals import make_unsure_run, verdict_on
from tests.factories.journeys import make_baseline
from tests.integration.portfolio.test_inquiries import work
from tests.support.pages import buttons, form_values, links, table, text, value_of

ClientFor = Callable[..., Any]
LATER = timedelta(hours=3)
PRICED, ITEMS = "Striking it out costs", "Items of the proposal"
ASK = {
    "marginal": "Price every striking-out", "outlook": "Draw the inputs",
    "robust": "Try other inputs", "price": "Price what was forced",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {**InquiryKind.ROBUST.parameters, "draws": 10}
    monkeypatch.setitem(_PARAMETERS, InquiryKind.ROBUST, few)  # type: ignore[arg-type]


@pytest.fixture
def run_id(session: Session, cast: Cast, now: datetime) -> int:
    return make_unsure_run(session, cast, now)


def submit(session: Session, run_id: int, cast: Cast, now: datetime) -> int:
    with transaction(session):
        run = get_run(session, run_id)
        return submit_proposal(session, run, note="", actor=cast.lead, now=now).id


@pytest.fixture
def page(session: Session, run_id: int, cast: Cast, now: datetime) -> str:
    """The address of the proposal that waits."""
    return f"/proposals/{submit(session, run_id, cast, now)}"


def answered(client: Any, page: str, session: Session, at: datetime, *words: str) -> Any:
    """The page after these questions were asked on it and answered."""
    for word in words:
        assert client.post(f"{page}/answers/{word}", data={}).status_code == 303
        work(session, at)
    session.expire_all()
    return client.get(page)


def priced(page: Any, caption: str = ITEMS) -> dict[str, str]:
    """What the line under each item says."""
    rows = table(page, caption).rows[:-1]
    found, key = {}, ""
    for row in rows:
        if row["Initiative"].startswith(PRICED):
            found[key] = row["Initiative"]
        else:
            key = row["Initiative"].split()[0]
    return found


def best_without(proposal: Proposal, key: str) -> int:
    """The value of the best plan without an item, by a solve of its own."""
    problem = parse_problem(frozen_of(proposal.snapshot).problem)
    pins = [DropRule(f"pin:{key}")] if any(r.key == f"pin:{key}" for r in problem.rules) else []
    plan = solve(applied(problem, [*pins, Exclude(key)]), time_limit=20)
    assert plan.value is not None
    return plan.value


class TestStriking:
    def test_costs_the_plan_less_the_best_plan_without_the_item(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        before = client.get(page)
        assert priced(before) == {} and "Not computed yet" in text(before)

        found = priced(answered(client, page, session, now + LATER, "marginal"))
        proposal = get_proposal(session, int(page.rpartition("/")[2]))
        frozen = frozen_of(proposal.snapshot)
        assert set(found) == {item.key for item in frozen.items} > {"CX-103"}
        for item in frozen.items:
            price = frozen.value_minor - best_without(proposal, item.key)
            assert price <= item.value_marginal_minor
            said = found[item.key].replace(" ;", ";")
            alone, other = (Money(one, "EUR") for one in (item.value_marginal_minor, price))
            costs = f"{money(other)} if its money is put to its best other use"
            if price < 0:
                best = (
                    f"with its money put to its best other use, the plan is worth {money(-other)}"
                )
                costs = f"{best} more"
            assert said.startswith(f"Striking it out costs {money(alone)}; {costs}")
            assert "Proven" in said or "At most €" in said
        # What was forced in can be struck out, too, and its money buys more than it brought.
        assert "the plan is worth €" in found["CX-103"]
        assert any("come in" in words or "comes in" in words for words in found.values())

    def test_says_for_the_one_left_out_what_its_money_could_do(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        answered(client, page, session, now + LATER, "marginal")
        item = get_proposal(session, int(page.rpartition("/")[2])).items[0].id
        shown = client.get(f"{page}?without={item}")
        assert "of value; €" in text(shown)
        assert "if its money is put to its best other use (" in text(shown)
        assert len(shown.queries) <= 12, "\n".join(shown.queries)

    def test_is_asked_with_the_same_items_left_out_and_watched(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str
    ) -> None:
        client = client_for(cast.cfo)
        item = get_proposal(session, int(page.rpartition("/")[2])).items[0].id
        asked = client.post(f"{page}/answers/marginal", data={"without": str(item)})
        assert asked.location == f"{page}?without={item}#risks"
        waiting = client.get(page)
        assert "Being computed" in text(waiting) and ASK["marginal"] not in buttons(waiting)
        assert len(waiting.queries) <= 12, "\n".join(waiting.queries)
        alone = {"HX-Request": "true"}
        address = f"{page}/answers?waiting=1"
        part = client.get(address, headers=alone, loose=True)
        assert "Waiting for a worker" in text(part)
        assert client.get(address).location == f"{page}#risks"

    def test_keeps_what_was_ticked_and_typed_when_it_is_asked(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str
    ) -> None:
        client = client_for(cast.cfo)
        item = get_proposal(session, int(page.rpartition("/")[2])).items[0].id
        sent = form_values(client.get(page), f"{page}/decision")
        typed = {
            "out": str(item),
            "reason": "Half a sentence",
            "conditions-0-text": "A second look",
        }
        for word in ("marginal", "outlook"):
            asked = client.post(f"{page}/answers/{word}", data=sent | typed)
            assert asked.status_code == 200
            assert value_of(asked, "Reason") == "Half a sentence"
            again = form_values(asked, f"{page}/decision")
            assert again["out"] == again["without"] == str(item)
            assert again["conditions-0-text"] == "A second look"
            assert "Being computed" in text(asked)
        # Its address leads back to the proposal when it is opened anew.
        assert client.get(f"{page}/answers/outlook").location == f"{page}#risks"

    def test_keeps_what_was_typed_when_too_much_is_asked(
        self, client_for: ClientFor, cast: Cast, page: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.portfolio.services.inquiries.MOST_OPEN", 0)
        client = client_for(cast.cfo)
        sent = form_values(client.get(page), f"{page}/decision")
        refused = client.post(f"{page}/answers/marginal", data=sent | {"reason": "Half a sentence"})
        assert refused.status_code == 409
        assert "questions waiting or being worked on" in text(refused)
        assert value_of(refused, "Reason") == "Half a sentence"

    def test_says_at_the_end_that_there_is_more_and_loads_nothing_anew(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        answered(client, page, session, now + LATER, "marginal")
        part = client.get(f"{page}/answers?waiting=1", headers={"HX-Request": "1"}, loose=True)
        assert "What was asked is answered." in text(part)
        assert links(part)["Show it"] == page
        assert "HX-Refresh" not in part.headers

    def test_is_asked_only_by_who_runs_the_optimizer_and_only_what_is_known(
        self, client_for: ClientFor, cast: Cast, page: str
    ) -> None:
        viewer = client_for(cast.viewer)
        assert "Only a CX lead or Finance runs the optimizer." in text(viewer.get(page))
        assert viewer.post(f"{page}/answers/marginal", data={}).status_code == 403
        assert client_for(cast.cfo).post(f"{page}/answers/explain", data={}).status_code == 404

    def test_shows_no_figure_of_an_answer_that_was_changed(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        answered(client, page, session, now + LATER, "marginal")
        with transaction(session):
            is_sqlite = session.get_bind().dialect.name == "sqlite"
            if is_sqlite:
                names = sql("SELECT name FROM sqlite_master WHERE tbl_name = 'inquiries'"
                            " AND type = 'trigger'")  # fmt: skip
                for name in session.scalars(names).all():
                    session.execute(sql(f"DROP TRIGGER {name}"))
            else:
                session.execute(sql("ALTER TABLE inquiries DISABLE TRIGGER USER"))
            content = session.scalars(select(Inquiry.content)).one() or b""
            forged = content.replace(b'"resolved":', b'"resolved":1')
            session.execute(update(Inquiry).values(content=forged))
        shown = client.get(page)
        assert "does not match its digest" in text(shown)
        assert priced(shown) == {}


class TestRisks:
    def test_stand_together_with_where_they_come_from_on_the_page_and_on_paper(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        fresh = client.get(page)
        assert set(ASK.values()) <= set(buttons(fresh))
        assert "1 choice was forced" in text(fresh)
        assert len(fresh.queries) <= 12, "\n".join(fresh.queries)

        shown = answered(client, page, session, now + LATER, *ASK)
        words = text(shown)
        assert not set(ASK.values()) & set(buttons(shown))
        assert "Value, P10" in words and "Chance of a loss" in words
        assert "Effect of CX-101" in words
        assert "are funded in at least 95" in words or "is funded in at least 95" in words
        assert "“CX-103 is funded” costs €" in words
        assert "has nothing better behind it than outside benchmark or opinion" in words
        assert "(evidence D and E): CX-103." in words
        assert "The oldest pool that was frozen was measured on 31 Dec 2026." in words
        assert words.count("Computed 15 Feb 2027, 12:00 UTC, after it was submitted.") == 4
        found = links(shown)
        run = get_proposal(session, int(page.rpartition("/")[2])).run_id
        for label, word in (("What was drawn", "outlook"), ("Who stays in", "robust"),
                            ("All prices", "price"), ("All of it", "marginal")):  # fmt: skip
            assert found[label] == f"/runs/{run}/answers/{word}"
        assert len(shown.queries) <= 12, "\n".join(shown.queries)

        paper = client.get(f"{page}/paper")
        for key in priced(shown):
            assert f"Striking {key} out costs €" in text(paper)
        printed = "".join(
            sheet.extract_text()
            for sheet in PdfReader(BytesIO(client.get(f"{page}/paper.pdf").data)).pages
        )
        for said in (
            "What could go wrong",
            "Chance of a loss",
            "if its money is put to its best other use",
        ):
            assert said in text(paper)
            assert "".join(said.split()) in "".join(printed.split())

    def test_of_a_later_round_are_read_in_as_few_queries(
        self,
        client_for: ClientFor,
        session: Session,
        cast: Cast,
        page: str,
        now: datetime,
        run_id: int,
    ) -> None:
        with transaction(session):
            one = get_proposal(session, int(page.rpartition("/")[2]))
            verdict = verdict_on(one, reason="Show me the risks")
            return_proposal(session, one, verdict, actor=cast.cfo, now=now)
        session.expire_all()
        again = f"/proposals/{submit(session, run_id, cast, now + LATER)}"
        client = client_for(cast.cfo)
        client.post(f"{again}/answers/price", data={})
        shown = client.get(again)
        assert "Show me the risks" in text(shown)
        assert len(shown.queries) <= 12, "\n".join(shown.queries)

    def test_name_the_baselines_that_are_too_old_today_while_it_waits(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        with transaction(session):
            make_baseline(session, get_journey(session, "claims"), measured_on=date(2026, 1, 15))
        client = client_for(cast.cfo)
        shown = client.get(page)
        old = "baseline of 15 Jan 2026, 396 days old, limit 190"
        assert f"Stale today: Claims, {old}." in text(shown)
        assert links(shown)["Claims"] == "/journeys/claims/baselines"
        with transaction(session):
            one = get_proposal(session, int(page.rpartition("/")[2]))
            approve_proposal(session, one, verdict_on(one), actor=cast.cfo, now=now)
        session.expire_all()
        assert old not in text(client.get(page))

    def test_known_when_submitted_say_so_and_later_ones_name_the_decision(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        answered(client, page, session, now, "price")
        with transaction(session):
            one = get_proposal(session, int(page.rpartition("/")[2]))
            approve_proposal(session, one, verdict_on(one), actor=cast.cfo, now=now)
        session.expire_all()
        shown = answered(client, page, session, now + LATER, "marginal")
        assert "Known when it was submitted." in text(shown)
        assert "Computed 15 Feb 2027, 12:00 UTC, after the decision." in text(shown)
        assert "stale today" not in text(shown)

    def test_are_asked_about_exactly_what_was_frozen(
        self, session: Session, run_id: int, cast: Cast, now: datetime
    ) -> None:
        proposal = get_proposal(session, submit(session, run_id, cast, now))
        run = get_run(session, run_id)
        assert _questions(proposal.snapshot, ASKED) == {
            question_of(run, kind, kind.parameters): kind
            for kind in _questions(proposal.snapshot, ASKED).values()
        }
