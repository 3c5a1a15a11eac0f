"""People, roles and passwords are changed by admins, at once and on the record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant, SignInSession
from app.accounts.queries import find_person_by_email, list_people_with_role
from app.accounts.rules import Role
from app.accounts.services import (
    PersonDraft,
    SignInDevice,
    change_password,
    confirm_role,
    create_person,
    deactivate_person,
    grant_role,
    open_session,
    password_matches,
    reactivate_person,
    reset_password,
    set_theme,
    withdraw_role,
)
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from tests.factories.accounts import PASSWORD, Cast, make_person

DEVICE = SignInDevice("192.0.2.7", "tests")
GOOD = "marble otter canyon lamp"


def _draft(**changes: object) -> PersonDraft:
    values = {"email": "New@Waymark.test ", "name": "Nia  New", "password": GOOD}
    return PersonDraft(**(values | changes))  # type: ignore[arg-type]


def _actions(session: Session) -> Sequence[str]:
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()


def _sessions_of(session: Session, person: Person) -> int:
    query = select(SignInSession).where(SignInSession.person_id == person.id)
    return len(session.scalars(query).all())


@pytest.fixture
def signed_in_viewer(session: Session, cast: Cast, now: datetime) -> Person:
    with transaction(session):
        open_session(session, cast.viewer, device=DEVICE, now=now)
    return cast.viewer


class TestCreatePerson:
    def test_adds_somebody_who_can_sign_in(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            draft = _draft(roles=frozenset({Role.CX_LEAD}))
            person = create_person(session, draft, actor=cast.admin, now=now)
        assert (person.email, person.name) == ("new@waymark.test", "Nia New")
        assert person.held_roles == {Role.CX_LEAD}
        assert password_matches(session, email="NEW@waymark.test", password=GOOD) is person
        assert _actions(session) == ["person.created"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"email": "nonsense"}, "email"),
            ({"email": "a@b@c"}, "email"),
            ({"email": "x" * 300 + "@waymark.test"}, "email"),
            ({"email": "nul\x00@waymark.test"}, "email"),
            ({"email": "LENA@waymark.test"}, "email"),
            ({"name": "  "}, "name"),
            ({"name": "x" * 500}, "name"),
            ({"name": "nul\x00"}, "name"),
            ({"password": "short"}, "password"),
            ({"password": "x" * 129}, "password"),
            ({"password": "passwordpassword"}, "password"),
            ({"password": "nianewnianewnianew"}, "password"),
            ({"password": "aaaaaaaaaaaaaaaaaaaa"}, "password"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, session: Session, cast: Cast, now: datetime, changes: dict[str, str], field: str
    ) -> None:
        with pytest.raises(InvalidError) as refusal, transaction(session):
            create_person(session, _draft(**changes), actor=cast.admin, now=now)
        assert set(refusal.value.fields) == {field}

    def test_is_refused_to_everybody_but_admins(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            create_person(session, _draft(), actor=cast.cfo, now=now)

    def test_gives_finance_only_after_a_second_admin(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
            draft = _draft(roles=frozenset({Role.FINANCE, Role.VIEWER}))
            person = create_person(session, draft, actor=cast.admin, now=now)
        assert person.held_roles == {Role.VIEWER}
        with pytest.raises(NotAllowedError), transaction(session):
            confirm_role(session, person, Role.FINANCE, actor=cast.admin, now=now)
        with transaction(session):
            confirm_role(session, person, Role.FINANCE, actor=second, now=now)
        assert Role.FINANCE in person.held_roles

    def test_gives_admin_only_after_a_second_admin(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
            draft = _draft(roles=frozenset({Role.ADMIN}))
            puppet = create_person(session, draft, actor=cast.admin, now=now)
            change_password(session, puppet, current=GOOD, new=f"{GOOD} two", now=now)
            grant_role(session, cast.viewer, Role.FINANCE, actor=cast.admin, now=now)
        with pytest.raises(NotAllowedError), transaction(session):
            confirm_role(session, cast.viewer, Role.FINANCE, actor=puppet, now=now)
        with pytest.raises(NotAllowedError), transaction(session):
            confirm_role(session, puppet, Role.ADMIN, actor=cast.admin, now=now)
        with transaction(session):
            confirm_role(session, puppet, Role.ADMIN, actor=second, now=now)
        assert puppet.may("people.manage")

    def test_on_the_command_line_is_in_force_at_once(self, session: Session, now: datetime) -> None:
        with transaction(session):
            draft = _draft(roles=frozenset({Role.ADMIN, Role.VIEWER}))
            person = create_person(session, draft, actor=None, now=now)
        assert person.held_roles == {Role.ADMIN, Role.VIEWER}

    def test_never_gives_finance_and_admin_to_one(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        draft = _draft(roles=frozenset({Role.FINANCE, Role.ADMIN}))
        for actor in (None, cast.admin):
            with pytest.raises(InvalidError) as refusal, transaction(session):
                create_person(session, draft, actor=actor, now=now)
            assert set(refusal.value.fields) == {"roles"}

    def test_opens_nothing_until_the_person_has_a_password_of_their_own(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            draft = _draft(roles=frozenset({Role.CX_LEAD}))
            person = create_person(session, draft, actor=cast.admin, now=now)
        assert not person.may("home.view")
        with pytest.raises(InvalidError) as refusal, transaction(session):
            change_password(session, person, current=GOOD, new=GOOD, now=now)
        assert set(refusal.value.fields) == {"new"}
        with transaction(session):
            change_password(session, person, current=GOOD, new=f"{GOOD} two", now=now)
        assert person.may("journeys.edit")


class TestGrantRole:
    def test_is_in_force_at_once_and_ends_the_sessions(
        self, session: Session, cast: Cast, signed_in_viewer: Person, now: datetime
    ) -> None:
        with transaction(session):
            grant_role(session, signed_in_viewer, Role.CX_LEAD, actor=cast.admin, now=now)
        assert signed_in_viewer.may("journeys.edit")
        assert _sessions_of(session, signed_in_viewer) == 0

    @pytest.mark.parametrize(("holder", "role"), [("admin", Role.FINANCE), ("cfo", Role.ADMIN)])
    def test_never_joins_finance_and_admin(
        self, session: Session, cast: Cast, now: datetime, holder: str, role: Role
    ) -> None:
        person = getattr(cast, holder)
        for actor in (None, cast.admin):
            with pytest.raises(ConflictError, match="one person"), transaction(session):
                grant_role(session, person, role, actor=actor, now=now)
        both = RoleGrant(person_id=person.id, role=role, is_in_force=False, granted_at=now)
        with pytest.raises(IntegrityError, match="one person"), transaction(session):
            session.add(both)
        with pytest.raises(IntegrityError, match="one person"), transaction(session):
            session.execute(
                update(RoleGrant)
                .where(RoleGrant.person_id == cast.viewer.id)
                .values(person_id=person.id, role=role)
            )

    def test_of_finance_waits_for_a_second_admin(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
            grant_role(session, cast.viewer, Role.FINANCE, actor=cast.admin, now=now)
        assert not cast.viewer.may("proposals.decide")
        with pytest.raises(NotAllowedError), transaction(session):
            confirm_role(session, cast.viewer, Role.FINANCE, actor=cast.admin, now=now)
        with transaction(session):
            confirm_role(session, cast.viewer, Role.FINANCE, actor=second, now=now)
        assert cast.viewer.may("proposals.decide")

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.ADMIN])
    def test_of_power_to_somebody_else_is_refused_by_the_database_too(
        self, session: Session, cast: Cast, now: datetime, role: Role
    ) -> None:
        with transaction(session):
            grant_role(session, cast.viewer, role, actor=cast.admin, now=now)
        for confirmed_by in ("NULL", str(cast.admin.id), str(cast.viewer.id)):
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(
                    text(
                        "UPDATE role_grants SET is_in_force = TRUE,"
                        f" confirmed_by_id = {confirmed_by}"
                        f" WHERE role = '{role.value}' AND NOT is_in_force"
                    )
                )

    def test_refuses_a_role_held_already(self, session: Session, cast: Cast, now: datetime) -> None:
        with pytest.raises(ConflictError), transaction(session):
            grant_role(session, cast.cfo, Role.FINANCE, actor=cast.admin, now=now)

    def test_refuses_admins_without_the_right(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            grant_role(session, cast.cfo, Role.ADMIN, actor=cast.cfo, now=now)


class TestWithdrawRole:
    def test_takes_the_right_at_once(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            open_session(session, cast.cfo, device=DEVICE, now=now)
            withdraw_role(session, cast.cfo, Role.FINANCE, actor=cast.admin, now=now)
        assert not cast.cfo.may("proposals.decide")
        assert _sessions_of(session, cast.cfo) == 0
        assert _actions(session)[-1] == "person.role_withdrawn"

    def test_keeps_the_last_admin(self, session: Session, cast: Cast, now: datetime) -> None:
        with pytest.raises(ConflictError), transaction(session):
            withdraw_role(session, cast.admin, Role.ADMIN, actor=cast.admin, now=now)
        with pytest.raises(ConflictError), transaction(session):
            deactivate_person(session, cast.admin, actor=cast.admin, now=now)

    def test_two_admins_cannot_take_it_from_each_other(
        self, session: Session, engine: Engine, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            other = make_person(session, "second-admin", Role.ADMIN)
        first, second = cast.admin.id, other.id
        session.rollback()

        def take_from_the_first() -> None:
            with Session(engine) as own, transaction(own):
                admin, victim = own.get_one(Person, second), own.get_one(Person, first)
                withdraw_role(own, victim, Role.ADMIN, actor=admin, now=now)

        with ThreadPoolExecutor() as pool:
            with transaction(session):
                admin, victim = session.get_one(Person, first), session.get_one(Person, second)
                withdraw_role(session, victim, Role.ADMIN, actor=admin, now=now)
                later = pool.submit(take_from_the_first)
                with suppress(TimeoutError):
                    later.result(timeout=0.5)
            assert isinstance(later.exception(), ConflictError | NotAllowedError)
        assert [one.id for one in list_people_with_role(session, Role.ADMIN)] == [first]


class TestDeactivatePerson:
    def test_bars_signing_in_and_ends_the_sessions(
        self, session: Session, cast: Cast, signed_in_viewer: Person, now: datetime
    ) -> None:
        with transaction(session):
            deactivate_person(session, signed_in_viewer, actor=cast.admin, now=now)
        assert _sessions_of(session, signed_in_viewer) == 0
        email = signed_in_viewer.email
        assert password_matches(session, email=email, password=PASSWORD) is None
        assert not signed_in_viewer.may("home.view")
        with transaction(session):
            reactivate_person(session, signed_in_viewer, actor=cast.admin, now=now)
        assert signed_in_viewer.may("home.view")


class TestPasswords:
    def test_are_reset_to_one_that_works(
        self, session: Session, cast: Cast, signed_in_viewer: Person, now: datetime
    ) -> None:
        with transaction(session):
            password = reset_password(session, signed_in_viewer, actor=cast.admin, now=now)
        email = signed_in_viewer.email
        assert password_matches(session, email=email, password=password) is not None
        assert password_matches(session, email=email, password=PASSWORD) is None
        assert _sessions_of(session, signed_in_viewer) == 0
        events = session.scalars(select(AuditEvent)).all()
        assert not any(password.encode() in event.content for event in events)

    def test_are_not_reset_while_a_role_waits_so_that_its_giver_stays_known(
        self, session: Session, cast: Cast, signed_in_viewer: Person, now: datetime
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
            grant_role(session, signed_in_viewer, Role.FINANCE, actor=cast.admin, now=now)
        with pytest.raises(ConflictError, match="waits for a second admin"):
            reset_password(session, signed_in_viewer, actor=second, now=now)

    def test_known_to_an_admin_decide_nothing(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
            password = reset_password(session, cast.cfo, actor=cast.admin, now=now)
        assert not cast.cfo.may("proposals.decide")
        with transaction(session):
            change_password(session, cast.cfo, current=password, new=GOOD, now=now)
        assert not cast.cfo.may("proposals.decide"), "the admin could have changed it themselves"
        with pytest.raises(NotAllowedError), transaction(session):
            confirm_role(session, cast.cfo, Role.FINANCE, actor=cast.admin, now=now)
        with transaction(session):
            confirm_role(session, cast.cfo, Role.FINANCE, actor=second, now=now)
        assert cast.cfo.may("proposals.decide")

    def test_of_an_admin_set_by_another_make_the_role_wait(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
            third = make_person(session, "Tom Third", Role.ADMIN)
            password = reset_password(session, second, actor=cast.admin, now=now)
            change_password(session, second, current=password, new=GOOD, now=now)
        assert not second.may("people.manage")
        with pytest.raises(NotAllowedError), transaction(session):
            confirm_role(session, second, Role.ADMIN, actor=cast.admin, now=now)
        with transaction(session):
            confirm_role(session, second, Role.ADMIN, actor=third, now=now)
        assert second.may("people.manage")

    def test_of_the_last_admin_are_not_reset_so_that_nobody_is_locked_out(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(ConflictError), transaction(session):
            reset_password(session, cast.admin, actor=cast.admin, now=now)
        assert cast.admin.may("people.manage")

    def test_are_changed_by_those_who_know_the_old_one(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(InvalidError) as refusal, transaction(session):
            change_password(session, cast.lead, current="wrong", new=GOOD, now=now)
        assert refusal.value.fields.keys() == {"current"}
        with transaction(session):
            change_password(session, cast.lead, current=PASSWORD, new=GOOD, now=now)
        assert password_matches(session, email=cast.lead.email, password=GOOD) is not None

    def test_are_hashed_with_argon2id(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            person = create_person(session, _draft(), actor=cast.admin, now=now)
        assert person.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


class TestFindPersonByEmail:
    @pytest.mark.parametrize("email", ["", "\x00", "x" * 10_000, "\ud800@waymark.test", "' OR 1=1"])
    def test_finds_nobody_for_text_no_address_can_be(self, session: Session, email: str) -> None:
        assert find_person_by_email(session, email) is None


class TestSetTheme:
    def test_refuses_what_is_no_theme(self, session: Session, cast: Cast, now: datetime) -> None:
        with pytest.raises(InvalidError), transaction(session):
            set_theme(session, cast.lead, "neon", now=now)
