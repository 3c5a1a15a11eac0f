"""Unbound objects that `create_app` binds to one application."""

from __future__ import annotations

from inspect import iscoroutinefunction

from flask import Response
from flask.sansio.app import App
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect


class Database(SQLAlchemy):
    """The database without asynchronous sessions, which we do not have.

    Their teardown would start an event loop at the end of every request: half a millisecond, and
    an error wherever a loop runs already, as in browser tests.
    """

    def init_app(self, app: App) -> None:
        super().init_app(app)
        app.teardown_appcontext_funcs = [
            close for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
        ]


class SessionLoginManager(LoginManager):
    """Flask-Login over our own session rows; it neither writes nor reads cookies of its own."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


db = Database(session_options={"expire_on_commit": False})
login_manager = SessionLoginManager()
login_manager.session_protection = None
csrf = CSRFProtect()
