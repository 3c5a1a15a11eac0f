"""The mail page: which letters wait, which were given up."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.extensions import db
from app.mail.engine import post_of
from app.mail.presenters import count_facts, letter_rows
from app.mail.queries import count_letters, get_letter, list_letters
from app.mail.services import retry_letter
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.subjects import link_subject

bp = Blueprint("mail", __name__)

link_subject(bp, "mail", lambda _: url_for("mail.letters"), permission="mail.manage")


@bp.get("/admin/mail")
@requires("mail.manage")
def letters() -> str:
    """Show the latest letters, those that wait or were given up first."""
    return render_template(
        "mail/letters.html",
        left=letter_rows(list_letters(db.session, only_open=True)),
        latest=letter_rows(list_letters(db.session)),
        counts=count_facts(count_letters(db.session)),
        is_on=post_of(current_app.config) is not None,
    )


@bp.post("/admin/mail/<int:mail_id>/retry")
@requires("mail.manage")
def retry(mail_id: int) -> Response:
    """Let a letter be tried again at once."""
    with transaction(db.session):
        retry_letter(db.session, get_letter(db.session, mail_id), actor=current_actor(), now=now())
    flash("The letter is tried again now.", "ok")
    return redirect(url_for("mail.letters"), code=303)
