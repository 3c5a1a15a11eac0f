"""People, their roles, passwords and sessions."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app.accounts.models import ApiToken, Person, SecondFactor, SignInSession
from app.accounts.rules import Role, step_at, totp
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, make_person
from tests.support.factors import box_of, code_at, give_factor
from tests.support.letters import letters_in, mail_into, token_in
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
    viewer = f"{people}/{cast.viewer.id}/costs"
    for step, action in (("hide", "person.costs_hidden"), ("show", "person.costs_shown")):
        world.act(admin, f"{viewer}/{step}", action, subject=f"person:{cast.viewer.id}")
    world.act(admin, f"{one}/reactivate", "person.reactivated", subject=who)
    shown = world.act(
        admin, f"{one}/reset-password", "person.password_reset", subject=who, status=200
    )
    assert "password" in text(shown)
    _account(world)
    _factor(world)
    _sessions(world)
    _links(world)
    _tokens(world)
    _feeds(world)


def _factor(world: Walk) -> None:
    owner, admin, here = world.cast.owner, world.cast.admin, "/account/second-factor"
    me = f"person:{owner.id}"
    world.act(owner, f"{here}/begin", "person.factor_begun", subject=me)
    begun = world.session.scalars(select(SecondFactor)).one()
    code = totp(box_of(world.app).open(begun.secret) or b"", step_at(world.now))
    world.act(
        owner, f"{here}/confirm", "person.factor_confirmed", subject=me, status=200, code=code
    )
    world.act(
        owner, f"{here}/recovery-codes", "person.recovery_codes_renewed", subject=me, status=200
    )
    world.act(owner, f"{here}/remove", "person.factor_removed", subject=me)
    give_factor(world.session, owner, box_of(world.app), world.now)
    stranger = world.app.test_client()
    stranger.post("/sign-in", data={"email": owner.email, "password": PASSWORD})
    world.act(
        owner, "/sign-in/code", "person.signed_in", subject=me, client=stranger,
        code=code_at(world.now),
    )  # fmt: skip
    address = f"/admin/people/{owner.id}/reset-second-factor"
    world.act(admin, address, "person.factor_reset", subject=me)


def _sessions(world: Walk) -> None:
    cast, admin = world.cast, world.cast.admin
    world.client(cast.viewer)
    query = select(SignInSession.id).where(SignInSession.person_id == cast.viewer.id)
    mine = world.session.scalars(query).all()
    world.client_for(cast.viewer)
    other = next(one for one in world.session.scalars(query) if one not in mine)
    me = f"person:{cast.viewer.id}"
    world.act(cast.viewer, f"/account/sessions/{other}/end", "person.sessions_ended", subject=me)
    theirs = f"/admin/people/{cast.viewer.id}/sessions"
    world.act(admin, f"{theirs}/{mine[0]}/end", "person.sessions_ended", subject=me)
    world.client_for(cast.viewer)
    world.act(admin, f"{theirs}/end", "person.sessions_ended", subject=me)


def _account(world: Walk) -> None:
    lead = world.cast.lead
    me = f"person:{lead.id}"
    world.act(lead, "/account/typed/forget")
    world.act(lead, "/account/theme", "person.theme_set", subject=me, theme="dark")
    world.act(
        lead, "/account/mentions", "person.mention_letters_set", subject=me, mention_letters="y"
    )  # fmt: skip
    world.act(lead, "/account/digest", "person.digest_set", subject=me, digest="daily")
    world.act(lead, "/account/locale", "person.locale_set", subject=me, locale="de_DE")
    world.act(lead, "/account/first-steps", "person.first_steps_set", subject=me, hidden="yes")
    world.client_for(lead)
    world.act(lead, "/account/sessions/end", "person.other_sessions_ended", subject=me)
    typed = {"current": PASSWORD, "new": NEW_PASSWORD}
    world.act(lead, "/account/password", "person.password_changed", subject=me, sent=typed)
    stranger = world.app.test_client()
    typed = {"email": lead.email, "password": NEW_PASSWORD}
    world.act(
        lead, "/sign-in", "person.signed_in", subject=me, client=stranger, sent=typed,
    )  # fmt: skip
    world.act(lead, "/sign-out", "person.signed_out", subject=me, client=stranger)


def _links(world: Walk) -> None:
    folder = mail_into(world.app, Path(world.app.config["INTERACTIONS_FOLDER"]) / "mail")
    admin, address = world.cast.admin, "/admin/people/invite"
    world.act(
        admin, address, "person.invited", page=address, name="Ivy Invited", email="ivy@waymark.test"
    )
    ivy = world.session.scalars(select(Person).where(Person.invited_at.is_not(None))).one()
    me, one = f"person:{ivy.id}", f"/admin/people/{ivy.id}/invitation"
    world.act(admin, f"{one}/revoke", "person.invitation_revoked", subject=me)
    world.act(admin, f"{one}/send", "person.invitation_sent_again", subject=me)
    world.run_jobs()
    typed = {"token": token_in(letters_in(folder)[-1]), "password": NEW_PASSWORD}
    stranger = world.app.test_client()
    accepted = "person.invitation_accepted"
    world.act(ivy, "/sign-in/link", accepted, subject=me, client=stranger, sent=typed)
    # Who asks is not known, so there is nobody whose event it could be.
    asked = stranger.post("/sign-in/forgotten", data={"email": ivy.email})
    assert asked.status_code == 303
    world.acted.add("accounts.ask_for_new_password")


def _tokens(world: Walk) -> None:
    manager, admin = world.cast.manager, world.cast.admin
    me, mine = f"person:{manager.id}", "/account/tokens"
    typed = {"name": "Reporting", "scopes": ["read"], "days": "30"}
    for address, actor in ((mine, manager), (f"/admin/people/{manager.id}/tokens", admin)):
        world.act(manager, mine, "person.token_created", subject=me, status=200, sent=typed)
        made = world.session.scalars(select(ApiToken.id).order_by(ApiToken.id.desc())).first()
        world.act(actor, f"{address}/{made}/revoke", "person.token_revoked", subject=me)


def _feeds(world: Walk) -> None:
    manager, mine = world.cast.manager, "/account/calendar"
    me = f"person:{manager.id}"
    world.act(manager, mine, "person.feed_made", subject=me, status=200)
    world.act(manager, mine, "person.feed_replaced", subject=me, status=200)
    world.act(manager, f"{mine}/end", "person.feed_ended", subject=me)
