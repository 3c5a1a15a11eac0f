"""What an earlier decision approved is taken off before anything is chosen."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy.orm import Session

from app.db.session import transaction
from app.portfolio.queries import get_scenario
from app.portfolio.services.problem import freeze_problem
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world


class TestAfterAnApproval:
    def test_money_days_and_pools_shrink_and_the_approved_can_not_be_chosen_again(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            scenario = get_scenario(session, world.scenario.id)
            before = json.loads(freeze_problem(session, scenario).content)
            committed = make_commitments(session, cast, now, world)
        session.expire_all()
        frozen = freeze_problem(session, get_scenario(session, world.scenario.id))
        after = json.loads(frozen.content)
        assert committed
        assert not set(committed) & {one["key"] for one in after["initiatives"]}
        assert [one["key"] for one in frozen.inputs["committed"]] == sorted(committed)
        spent = sum(one.amount_minor for one in committed.values())
        assert total(before, "funds", "budget") == total(after, "funds", "budget")
        assert total(after, "funds", "committed") == spent
        assert total(after, "capacities", "available") < total(before, "capacities", "available")
        assert total(after, "pools", "value") < total(before, "pools", "value")
        said = {one["subject"]: one["text"] for one in frozen.inputs["remarks"]}
        assert all(key in said["Approved already"] for key in committed)


def total(problem: dict[str, list[dict[str, list[int]]]], name: str, field: str) -> int:
    return sum(sum(entry.get(field, [])) for entry in problem[name])
