"""People, their roles, passwords and sessions."""

from __future__ import annotations

from app.accounts.rules import Role
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, make_person
from tests.support.pages import text
from tests.web.access.walks.walk import Walk

NEW_PASSWORD = "marble otter canyon lamp"
NEW = {"name": "Nia New", "email": "nia@waymark.test", "password": NEW_PASSWORD}


def walk(world: Walk) -> None:
    admin, cast = world.cast.admin, world.cast
    with transaction(world.session):
        second = make_person(world.session, "Bea Admin", Role.ADMIN)
    people = "/admin/people"
    world.act(admin, f"{people}/new", "person.created", page=f"{people}/new", **NEW)
    one, who = f"{people}/{cast.stranger.id}", f"person:{cast.stranger.id}"
    for person, step, action in (
        (admin, "roles/grant", "person.role_granted"),
        (second, "roles/confirm", "person.role_confirmed"),
        (admin, "roles/withdraw", "person.role_withdrawn"),
    ):
        world.act(person, f"{one}/{step}", action, subject=who, role="finance")
    world.act(admin, f"{one}/deactivate", "person.deactivated", subject=who)
    world.act(admin, f"{one}/reactivate", "person.reactivated", subject=who)
    shown = world.act(
        admin, f"{one}/reset-password", "person.password_reset", subject=who, status=200
    )
    assert "password" in text(shown)
    _account(world)


def _account(world: Walk) -> None:
    lead = world.cast.lead
    me = f"person:{lead.id}"
    world.act(lead, "/account/typed/forget")
    world.act(lead, "/account/theme", "person.theme_set", subject=me, theme="dark")
    world.client_for(lead)
    world.act(lead, "/account/sessions/end", "person.other_sessions_ended", subject=me)
    # The password, and the new session in which this browser goes on.
    typed = {"current": PASSWORD, "new": NEW_PASSWORD}
    changed = ("person.password_changed", "person.signed_in")
    world.act(lead, "/account/password", *changed, sent=typed)
    stranger = world.app.test_client()
    typed = {"email": lead.email, "password": NEW_PASSWORD}
    world.act(
        lead, "/sign-in", "person.signed_in", subject=me, client=stranger, sent=typed,
    )  # fmt: skip
    world.act(lead, "/sign-out", "person.signed_out", subject=me, client=stranger)
