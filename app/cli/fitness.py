"""What has to be right before Waymark starts in production; a fault is a sentence and no start."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.services.passwords import password_fits
from app.db.fitness import Finding, storage_findings
from app.extensions import db
from config import ConfigurationError
from seeds.story.company import PEOPLE

logger = logging.getLogger("waymark.start")


def settings_findings(app: Flask) -> Iterator[Finding]:
    """What the settings say; production refuses most of it when it reads them."""
    config = app.config
    is_production = config["ENVIRONMENT"] == "production"
    yield Finding(
        is_production or config["TESTING"], "production settings", "set ENVIRONMENT=production"
    )
    yield Finding(not app.debug, "debugging off", "unset FLASK_DEBUG, anybody could run code")
    yield Finding(
        config["SESSION_COOKIE_SECURE"] or not is_production,
        "cookies over https only",
        "unset SECURE_COOKIES",
    )
    yield Finding(not config["DEMO"], "DEMO unset", "the demo people’s password is public")


def people_findings(session: Session) -> Iterator[Finding]:
    """Whether people of the demo company are here who sign in with the published password.

    Those whom an admin loaded have a password of their own.
    """
    addresses = [persona.email for persona in PEOPLE]
    query = select(Person).where(Person.email.in_(addresses), Person.is_active)
    known = current_app.config["DEMO_PASSWORD"]
    there = sorted(
        one.email for one in session.scalars(query) if password_fits(known, one.password_hash)
    )
    subject = f"demo people {', '.join(there)}" if there else "no demo people"
    remedy = (
        "their password is public; name a database of your own in DATABASE_URL, or deactivate them"
        " before this becomes one"
    )
    yield Finding(not there, subject, remedy)


def refuse_unfit(app: Flask) -> None:
    """Raise ConfigurationError in production for settings or a database not to be relied on.

    A database that does not answer bars nothing: it may come, and readiness says so until then.
    """
    if app.config["ENVIRONMENT"] != "production":
        return
    findings = list(settings_findings(app))
    with app.app_context():
        try:
            schema, *storage = storage_findings(db.session)
            findings += [schema, *storage]
            if schema.is_fine:
                findings += people_findings(db.session)
        except SQLAlchemyError as error:
            logger.warning("The database does not answer yet: %s", type(error).__name__)
        finally:
            # Web workers are forked from here, and no two processes may share a connection.
            db.session.close()
            db.engine.dispose()
    wrong = [f"{one.subject}: {one.remedy}" for one in findings if not one.is_fine]
    if wrong:
        raise ConfigurationError("; ".join(wrong) + ".")
