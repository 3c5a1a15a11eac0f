"""The demo cuts one baseline from its log, once, as soon as there is a log."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys import queries
from seeds.steps.journeys import CUT_KEY, cut_from_log
from seeds.story.contacts import SAMPLE
from seeds.story.journeys import JOURNEYS
from tests.factories.accounts import Cast
from tests.factories.interactions import make_months, make_source
from tests.factories.journeys import make_baseline, make_journey


def test_one_baseline_is_cut_once_there_is_a_log(session: Session, cast: Cast, today: date) -> None:
    owner = next(one.owner for one in JOURNEYS if one.key == CUT_KEY)
    with transaction(session):
        journey = make_journey(session, cast.lead, key=CUT_KEY)
        make_baseline(
            session, queries.get_journey(session, CUT_KEY), measured_on=date(2026, 11, 20)
        )
        cut_from_log(session, {owner: cast.lead}, today=today)
        assert len(queries.get_journey(session, CUT_KEY).baselines) == 1
        make_months(session, make_source(session, cast.lead), journey.touchpoints[0].id)
    for _ in range(2):
        with transaction(session):
            cut_from_log(session, {owner: cast.lead}, today=today)

    last = queries.get_journey(session, CUT_KEY).baselines[-1]
    assert (last.number, last.measured_on, last.logged_one_in) == (
        2, date(2026, 12, 31), SAMPLE,
    )  # fmt: skip
