"""The own account: roles, password, sessions, appearance."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.accounts.forms import (
    ConfirmForm,
    DigestForm,
    FirstStepsForm,
    LocaleForm,
    MentionsForm,
    PasswordForm,
    ThemeForm,
)
from app.accounts.models import Factor
from app.accounts.presenters import browser_words, role_words
from app.accounts.queries import list_sign_ins
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import (
    TOKEN,
    begin_session,
    judge_factor,
    session_limits,
    this_device,
)
from app.accounts.rules.digests import DigestRhythm
from app.accounts.services import (
    change_password,
    end_other_sessions,
    end_session,
    open_session,
    set_mention_letters,
)
from app.accounts.services import set_digest as keep_digest
from app.accounts.services import set_first_steps as keep_first_steps
from app.accounts.services import set_locale as keep_locale
from app.accounts.services import set_theme as keep_theme
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.addresses import own_page
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, signed_in


@bp.get("/account")
@signed_in
def account() -> str:
    """Show one's own account."""
    return _page(PasswordForm())


@bp.post("/account/password")
@signed_in
def new_password() -> Response | tuple[str, int]:
    """Change one's own password; other browsers are signed out, this one goes on."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(form), 422
    person = current_actor()
    try:
        with transaction(db.session):
            change_password(
                db.session, person, current=form.current.data, new=form.new.data, now=now()
            )
            token = open_session(
                db.session, person, device=this_device(), factor=_factor_here(), now=now()
            )
    except AppError as error:
        form.refuse(error)
        return _page(form), status_of(error)
    begin_session(person, token)
    judge_factor(person, has_factor=g.sign_in.has_factor)
    flash("Your password is changed. Other browsers are signed out.", "ok")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> Response:
    """Sign out everywhere but here."""
    with transaction(db.session):
        ended = end_other_sessions(db.session, current_actor(), but_token=session[TOKEN], now=now())
    flash(f"{ended} other sessions ended." if ended != 1 else "One other session ended.", "ok")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_one_session(session_id: int) -> Response:
    """Sign out in one browser."""
    with transaction(db.session):
        end_session(db.session, current_actor(), session_id, actor=current_actor(), now=now())
    flash("That session has ended.", "ok")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/theme")
@signed_in
def set_theme() -> Response | tuple[str, int]:
    """Keep the appearance somebody chose and go back to where they were."""
    form = ThemeForm()
    if not form.validate_on_submit():
        return _page(PasswordForm(), theme_form=form), 422
    with transaction(db.session):
        keep_theme(db.session, current_actor(), form.theme.data, now=now())
    back = own_page(form.next.data) or own_page(request.form.get("next"))
    return redirect(back or url_for("accounts.account"), code=303)


@bp.post("/account/mentions")
@signed_in
def set_mentions() -> Response | tuple[str, int]:
    """Keep whether mentions come by mail, too."""
    form = MentionsForm()
    if not form.validate_on_submit():
        return _page(PasswordForm()), 422
    with transaction(db.session):
        set_mention_letters(db.session, current_actor(), form.mention_letters.data, now=now())
    flash("Kept.", "ok")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/digest")
@signed_in
def set_digest() -> Response | tuple[str, int]:
    """Keep how often what waits comes by mail."""
    form = DigestForm()
    if not form.validate_on_submit():
        return _page(PasswordForm(), digest_form=form), 422
    with transaction(db.session):
        keep_digest(db.session, current_actor(), DigestRhythm(form.digest.data), now=now())
    flash("Kept.", "ok")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/locale")
@signed_in
def set_locale() -> Response | tuple[str, int]:
    """Keep how one reads numbers and days."""
    form = LocaleForm()
    if not form.validate_on_submit():
        return _page(PasswordForm(), locale_form=form), 422
    with transaction(db.session):
        keep_locale(db.session, current_actor(), form.locale.data, now=now())
    flash("Kept.", "ok")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/first-steps")
@signed_in
def set_steps() -> Response | tuple[str, int]:
    """Put the list of first steps away, or have it shown on the home page again."""
    form = FirstStepsForm()
    if not form.validate_on_submit():
        return _page(PasswordForm()), 422
    hidden = form.hidden.data == "yes"
    with transaction(db.session):
        keep_first_steps(db.session, current_actor(), hidden, now=now())
    if hidden:
        flash("Put away for you. Your account shows the first steps again.", "ok")
    return redirect("/", code=303)


def _factor_here() -> Factor:
    return Factor.TOTP if g.sign_in.has_factor else Factor.PASSWORD


def _page(
    form: PasswordForm,
    *,
    theme_form: ThemeForm | None = None,
    digest_form: DigestForm | None = None,
    locale_form: LocaleForm | None = None,
) -> str:
    person = current_actor()
    return render_template(
        "accounts/account.html",
        person=person,
        form=form,
        theme_form=theme_form or ThemeForm(formdata=None, theme=person.theme),
        locale_form=locale_form or LocaleForm(formdata=None, locale=person.locale),
        mentions_form=MentionsForm(formdata=None, mention_letters=person.mention_letters),
        digest_form=digest_form or DigestForm(formdata=None, digest=person.digest.value),
        end_form=ConfirmForm(formdata=None),
        sign_ins=list_sign_ins(db.session, person, since=now() - session_limits().absolute),
        this_id=g.sign_in.id,
        has_factor=g.sign_in.has_factor,
        browser_words=browser_words,
        role_words=role_words,
    )
