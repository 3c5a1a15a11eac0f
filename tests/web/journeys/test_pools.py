"""A pool shows how it is worked out; whoever claimed it never certifies it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import Journey
from app.journeys.queries import get_journey
from app.journeys.rules import Lever
from tests.factories.accounts import Cast
from tests.factories.journeys import (
    make_baseline,
    make_control,
    make_journey,
    make_pool,
)
from tests.support.pages import (
    buttons,
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
SERVE = "/journeys/motor-claim/pools/serve"


def typed_in(page: Any, action: str) -> dict[str, Any]:
    """What the form holds, without the token that belongs to one browser."""
    return {name: v for name, v in form_values(page, action).items() if name != "csrf_token"}


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    with transaction(session):
        return make_journey(session, cast.lead)


class TestPools:
    def test_show_every_lever_with_its_formula_and_numbers(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo)
            make_pool(session, journey, Lever.CONVERT, claimed_by=cast.lead)

        page = client_for(cast.viewer).get("/journeys/motor-claim/pools")

        row = table(page, "Pools").row("Serve")
        words = "200,000 × EUR 5.50 × 40 % × 50 % V × u × α × addr"
        assert row["How it is worked out"].replace("\u202f", " ") == words
        assert row["A year"] == "€220,000.00"
        assert row["State"].startswith("Certified Carla Finance")
        convert = table(page, "Pools").row("Convert")
        assert (
            convert["How it is worked out"]
            .replace("\u202f", " ")
            .startswith("50,000 × (4.5 % − 3.1 %) × EUR 120")
        )
        assert table(page, "Pools").row("Risk")["State"] == "Not claimed"
        assert len(page.queries) <= 12

    def test_warn_when_more_churn_is_claimed_than_there_is(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, Lever.RETAIN, claimed_by=cast.lead, s="0.7")
            other = make_journey(session, cast.lead, key="renewal", name="Renewal")
            make_pool(session, other, Lever.RETAIN, claimed_by=cast.lead, s="0.4")

        page = client_for(cast.viewer).get("/journeys/motor-claim/pools")

        assert "together claim 110 % of its churn" in text(page)


class TestClaim:
    def _new(self, client: Any) -> dict[str, Any]:
        typed = typed_in(client.get(f"{SERVE}/edit"), f"{SERVE}/edit")
        figures = {"V": "200,000", "u": "5.50", "alpha": "40", "addr": "50 %"}
        return typed | figures | {"source": "Controlling"}

    def test_works_out_the_value(self, client_for: ClientFor, cast: Cast, journey: Journey) -> None:
        client = client_for(cast.lead)

        answer = client.post(f"{SERVE}/edit", data=self._new(client))
        page = client.get(answer.location)

        assert answer.status_code == 303
        assert heading(page) == "Serve pool of Motor claim Claimed"
        assert "€220,000.00 a year at most" in text(page)
        row = table(page, "Inputs").row("α")
        assert row["P50, likely"] == "40 %"
        assert row["Source"] == "Controlling"

    @pytest.mark.parametrize(
        ("name", "typed", "words"),
        [
            ("V", "-1", "cannot be negative"),
            ("V", "lots", "Enter a number"),
            ("alpha", "140", "enter at most 100"),
            ("u", "999999999999", "absurd pool"),
            ("addr", "", "Enter a figure for “Addressable"),
            ("V-low", "100", "Give both P10 and P90"),
            ("u-high", "-3", "cannot be negative"),
        ],
    )
    def test_is_refused_at_the_cell_with_everything_kept(
        self, client_for: ClientFor, cast: Cast, journey: Journey,
        name: str, typed: str, words: str,
    ) -> None:  # fmt: skip
        client = client_for(cast.lead)
        both = {"u-low": "-5"} if name == "u-high" else {}

        page = client.post(f"{SERVE}/edit", data=self._new(client) | both | {name: typed})

        assert page.status_code == 422
        assert words in text(page)
        assert page.soup.find(id=name)["value"] == typed
        assert value_of(page, "Source") == "Controlling"

    def test_needs_a_source(self, client_for: ClientFor, cast: Cast, journey: Journey) -> None:
        client = client_for(cast.lead)

        page = client.post(f"{SERVE}/edit", data=self._new(client) | {"source": ""})

        assert error_on(page, "Source") == "Say where the figures come from."

    def test_is_not_for_finance(self, client_for: ClientFor, cast: Cast, journey: Journey) -> None:
        assert client_for(cast.cfo).get(f"{SERVE}/edit").status_code == 403

    def test_shows_both_versions_when_somebody_was_faster(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        typed = self._new(client)
        client.post(f"{SERVE}/edit", data=typed)

        refused = client.post(f"{SERVE}/edit", data=typed | {"V": "100,000"})

        assert refused.status_code == 409
        row = table(refused, "").row("V")
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("100000", "200000")

    def test_is_missing_for_a_lever_that_does_not_exist(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        assert client_for(cast.lead).get("/journeys/motor-claim/pools/magic").status_code == 404


class TestCertify:
    def test_is_done_by_other_hands_and_shown(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            centre = make_control(session, cast.cfo2)
            make_pool(session, journey, claimed_by=cast.lead, cost_centre=centre)
        client = client_for(cast.cfo)
        page = client.get(SERVE)
        assert buttons(page)["Certify pool"]

        typed = typed_in(page, f"{SERVE}/certify")
        assert client.post(f"{SERVE}/certify", data=typed).status_code == 303

        page = client.get(SERVE)
        assert heading(page) == "Serve pool of Motor claim Certified"
        assert "certified" in (notice(page) or "")
        assert "Carla Finance" in text(page.soup.find("aside"))

    def test_says_why_the_hands_that_claimed_it_may_not(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.cfo)
        client = client_for(cast.cfo)

        page = client.get(SERVE)
        refused = client.post(f"{SERVE}/certify", data={"version": "1"})

        assert buttons(page)["Certify pool"] is False
        words = "You claimed this pool; somebody else in Finance has to certify it."
        assert words in text(page)
        assert refused.status_code == 403
        assert words in (notice(refused) or "")

    def test_takes_only_the_version_that_was_looked_at(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            centre = make_control(session, cast.cfo2)
            make_pool(session, journey, claimed_by=cast.lead, cost_centre=centre)
        client, lead = client_for(cast.cfo), client_for(cast.lead)
        looked_at = typed_in(client.get(SERVE), f"{SERVE}/certify")
        typed = typed_in(lead.get(f"{SERVE}/edit"), f"{SERVE}/edit")
        lead.post(f"{SERVE}/edit", data=typed | {"V": "900,000"})

        refused = client.post(f"{SERVE}/certify", data=looked_at)

        assert refused.status_code == 409
        assert "has changed since you looked at it" in (notice(refused) or "")

    def test_is_not_offered_to_others(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead)

        page = client_for(cast.viewer).get(SERVE)

        assert "Certify pool" not in buttons(page)
        assert "Change figures" not in links(page)
        assert client_for(cast.lead).post(f"{SERVE}/certify", data={}).status_code == 403

    def test_ends_when_a_figure_changes(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo)
        client = client_for(cast.lead)
        page = client.get(f"{SERVE}/edit")
        assert "Any change makes it claimed again" in text(page)

        client.post(f"{SERVE}/edit", data=typed_in(page, f"{SERVE}/edit") | {"V": "210000"})

        assert heading(client.get(SERVE)) == "Serve pool of Motor claim Claimed"

    def test_is_taken_back_with_a_reason(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo)
        client = client_for(cast.cfo2)

        refused = client.post(f"{SERVE}/withdraw", data={"reason": ""})
        client.post(f"{SERVE}/withdraw", data={"reason": "Last year's unit cost."})

        assert refused.status_code == 422
        assert error_on(refused, "Reason") == "Say why the figures no longer hold."
        assert heading(client.get(SERVE)) == "Serve pool of Motor claim Claimed"


class TestBound:
    def test_inputs_follow_the_baseline_and_show_what_they_were(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_baseline(session, get_journey(session, journey.key))
        client = client_for(cast.lead)
        page = client.get(f"{SERVE}/edit")
        assert "Action, website: 150,000 contacts a year" in text(page)
        first = str(journey.touchpoints[0].id)
        typed = typed_in(page, f"{SERVE}/edit") | {
            "V-bound": first, "u": "5.50", "alpha": "40", "addr": "50", "source": "Controlling",
        }  # fmt: skip

        assert client.post(f"{SERVE}/edit", data=typed).status_code == 303
        row = table(client.get(SERVE), "Inputs").row("V")
        assert row["P50, likely"] == "150,000"
        assert row["Source"] == "Baseline 1: contacts a year of Action, website"

        address = "/journeys/motor-claim/baselines"
        figures = typed_in(client.get(f"{address}/new"), address)
        figures |= {f"t{first}-contacts": "120,000", "source": "Survey"}
        figures["measured_on"] = "2027-02-10"
        assert client.post(address, data=figures).status_code == 303

        page = client.get(SERVE)
        assert table(page, "Inputs").row("V")["P50, likely"] == "120,000 was 150,000"
        assert "moved it from €165,000.00 to €132,000.00 a year" in text(page)
        compared = client.get(f"{address}/2?against=1")
        row = table(compared, "Pool inputs").row("Contacts or runs (V)")
        assert (row["Version 1"], row["Version 2"]) == ("150,000", "120,000")
        assert len(compared.queries) <= 12

    def test_a_figure_is_typed_or_bound(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_baseline(session, get_journey(session, journey.key))
        client = client_for(cast.lead)
        typed = typed_in(client.get(f"{SERVE}/edit"), f"{SERVE}/edit")

        refused = client.post(f"{SERVE}/edit", data=typed | {"u": "5", "source": "Controlling"})
        foreign = client.post(f"{SERVE}/edit", data=typed | {"V-bound": "9999"})

        assert "Enter a figure for “Contacts or runs”." in text(refused)
        assert foreign.status_code == 422
