"""The contact log of a journey, on its map and in tables, with what it does not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import InteractionSource, Journey
from tests.factories.accounts import Cast
from tests.factories.interactions import make_moment, make_month, make_months, make_source
from tests.factories.journeys import make_baseline, make_journey, measured
from tests.support.pages import links, table, text

ClientFor = Callable[[Any], Any]
MAP = "/journeys/motor-claim"
CONTACTS = f"{MAP}/contacts"


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """Measured twice; calls in use logged for two reasons and two segments, letters hardly."""
    with transaction(session):
        journey = make_journey(session, cast.lead)
        web, calls, use, letters = (one.id for one in journey.touchpoints)
        figures = {
            web: measured(satisfaction=8, contacts_per_year=200_000),
            calls: measured(contacts_per_year=90_000, importance=6),
            use: measured(satisfaction="4.5"),
            letters: measured(contacts_per_year=40_000, satisfaction=5, importance=5),
        }
        make_baseline(session, journey, figures=figures, measured_on=date(2026, 7, 10))
        make_baseline(session, journey, figures=figures)
        source = make_source(session, cast.lead, name="calls.csv")
        make_month(
            session, source, use, contacts=400, judged=400, unmet=100, costed=200,
            cost_minor=1_500_00, timed=400, minutes=3200, scored=100, score_sum=450, repeats=60,
            escalated=8, lost=4,
        )  # fmt: skip
        make_month(session, source, use, contacts=400, unmet=25, reason="=Queue", expected="")
        make_month(session, source, use, contacts=800, unmet=80, month=date(2025, 9, 1))
        make_month(
            session,
            source,
            calls,
            contacts=50,
            segment="Fleet",
            is_prospect=True,
            unmet=30,
            reason="Price",
        )
        make_month(session, source, letters, contacts=20, judged=0, reason="Bill")
    return journey


class TestMap:
    def test_shows_unmet_expectations_of_the_log_and_who_says_so(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(f"{MAP}?show=unmet")

        heat = table(page, "Unmet expectation per stage and channel")
        assert heat.row("Contact centre")["Use 820 contacts"].startswith("16")
        assert ", getting worse" in heat.row("Contact centre")["Use 820 contacts"]
        assert heat.row("Letters and bills")["Use 820 contacts"] == "not judged"
        assert heat.row("Website")["Action 50 contacts"] == "not judged"
        assert "contact log, Feb 2026 to Jan 2027 · calls.csv" in text(page)
        assert len(page.queries) <= 12

    def test_names_the_reasons_behind_the_shortfall(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        aside = text(client_for(cast.viewer).get(MAP).soup.find("aside"))

        assert "Where is my claim? 80" in aside
        assert "100 of 400 judged; 4.0 × as often unmet as the rest" in aside
        assert "Shares of the 125 unmet of 800 judged contacts." in aside
        assert "Opportunity 13.5, high" in aside

    def test_shows_one_segment_from_the_log_and_pain_from_the_baseline(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.viewer)

        volume = client.get(f"{MAP}?show=volume&who=prospects")
        pain = client.get(f"{MAP}?who=prospects")

        heat = table(volume, "Volume per stage")
        assert heat.row("Contact centre")["Action 50 contacts"].startswith("50")
        assert "Pain stands on the baseline, which knows no segments" in text(pain)
        assert "show=volume" in links(volume)["Volume"]
        assert "who=prospects" in links(volume)["Satisfaction"]

    def test_reaches_every_month_of_the_log_and_says_its_volume_without_a_baseline(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            made = make_journey(session, cast.lead, key="logged")
            place = made.touchpoints[2].id
            source = make_source(
                session, cast.lead, first_on=date(2024, 11, 1), last_on=date(2027, 1, 31)
            )
            make_month(session, source, place, contacts=66_667)
            make_month(session, source, place, month=date(2024, 11, 1), contacts=31, judged=1)
            make_month(session, source, place, month=date(2024, 10, 1), contacts=1, judged=1)
        client, at = client_for(cast.viewer), "/journeys/logged"

        usual = client.get(f"{at}?show=volume")
        old = client.get(f"{at}?show=volume&from=2024-11&to=2025-01")
        contacts = client.get(f"{at}/contacts?from=2024-12&to=2024-11")

        assert table(usual, "Volume per stage").row("Contact centre")["Use 67k contacts"][:3] == (
            "67k"
        )
        assert "contact log, Feb 2026 to Jan 2027 · " in text(usual)
        assert "contact log, Nov 2024 to Jan 2025 · " in text(old)
        assert table(old, "Volume per stage").row("Contact centre")["Use 31 contacts"][:2] == "31"
        assert "period=2024-11..2025-01" in links(old)["Satisfaction"]
        assert "31" in table(contacts, "Contacts by reason").rows[0]["Contacts"]
        assert "All 28 months" in text(usual)
        one = client.get(f"{at}?show=volume&period=2024-10..2024-10")
        assert table(one, "Volume per stage").row("Contact centre")["Use 1 contact"][:1] == "1"
        assert (
            "66,667" in table(client.get(f"{at}/contacts"), "Contacts by reason").rows[0].values()
        )
        assert len(usual.queries) <= 12
        assert client.get(f"{at}?from=2024-13&to=2025-01").status_code == 404
        assert client.get(f"{at}?period=7-8").status_code == 404

    @pytest.mark.parametrize(
        ("first", "word", "said"),
        [
            (
                date(2026, 1, 1),
                "",
                "no trend, since the log does not cover all of these and of the 12 months before",
            ),
            (
                date(2025, 2, 1),
                ", more than before",
                "trend against the 12 months before, where the log covers all of both",
            ),
        ],
    )
    def test_compares_sums_only_with_months_that_are_logged_as_well(
        self, client_for: ClientFor, cast: Cast, session: Session, first: date, word: str, said: str
    ) -> None:
        with transaction(session):
            made = make_journey(session, cast.lead, key="growing")
            source = make_source(session, cast.lead, first_on=first, last_on=date(2027, 1, 31))
            place, year_ago = made.touchpoints[2].id, date(2026, 1, 1)
            make_months(session, source, place, first=first, last=year_ago, segment="Fleet")
            make_months(
                session, source, place, first=date(2026, 2, 1), last=date(2027, 1, 1),
                segment="Fleet", contacts=1_100,
            )  # fmt: skip
            make_month(session, source, place, segment="Private")

        page = client_for(cast.viewer).get("/journeys/growing?show=volume&who=segment:Fleet")

        cell = table(page, "Volume per stage").row("Contact centre")["Use 13k contacts"]
        assert ("more than before" in cell) == bool(word)
        assert said in text(page)
        assert len(page.queries) <= 12

    def test_compares_means_only_where_enough_contacts_were_judged_in_both(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            source = session.scalars(select(InteractionSource)).first()
            assert source is not None
            letters = journey.touchpoints[3].id
            make_month(session, source, letters, contacts=40, unmet=20)
            make_month(session, source, letters, contacts=29, unmet=1, month=date(2025, 9, 1))

        page = client_for(cast.viewer).get(f"{MAP}?show=unmet")

        row = table(page, "Unmet expectation").row("Letters and bills")
        assert row["Use 860 contacts"].startswith("50") and "getting" not in row["Use 860 contacts"]
        assert (
            "trend against the 12 months before, where at least 30 contacts were judged in both"
            in text(page)
        )

    def test_says_what_is_missing_instead_of_a_zero(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_baseline(session, make_journey(session, cast.lead, key="quiet"))

        page = client_for(cast.viewer).get("/journeys/quiet?show=unmet")

        assert "Unmet expectation is not known here" in text(page)
        assert "no contact log yet" in text(page)
        assert "No contact here is logged in these months" in text(page.soup.find("aside"))

    def test_looks_at_the_log_of_a_journey_without_baseline(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            journey = make_journey(session, cast.lead, key="new-one")
            source = make_source(session, cast.lead)
            make_month(session, source, journey.touchpoints[2].id, unmet=20)

        page = client_for(cast.viewer).get("/journeys/new-one")

        assert table(page, "Unmet expectation").row("Contact centre")
        assert "Without a baseline nobody knows the pain" in text(page)

    def test_chooses_the_months_between_baselines(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.viewer)

        page = client.get(f"{MAP}?show=unmet&period=1-2")

        assert "contact log, Jul 2026 to Dec 2026" in text(page)
        assert client.get(f"{MAP}?period=7-8").status_code == 404
        assert client.get(f"{MAP}?who=martians").status_code == 404


class TestTables:
    def test_say_how_often_why_through_what_and_what_was_expected(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(CONTACTS)

        row = table(page, "Contacts by reason").row("Where is my claim?")
        assert row["Channel"] == "Contact centre"
        assert row["Expected result"] == "A date"
        assert row["Contacts"] == "400"
        assert row["Share"].startswith("46")
        assert row["Cost per contact"] == "€7.50"
        assert row["Minutes per contact"] == "8.0"
        assert row["Repeats"].startswith("15")
        assert len(page.queries) <= 12

    def test_leave_unsaid_what_the_log_does_not_say(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        letters = journey.touchpoints[3].id

        page = client_for(cast.viewer).get(f"{CONTACTS}?at={letters}")

        row = table(page, "Contacts by reason").row("Bill")
        assert (row["Unmet"], row["Cost per contact"], row["Repeats"]) == ("–", "–", "–")
        assert "Without a customer nobody can tell" in text(page)
        assert "The log does not allow this: no contact names its customer" not in text(page)

    def test_compare_channels_and_segments(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(CONTACTS)

        people = table(page, "Channels compared").row("People Contact centre")
        assert (people["Contacts"], people["Satisfaction"]) == ("850", "4.5")
        fleet = table(page, "Segments compared").row("Fleet prospects")
        assert fleet["Unmet"].startswith("60")

    def test_sort_by_what_the_address_says(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(f"{CONTACTS}?sort=unmet")

        head = page.soup.find("th", attrs={"aria-sort": "descending"})
        assert text(head) == "Unmet"

    def test_say_what_followed_and_what_that_does_not_prove(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(CONTACTS)

        row = table(page, "Repeats, escalations and losses").row("Where is my claim?")
        assert row["Customers lost"].startswith("4 (")
        assert "They do not say that a contact made somebody leave" in text(page)

    def test_say_when_one_bad_contact_precedes_loss(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            source = make_source(session, cast.lead, name="moments.csv")
            make_moment(session, source, journey.id)
            make_moment(session, source, journey.id, is_met=True, contacts=200, lost=10, silent=90)
            make_moment(session, source, journey.id, reason="Queue", contacts=4, repeated=1,
                        silent=2, lost=1, lost_alone=1)  # fmt: skip
            make_moment(session, source, journey.id, month=date(2025, 1, 1), reason="Long ago")

        page = client_for(cast.viewer).get(CONTACTS)

        told = table(page, "What followed moments")
        row = told.row("Where is my claim? beside 200 met contacts")
        assert row["Moments"] == "100"
        assert row["Left"] == "20 % met: 5 %, 4.0 ×"
        assert row["Left after this alone"] == "12 %"
        assert row["Escalated"] == "–"
        few = told.row("Queue beside 0 met contacts: too few to compare")
        assert few["Left"] == "1 of 4"
        assert "Long ago" not in text(page)
        assert "customers left after 20.2" in text(page)
        assert "400 of 870 contacts name their customer" in text(page)
        assert len(page.queries) <= 12

    def test_say_when_the_log_does_not_name_customers(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            journey = make_journey(session, cast.lead, key="nameless")
            make_month(session, make_source(session, cast.lead), journey.touchpoints[2].id)

        page = client_for(cast.viewer).get("/journeys/nameless/contacts")

        assert "The log does not allow this: no contact names its customer" in text(page)

    def test_come_as_a_file_that_runs_no_formula(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        response = client_for(cast.viewer).get(f"{MAP}/contacts.csv")

        lines = response.get_data(as_text=True).splitlines()
        assert lines[0].startswith("Reason,Channel,Expected result,Contacts,Judged,Unmet")
        assert "'=Queue,Contact centre,,400,400,25,0,0.00,EUR" in lines[1]

    def test_say_what_to_do_without_a_log(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_journey(session, cast.lead, key="quiet")

        page = client_for(cast.viewer).get("/journeys/quiet/contacts")

        assert "No contact of this journey is logged yet" in text(page)
        assert client_for(cast.viewer).get("/journeys/quiet/contacts?at=999999").status_code == 404
