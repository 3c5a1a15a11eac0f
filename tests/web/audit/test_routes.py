"""The audit page answers who changed what, and only to those who may know."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.support.client import StrictClient
from tests.support.pages import heading, links, notice, table, text

ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def events(session: Session, cast: Cast, now: datetime) -> None:
    with transaction(session):
        for number in range(120):
            record(
                session,
                actor=cast.lead,
                action="thing.changed",
                subject=f"thing:{number}",
                before={"name": "<b>old</b>", "tags": ["a"]},
                after={"name": "new", "tags": ["a", "b"]},
                reason="Because.",
                now=now + timedelta(minutes=number),
            )
        record(session, actor=None, action="job.ended", subject="person:1", now=now)


@pytest.mark.usefixtures("events")
class TestEvents:
    def test_show_who_did_what_from_what_to_what(self, cast: Cast, client_for: ClientFor) -> None:
        page = client_for(cast.cfo).get("/audit?subject=thing:7")
        row = table(page, "Events").row("8")
        assert row["Who"] == f"Lena Lead {cast.lead.email} · cx lead"
        assert row["What"] == "thing changed"
        assert row["From → to"] == "name: <b>old</b> → new tags: a → a, b"
        assert row["Reason"] == "Because."
        assert len(page.queries) <= 12

    def test_write_amounts_as_money_and_export_what_is_stored(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        before = {"currency": "EUR", "limit_minor": 100_000_000}
        after = {"currency": "EUR", "limit_minor": 2_000_000, "spend": [{"minor": 1_50}]}
        with transaction(session):
            record(
                session, actor=cast.admin, action="limit.set", subject="limit:1", before=before,
                after=after, now=now,
            )  # fmt: skip
            record(
                session, actor=cast.admin, action="thing.paid", subject="paid:1",
                after={"spent_minor": 1_234_56}, now=now,
            )  # fmt: skip
        client = client_for(cast.admin)
        row = table(client.get("/audit?subject=limit:1"), "Events").rows[0]
        assert row["From → to"] == (
            'limit: €1,000,000.00 → €20,000.00 spend: [{"amount": "€1.50"}]'
        )
        row = table(client.get("/audit?subject=paid:1"), "Events").rows[0]
        assert row["From → to"] == "spent: 123,456 minor units"
        assert "100000000" in client.get("/audit.csv?subject=limit:1").get_data(as_text=True)

    def test_say_which_days_are_the_wrong_way_round(
        self, cast: Cast, client_for: ClientFor
    ) -> None:
        page = client_for(cast.admin).get("/audit?first_day=2027-03-01&last_day=2027-02-01")
        assert page.status_code == 422
        assert "This is before the first day" in text(page)

    def test_are_chosen_by_what_happened_in_words(self, cast: Cast, client_for: ClientFor) -> None:
        page = client_for(cast.cfo).get("/audit")
        offered = [
            one.text for one in page.soup.find("select", {"name": "action"}).find_all("option")
        ]
        assert offered == ["Every action", "job ended", "thing changed"]

    def test_come_in_pages_that_keep_the_filter(self, cast: Cast, client_for: ClientFor) -> None:
        client = client_for(cast.admin)
        page = client.get("/audit?action=thing.changed&page=2")
        assert len(table(page, "Events").rows) == 25
        assert links(page)["Next"] == "/audit?action=thing.changed&page=3"
        last = client.get("/audit?action=thing.changed&page=5")
        assert len(table(last, "Events").rows) == 20

    def test_are_found_by_words_and_day(self, cast: Cast, client_for: ClientFor) -> None:
        client = client_for(cast.admin)
        assert "No event fits" in text(client.get("/audit?text=nothing+like+that"))
        assert "No event fits" in text(client.get("/audit?first_day=2030-01-01"))
        found = client.get("/audit?text=SYSTEM")
        assert table(found, "Events").column("What") == ["job ended"]

    def test_are_found_by_person_value_and_request(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        session.info["request_id"] = "5f00ba11"
        with transaction(session):
            after = {"title": 'Größe "XL" 100 %'}
            record(session, actor=cast.cfo, action="a.b", subject="t:1", after=after, now=now)
        client = client_for(cast.admin)
        for query in (
            f"person={cast.cfo.email}",
            f"person={cast.cfo.audit_key}",
            "text=größe+%22xl%22",
            "text=100+%25",
            "request=5f00ba11",
        ):
            page = client.get(f"/audit?{query}")
            assert table(page, "Events").column("What") == ["a b"], query
            assert len(page.queries) <= 12
        assert links(page)["same request"] == "/audit?request=5f00ba11"
        for nothing in ("request=5f00ba1", "person=person:1", "text=xxl"):
            assert "No event fits" in text(client.get(f"/audit?{nothing}&subject=t:1"))

    def test_are_taken_along_as_they_are_filtered(self, cast: Cast, client_for: ClientFor) -> None:
        client = client_for(cast.cfo)
        offered = links(client.get("/audit?subject=thing:7&page=1"))
        file = client.get(offered["Table as CSV"])
        assert file.mimetype == "text/csv"
        rows = list(csv.DictReader(StringIO(file.get_data(as_text=True))))
        assert [row["Subject"] for row in rows] == ["thing:7"]
        assert json.loads(rows[0]["Before"]) == {"name": "<b>old</b>", "tags": ["a"]}
        lines = client.get(offered["Hashed bytes as JSON lines"]).get_data(as_text=True)
        assert json.loads(lines)["number"] == 8
        assert len(client.get("/audit.jsonl").get_data(as_text=True).splitlines()) == 121
        assert client.get("/audit.csv?first_day=2027-02-30").status_code == 422

    def test_are_exported_as_no_formulas(
        self, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            record(session, actor=None, action="a.b", subject="t:1", reason="=1+1", now=now)
        written = client_for(cast.cfo).get("/audit.csv?subject=t:1").get_data(as_text=True)
        assert ",'=1+1," in written

    def test_say_what_is_wrong_with_a_filter(self, cast: Cast, client_for: ClientFor) -> None:
        page = client_for(cast.admin).get("/audit?first_day=2027-02-30")
        assert page.status_code == 422
        assert "Enter a day such as" in (notice(page) or "")

    @pytest.mark.parametrize("query", ["page=-1", "page=x", "page=999999999", "size=0", "size=1e9"])
    def test_bear_nonsense_in_the_address(
        self, cast: Cast, client_for: ClientFor, query: str
    ) -> None:
        assert client_for(cast.admin).get(f"/audit?{query}").status_code == 200

    def test_lead_nobody_to_a_page_closed_to_them(self, cast: Cast, client_for: ClientFor) -> None:
        page = client_for(cast.cfo).get("/audit?subject=person:1")
        assert not [href for href in links(page).values() if href.startswith("/admin")]

    def test_lead_to_their_subject(self, cast: Cast, client_for: ClientFor) -> None:
        page = client_for(cast.admin).get("/audit?subject=person:1")
        assert links(page)["person:1"] == "/admin/people/1"
        assert heading(page) == "Audit"
