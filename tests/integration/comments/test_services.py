"""Comments are kept, told and deleted; each change is one event and none touches money."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.services import hide_costs, set_mention_letters
from app.approvals.models import Decision, Proposal
from app.audit.models import AuditEvent
from app.comments.models import Comment, CommentMention
from app.comments.queries import (
    Subject,
    get_comment,
    get_subject,
    list_comments,
    list_notes,
    list_unread,
)
from app.comments.rules import EDIT_FOR, Source, Thing
from app.comments.services import delete_comment, edit_comment, read_mentions, write_comment
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative
from app.initiatives.rules import Action
from app.initiatives.services import move_initiative
from app.mail.models import Mail
from app.mail.rules import MailState
from app.mail.services import Outbox
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.comments import say
from tests.factories.initiatives import make_company, make_submitted
from tests.factories.roadmap import decide, measure, move_due_date, tranches_of
from tests.support.letters import mail_into


@pytest.fixture
def made(session: Session, cast: Cast) -> Initiative:
    with transaction(session):
        return make_submitted(session, cast, make_company(session, cast))


@pytest.fixture
def subject(session: Session, made: Initiative) -> Subject:
    return get_subject(session, Thing.INITIATIVE, made.id)


def events(session: Session) -> list[tuple[str, str]]:
    found = select(AuditEvent).where(AuditEvent.action.like("%comment%")).order_by("number")
    return [(one.action, one.subject) for one in session.scalars(found)]


def unread(session: Session, person: Person) -> list[int]:
    return [one.comment_id for one in list_unread(session, person, limit=9)[0]]


class TestWriteComment:
    def test_keeps_it_with_one_event_and_tells_whom_it_names(
        self, session: Session, cast: Cast, now: datetime, made: Initiative
    ) -> None:
        with transaction(session):
            one = say(session, made.id, "@Omar Owner and @vera?", actor=cast.lead, now=now)

        assert events(session) == [("comment.written", f"comment:{one.id}")]
        assert unread(session, cast.owner) == unread(session, cast.viewer) == [one.id]
        assert unread(session, cast.lead) == unread(session, cast.cfo) == []

    def test_answering_counts_as_having_read(
        self, session: Session, cast: Cast, now: datetime, made: Initiative
    ) -> None:
        with transaction(session):
            say(session, made.id, "@Omar Owner?", actor=cast.lead, now=now)
            say(session, made.id, "Yes.", actor=cast.owner, now=now)
        assert unread(session, cast.owner) == []

    @pytest.mark.parametrize("text", ["", "  \n ", "x" * 4_001])
    def test_refuses_nothing_and_too_much(
        self, session: Session, cast: Cast, now: datetime, made: Initiative, text: str
    ) -> None:
        with pytest.raises(InvalidError):
            say(session, made.id, text, actor=cast.lead, now=now)
        session.rollback()

    def test_is_for_whoever_may_see_the_thing(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            stage = make_world(session, cast, now)
        with transaction(session):
            made = make_commitments(session, cast, now, stage)
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        proposal = session.get_one(Decision, made["CX-101"].decision_id).proposal_id
        with pytest.raises(NotAllowedError):
            say(session, proposal, actor=cast.viewer, now=now, thing=Thing.PROPOSAL)
        session.rollback()
        with transaction(session):
            say(
                session, proposal, "@vera, @Omar Owner", actor=cast.lead, now=now,
                thing=Thing.PROPOSAL,
            )  # fmt: skip
        told = session.scalars(select(CommentMention.person_id)).all()
        assert told == [cast.owner.id]


class TestLetters:
    @pytest.fixture
    def outbox(self, app: Flask, tmp_path: Path) -> Outbox:
        mail_into(app, tmp_path / "letters")
        outbox = Outbox.of(app.config)
        assert outbox is not None
        return outbox

    def write(
        self, session: Session, subject: Subject, text: str, cast: Cast, outbox: Outbox,
        now: datetime,
    ) -> Comment:  # fmt: skip
        with transaction(session):
            told = write_comment(session, subject, text, actor=cast.lead, outbox=outbox, now=now)
        return told.comment

    def test_go_once_to_those_who_asked_for_them(
        self, session: Session, cast: Cast, now: datetime, subject: Subject, outbox: Outbox
    ) -> None:
        with transaction(session):
            set_mention_letters(session, cast.owner, True, now=now)
        self.write(session, subject, "@Omar Owner, @omar, @vera: look", cast, outbox, now)

        letters = session.scalars(select(Mail)).all()
        assert [one.recipient for one in letters] == [cast.owner.email]
        assert subject.title in letters[0].subject and "look" not in letters[0].subject

    def test_stay_unsent_when_the_comment_is_deleted_first(
        self, session: Session, cast: Cast, now: datetime, subject: Subject, outbox: Outbox
    ) -> None:
        with transaction(session):
            set_mention_letters(session, cast.owner, True, now=now)
        one = self.write(session, subject, "@omar", cast, outbox, now)
        with transaction(session):
            delete_comment(session, get_comment(session, one.id), actor=cast.lead, now=now)
        assert session.scalars(select(Mail.state)).all() == [MailState.DROPPED]
        assert unread(session, cast.owner) == []

    def test_go_to_the_newly_named_only_when_it_is_changed(
        self, session: Session, cast: Cast, now: datetime, subject: Subject, outbox: Outbox
    ) -> None:
        with transaction(session):
            for person in (cast.owner, cast.viewer):
                set_mention_letters(session, person, True, now=now)
        one = self.write(session, subject, "@omar", cast, outbox, now)
        with transaction(session):
            edit_comment(
                session, get_comment(session, one.id), "@omar and @vera", actor=cast.lead,
                outbox=outbox, now=now,
            )  # fmt: skip
        sent = session.scalars(select(Mail.recipient).order_by(Mail.id)).all()
        assert sent == [cast.owner.email, cast.viewer.email]


class TestEditComment:
    def edit(
        self, session: Session, one: Comment, text: str, who: Person, now: datetime
    ) -> None:  # fmt: skip
        with transaction(session):
            edit_comment(
                session, get_comment(session, one.id), text, actor=who, outbox=None, now=now
            )

    def test_keeps_the_words_before_in_the_audit_trail(
        self, session: Session, cast: Cast, now: datetime, made: Initiative
    ) -> None:
        with transaction(session):
            one = say(session, made.id, "Frist @omar", actor=cast.lead, now=now)
        self.edit(session, one, "First", cast.lead, now + EDIT_FOR)
        self.edit(session, one, "First", cast.lead, now + EDIT_FOR)

        assert [action for action, _ in events(session)] == ["comment.written", "comment.edited"]
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert last is not None and json.loads(last.content)["before"]["text"] == "Frist @omar"
        assert unread(session, cast.owner) == []

    def test_is_refused_to_others_and_after_a_quarter_of_an_hour(
        self, session: Session, cast: Cast, now: datetime, made: Initiative
    ) -> None:
        with transaction(session):
            one = say(session, made.id, actor=cast.lead, now=now)
        with pytest.raises(NotAllowedError):
            self.edit(session, one, "Other", cast.admin, now)
        with pytest.raises(ConflictError):
            self.edit(session, one, "Other", cast.lead, now + EDIT_FOR + timedelta(seconds=1))


class TestDeleteComment:
    def test_leaves_who_and_when_and_nothing_of_the_text(
        self, session: Session, cast: Cast, now: datetime, made: Initiative, subject: Subject
    ) -> None:
        with transaction(session):
            one = say(session, made.id, "Secret @omar", actor=cast.owner, now=now)
        with transaction(session):
            delete_comment(session, get_comment(session, one.id), actor=cast.admin, now=now)
        (left,) = list_comments(session, subject)
        assert (left.text, left.deleted_at, left.deleted_by) == ("", now, cast.admin)
        with pytest.raises(ConflictError):
            delete_comment(session, left, actor=cast.admin, now=now)

    def test_is_not_for_others(
        self, session: Session, cast: Cast, now: datetime, made: Initiative
    ) -> None:
        with transaction(session):
            one = say(session, made.id, actor=cast.owner, now=now)
        with pytest.raises(NotAllowedError):
            delete_comment(session, get_comment(session, one.id), actor=cast.cfo, now=now)


class TestReadMentions:
    def test_notes_once_what_was_read(
        self, session: Session, cast: Cast, now: datetime, made: Initiative, subject: Subject
    ) -> None:
        with transaction(session):
            say(session, made.id, "@omar", actor=cast.lead, now=now)
        with transaction(session):
            assert read_mentions(session, cast.owner, subject, now=now) == 1
            assert read_mentions(session, cast.owner, None, now=now) == 0
        assert unread(session, cast.owner) == []


class TestNotes:
    def test_are_read_from_where_the_decisions_are_kept(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            stage = make_world(session, cast, now)
        with transaction(session):
            made = make_commitments(session, cast, now, stage)
        first, second = tranches_of(session, made["CX-101"].id)[:2]
        with transaction(session):
            move_due_date(
                session, second, to_on=second.due_on + timedelta(days=7), reason="Late parts",
                actor=cast.manager, now=now,
            )  # fmt: skip
            measure(session, first, 17, actor=cast.manager, now=now)
            decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="So it is")
        commitment = made["CX-101"]
        whole = list_notes(
            session, get_subject(session, Thing.INITIATIVE, commitment.initiative_id)
        )
        sources = [one.source for one in whole]
        assert sources.count(Source.DECISION) == 1 and sources.count(Source.HURDLE) == 1
        assert Source.DATE in sources
        assert [one.at for one in whole] == sorted(one.at for one in whole)
        gate = list_notes(session, get_subject(session, Thing.HURDLE, first.id))
        assert [(one.word, one.reason) for one in gate] == [("release", "So it is")]
        moved = list_notes(session, get_subject(session, Thing.HURDLE, second.id))
        assert [one.reason for one in moved] == ["Late parts"]
        assert moved[0].to_on is not None and moved[0].from_on is not None
        proposal = session.scalars(select(Proposal.id)).one()
        plan = list_notes(session, get_subject(session, Thing.PROPOSAL, proposal))
        assert {one.source for one in plan} >= {Source.SUBMISSION, Source.DECISION}

    def test_name_the_reason_of_a_return(
        self, session: Session, cast: Cast, now: datetime, made: Initiative, subject: Subject
    ) -> None:
        with transaction(session):
            move_initiative(
                session, made, Action.RETURN, reason="No baseline", expected_version=None,
                actor=cast.cfo, now=now,
            )  # fmt: skip
        last = list_notes(session, subject)[-1]
        assert (last.who, last.word, last.reason) == ("Carla Finance", "draft", "No baseline")
