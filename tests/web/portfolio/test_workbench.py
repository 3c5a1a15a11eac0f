"""The workbench: limits left, result right, and what a change would do before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.calendar.rules import CycleState
from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.models import Inquiry, Run, Scenario
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.rules import InquiryKind
from app.portfolio.services.inquiries import ask
from app.portfolio.services.scenarios import ScenarioDraft, duplicate_scenario
from app.values.canonical import canonical_json, digest
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out
from tests.support.client import StrictClient
from tests.support.pages import buttons, error_on, form_values, links, table, text, value_of

MOST_QUERIES = 12
BY_SCRIPT = {"HX-Request": "true"}
ROWS = "Funded and not funded initiatives"


@pytest.fixture
def here(portfolio: Portfolio) -> str:
    return f"/scenarios/{portfolio.scenario.id}"


@pytest.fixture
def solved(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> Callable[..., int]:
    def done(**options: Any) -> int:
        run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=now, **options)
        carry_out(session, now)
        return run_id

    return done


def try_out(lead: StrictClient, here: str, headers: Any = None, **typed: Any) -> Any:
    """Send the budgets of the page as they are, changed as typed."""
    kept = form_values(lead.get(here), f"{here}/what-if")
    loose = {"loose": True} if headers else {}
    return lead.post(f"{here}/what-if", data=kept | typed, headers=headers, **loose)


def keep(lead: StrictClient, here: str, page: Any, **typed: Any) -> Any:
    action = f"{here}/what-if/keep"
    return lead.post(action, data=form_values(page, action) | typed)


def value_of_version(page: Any) -> str:
    """The version of the scenario that the page was made from."""
    return str(page.soup.select_one("form#bench input[name=version]")["value"])


def answered(
    session: Session, run_id: int, cast: Cast, now: datetime, kind: InquiryKind, **content: Any
) -> None:
    """Store an answer beside a run, as a worker would have."""
    with transaction(session):
        inquiry = ask(session, get_run(session, run_id), kind, actor=cast.lead, now=now)
        document = {"currency": "EUR", "is_complete": True, "kind": kind.value, **content}
        inquiry.content = canonical_json(document)
        inquiry.content_digest = digest(inquiry.content)
        inquiry.job.state = JobState.DONE


class TestPage:
    def test_shows_the_plan_beside_its_limits(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        page = lead.get(here)
        assert "Proven optimal" in text(page)
        assert "Funding line" in text(page)
        assert value_of(page, "All funds") == "1,440,000.00"
        assert value_of(page, "Capex") == "1,200,000.00"
        assert table(page, "Scenarios side by side").row("Budget")["A Balanced"] == "€1.44m"
        assert buttons(page)["Run optimizer"]
        assert len(page.queries) <= MOST_QUERIES

    def test_keeps_earlier_runs_within_reach(
        self, lead: StrictClient, here: str, solved: Callable[..., int], session: Session
    ) -> None:
        first = solved()
        second = solved(seconds=19)
        assert f"Run {second}" in links(lead.get(here))
        page = lead.get(f"{here}?run={first}")
        selected = page.soup.select("tr.is-selected th")
        assert [text(one) for one in selected] == [f"Run {first}"]

    @pytest.mark.parametrize("number", ["999", "0", "x", "99999999999"])
    def test_a_run_that_is_not_of_this_scenario_is_missing(
        self, lead: StrictClient, here: str, number: str
    ) -> None:
        assert lead.get(f"{here}?run={number}").status_code == 404

    def test_shows_the_last_plan_while_the_next_run_works(
        self,
        lead: StrictClient,
        here: str,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        solved: Callable[..., int],
    ) -> None:
        solved()
        waiting = begin(session, portfolio.scenario.id, actor=cast.lead, now=now, seconds=5)
        page = lead.get(f"{here}?run={waiting}")
        assert buttons(page)["Stop and keep best"]
        assert "Funding line" in text(page)
        assert len(page.queries) <= MOST_QUERIES

    def test_says_why_a_run_has_no_plan_and_where_to_find_ways_out(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        added = {"initiative": "CX-105", "kind": "fund", "reason": "The board wants it"}
        page = lead.get(f"{here}/pins")
        lead.post(f"{here}/pins", data=form_values(page, f"{here}/pins") | added)
        limits = form_values(lead.get(f"{here}/limits"), f"{here}/limits")
        none = {name: "0" for name in limits if name.startswith("limit-")}
        lead.post(f"{here}/limits", data=limits | none)
        solved()
        page = lead.get(here)
        assert "No choice keeps every limit, pin and rule." in text(page)
        assert "Find ways out" in links(page)
        assert "Funding line" in text(page)
        assert len(page.queries) <= MOST_QUERIES

    def test_filters_sorts_and_finds_by_the_address(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        whole = table(lead.get(here), ROWS).first_column()
        left = table(lead.get(f"{here}?show=not"), ROWS).first_column()
        funded = table(lead.get(f"{here}?show=funded&sort=key"), ROWS).first_column()
        assert "Funding line" not in " ".join(funded)
        assert funded == sorted(funded)
        assert {*funded, *left} >= {key for key in whole if key.startswith("CX-")}
        assert "Nothing here" in text(lead.get(f"{here}?find=nowhere"))
        assert lead.get(f"{here}?show=odd&sort=odd&page=x").status_code == 200

    def test_offers_a_viewer_nothing_to_press(
        self,
        client_for: Callable[..., StrictClient],
        cast: Cast,
        here: str,
        solved: Callable[..., int],
    ) -> None:
        solved()
        found = buttons(client_for(cast.viewer).get(here))
        for name in ("What if?", "Try it in", "Force in and run", "Draw it", "Run optimizer"):
            assert name not in found


class TestWhatIf:
    def test_says_what_less_money_would_do_and_saves_nothing(
        self, lead: StrictClient, here: str, session: Session, solved: Callable[..., int]
    ) -> None:
        solved()
        page = try_out(lead, here, total="1,000,000")
        assert page.status_code == 200
        words = text(page)
        assert "What-if, not saved" in words
        assert "Capex €1.2m → €833k" in words
        assert "on this run" in words
        assert value_of(page, "Capex") == "833,333.33"
        assert session.scalar(select(func.count(Run.id))) == 1
        assert session.scalars(select(Scenario.version)).one() == 1
        assert value_of(lead.get(here), "All funds") == "1,440,000.00"

    def test_gives_the_block_alone_where_scripts_ask(self, lead: StrictClient, here: str) -> None:
        part = try_out(lead, here, BY_SCRIPT, total="1,000,000")
        assert part.get_data(as_text=True).lstrip().startswith('<div id="what-if"')
        assert "Keep as scenario limits and run" in part.get_data(as_text=True)

    def test_takes_the_funds_where_only_they_were_changed(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        page = try_out(lead, here, **{f"fund-{portfolio.capex.id}": "900k"})
        assert value_of(page, "All funds") == "1,140,000.00"

    def test_refuses_a_total_that_is_not_the_sum(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        typed = {"total": "1m", f"fund-{portfolio.capex.id}": "900k"}
        page = try_out(lead, here, **typed)
        assert page.status_code == 422
        assert "The funds add up to €1,140,000.00" in (error_on(page, "All funds") or "")
        assert value_of(page, "All funds") == "1m"

    @pytest.mark.parametrize("typed", ["-5", "many"])
    def test_refuses_what_is_no_budget(self, lead: StrictClient, here: str, typed: str) -> None:
        assert try_out(lead, here, total=typed).status_code == 422

    def test_tries_pins_one_after_the_other(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        left = next(
            key
            for key in table(lead.get(f"{here}?show=not"), ROWS).first_column()
            if key.startswith("CX-")
        )
        page = try_out(lead, here, pin=f"in:{left}")
        assert f"{left} forced in" in text(page)
        kept = form_values(page, f"{here}/what-if") | {"tried": f"in:{left}", "pin": "out:CX-101"}
        page = lead.post(f"{here}/what-if", data=kept)
        assert f"{left} forced in · CX-101 left out" in text(page)

    def test_names_what_is_no_candidate(self, lead: StrictClient, here: str) -> None:
        page = try_out(lead, here, pin="in:CX-999")
        assert page.status_code == 422
        assert "no candidate of this scenario" in text(page)

    def test_is_no_way_around_the_most_candidates(self, lead: StrictClient, here: str) -> None:
        lead.application.config["PAGE_INITIATIVES"] = 2
        page = try_out(lead, here, total="1,000,000")
        assert page.status_code == 422
        assert "a scenario chooses from at most 2" in text(page)

    def test_says_that_nothing_can_hold(self, lead: StrictClient, here: str) -> None:
        page = try_out(lead, here, total="0", pin="in:CX-105")
        assert page.status_code == 200
        assert "Can't be done" in text(page)
        assert "Keep as scenario limits and run" not in buttons(page)

    def test_is_refused_to_a_viewer_and_in_a_closed_cycle(
        self,
        client_for: Callable[..., StrictClient],
        cast: Cast,
        lead: StrictClient,
        here: str,
        session: Session,
        portfolio: Portfolio,
    ) -> None:
        assert client_for(cast.viewer).post(f"{here}/what-if", data={}).status_code == 403
        kept = form_values(lead.get(here), f"{here}/what-if")
        with transaction(session):
            get_scenario(session, portfolio.scenario.id).cycle.state = CycleState.CLOSED
        page = lead.post(f"{here}/what-if", data=kept)
        assert page.status_code == 409
        assert "is closed" in text(page)


class TestAddress:
    """A what-if can be reloaded and sent to a colleague."""

    def address(self, portfolio: Portfolio, here: str) -> str:
        return f"{here}?fund-{portfolio.capex.id}=900000.00&tried=out:CX-101"

    def test_is_told_with_the_answer_and_shows_the_same_again(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        capex = f"fund-{portfolio.capex.id}"
        part = try_out(lead, here, BY_SCRIPT, pin="out:CX-101", **{capex: "900k"})
        address = part.headers["HX-Replace-Url"]
        assert unquote(address) == self.address(portfolio, here)
        page = lead.get(address)
        assert value_of(page, "Capex") == "900,000.00"
        assert value_of(page, "All funds") == "1,140,000.00"
        assert "Capex €1.2m → €900k · CX-101 left out" in text(page)
        assert "Tried, not saved" in text(page)
        tried = page.soup.select_one("input[name=tried][form=bench]")["value"]
        sent = form_values(page, f"{here}/what-if") | {"tried": tried}
        again = lead.post(f"{here}/what-if", data=sent, headers=BY_SCRIPT, loose=True)
        assert again.headers["HX-Replace-Url"] == address

    def test_is_linked_where_no_script_runs(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        page = try_out(lead, here, **{f"fund-{portfolio.capex.id}": "900k"}, pin="out:CX-101")
        assert unquote(links(page)["Link to this what-if"]) == self.address(portfolio, here)

    def test_neither_asks_nor_writes_by_itself(
        self,
        lead: StrictClient,
        here: str,
        portfolio: Portfolio,
        session: Session,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise AssertionError("A look must not solve.")

        monkeypatch.setattr("app.portfolio.services.trying.try_out", refuse)
        page = lead.get(self.address(portfolio, here))
        assert page.status_code == 200
        assert buttons(page)["See what it does"]
        assert page.soup.select_one("form#bench")["data-hx-trigger"] == "submit, load"
        assert session.scalars(select(Scenario.version)).one() == 1
        assert session.scalar(select(func.count(Run.id))) == 0

    def test_without_anything_tried_asks_nothing(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        for address in (here, f"{here}?fund-{portfolio.capex.id}=1,200,000"):
            page = lead.get(address)
            assert "What-if, not saved" not in text(page)
            assert page.soup.select_one("form#bench")["data-hx-trigger"] == "submit"

    def test_stays_in_the_filters_of_the_list(
        self, lead: StrictClient, here: str, portfolio: Portfolio, solved: Callable[..., int]
    ) -> None:
        solved()
        page = lead.get(self.address(portfolio, here))
        kept = next(to for word, to in links(page).items() if word.startswith("Not funded"))
        page = lead.get(kept.partition("#")[0])
        assert "Capex €1.2m → €900k · CX-101 left out" in text(page)
        hidden = page.soup.select("#list form.filters input[type=hidden]")
        assert {f"fund-{portfolio.capex.id}", "tried"} <= {one["name"] for one in hidden}

    def test_is_read_by_a_viewer_in_words(
        self,
        client_for: Callable[..., StrictClient],
        cast: Cast,
        here: str,
        portfolio: Portfolio,
    ) -> None:
        page = client_for(cast.viewer).get(self.address(portfolio, here))
        assert "Capex €1.2m → €900k · CX-101 left out" in text(page)
        assert "A CX lead or Finance can ask what it does." in text(page)
        assert value_of(page, "Capex") == "1,200,000.00"
        assert not {"See what it does", "Not CX-101 left out"} & {*buttons(page)}
        assert not page.soup.select("[data-hx-post]")

    @pytest.mark.parametrize(
        "odd",
        ["fund-999=5", "fund-x=5", "fund-{}=many", "fund-{}=-5", "fund-{}=9e99", "fund-{}=",
         "tried=up:CX-101", "tried=in:a:b", "tried=in:CX-101%0D%0Ax"],
    )  # fmt: skip
    def test_names_what_it_cannot_read(
        self, lead: StrictClient, here: str, portfolio: Portfolio, odd: str
    ) -> None:
        page = lead.get(f"{here}?{odd.format(portfolio.capex.id)}")
        assert page.status_code == 200
        assert "is left aside" in text(page)
        assert value_of(page, "All funds") == "1,440,000.00"

    def test_is_short_about_a_great_many_pins(self, lead: StrictClient, here: str) -> None:
        many = "&".join(f"tried=in:CX-{i}" for i in range(400, 440))
        assert "“in:CX-424”, 15 more." in text(lead.get(f"{here}?{many}"))


class TestKeep:
    def test_changes_the_scenario_and_runs_it_once(
        self, lead: StrictClient, here: str, session: Session, solved: Callable[..., int]
    ) -> None:
        solved()
        page = try_out(lead, here, total="1,000,000", pin="out:CX-101")
        sent = keep(lead, here, page, reason="The board gave less")
        run_id = max(session.scalars(select(Run.id)))
        assert sent.status_code == 303
        assert sent.location == f"{here}?run={run_id}"
        assert keep(lead, here, page, reason="The board gave less").location == sent.location
        page = lead.get(here)
        assert value_of(page, "All funds") == "1,000,000.00"
        assert "CX-101 is left out" in text(page)
        assert session.scalar(select(func.count(Run.id))) == 2

    def test_leaves_the_scenario_alone_in_a_copy(
        self, lead: StrictClient, here: str, session: Session
    ) -> None:
        page = try_out(lead, here, total="1,000,000")
        sent = keep(lead, here, page, copy="1")
        assert sent.status_code == 303
        assert not sent.location.startswith(f"{here}?")
        assert value_of(lead.get(here), "All funds") == "1,440,000.00"
        assert value_of(lead.get(sent.location), "All funds") == "1,000,000.00"

    def test_gives_way_to_what_somebody_changed_meanwhile(
        self, lead: StrictClient, here: str, session: Session, portfolio: Portfolio
    ) -> None:
        page = try_out(lead, here, total="1,000,000")
        with transaction(session):
            get_scenario(session, portfolio.scenario.id).note = "Read this first"
        assert keep(lead, here, page).status_code == 409
        assert keep(lead, here, page, copy="y").status_code == 409
        assert session.scalar(select(func.count(Scenario.id))) == 1


class TestRemedies:
    def apply(self, lead: StrictClient, here: str, key: str, **typed: Any) -> Any:
        page = lead.get(here)
        forms = page.soup.select(f'form[action="{here}/remedies"]')
        form = next(f for f in forms if f.select_one(f'input[name=initiative][value="{key}"]'))
        kept = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
        return lead.post(f"{here}/remedies", data=kept | typed)

    def left_out(self, lead: StrictClient, here: str) -> str:
        keys = table(lead.get(f"{here}?show=not"), ROWS).first_column()
        return next(key for key in keys if key.startswith("CX-"))

    def test_force_it_in_and_run(
        self, lead: StrictClient, here: str, session: Session, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        key = self.left_out(lead, here)
        sent = self.apply(lead, here, key, remedy="fund")
        assert sent.status_code == 303
        assert f"run={run_id + 1}" in sent.location
        assert f"{key} is funded" in text(lead.get(here))

    def test_in_a_copy_leave_the_scenario_alone(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        key = self.left_out(lead, here)
        sent = self.apply(lead, here, key, remedy="fund", copy="y")
        copy = lead.get(sent.location)
        assert f"Balanced, {key} in" in text(copy)
        assert f"{key} is funded" in text(copy)
        assert "Nothing is pinned." in text(lead.get(here))

    def test_more_budget_as_it_was_found(
        self,
        lead: StrictClient,
        here: str,
        session: Session,
        cast: Cast,
        now: datetime,
        solved: Callable[..., int],
    ) -> None:
        run_id, key = solved(), ""
        key = self.left_out(lead, here)
        amounts = [{"fund": "capex", "quarter": "2027-Q1", "amount": 5_000_00}]
        remedy = {
            "kind": "budget", "amount": 5_000_00, "value": 1_00,
            "change": {"type": "add_budget", "amounts": amounts},
        }  # fmt: skip
        row = {
            "initiative": key, "estimate": 7_00, "is_exact": True, "loss": 8_00, "enters": [],
            "leaves": ["CX-101"], "remedies": [remedy], "dominated_by": [],
        }  # fmt: skip
        answered(session, run_id, cast, now, InquiryKind.EXPLAIN, rows=[row], value=1)
        words = text(lead.get(here))
        assert "Forcing it in costs €8.00. To pay for it the optimizer would drop CX-101." in words
        assert "Try €5k more" in buttons(lead.get(here))
        assert self.apply(lead, here, key, remedy="budget").status_code == 303
        page = lead.get(f"{here}?run={run_id}")
        assert value_of(page, "Capex") == "1,205,000.00"
        assert "Try €5k more" not in buttons(page)
        assert "The scenario has changed since this run; run it again first." in text(page)
        again = {
            "initiative": key, "remedy": "budget", "run": str(run_id), "once": "1" * 32,
            "version": value_of_version(page),
        }  # fmt: skip
        for where in ({}, {"copy": "y"}):
            sent = lead.post(f"{here}/remedies", data=again | where)
            assert sent.status_code == 412
            assert "The scenario has changed since that run" in text(sent)
        assert value_of(lead.get(here), "Capex") == "1,205,000.00"

    def test_of_another_scenarios_run_are_missing(
        self,
        lead: StrictClient,
        here: str,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        solved: Callable[..., int],
    ) -> None:
        solved()
        key = self.left_out(lead, here)
        with transaction(session):
            one = get_scenario(session, portfolio.scenario.id)
            copy = duplicate_scenario(
                session, one, ScenarioDraft("Copy"), actor=cast.lead, now=now
            )  # fmt: skip
        other = begin(session, copy.id, actor=cast.lead, now=now)
        assert self.apply(lead, here, key, remedy="fund", run=str(other)).status_code == 404

    def test_in_a_copy_give_way_to_what_somebody_changed_meanwhile(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        key = self.left_out(lead, here)
        sent = self.apply(lead, here, key, remedy="fund", copy="y", version="7")
        assert sent.status_code == 409
        assert "Copy" not in text(lead.get("/scenarios"))

    def test_that_nobody_found_are_refused(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        solved()
        key = self.left_out(lead, here)
        assert self.apply(lead, here, key, remedy="budget").status_code == 412
        assert self.apply(lead, here, key, remedy="odd").status_code == 422


class TestAskBeside:
    def test_shows_how_far_it_is_and_then_the_chart(
        self,
        lead: StrictClient,
        here: str,
        session: Session,
        cast: Cast,
        now: datetime,
        solved: Callable[..., int],
    ) -> None:
        run_id = solved()
        sent = lead.post(f"{here}/ask/{run_id}/frontier")
        assert sent.location == f"{here}?run={run_id}#frontier"
        assert lead.get(here).soup.select_one("#frontier[tabindex='-1']")
        assert "Waiting for a worker" in text(lead.get(here))
        with transaction(session):
            inquiry = session.scalars(select(Inquiry)).one()
            session.delete(inquiry)
            session.flush()
            session.delete(session.get_one(Job, inquiry.job_id))
        points = [
            {"budget": minor, "value": minor * 2, "bound": None, "gap": None, "spend": 0,
             "share": 1.0, "funded": ["CX-101"], "entered": [], "left": [], "greedy": None,
             "shortfall": None}
            for minor in (50_000_000, 100_000_000, 200_000_000)
        ]  # fmt: skip
        answered(session, run_id, cast, now, InquiryKind.FRONTIER, points=points)
        page = lead.get(here)
        assert "Value against budget: from €1m at €500k to €4m at €2m" in str(page.soup)
        assert len(page.queries) <= MOST_QUERIES

    def test_needs_a_run_of_the_scenario_and_a_known_question(
        self, lead: StrictClient, here: str, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        assert lead.post(f"{here}/ask/{run_id}/odd").status_code == 404
        assert lead.post(f"{here}/ask/999/frontier").status_code == 404
