"""The behaviours of an option remove no more of a pool together than one of them may."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.errors import InvalidError
from app.initiatives.rules import BehaviourDraft, EffectDraft, EvidenceGrade
from app.initiatives.services import add_behaviour, add_option, edit_behaviour
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW, Company, behaviour_draft, make_draft, option_draft


def removing(company: Company, share: str, *, by: str = "full") -> BehaviourDraft:
    effect = EffectDraft(by, company.serve.id, Decimal(share), EvidenceGrade.A, "Trial")
    return behaviour_draft(company, effects=(effect,))


class TestBehavioursTogether:
    @pytest.mark.parametrize(("first", "second"), [("0.9", "0.6"), ("-0.9", "-0.5")])
    def test_are_refused_beyond_95_percent_of_a_pool(
        self, session: Session, cast: Cast, company: Company, first: str, second: str
    ) -> None:
        by: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": NOW}
        with transaction(session):
            made = make_draft(session, cast, company)
            for key in ("lean", "full"):
                add_option(session, made, option_draft(company, key=key, name=key), **by)
            add_behaviour(session, made, removing(company, first), **by)
            other = add_behaviour(session, made, removing(company, second, by="lean"), **by)
            edit_behaviour(session, made, other.id, removing(company, second, by="lean"), **by)

        for refused in (
            lambda: add_behaviour(session, made, removing(company, second), **by),
            lambda: edit_behaviour(session, made, other.id, removing(company, second), **by),
        ):
            with pytest.raises(InvalidError) as error, transaction(session):
                refused()
            said = error.value.fields["effects-0-removal_share"]
            assert ("remove 96\u202f%" if first == "0.9" else "add 185\u202f%") in said
