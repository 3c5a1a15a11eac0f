"""The page of findings: severity in words, figures, where to act, and the file with all of it."""

from __future__ import annotations

from collections.abc import Callable
from csv import DictReader
from io import StringIO
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Initiative, TargetBehaviour
from app.initiatives.rules import Lens
from app.initiatives.services import add_unit
from app.journeys.rules import Lever
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.factories.initiatives import NOW, make_candidate, make_company
from tests.factories.journeys import make_baseline, make_journey, make_pool
from tests.factories.needs import make_need
from tests.support.pages import form_values, links, table, text, value_of

ClientFor = Callable[[Any], Any]


def panel(page: Any, kind: str) -> str:
    return text(page.soup.find(id=kind))


class TestPage:
    def test_says_of_an_empty_company_what_is_missing(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        page = client_for(cast.viewer).get("/findings")

        assert "0 initiatives in the portfolio, of all cycles" in text(page)
        assert "No organisation unit is listed" in panel(page, "units")
        assert "Not known yet" in panel(page, "isolated")
        assert len(page.queries) <= 12

    def test_leads_from_each_thing_to_where_it_is_mended(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            tool = make_candidate(session, cast, company, lens=Lens.TECHNOLOGY)
            other = make_journey(session, cast.lead, key="renewal", name="Renewal")
            make_baseline(session, other)
            make_pool(
                session, other, Lever.SERVE, claimed_by=cast.lead, certified_by=cast.cfo, V="900000"
            )
            add_unit(session, "Payments", actor=cast.lead, now=NOW)

        page = client_for(cast.lead).get("/findings")

        found = table(page, "Money on technology alone")
        assert found.row(f"{tool.key} Claim status tracker")["Planned cost"] == "€160k"
        assert "100 % of €160k" in panel(page, "technology-alone")
        assert panel(page, "technology-alone").index("Act") > 0
        bare = table(page, "Journeys of high value without initiatives")
        assert bare.column("Where to act") == ["Propose where it hurts most"]
        assert len(page.queries) <= 12
        asked = client_for(cast.lead).get(links(page)["Propose where it hurts most"])
        assert value_of(asked, "Journey") == str(other.id)
        unit = client_for(cast.lead).get(links(page)["Propose an initiative"])
        assert value_of(unit, "Organisation unit") == "Payments"
        seen = client_for(cast.viewer).get("/findings")
        assert "Propose where it hurts most" not in links(seen)

    def test_narrows_down_to_a_cycle(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            make_candidate(session, cast, company)
            other = make_cycle(session, name="FY26 H2")
        client = client_for(cast.viewer)

        assert "1 initiative of FY27 H1" in text(client.get(f"/findings?cycle={company.cycle.id}"))
        empty = client.get(f"/findings?cycle={other.id}")
        assert "0 initiatives of FY26 H2" in text(empty)
        assert "of the whole company, whatever the cycle" in panel(empty, "baselines")
        assert client.get("/findings?cycle=999").status_code == 404

    def test_gives_everything_as_a_file(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            made = make_candidate(session, cast, company, title="=SUM(A1)")

        answer = client_for(cast.viewer).get("/findings.csv")

        rows = list(DictReader(StringIO(answer.get_data(as_text=True))))
        mine = [row for row in rows if row["Finding"] == "Metrics that serve no customer need"]
        assert [row["Why"] for row in mine] == [
            "“Customers look up their claim instead of calling”; 2 criteria of hurdles"
        ]
        assert "=SUM(A1)" in mine[0]["Item"]
        assert (mine[0]["Number"], mine[0]["Of"], mine[0]["Severity"]) == ("3", "3", "Act")
        assert (mine[0]["Currency"], mine[0]["Amount"]) == ("EUR", "160000.00")
        assert mine[0]["Address"] == f"/initiatives/{made.key}/behaviours"
        assert {row["Finding"] for row in rows if row["Severity"] == "Holds"} >= {"Stale baselines"}


class TestNamingTheNeed:
    def test_mends_the_finding_also_of_what_is_locked(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            need = make_need(session, company.journey, cast.lead)
            made = make_candidate(session, cast, company)
        version = made.version
        client = client_for(cast.lead)
        place = f"/initiatives/{made.key}/behaviours"
        page = client.get(place)
        assert "none named yet" in text(page)
        action = page.soup.find("form", class_="form")["action"]
        name = next(name for name in form_values(page, action) if name.endswith("need_id"))

        refused = client.post(action, data={name: "999"})
        assert refused.status_code == 422
        assert client.post(action, data={name: str(need.id)}).status_code == 303

        session.expire_all()
        assert session.get_one(Initiative, made.id).version == version
        assert "Tell me when my claim is paid." in text(client.get(place))
        assert "0 of 3 metrics" in panel(client.get("/findings"), "needs")
        assert client_for(cast.stranger).post(action, data={name: ""}).status_code == 403

    def test_is_part_of_a_draft_and_never_of_another_journey(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            need = make_need(session, company.journey, cast.lead)
            other = make_need(session, make_journey(session, cast.lead, key="renewal"), cast.lead)
            made = make_candidate(session, cast, company)
            session.execute(update(Initiative).values(state="draft"))
        client = client_for(cast.lead)
        path = links(client.get(f"/initiatives/{made.key}/behaviours"))["Edit"]
        typed = form_values(client.get(path), "")

        refused = client.post(path, data=typed | {"need_id": str(other.id)})
        assert refused.status_code == 422
        assert client.post(path, data=typed | {"need_id": str(need.id)}).status_code == 303

        session.expire_all()
        stored = session.query(TargetBehaviour).one()
        assert stored.need_id == need.id


class TestUnits:
    def test_are_listed_and_taken_off_by_those_who_propose(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_candidate(session, cast, make_company(session, cast))
        client = client_for(cast.lead)
        typed = form_values(str(client.get("/units").soup.find("form", class_="form")))
        add = [client.post("/units", data=typed | {"name": " Payments "}) for _ in range(2)]
        assert [answer.status_code for answer in add] == [303, 303]
        again = form_values(str(client.get("/units").soup.find("form", class_="form")))
        refused = client.post("/units", data=again | {"name": "PAYMENTS"})
        assert (refused.status_code, "is on the list already" in text(refused)) == (422, True)

        rows = table(client.get("/units"), "Organisation units")
        assert rows.row("Payments")["In the portfolio"] == "0"
        assert rows.row("Claims")["On the list"] == "Only named by initiatives"

        page = client.get("/units")
        form = page.soup.find("form", action=lambda to: to and to.endswith("/remove"))
        assert client.post(form["action"]).status_code == 303
        assert "Payments" not in table(client.get("/units"), "Organisation units").first_column()
        assert "Put on the list" not in text(client_for(cast.viewer).get("/units"))
