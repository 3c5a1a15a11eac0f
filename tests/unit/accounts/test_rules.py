"""Passwords, waits and session ends, worked out on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.rules import (
    COSTS,
    PERMISSIONS,
    Role,
    SessionLimits,
    costs_can_be_hidden,
    needs_second_admin,
    password_refusal,
    session_is_over,
    wait_after,
)

NOW = datetime(2027, 2, 15, 9, tzinfo=UTC)
LIMITS = SessionLimits(timedelta(hours=12), timedelta(hours=8), timedelta(minutes=30))


class TestPasswordRefusal:
    @pytest.mark.parametrize(
        "password",
        [
            "",
            "fourteen chars",
            "x" * 200,
            "password1234567",
            "qwertyqwertyqwerty",
            "nia.new@waymark.test",
            "nianewwaymark123456",
            "abababababababab",
            "marble otter\x00canyon",
        ],
    )
    def test_refuses_what_is_easy_to_guess(self, password: str) -> None:
        assert password_refusal(password, email="nia.new@waymark.test", name="Nia New")

    @pytest.mark.parametrize(
        "password",
        [
            "marble otter canyon",
            "Zwölf Boxkämpfer jagen",
            "0f3a-9c1d-77e2-b8d4",
            "四" * 3 + "春夏秋冬山川風雨雪月花鳥",
        ],
    )
    def test_asks_for_no_kinds_of_characters(self, password: str) -> None:
        assert password_refusal(password, email="nia.new@waymark.test", name="Nia New") is None


class TestWaitAfter:
    def test_doubles_up_to_a_quarter_of_an_hour(self) -> None:
        waits = [wait_after(failures, 5).total_seconds() for failures in (5, 6, 7, 8, 14, 15, 500)]
        assert waits == [0, 2, 4, 8, 512, 900, 900]


class TestSessionIsOver:
    @pytest.mark.parametrize(
        ("age", "idle", "role", "over"),
        [
            (timedelta(hours=11, minutes=59), timedelta(0), Role.VIEWER, False),
            (timedelta(hours=12), timedelta(0), Role.VIEWER, True),
            (timedelta(hours=9), timedelta(hours=8), Role.CX_LEAD, True),
            (timedelta(hours=1), timedelta(minutes=30), Role.FINANCE, True),
            (timedelta(hours=1), timedelta(minutes=29), Role.ADMIN, False),
            (timedelta(minutes=-1), timedelta(0), Role.VIEWER, True),
            (timedelta(hours=1), timedelta(minutes=-1), Role.VIEWER, True),
        ],
    )
    def test_ends_by_age_idleness_and_wrong_clocks(
        self, age: timedelta, idle: timedelta, role: Role, over: bool
    ) -> None:
        ended = session_is_over(
            created_at=NOW - age,
            seen_at=NOW - idle,
            roles=frozenset({role}),
            limits=LIMITS,
            now=NOW,
        )
        assert ended is over


class TestPermissions:
    def test_give_admins_no_power_over_money(self) -> None:
        money = {"calendar.edit", "pools.certify", "initiatives.certify", "proposals.submit"}
        money |= {"proposals.decide", "hurdles.decide", "spend.book"}
        assert not [name for name in money if Role.ADMIN in PERMISSIONS[name]]

    def test_let_viewers_look_and_talk_and_change_nothing(self) -> None:
        held = {name for name, roles in PERMISSIONS.items() if Role.VIEWER in roles}
        assert all(name.endswith(".view") for name in held - {COSTS, "comments.write"})

    def test_take_costs_from_none_but_who_only_looks(self) -> None:
        hideable = [role for role in Role if costs_can_be_hidden(frozenset({role, Role.VIEWER}))]
        assert hideable == [Role.VIEWER]


class TestNeedsSecondAdmin:
    @pytest.mark.parametrize("role", [Role.FINANCE, Role.ADMIN])
    def test_for_finance_and_admin_given_by_an_admin(self, role: Role) -> None:
        assert needs_second_admin(role, actor_id=1)
        assert not needs_second_admin(role, actor_id=None)

    @pytest.mark.parametrize("role", [Role.CX_LEAD, Role.PROGRAM_MANAGER, Role.VIEWER])
    def test_not_for_roles_without_power_over_money_or_rights(self, role: Role) -> None:
        assert not needs_second_admin(role, actor_id=1)
