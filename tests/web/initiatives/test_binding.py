"""Criteria are bound to what they measure, and hurdles say what they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Milestone
from app.initiatives.queries import BEHAVIOURS, MILESTONES, get_initiative
from app.initiatives.rules.milestone_kinds import ChainLink, HurdleKind
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_complete
from tests.support.pages import error_on, form_values, links, text

ClientFor = Callable[[Any], Any]


@dataclass(frozen=True)
class Made:
    """An initiative with a behaviour and a milestone, by key and ids."""

    key: str
    milestone: int
    behaviour: int


@pytest.fixture
def made(session: Session, cast: Cast, company: Company) -> Made:
    with transaction(session):
        key = make_complete(session, cast, company).key
    session.expire_all()
    one = get_initiative(session, key, *MILESTONES, *BEHAVIOURS)
    return Made(key, one.milestones[0].id, one.behaviours[0].id)


def edit(client: Any, made: Made, **typed: str) -> Any:
    """Change the milestone by its form."""
    path = f"/initiatives/{made.key}/milestones/{made.milestone}"
    return client.post(path, data=form_values(client.get(path), "") | typed)


def stored(session: Session, made: Made) -> Milestone:
    session.expire_all()
    return get_initiative(session, made.key, *MILESTONES).milestones[0]


class TestBinding:
    def test_is_kept_and_shown_again(
        self, client_for: ClientFor, session: Session, cast: Cast, made: Made
    ) -> None:
        client, behaviour = client_for(cast.owner), made.behaviour
        bound = {"criteria-0-bound": f"behaviour:{behaviour}"}
        assert edit(client, made, **bound).status_code == 303
        (criterion,) = stored(session, made).criteria
        assert (criterion.link, criterion.behaviour_id) == (ChainLink.BEHAVIOUR, behaviour)
        assert edit(client, made, name="Pilot proof").status_code == 303
        assert stored(session, made).criteria[0].behaviour_id == behaviour

    def test_asks_for_the_unit_of_the_behaviour(
        self, client_for: ClientFor, session: Session, cast: Cast, made: Made
    ) -> None:
        client, behaviour = client_for(cast.owner), made.behaviour
        other = {"criteria-0-unit": "days"}
        page = edit(client, made, **other, **{"criteria-0-bound": f"behaviour:{behaviour}"})
        assert page.status_code == 422 and "in its own unit" in text(page)
        assert (
            edit(client, made, **other, **{"criteria-0-bound": f"metric:{behaviour}"}).status_code
            == 303
        )

    def test_keeps_the_behaviour_while_it_stands(
        self, client_for: ClientFor, session: Session, cast: Cast, made: Made
    ) -> None:
        client, behaviour = client_for(cast.owner), made.behaviour
        edit(client, made, **{"criteria-0-bound": f"lever:{behaviour}"})
        path = links(client.get(f"/initiatives/{made.key}/behaviours"))["Edit"]
        page = client.get(path)
        refused = client.post(
            f"{path}/remove", data=form_values(page, f"{path}/remove"), follow_redirects=True
        )
        assert "Criteria measure this behaviour" in text(refused)
        session.expire_all()
        (left,) = get_initiative(session, made.key, *BEHAVIOURS).behaviours
        assert left.id == behaviour


class TestKind:
    def test_of_a_learn_hurdle_says_how_well_the_effect_shall_be_known(
        self, client_for: ClientFor, session: Session, cast: Cast, made: Made
    ) -> None:
        client, behaviour = client_for(cast.owner), made.behaviour
        page = edit(client, made, kind="learn")
        assert "how well the effect is to be known" in text(page)
        page = edit(client, made, kind="learn", target_error="5 %")
        assert "bound to a behaviour" in (error_on(page, "Kind") or "")
        bound = {"criteria-0-bound": f"behaviour:{behaviour}"}
        assert edit(client, made, kind="learn", target_error="5 %", **bound).status_code == 303
        kept = stored(session, made)
        assert (kept.kind, kept.target_error) == (HurdleKind.LEARN, Decimal("0.05"))
