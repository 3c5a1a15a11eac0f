"""Discussions of initiatives, proposals and hurdles."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.comments import presenters, queries, services
from app.comments.forms import CommentForm, EditForm
from app.comments.models import Comment
from app.comments.queries import Subject
from app.comments.rules import Thing
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.initiatives.presenters import section_tabs
from app.initiatives.queries import get_initiative
from app.initiatives.rules import tone_of
from app.mail.services import Outbox
from app.web.addresses import own_page
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import COSTS, about_costs, current_actor, may, requires
from app.web.paging import Page, page_args
from app.web.subjects import link_subject

bp = Blueprint("comments", __name__)

link_subject(bp, "comment", lambda ref: url_for("comments.show", comment_id=int(ref)))

Answer = Response | str | tuple[str, int]


@bp.get("/initiatives/<key>/discussion")
@requires("initiatives.view")
def on_initiative(key: str) -> str:
    """Show what is said about an initiative and what was decided about it."""
    return _page(_initiative(key))


@bp.post("/initiatives/<key>/discussion")
@requires("comments.write")
def say_on_initiative(key: str) -> Answer:
    """Say something about an initiative."""
    return _say(_initiative(key))


@bp.get("/proposals/<int:proposal_id>/discussion")
@requires("proposals.view")
@about_costs
def on_proposal(proposal_id: int) -> str:
    """Show what is said about a proposal and what was decided about it."""
    return _page(queries.get_subject(db.session, Thing.PROPOSAL, proposal_id))


@bp.post("/proposals/<int:proposal_id>/discussion")
@requires("comments.write")
@about_costs
def say_on_proposal(proposal_id: int) -> Answer:
    """Say something about a proposal."""
    return _say(queries.get_subject(db.session, Thing.PROPOSAL, proposal_id))


@bp.get("/gates/<int:tranche_id>/discussion")
@requires("roadmap.view")
def on_hurdle(tranche_id: int) -> str:
    """Show what is said about a hurdle and what was decided about it."""
    return _page(queries.get_subject(db.session, Thing.HURDLE, tranche_id))


@bp.post("/gates/<int:tranche_id>/discussion")
@requires("comments.write")
def say_on_hurdle(tranche_id: int) -> Answer:
    """Say something about a hurdle."""
    return _say(queries.get_subject(db.session, Thing.HURDLE, tranche_id))


@bp.get("/comments/<int:comment_id>")
@requires("home.view")
def show(comment_id: int) -> Response:
    """Lead to a comment in its discussion."""
    return _to(queries.get_comment(db.session, comment_id))


@bp.get("/comments/<int:comment_id>/edit")
@requires("comments.write")
def edit(comment_id: int) -> str:
    """Show one's own comment, to change it."""
    comment = queries.get_comment(db.session, comment_id)
    services.check_may_edit(comment, actor=current_actor(), now=now())
    return _edit_page(comment, EditForm(formdata=None, comment=comment.text))


@bp.post("/comments/<int:comment_id>/edit")
@requires("comments.write")
def save(comment_id: int) -> Answer:
    """Change one's own comment."""
    form = EditForm()
    comment = queries.get_comment(db.session, comment_id)
    status = 422
    if form.validate():
        try:
            with transaction(db.session) as session:
                told = services.edit_comment(
                    session, comment, form.comment.data or "", actor=current_actor(),
                    outbox=_outbox(), now=now(),
                )  # fmt: skip
        except AppError as error:
            form.refuse(error)
            status = status_of(error)
            db.session.expire_all()
        else:
            _say_not_told(told.not_told)
            return _to(comment)
    return _edit_page(queries.get_comment(db.session, comment_id), form), status


@bp.post("/comments/<int:comment_id>/delete")
@requires("comments.write")
def delete(comment_id: int) -> Response:
    """Take a comment's text away."""
    with transaction(db.session) as session:
        comment = queries.get_comment(session, comment_id)
        services.delete_comment(session, comment, actor=current_actor(), now=now())
    flash("The comment is deleted.", "ok")
    return _to(comment)


@bp.post("/mentions/read")
@requires("home.view")
def read() -> Response:
    """Note that the mentions of oneself are read: all, or those of one discussion."""
    thing, number = request.form.get("thing", ""), request.form.get("number", "")
    subject = None
    if thing in {one.value for one in Thing} and number.isascii() and number.isdigit():
        subject = queries.get_subject(db.session, Thing(thing), int(number[:10]))
    with transaction(db.session) as session:
        services.read_mentions(session, current_actor(), subject, now=now())
    return redirect(own_page(request.form.get("next")) or url_for("reporting.home"), code=303)


@bp.get("/comments/people")
@requires("comments.write")
def people() -> Response:
    """Give people whose name begins with what was typed after an @."""
    everybody = queries.list_known(db.session)
    found = queries.find_known(everybody, request.args.get("q", "")[:80])
    return jsonify(list(presenters.offered(found, everybody)))


def _initiative(key: str) -> Subject:
    initiative = get_initiative(db.session, key)
    return Subject(
        Thing.INITIATIVE, initiative.id, f"{initiative.key} {initiative.title}", initiative.key
    )


def _say(subject: Subject) -> Answer:
    form = CommentForm()
    status = 422
    if form.validate():
        try:
            with transaction(db.session):
                kept = _say_once(subject, form)
        except AppError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            _say_not_told(kept["not_told"])
            return redirect(f"{_address(subject)}#comment-{kept['id']}", code=303)
    return _page(subject, form), status


def _say_once(subject: Subject, form: CommentForm) -> Any:
    def say() -> dict[str, Any]:
        told = services.write_comment(
            db.session, subject, form.comment.data or "", actor=current_actor(),
            outbox=_outbox(), now=now(),
        )  # fmt: skip
        return {"id": told.comment.id, "not_told": told.not_told}

    return answered_once(
        db.session, form.once.data or "", actor=current_actor(), action="comment.written",
        params=form.typed() | {"on": subject.audit_key}, make=say, now=now(),
    )  # fmt: skip


def _page(subject: Subject, form: CommentForm | None = None) -> str:
    reader = presenters.Reader(
        current_actor(), may(services.MODERATE), may(services.WRITE), may(COSTS), now()
    )
    comments = queries.list_comments(db.session, subject)
    found = presenters.entries(comments, queries.list_notes(db.session, subject), reader)
    pages = -(-len(found) // presenters.ROWS) or 1
    number = page_args(request.args).number if "page" in request.args else pages
    first = (number - 1) * presenters.ROWS
    shown = Page(found[first : first + presenters.ROWS], len(found), number, presenters.ROWS)
    return render_template(
        f"comments/{'initiative' if subject.thing is Thing.INITIATIVE else 'thing'}.html",
        subject=subject,
        page=shown,
        form=form or CommentForm(formdata=None),
        address=_address(subject),
        has_new=any(one.is_new for one in found),
        may_write=reader.may_write,
        **_frame(subject),
    )


def _frame(subject: Subject) -> dict[str, Any]:
    """What the page around a discussion needs."""
    if subject.thing is Thing.INITIATIVE:
        initiative = get_initiative(db.session, str(subject.key))
        tabs = section_tabs(initiative.key, "discussion")
        return {"initiative": initiative, "tabs": tabs, "tone": tone_of(initiative.state)}
    if subject.thing is Thing.PROPOSAL:
        return {"back": url_for("approvals.show", proposal_id=subject.id), "word": "Proposal"}
    return {"back": url_for("roadmap.gate", tranche_id=subject.id), "word": "Hurdle"}


def _edit_page(comment: Comment, form: EditForm) -> str:
    thing, number = queries.thing_of(comment)
    subject = queries.get_subject(db.session, thing, number)
    return render_template(
        "comments/edit.html", comment=comment, form=form, subject=subject,
        address=_address(subject),
    )  # fmt: skip


def _address(subject: Subject) -> str:
    if subject.thing is Thing.INITIATIVE:
        return url_for("comments.on_initiative", key=subject.key)
    if subject.thing is Thing.PROPOSAL:
        return url_for("comments.on_proposal", proposal_id=subject.id)
    return url_for("comments.on_hurdle", tranche_id=subject.id)


def _to(comment: Comment) -> Response:
    subject = queries.get_subject(db.session, *queries.thing_of(comment))
    return redirect(f"{_address(subject)}#comment-{comment.id}", code=303)


def _say_not_told(words: str | None) -> None:
    if words:
        flash(words, "warn")


def _outbox() -> Outbox | None:
    return Outbox.of(current_app.config)
