"""CX leads cut a baseline from the log, look it over and compare versions side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import InteractionSource, Journey
from app.journeys.queries import get_journey
from tests.factories.accounts import Cast
from tests.factories.interactions import make_months, make_source
from tests.factories.journeys import make_baseline, make_journey
from tests.support.pages import form_values, links, table, text, value_of

ClientFor = Callable[[Any], Any]
CUT = "/journeys/motor-claim/baselines/cut"
YEAR = f"{CUT}?first=2026-01-01&last=2026-12-01"


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """A journey measured once, whose first touchpoint has a year of log."""
    with transaction(session):
        made = make_journey(session, cast.lead)
        make_baseline(session, get_journey(session, made.key), measured_on=date(2026, 1, 1))
        make_months(session, make_source(session, cast.lead, name="Calls"), made.touchpoints[0].id)
    return made


def typed_in(page: Any) -> dict[str, Any]:
    return {n: v for n, v in form_values(page, YEAR).items() if n != "csrf_token"}


class TestCut:
    def test_shows_what_each_figure_stands_on(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.lead).get(CUT)

        row = table(page, "Figures").row("Action, website")
        assert row["Contacts a year"] == "log, n 12,000"
        assert row["Unmet, %"] == "log, n 9,600"
        assert row["Importance"] == "judgement kept from version 1, made on 1 Jan 2026"
        assert page.soup.find(id=f"t{journey.touchpoints[0].id}-contacts")["value"] == "12000"
        assert "1 Jan 2026 to 31 Dec 2026" in text(page)
        assert len(page.queries) <= 12

    def test_records_a_version_that_says_where_figures_come_from(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        first = journey.touchpoints[0].id
        typed = typed_in(client.get(CUT)) | {f"t{first}-satisfaction": "5.8"}

        refused = client.post(YEAR, data=typed)
        typed[f"t{first}-note"] = "Two surveys failed."
        answer = client.post(YEAR, data=typed)
        page = client.get(answer.location)

        assert refused.status_code == 422
        assert "Say why satisfaction is not as the log has it." in text(refused)
        assert answer.status_code == 303
        row = table(page, "Figures").row("Action, website")
        assert row["Contacts a year"] == "12,000 log, n 12,000"
        assert row["Satisfaction"] == "5.8 by hand, log says 6: Two surveys failed."
        assert "a year’s contacts from 365 days covered" in text(page)

    def test_answers_a_form_sent_twice_with_the_version_it_made(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        typed = typed_in(client.get(CUT))

        first, again = client.post(YEAR, data=typed), client.post(YEAR, data=typed)
        other = client.post(YEAR, data=typed | {"note": "Another one."})

        assert (first.status_code, again.status_code) == (303, 303)
        assert again.location == first.location
        session.expire_all()
        assert len(get_journey(session, journey.key).baselines) == 2
        assert other.status_code == 422
        assert "sent before with other content" in text(other)

    def test_compares_two_versions_with_what_chance_explains(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        client.post(YEAR, data=typed_in(client.get(CUT)))
        self._add_january(session, cast, journey)
        self._cut(client, f"{CUT}?first=2027-01-01&last=2027-01-01")

        page = client.get("/journeys/motor-claim/baselines/3?against=2")

        row = table(page, "Changes").row("Action, website")
        assert "within chance" in row["Contacts a year"]
        assert "25 % → version 3: 80 %" in row["Unmet share"].replace("\u202f", " ")
        assert "+55 points more than chance" in row["Unmet share"]
        assert row["Satisfaction"].endswith("no change")
        assert "no independent samples" not in text(page)
        assert len(page.queries) <= 12
        shown = client.get("/journeys/motor-claim?show=volume&baseline=3&against=2")
        cell = " ".join(table(shown, "Volume per stage").row("Website").values())
        assert ", within chance" in cell
        assert "before" not in cell
        assert "trend against baseline 2 (1 within chance)" in text(shown)
        assert len(shown.queries) <= 12
        pain = client.get("/journeys/motor-claim?baseline=3&against=2")
        assert "getting" not in " ".join(table(pain, "Pain per stage").row("Website").values())

    def test_judges_nothing_of_versions_that_count_the_same_months(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        client.post(YEAR, data=typed_in(client.get(CUT)))
        self._add_january(session, cast, journey)
        self._cut(client, f"{CUT}?first=2026-12-01&last=2027-01-01")

        page = client.get("/journeys/motor-claim/baselines/3?against=2")
        shown = client.get("/journeys/motor-claim?show=volume")

        row = table(page, "Changes").row("Action, website")
        assert row["Unmet share"].endswith("not judged: both count Dec 2026")
        assert "chance" not in row["Unmet share"]
        assert "Both versions count Dec 2026, so they are no independent samples" in text(page)
        cell = " ".join(table(shown, "Volume per stage").row("Website").values())
        assert ", not judged, some months count in both" in cell

    def _add_january(self, session: Session, cast: Cast, journey: Journey) -> None:
        with transaction(session):
            more = make_source(session, cast.lead, name="Next", last_on=date(2027, 1, 31))
            make_months(
                session, more, journey.touchpoints[0].id, first=date(2027, 1, 1),
                last=date(2027, 1, 1), contacts=1_010, judged=500, unmet=400, scored=0, score_sum=0,
            )  # fmt: skip

    def _cut(self, client: Any, address: str) -> None:
        typed = form_values(client.get(address), address)
        done = client.post(address, data={n: v for n, v in typed.items() if n != "csrf_token"})
        assert done.status_code == 303

    def test_says_at_the_month_what_is_wrong(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        backwards = client.get(f"{CUT}?first=2026-12-01&last=2026-01-01")
        empty = client.get(f"{CUT}?first=2024-01-01&last=2024-02-01")

        assert backwards.status_code == empty.status_code == 422
        assert "The last month lies before the first." in text(backwards)
        assert "No contacts of this journey are logged" in text(empty)

    def test_takes_months_as_they_are_written_and_says_which_cannot_be_read(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        months = client.get(f"{CUT}?first=2026-01&last=2026-03")
        bogus = client.get(f"{CUT}?first=bogus&last=2026-03")
        half = client.get(f"{CUT}?first=2026-01")

        assert months.status_code == 200
        assert "1 Jan 2026 to 31 Mar 2026" in text(months)
        assert bogus.status_code == half.status_code == 422
        assert "“bogus” is no month that can be read; write it as 2026-01." in text(bogus)
        assert "The last month is missing; choose it, too." in text(half)
        assert "a year’s contacts" not in text(bogus).lower()

    def test_refuses_the_same_months_again_that_say_the_same(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        self._cut(client, YEAR)
        typed = form_values(client.get(YEAR), YEAR)

        again = client.post(YEAR, data={n: v for n, v in typed.items() if n != "csrf_token"})

        assert again.status_code == 422
        assert "Nothing here is new: version 2 was cut from the same months" in text(again)

    def test_names_three_logs_by_their_months_and_folds_the_rest(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            for number in reversed(range(7, 13)):
                more = make_source(
                    session, cast.lead, name=f"{number:02}.csv", first_on=date(2026, number, 1)
                )
                make_months(session, more, journey.touchpoints[1].id, first=date(2026, number, 1))
        client = client_for(cast.lead)
        page = client.get(CUT)
        whole = value_of(page, "Source")
        self._cut(client, YEAR)

        listed = text(client.get("/journeys/motor-claim/baselines"))

        assert whole.startswith("Contact log “Calls”, “07.csv”, “08.csv”, “09.csv”, “10.csv”")
        assert "Contact log “Calls”, “07.csv”, “08.csv” and 4 more, 1 Jan 2026" in listed
        assert whole in listed

    def test_says_where_fewer_days_are_logged_before_and_after_it_is_recorded(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            late = make_source(session, cast.lead, name="Chat", first_on=date(2026, 10, 1))
            make_months(session, late, journey.touchpoints[1].id, first=date(2026, 10, 1))
        client = client_for(cast.lead)

        shown = client.get(CUT)
        recorded = client.get(client.post(YEAR, data=typed_in(shown)).location)

        assert "92 to 365, by touchpoint" in text(shown)
        assert "contacts counted × 365 ÷ the days covered at the touchpoint" in text(shown)
        late_row = table(shown, "Figures").row("Action, contact centre")
        assert late_row["Contacts a year"] == "log, n 3,000, from 92 days"
        late_row = table(recorded, "Figures").row("Action, contact centre")
        assert late_row["Contacts a year"] == "11,902 log, n 3,000, from 92 days"
        assert "a year’s contacts from 365 days covered, or as many as a figure says" in text(
            recorded
        )

    def test_says_at_an_emptied_figure_what_the_log_had(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        first = journey.touchpoints[0].id
        typed = typed_in(client.get(CUT)) | {f"t{first}-unmet": "", f"t{first}-note": "One team."}

        page = client.get(client.post(YEAR, data=typed).location)

        row = table(page, "Figures").row("Action, website")
        assert row["Unmet share"].replace("\u202f", " ") == "– by hand, log says 25 %: One team."

    def test_takes_a_log_that_is_a_sample(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        first = journey.touchpoints[0].id
        page = client.get(f"{CUT}?one_in=20")
        odd = client.get(f"{CUT}?first=2026-01-01&last=2026-12-01&one_in=many")

        assert page.soup.find(id=f"t{first}-contacts")["value"] == "240000"
        assert "contacts counted × 365 ÷ 365 × 20" in text(page)
        assert odd.status_code == 422
        assert "Enter a whole number from 1 to 1,000,000" in text(odd)

    def test_begins_with_the_share_the_log_states(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client, first = client_for(cast.lead), journey.touchpoints[0].id
        with transaction(session):
            (source,) = session.scalars(select(InteractionSource))
            source.name = "Calls, one contact in 2,000.csv"

        page, whole = client.get(CUT), client.get(f"{CUT}?one_in=1")

        assert page.soup.find(id=f"t{first}-contacts")["value"] == "24000000"
        assert value_of(page, "The log holds one contact in") == "2000"
        assert whole.soup.find(id=f"t{first}-contacts")["value"] == "12000"
        assert form_values(whole, f"{YEAR}&one_in=1")["log"] != form_values(page, YEAR)["log"]

    def test_says_what_to_do_without_a_log(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_journey(session, cast.lead, key="renewal", name="Renewal")

        page = client_for(cast.lead).get("/journeys/renewal/baselines/cut")

        assert links(page)["Record by hand"] == "/journeys/renewal/baselines/new"

    def test_refuses_figures_of_a_log_that_has_changed(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        typed = typed_in(client.get(CUT))
        with transaction(session):
            make_months(
                session, make_source(session, cast.lead, name="Late"), journey.touchpoints[0].id
            )

        refused = client.post(YEAR, data=typed)

        assert refused.status_code == 409
        assert "The log has changed since you looked at it" in text(refused)
        assert "counted twice" in text(refused)
        assert form_values(refused, YEAR)["log"] != typed["log"]
