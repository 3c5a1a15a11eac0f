"""The map shows where a journey hurts, with everything it shows in its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import Journey
from app.journeys.queries import TOUCHPOINT_COVERS, Acting, get_journey
from app.journeys.rules import Lever
from tests.factories.accounts import Cast
from tests.factories.journeys import make_baseline, make_journey, make_pool, measured
from tests.support.pages import links, table, text

ClientFor = Callable[[Any], Any]
MAP = "/journeys/motor-claim"


@pytest.fixture(autouse=True)
def covers() -> Iterator[list]:
    """Leave out what later stations have registered; tests here add their own."""
    kept = list(TOUCHPOINT_COVERS)
    TOUCHPOINT_COVERS.clear()
    yield TOUCHPOINT_COVERS
    TOUCHPOINT_COVERS[:] = kept


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """A journey measured twice: the calls in use became worse, the letters better."""
    with transaction(session):
        journey = make_journey(session, cast.lead)
        web, calls, use, letters = (one.id for one in journey.touchpoints)
        make_baseline(
            session, journey,
            figures={
                web: measured(satisfaction=8, contacts_per_year=200_000),
                calls: measured(contacts_per_year=90_000, importance=6),
                use: measured(satisfaction="5.5"),
                letters: measured(contacts_per_year=40_000, satisfaction=4, importance=5),
            },
        )  # fmt: skip
        make_baseline(
            session, journey,
            figures={
                web: measured(satisfaction=8, contacts_per_year=200_000),
                calls: measured(contacts_per_year=90_000, importance=6),
                use: measured(satisfaction="4.5"),
                letters: measured(contacts_per_year=40_000, satisfaction=5, importance=5),
            },
        )  # fmt: skip
    return journey


def _ids(session: Session) -> dict[str, int]:
    return {one.name: one.id for one in get_journey(session, "motor-claim").touchpoints}


class TestMap:
    def test_shows_pain_by_stage_and_channel(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(MAP)

        heat = table(page, "Pain per stage and channel")
        assert heat.row("Contact centre")["Use 190k contacts"].startswith("91 uncovered")
        assert heat.row("Website")["Action 290k contacts"].startswith("0 none")
        assert len(page.queries) <= 12

    def test_selects_the_worst_touchpoint_and_says_what_drives_it(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        aside = text(client_for(cast.viewer).get(MAP).soup.find("aside"))

        assert aside.startswith("Contact centre, Use Pain 1 of 4 91 of 100 pain +")
        assert "Importance 9 of 10" in aside
        assert "Short of target 3 points" in aside
        assert "Cost to serve €960,000.00 a year" in aside
        assert "This is a hot spot nobody works on." in aside

    def test_says_on_which_scale_two_pains_are_compared(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        """A baseline's own page shows its pain on its own scale, of which the change says nothing;
        and a phone has room for all that is said."""
        aside = client_for(cast.viewer).get(MAP).soup.find("aside")

        assert "since baseline 1" in text(aside)
        assert "→ 91, both on the scale of the baseline shown, not tested" in text(aside)
        assert [text(one) for one in aside.select(".nowrap") if "scale" in text(one)] == []
        assert [text(one) for one in aside.select(".nowrap") if "not tested" in text(one)] == []

    def test_selects_the_touchpoint_in_the_address(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        letters = _ids(session)["Letters and bills, Use"]

        page = client_for(cast.viewer).get(f"{MAP}?at={letters}")

        assert text(page.soup.find("aside")).startswith("Letters and bills, Use Pain 3 of 4")
        assert page.soup.find(attrs={"aria-current": "true", "class": "is-selected"})["href"]

    @pytest.mark.parametrize(
        ("show", "caption", "cell"),
        [
            ("satisfaction", "Satisfaction per stage", "4.5"),
            ("volume", "Volume per stage", "150k"),
            ("cost", "Cost to serve per stage", "€960k"),
            ("minutes", "Minutes per stage", "1.1m"),
        ],
    )
    def test_switches_what_the_cells_show(
        self,
        client_for: ClientFor,
        cast: Cast,
        journey: Journey,
        show: str,
        caption: str,
        cell: str,
    ) -> None:
        page = client_for(cast.viewer).get(f"{MAP}?show={show}")

        heat = table(page, caption)
        assert heat.row("Contact centre")["Use 190k contacts"].startswith(cell)
        assert f"show={show}" in next(
            href for words, href in links(page).items() if words.startswith(cell)
        )

    def test_names_the_hot_spots_nobody_covers(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey, covers: list
    ) -> None:
        client = client_for(cast.viewer)
        use = _ids(session)["Contact centre, Use"]

        before = links(client.get(MAP))
        covers.append(
            lambda *_: {use: [Acting("CX-7", "Claim tracker", "Draft", "draft", is_live=True)]}
        )
        after = client.get(MAP)

        assert "Use, contact centre" in before
        assert "Use, contact centre" not in links(after)
        assert links(after)["Claim tracker"] == "/initiatives/CX-7"
        assert (
            "1 initiative"
            in table(after, "Pain per stage").row("Contact centre")["Use 190k contacts"]
        )

    def test_counts_only_live_initiatives_as_cover(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey, covers: list
    ) -> None:
        use = _ids(session)["Contact centre, Use"]
        covers.append(
            lambda *_: {use: [Acting("CX-7", "Tracker", "Stopped", "missed", is_live=False)]}
        )

        page = client_for(cast.viewer).get(MAP)

        assert "Use, contact centre" in links(page)
        assert "Stopped" in text(page.soup.find("aside"))

    def test_lists_the_first_of_many_that_act_and_leads_to_all_of_them(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey, covers: list
    ) -> None:
        use = _ids(session)["Contact centre, Use"]
        many = [
            Acting(f"CX-{100 + i}", f"Idea {i}", "Draft", "draft", is_live=i == 39)
            for i in range(40)
        ]
        covers.append(lambda *_: {use: many})

        page = client_for(cast.viewer).get(MAP)

        named = [word for word in links(page) if word.startswith("Idea ")]
        assert named == ["Idea 39", *(f"Idea {i}" for i in range(24))]
        assert "The first 25 of 40 initiatives, live ones first." in text(page)
        assert links(page)["All of this journey in the registry"] == (
            f"/initiatives?journey={journey.key}"
        )

    def test_looks_at_an_older_baseline(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get(f"{MAP}?baseline=1")

        assert "baseline 1 of 15 Jan 2027" in text(page)
        assert "trend against" not in text(page)
        assert client_for(cast.viewer).get(f"{MAP}?baseline=9").status_code == 404
        assert client_for(cast.viewer).get(f"{MAP}?at=99999").status_code == 404

    def test_puts_the_pools_beside_it(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        with transaction(session):
            make_pool(session, journey, Lever.SERVE, claimed_by=cast.lead, certified_by=cast.cfo)

        page = client_for(cast.viewer).get(MAP)

        assert links(page)["Serve"] == f"{MAP}/pools/serve"
        assert "€220k" in text(page.soup.find("aside"))

    def test_says_what_to_do_before_anything_is_measured(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_journey(session, cast.lead, key="renewal", name="Renewal")

        page = client_for(cast.lead).get("/journeys/renewal")

        assert "Not measured yet" in text(page)
        assert links(page)["Record baseline"] == "/journeys/renewal/baselines/new"

    def test_is_missing_when_there_is_no_such_journey(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        assert client_for(cast.viewer).get("/journeys/nowhere").status_code == 404
