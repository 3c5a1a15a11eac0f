"""CX leads describe journeys and measure them; everybody may look."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import Journey
from app.journeys.queries import get_journey
from app.journeys.rules import Lever
from tests.factories.accounts import Cast
from tests.factories.journeys import make_baseline, make_journey, make_pool, measured
from tests.support.pages import (
    error_on,
    form_values,
    heading,
    links,
    notice,
    table,
    text,
    value_of,
)

ClientFor = Callable[[Any], Any]


def typed_in(page: Any, action: str) -> dict[str, Any]:
    """What the form holds, without the token that belongs to one browser."""
    return {name: v for name, v in form_values(page, action).items() if name != "csrf_token"}


WHOSE = "Private motor customers · Lena Lead"


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    with transaction(session):
        return make_journey(session, cast.lead)


@pytest.fixture
def measured_journey(session: Session, cast: Cast, journey: Journey) -> Journey:
    """The journey with one baseline."""
    with transaction(session):
        whole = get_journey(session, journey.key)
        make_baseline(session, whole)
    return journey


class TestIndex:
    def test_shows_what_each_journey_is_worth_and_where_it_hurts(
        self, client_for: ClientFor, cast: Cast, session: Session, measured_journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, measured_journey, claimed_by=cast.lead, certified_by=cast.cfo)
            make_pool(session, measured_journey, Lever.RISK, claimed_by=cast.lead)
            make_journey(session, cast.lead, key="renewal", name="Renewal")

        page = client_for(cast.viewer).get("/journeys")

        row = table(page, "Journeys by value").row(
            "Motor claim Private motor customers · Lena Lead"
        )
        assert row["Value at stake"] == "€220k certified a year, €50k more claimed"
        assert row["Addressed"].startswith("0")
        assert row["Not addressed"] == "€220k"
        assert row["Satisfaction"] == "5.5 target 7.5"
        assert row["Hot spots"] == "4 4 nobody covers"
        renewal = table(page, "Journeys by value").row(
            "Renewal Private motor customers · Lena Lead"
        )
        assert (renewal["Last baseline"], renewal["Addressed"]) == ("none yet", "–")
        assert "New journey" not in links(page)
        assert len(page.queries) <= 12

    def test_names_the_hot_spots_of_all_journeys_nobody_works_on(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get("/journeys")

        row = table(page, "Hot spots nobody works on").row("Action, website")
        assert (row["Journey"], row["Pain"], row["Opportunity"]) == ("Motor claim", "100", "12.5")
        assert links(page)["Action, website"].startswith("/journeys/motor-claim?at=")

    def test_says_what_to_do_when_there_is_none(self, client_for: ClientFor, cast: Cast) -> None:
        assert links(client_for(cast.lead).get("/journeys"))["New journey"] == "/journeys/new"


class TestCreate:
    def test_begins_with_the_seven_stages(self, client_for: ClientFor, cast: Cast) -> None:
        client = client_for(cast.lead)
        new = typed_in(client.get("/journeys/new"), "/journeys")

        answer = client.post(
            "/journeys",
            data=new
            | {"key": "home-claim", "name": "Home claim", "segment": "Homes", "goal": "Dry"},
        )
        page = client.get(answer.location)

        assert answer.status_code == 303
        assert heading(page) == "Home claim"
        assert page.soup.find(id="stage-advocacy")["value"] == "Advocacy"

    @pytest.mark.parametrize(
        ("name", "typed", "label", "words"),
        [
            ("key", "Home Claim", "Key", "lower-case"),
            ("key", "motor-claim", "Key", "has this key already"),
            ("name", "", "Name", "Give the journey a name"),
            ("goal", " ", "Goal", "what the customer wants"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(
        self, client_for: ClientFor, cast: Cast, journey: Journey,
        name: str, typed: str, label: str, words: str,
    ) -> None:  # fmt: skip
        client = client_for(cast.lead)
        new = typed_in(client.get("/journeys/new"), "/journeys")
        sound = {"key": "home-claim", "name": "Home claim", "segment": "Homes", "goal": "Dry"}

        page = client.post("/journeys", data=new | sound | {name: typed})

        assert page.status_code == 422
        assert words in (error_on(page, label) or "")
        assert value_of(page, "Segment") == "Homes"

    def test_is_not_for_others(self, client_for: ClientFor, cast: Cast) -> None:
        refused = client_for(cast.cfo).post("/journeys", data={})

        assert refused.status_code == 403


class TestEdit:
    def test_shows_both_versions_and_keeps_what_was_typed(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client, address = client_for(cast.lead), "/journeys/motor-claim/edit"
        typed = typed_in(client.get(address), address)
        client.post(address, data=typed | {"name": "Car claim"})

        refused = client.post(address, data=typed | {"name": "Auto claim"})

        assert refused.status_code == 409
        row = table(refused, "").row("Name")
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("Auto claim", "Car claim")
        assert value_of(refused, "Name") == "Auto claim"
        assert client.post(address, data=typed_in(refused, address)).status_code == 303


class TestStages:
    def test_take_names_touchpoints_and_hide(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client, address = client_for(cast.lead), "/journeys/motor-claim/stages"
        typed = typed_in(client.get(address), address)

        saved = client.post(
            address,
            data=typed
            | {"stage-action": "Report", "hide-advocacy": "y", "touchpoint-use-app": "Tracker"},
        )

        assert saved.status_code == 303
        page = client_for(cast.viewer).get(address)
        row = table(page, "Stages and touchpoints").row("Use")
        assert row["Mobile app"] == "Tracker"
        assert "Advocacy" not in table(page, "Stages and touchpoints").first_column()

    def test_keep_what_was_measured(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client, address = client_for(cast.lead), "/journeys/motor-claim/stages"
        typed = typed_in(client.get(address), address)

        refused = client.post(address, data=typed | {"touchpoint-use-letter": ""})

        assert refused.status_code == 422
        assert "it has to stay" in text(refused.soup.find(id="touchpoint-use-letter-error"))


class TestBaselines:
    def test_are_recorded_from_the_last_figures(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        page = client.get("/journeys/motor-claim/baselines/new")
        typed = typed_in(page, "/journeys/motor-claim/baselines")
        first = next(name for name in typed if name.endswith("-satisfaction"))
        assert typed[first] == "5.5"

        saved = client.post(
            "/journeys/motor-claim/baselines",
            data=typed | {first: "6.5", "source": "Survey", "measured_on": "2027-02-10"},
        )

        assert saved.status_code == 303
        rows = table(client.get("/journeys/motor-claim/baselines"), "Baselines").rows
        assert [row["Version"] for row in rows] == ["Version 2", "Version 1"]
        changes = client.get("/journeys/motor-claim/baselines/2?against=1")
        satisfaction = "version 1: 5.5 → version 2: 6.5 +1 not tested"
        assert satisfaction in table(changes, "Changes").column("Satisfaction")
        itself = client.get("/journeys/motor-claim/baselines/2?against=2")
        assert "A version can’t be compared with itself" in text(itself)
        assert table(itself, "Figures").rows

    @pytest.mark.parametrize(
        ("column", "typed", "words"),
        [
            ("satisfaction", "11", "score from 0 to 10"),
            ("contacts", "many", "Enter a number"),
            ("contacts", "-5", "contacts a year, 0 or more"),
            ("cost", "999,999,999", "No contact costs that"),
            ("minutes", "", "Enter this too"),
        ],
    )
    def test_are_refused_at_the_cell_with_everything_kept(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey,
        column: str, typed: str, words: str,
    ) -> None:  # fmt: skip
        client = client_for(cast.lead)
        page = client.get("/journeys/motor-claim/baselines/new")
        sent = typed_in(page, "/journeys/motor-claim/baselines") | {
            "source": "Survey",
            "measured_on": "2027-02-10",
        }
        cell = next(name for name in sent if name.endswith(f"-{column}"))

        refused = client.post("/journeys/motor-claim/baselines", data=sent | {cell: typed})

        assert refused.status_code == 422
        assert words in text(refused.soup.find(id=f"{cell}-error"))
        assert refused.soup.find(id=cell)["value"] == typed
        assert value_of(refused, "Source") == "Survey"

    def test_keep_the_day_of_what_nobody_measured_anew(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client, address = client_for(cast.lead), "/journeys/motor-claim/baselines"
        page = client.get(f"{address}/new")
        first, second = (one.id for one in measured_journey.touchpoints[:2])
        typed = typed_in(page, address) | {"source": "Survey"}

        assert value_of(page, "Measured on") == ""
        assert (
            "kept from version 1, measured on 15 Jan 2027"
            in (table(page, "Figures").row("Action, website")["Contacts a year"])
        )
        unsaid = client.post(address, data=typed | {f"t{first}-satisfaction": "6.5"})
        same = client.post(address, data=typed | {"measured_on": "2027-02-10"})
        changed = {"measured_on": "2027-02-10", f"t{first}-satisfaction": "6.5"}
        done = client.post(address, data=typed | changed | {f"t{second}-anew": ["cost"]})

        assert (unsaid.status_code, same.status_code, done.status_code) == (422, 422, 303)
        assert "Say when this was measured." in (error_on(unsaid, "Measured on") or "")
        assert "Nothing here was measured anew" in (error_on(same, "Measured on") or "")
        shown = client.get(f"{address}/2")
        row = table(shown, "Figures").row("Action, website")
        assert row["Satisfaction"] == "6.5 by hand"
        assert row["Minutes per contact"] == "7.5 kept from version 1, measured on 15 Jan 2027"
        assert row["Importance"] == "9 judgement kept from version 1, made on 15 Jan 2027"
        row = table(shown, "Figures").row("Action, contact centre")
        assert row["Cost per contact"] == "6.4 by hand"
        assert row["Satisfaction"] == "5.5 kept from version 1, measured on 15 Jan 2027"
        listed = table(client.get(address), "Baselines").row("Version 2")
        assert listed["Measured on"] == "10 Feb 2027 oldest figure kept of 15 Jan 2027"
        lines = client.get(f"{address}/figures.csv").get_data(as_text=True).splitlines()
        assert lines[0].endswith(",unmet_share,kept")
        assert "minutes_per_contact from version 1 of 2027-01-15" in lines[1]
        assert "satisfaction from" not in lines[1]

    def test_leave_out_what_is_not_measured(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        page = client.get("/journeys/motor-claim/baselines/new")
        sent = typed_in(page, "/journeys/motor-claim/baselines") | {
            "source": "Survey",
            "measured_on": "2027-02-10",
        }
        row = next(name for name in sent if name.endswith("-contacts")).removesuffix("contacts")
        blank = {name: "" for name in sent if name.startswith(row)}

        client.post("/journeys/motor-claim/baselines", data=sent | blank)

        page = client.get("/journeys/motor-claim/baselines/2")
        assert len(table(page, "Figures").rows) == 3

    def test_round_trip_as_a_file(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        file = client.get("/journeys/motor-claim/baselines/figures.csv")
        assert file.headers["Content-Disposition"].endswith('motor-claim-baseline-1.csv"')
        changed = file.get_data(as_text=True).replace(",5.5,", ",8.25,")

        page = client.post(
            "/journeys/motor-claim/baselines/read",
            data={"file": (BytesIO(changed.encode()), "figures.csv")},
        )

        assert page.status_code == 200
        assert "4 touchpoints read from the file. Nothing is saved yet" in (notice(page) or "")
        typed = typed_in(page, "/journeys/motor-claim/baselines")
        assert {v for name, v in typed.items() if name.endswith("-satisfaction")} == {"8.25"}
        assert len(table(client.get("/journeys/motor-claim/baselines"), "Baselines").rows) == 1

    def test_name_line_and_column_of_what_a_file_gets_wrong(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        lines = client.get("/journeys/motor-claim/baselines/figures.csv").get_data(as_text=True)
        broken = lines.replace("150000,5.5", "150000,good").replace("letter", "pigeon")

        page = client.post(
            "/journeys/motor-claim/baselines/read",
            data={"file": (BytesIO(broken.encode()), "figures.csv")},
        )

        assert page.status_code == 422
        assert "Line 2, satisfaction: Enter a number" in text(page)
        assert "Line 5, channel: Use one of web" in text(page)

    def test_are_missing_when_they_are_not_there(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey
    ) -> None:
        client = client_for(cast.viewer)

        assert client.get("/journeys/motor-claim/baselines/9").status_code == 404
        assert client.get("/journeys/nowhere/baselines").status_code == 404

    def test_show_what_somebody_else_recorded_meanwhile(
        self, client_for: ClientFor, cast: Cast, measured_journey: Journey, session: Session
    ) -> None:
        client, address = client_for(cast.lead), "/journeys/motor-claim/baselines"
        sent = typed_in(client.get(f"{address}/new"), address) | {"source": "Mine"}
        sent["measured_on"] = "2027-02-10"
        with transaction(session):
            whole = get_journey(session, "motor-claim")
            make_baseline(session, whole, figures={whole.touchpoints[0].id: measured()})

        refused = client.post(address, data=sent)

        assert refused.status_code == 409
        assert table(refused, "").row("Version")["Theirs, saved"] == "2"
        assert client.post(address, data=typed_in(refused, address)).status_code == 303
