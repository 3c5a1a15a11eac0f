"""Results as people read them: three values, reasons, what did not count, two side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.rules import EvidenceGrade
from app.portfolio.models import Run
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import PinDraft, place_pin
from app.portfolio.services.runs import stop_run
from tests.factories.accounts import Cast
from tests.factories.portfolio import (
    OptionSketch,
    Portfolio,
    begin,
    carry_out,
    exclude,
    make_candidate,
    tie,
)
from tests.support.client import StrictClient
from tests.support.pages import form_values, heading, links, table, text

MOST_QUERIES = 12


@pytest.fixture
def ask(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> Callable[..., int]:
    def started(**options: Any) -> int:
        chosen = {"actor": cast.lead, "now": now, **options}
        return begin(session, portfolio.scenario.id, **chosen)

    return started


@pytest.fixture
def solved(session: Session, ask: Callable[..., int], now: datetime) -> Callable[..., int]:
    def done(**options: Any) -> int:
        run_id = ask(**options)
        carry_out(session, now)
        return run_id

    return done


def cents(words: str) -> int:
    """€1,234.50 as 123450."""
    return int(Decimal(re.sub(r"[€,]", "", words.replace("\u2212", "-"))) * 100)


class TestResult:
    def test_three_values_add_up_to_the_cent(
        self, session: Session, lead: StrictClient, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        page = lead.get(f"/runs/{run_id}")
        rows = table(page, "Funded and not funded").rows
        keys = [row["Key"] for row in rows]
        funded, total = rows[: keys.index("Total")], rows[keys.index("Total")]
        for column in (
            "Spend", "Standalone after what is approved", "Allocated", "Marginal",
        ):  # fmt: skip
            figures = [row[column].split(" and ")[0] for row in funded]
            assert sum(map(cents, figures)) == cents(total[column]), column
        stored = get_run(session, run_id).result
        assert stored is not None
        assert cents(total["Allocated"]) == json.loads(stored)["value"]
        assert len(page.queries) <= MOST_QUERIES

    def test_says_how_sure_it_is_and_what_a_list_would_do(
        self, lead: StrictClient, solved: Callable[..., int]
    ) -> None:
        words = text(lead.get(f"/runs/{solved()}"))
        assert "Proven optimal" in words
        assert "No other plan is worth more" in words
        assert "from a list ranked" in words or "a list ranked" in words.lower()

    def test_says_why_where_that_is_sure(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
        now: datetime,
    ) -> None:
        with transaction(session):
            tie(session, portfolio.candidates["CX-104"], portfolio.candidates["CX-103"])
            exclude(session, portfolio.candidates["CX-101"], portfolio.candidates["CX-102"])
        with transaction(session):
            scenario = get_scenario(session, portfolio.scenario.id)
            pin = PinDraft("CX-103", PinKind.EXCLUDE, None, None, "Too late")
            place_pin(
                session, scenario, pin, expected_version=scenario.version,
                actor=cast.lead, now=now,
            )  # fmt: skip
        page = lead.get(f"/runs/{solved()}")
        words = text(page)
        assert "Left out by a pin: Too late" in words
        assert "It needs CX-103, which is not funded." in words
        assert re.search(r"“Either CX-101 or CX-102”, and CX-10[12] is funded\.", words)

    def test_names_what_did_not_count(
        self, session: Session, lead: StrictClient, portfolio: Portfolio, solved: Callable[..., int]
    ) -> None:
        with transaction(session):
            portfolio.fail.state = type(portfolio.fail.state).CLAIMED
            portfolio.fail.certified_by = None
        words = text(lead.get(f"/runs/{solved()}"))
        assert "Pool claims/fail : Not certified by Finance, so it counts nothing." in words
        assert "It counts no value in this cycle." in words

    def test_marks_declared_benefits(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
    ) -> None:
        with transaction(session):
            sketch = OptionSketch(
                spend={portfolio.capex: [1_000_00]}, declared_minor=900_000_00,
                grade=EvidenceGrade.D,
            )  # fmt: skip
            make_candidate(session, cast, portfolio.cycle, "IT-1", sketch, title="Imported")
        page = lead.get(f"/runs/{solved()}")
        row = table(page, "Funded and not funded").row("IT-1")
        assert "declared benefit" in row["Initiative"]
        assert "Declared benefits come from a registry" in text(page)

    def test_of_an_older_scenario_says_so(
        self, lead: StrictClient, portfolio: Portfolio, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        edit = f"/scenarios/{portfolio.scenario.id}/edit"
        lead.post(edit, data=form_values(lead.get(edit), edit) | {"note": "New"})
        assert "The scenario was changed after this run" in text(lead.get(f"/runs/{run_id}"))

    def test_is_never_shown_when_it_does_not_add_up(
        self, session: Session, lead: StrictClient, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        with transaction(session):
            run = session.get_one(Run, run_id)
            run.problem = run.problem.replace(b"CX-101", b"CX-199")
        page = lead.get(f"/runs/{run_id}")
        assert page.status_code == 409
        assert heading(page) == f"Run {run_id} can't be shown"
        assert "The stored problem is not the one that was asked for." in text(page)

    def test_is_downloaded_byte_for_byte(
        self, session: Session, lead: StrictClient, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        found = links(lead.get(f"/runs/{run_id}"))
        run = get_run(session, run_id)
        assert lead.get(found["Problem file"]).data == run.problem
        answer = lead.get(found["Result file"])
        assert answer.data == run.result
        assert run.digest[:12] in answer.headers["Content-Disposition"]

    def test_file_is_missing_before_there_is_one(
        self, lead: StrictClient, ask: Callable[..., int]
    ) -> None:
        assert lead.get(f"/runs/{ask()}/result.json").status_code == 404

    def test_long_lists_come_in_pages(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
    ) -> None:
        with transaction(session):
            for number in range(70):
                sketch = OptionSketch(
                    spend={portfolio.capex: [100_00]}, declared_minor=100_000_00 + number
                )
                make_candidate(session, cast, portfolio.cycle, f"IT-{number:03d}", sketch)
        run_id = solved(gap=Decimal("0.05"))
        first, second = lead.get(f"/runs/{run_id}"), lead.get(f"/runs/{run_id}?page=2")
        keys = [table(page, "Funded and not funded").column("Key") for page in (first, second)]
        assert len(keys[0]) == 60
        assert "Total" in keys[1]
        assert not set(keys[0]) & set(keys[1])
        found = lead.get(f"/runs/{run_id}?find=initiative+it-06")
        assert {f"IT-06{number}" for number in range(10)} <= set(
            table(found, "Funded and not funded").column("Key")
        )
        assert "IT-001" not in text(found)
        assert "has “nowhere” in its key" in text(lead.get(f"/runs/{run_id}?find=nowhere"))


class TestOlderRun:
    def test_in_lists_asks_to_be_opened_instead_of_showing_dashes(
        self, session: Session, lead: StrictClient, portfolio: Portfolio,
        solved: Callable[..., int],
    ) -> None:  # fmt: skip
        run_id = solved()
        with transaction(session):
            get_run(session, run_id).job.progress = None
        one = text(lead.get(f"/scenarios/{portfolio.scenario.id}"))
        assert "Open the run to see its figures." in one
        assert "Open it to see the figures." in text(lead.get("/scenarios"))


def figure(page: Any, name: str) -> list[str]:
    """The texts of a row of figures: each column's, and its difference to A where there is one."""
    row = next(
        one for one in page.soup.select("main table tbody tr") if text(one).startswith(name)
    )  # fmt: skip
    return [words for cell in row.select("td") for words in cell.stripped_strings]


class TestCompare:
    def test_names_what_is_added_dropped_and_worth(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
        now: datetime,
    ) -> None:
        first = solved()
        with transaction(session):
            scenario = get_scenario(session, portfolio.scenario.id)
            funded = json.loads(get_run(session, first).result or b"")["funded"][0]["initiative"]
            pin = PinDraft(funded, PinKind.EXCLUDE, None, None, "Because")
            place_pin(
                session, scenario, pin, expected_version=scenario.version,
                actor=cast.lead, now=now,
            )  # fmt: skip
        second = solved()
        page = lead.get(f"/scenarios/compare?run={first}&run={second}")
        assert funded in table(page, "Dropped in B").column("Key")
        a, b, difference = figure(page, "Value")
        assert cents(b) - cents(a) == cents(difference)
        assert cents(difference) < 0
        assert len(page.queries) <= MOST_QUERIES

    def test_holds_up_to_four_against_the_first(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
        now: datetime,
    ) -> None:
        runs, kinds = [solved()], (PinKind.EXCLUDE, PinKind.FUND)
        for key, kind in zip(("CX-101", "CX-105"), kinds, strict=True):
            with transaction(session):
                scenario = get_scenario(session, portfolio.scenario.id)
                place_pin(
                    session, scenario, PinDraft(key, kind, None, None, "Because"),
                    expected_version=scenario.version, actor=cast.lead, now=now,
                )  # fmt: skip
            runs.append(solved())
        address = "/scenarios/compare?" + "&".join(f"run={one}" for one in [*runs, runs[0]])
        page = lead.get(address)
        assert table(page, "Figures").columns == ["Figure", "A", "B", "C", "D"]
        assert "CX-101" in table(page, "Dropped in B").column("Key")
        assert "CX-105" in table(page, "Added in C").column("Key")
        assert "D chooses the same" in text(page)
        for name in (
            "Budget",
            "Paid for broken rules",
            "Average risk",
            "Customer minutes saved a year",
        ):
            assert figure(page, name)
        chosen = page.soup.select("select[name=run] option[selected]")
        assert [one["value"] for one in chosen] == [str(one) for one in [*runs, runs[0]]]
        assert lead.get(f"{address}&run={runs[1]}").status_code == 200
        assert len(page.queries) <= MOST_QUERIES

    def test_understands_addresses_of_two(
        self, lead: StrictClient, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        assert table(lead.get(f"/scenarios/compare?a={run_id}&b={run_id}"), "Figures").columns == [
            "Figure", "A", "B",
        ]  # fmt: skip

    def test_says_when_both_are_the_same(
        self, lead: StrictClient, solved: Callable[..., int]
    ) -> None:
        run_id = solved()
        page = lead.get(f"/scenarios/compare?run={run_id}&run={run_id}")
        assert "B chooses the same" in text(page)

    def test_a_run_without_a_plan_is_said_on_the_page(
        self, session: Session, lead: StrictClient, cast: Cast, ask: Callable[..., int],
        now: datetime,
    ) -> None:  # fmt: skip
        run_id = ask()
        with transaction(session):
            stop_run(session, get_run(session, run_id), actor=cast.lead, now=now)
        page = lead.get(f"/scenarios/compare?run={run_id}&run={run_id}")
        assert page.status_code == 422
        assert f"Run {run_id} of Balanced has no plan" in text(page)

    def test_offers_no_run_without_a_plan(
        self, session: Session, lead: StrictClient, portfolio: Portfolio, cast: Cast,
        solved: Callable[..., int], now: datetime,
    ) -> None:  # fmt: skip
        good = solved()
        with transaction(session):
            huge = OptionSketch(spend={portfolio.capex: [9_000_000_00]})
            make_candidate(session, cast, portfolio.cycle, "CX-900", huge)
            scenario = get_scenario(session, portfolio.scenario.id)
            pin = PinDraft("CX-900", PinKind.FUND, None, None, "A promise")
            place_pin(
                session, scenario, pin, expected_version=scenario.version,
                actor=cast.lead, now=now,
            )  # fmt: skip
        bad = solved()
        words = text(lead.get("/scenarios/compare"))
        assert f"Run {good}," in words
        assert f"Run {bad}," not in words

    @pytest.mark.parametrize("number", ["x", "-1", "99999999999999", "١"])
    def test_nonsense_is_missing(self, lead: StrictClient, number: str) -> None:
        assert lead.get(f"/scenarios/compare?run={number}").status_code == 404

    def test_asks_for_two(self, lead: StrictClient) -> None:
        assert "No run has a plan yet" in text(lead.get("/scenarios/compare"))
