"""States of objects never change their form, so that no garbage collection can break them."""

from __future__ import annotations

import gc

from sqlalchemy import inspect

from app.accounts.models import Person

MANY = 200


def _has_own_dict(state: object) -> bool:
    return any(isinstance(held, dict) and "_strong_obj" in held for held in gc.get_referents(state))


class TestStates:
    def test_stay_as_they_are_when_a_session_lets_go(self) -> None:
        people = [Person(name=str(number)) for number in range(MANY)]
        states = [inspect(person) for person in people]
        for state in states:
            state.modified = state.expired = False
            state._strong_obj = None
        assert [state for state in states if _has_own_dict(state)] == []
