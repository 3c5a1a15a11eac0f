"""Every figure of a business case leads to where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.queries import get_option
from app.initiatives.rules import EffectDraft, EvidenceGrade
from app.initiatives.services import add_behaviour
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW, Company, behaviour_draft, make_complete
from tests.support.client import StrictClient
from tests.support.figures import dead_ends, figures_without_source
from tests.support.pages import links, table, text

ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def key(session: Session, cast: Cast, company: Company) -> str:
    """A case with everything: customers kept, a disbenefit, ranges, a declared benefit, minutes."""
    with transaction(session):
        made = make_complete(session, cast, company)
        effects = (
            EffectDraft("full", company.retain.id, Decimal("0.1"), EvidenceGrade.B, "Pilot 2026"),
            EffectDraft("full", company.serve.id, Decimal("-0.03"), EvidenceGrade.E, "3 experts"),
        )
        add_behaviour(
            session, made, behaviour_draft(company, effects=effects),
            expected_version=None, actor=cast.lead, now=NOW,
        )  # fmt: skip
        option = get_option(session, made, "full")
        option.cost_low, option.cost_high = Decimal("0.9"), Decimal("1.3")
        option.declared_benefit_minor, option.declared_source = 70_000_00, "Registry of 2026"
        option.declared_grade, option.effort_minutes = EvidenceGrade.D, 1_500_000
        for one in company.serve.inputs:
            if one.symbol == "alpha":
                one.low, one.high = Decimal("0.38"), Decimal("0.41")
        return made.key


class TestSources:
    def test_no_figure_stands_without_one(
        self, client_for: ClientFor, cast: Cast, key: str
    ) -> None:
        page = client_for(cast.viewer).get(f"/initiatives/{key}/case")

        assert figures_without_source(page) == []
        assert "1,500,000 minutes" in text(page)
        assert len(page.queries) <= 12

    @pytest.mark.parametrize("who", ["lead", "owner", "cfo", "viewer", "admin"])
    def test_every_one_opens_for_whoever_may_read(
        self, client_for: ClientFor, cast: Cast, key: str, who: str
    ) -> None:
        client = client_for(getattr(cast, who))
        page = client.get(f"/initiatives/{key}/case")

        assert list(dead_ends(client, page)) == []

    def test_amounts_lead_to_formula_option_and_pool(
        self, client_for: ClientFor, cast: Cast, key: str
    ) -> None:
        page = client_for(cast.viewer).get(f"/initiatives/{key}/case")

        value = table(page, "Values, All claims").parsed.find("tbody")
        assert links(value).popitem()[1] == "#formula-standalone"
        costs = links(table(page, "Costs, All claims").parsed)
        assert costs["€32,000.00"] == f"/initiatives/{key}/options#option-full"
        claimed = links(table(page, "Sources of the value, All claims").parsed)
        assert claimed["q 10 %"].startswith(f"/initiatives/{key}/behaviours#behaviour-")
        assert "/journeys/motor-claim/pools/retain" in claimed.values()

    def test_a_list_of_its_parts_leads_to_each(
        self, client_for: ClientFor, cast: Cast, key: str
    ) -> None:
        page = client_for(cast.viewer).get(f"/initiatives/{key}/case")

        jumps = page.soup.find("nav", attrs={"aria-label": "On this page"})
        places = [str(one["href"]) for one in jumps.find_all("a")]
        assert places[:2] == ["#option-full", "#chain-full"] and places[-1] == "#formulas"
        assert all(page.soup.find(id=place.removeprefix("#")) for place in places)
