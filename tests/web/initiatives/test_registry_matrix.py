"""The matrix of the registry: the same initiatives drawn, value by effort."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.services import hide_costs
from app.db.session import transaction
from app.initiatives import presenters
from app.initiatives.services import edit_option
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    NOW,
    Company,
    make_candidate,
    make_complete,
    make_draft,
    option_draft,
)
from tests.support.client import StrictClient
from tests.support.pages import links, table, text

ClientFor = Callable[[Person], StrictClient]
MATRIX = "/initiatives?layout=matrix"


def _words(page: object) -> list[str]:
    soup = page.soup  # type: ignore[attr-defined]
    return [one["aria-label"] for one in soup.select("[data-matrix] a")]


class TestMatrix:
    def test_draws_what_the_filter_fits_and_says_it_in_words_and_as_a_table(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_complete(session, cast, company)
            big = make_candidate(session, cast, company, title="Callback")
            make_draft(session, cast, company, title="Nothing yet")
        client = client_for(cast.viewer)

        page = client.get(f"{MATRIX}&sort=-cost")

        words = "CX-101 Claim status tracker, Draft, 40 person-days, value €58,762.90"
        assert any(one.startswith(words) for one in _words(page))
        assert len(_words(page)) == 2
        assert links(page)["Table"] == "/initiatives?sort=-cost"
        assert "1 without person-days in the full option can’t be drawn." in text(page)
        assert "The larger, the higher the cost" in text(page)
        assert "a person-day" in text(page)
        assert table(page, "Value by effort").row(big.key)["Cost"] == "€160,000.00"
        assert len(page.queries) <= 12
        only = client.get(f"{MATRIX}&state=candidate")
        assert len(_words(only)) == 1
        assert "state=candidate" in links(only)["Table"]

    def test_has_no_axis_of_money_for_whom_it_is_hidden_from_and_says_so(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_complete(session, cast, company)
            hide_costs(session, cast.viewer, actor=cast.admin, now=NOW)
        page = client_for(cast.viewer).get(MATRIX)
        assert "Money is hidden from you, so there is no axis of value" in text(page)
        assert table(page, "Effort by what changes").columns == [
            "Key", "Initiative", "State", "Person-days",
        ]  # fmt: skip
        assert "€" not in text(page) and len({one["r"] for one in page.soup.select(".m-dot")}) > 0

    def test_draws_the_first_of_many_and_says_so(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(presenters.registry_matrix, "MOST_POINTS", 2)
        with transaction(session):
            for fade in (12, 1, 24):
                made = make_complete(session, cast, company)
                draft = option_draft(company, half_life_quarters=fade)
                edit_option(
                    session, made, "full", draft, expected_version=None, actor=cast.lead, now=NOW
                )
        page = client_for(cast.viewer).get(MATRIX)
        drawn = {one.partition(" ")[0] for one in _words(page)}
        assert drawn == {"CX-101", "CX-103"}
        assert "Drawn are the 2 of 3 that are worth most" in text(page)

    def test_says_what_is_missing_where_nothing_has_a_place(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
            bare = option_draft(company, demand={})
            edit_option(
                session, made, "full", bare, expected_version=None, actor=cast.lead, now=NOW
            )
        page = client_for(cast.viewer).get(MATRIX)
        assert "Nothing to draw" in text(page)
