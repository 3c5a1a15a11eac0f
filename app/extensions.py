"""Unbound objects that `create_app` binds to one application."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from flask import Response
from flask.sansio.app import App
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger("waymark.database")


class Database(SQLAlchemy):
    """The database without asynchronous sessions, which we do not have.

    Their teardown would start an event loop at the end of every request: half a millisecond, and
    an error wherever a loop runs already, as in browser tests.
    """

    def init_app(self, app: App) -> None:
        super().init_app(app)
        app.teardown_appcontext_funcs = [
            _whatever_happens(close)
            for close in app.teardown_appcontext_funcs
            if not iscoroutinefunction(close)
        ]


def _whatever_happens(close: Callable[..., Any]) -> Callable[..., None]:
    """Close, also where the database went away since: the answer is known by then and stands."""

    @wraps(close)
    def carry_out(*given: Any) -> None:
        try:
            close(*given)
        except DBAPIError as error:
            logger.warning("The database went away before its session was closed.", exc_info=error)

    return carry_out


class SessionLoginManager(LoginManager):
    """Flask-Login over our own session rows; it neither writes nor reads cookies of its own."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


db = Database(session_options={"expire_on_commit": False})
login_manager = SessionLoginManager()
login_manager.session_protection = None
csrf = CSRFProtect()
