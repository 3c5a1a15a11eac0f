"""Put the application together; everything is decided elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.accounts import routes as accounts
from app.api.v1 import routes as api
from app.approvals import routes as approvals
from app.audit import routes as audit
from app.calendar import routes as calendar
from app.comments import routes as comments
from app.db.sqlite import engine_options
from app.demo import routes as demo
from app.extensions import csrf, db
from app.initiatives import routes as initiatives
from app.interactions import routes as interactions
from app.jobs import routes as jobs
from app.jobs.engine import JobBell
from app.jobs.services import BELL
from app.journeys import routes as journeys
from app.mail import routes as mail
from app.meetings import routes as meetings
from app.portfolio import routes as portfolio
from app.registry import routes as registry
from app.reporting import routes as reporting
from app.reviews import routes as reviews
from app.roadmap import routes as roadmap
from app.search import routes as search
from app.styleguide import routes as styleguide
from app.web.addresses import init_addresses
from app.web.assets import init_assets
from app.web.characters import init_characters
from app.web.errors import init_errors
from app.web.filters import init_filters
from app.web.guards import init_guards
from app.web.headers import init_headers
from app.web.health import bp as health
from app.web.logs import init_logs
from app.web.menu import init_menu
from app.web.origin import init_origin_check
from app.web.rates import init_rates
from app.web.retry import init_retry
from app.web.subjects import init_subjects
from config import complete_settings, read_settings

BLUEPRINTS = (
    health,
    accounts.bp,
    audit.bp,
    jobs.bp,
    mail.bp,
    calendar.bp,
    journeys.bp,
    interactions.bp,
    portfolio.bp,
    approvals.bp,
    initiatives.bp,
    registry.bp,
    reporting.bp,
    reviews.bp,
    roadmap.bp,
    comments.bp,
    meetings.bp,
    demo.bp,
    search.bp,
    api.bp,
)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from the environment and ``overrides``."""
    app = Flask(__name__)
    settings = read_settings(os.environ) | dict(overrides or {})
    app.config.from_mapping(complete_settings(settings, Path(app.instance_path)))
    _bind_extensions(app)
    init_addresses(app)
    for bp in BLUEPRINTS:
        app.register_blueprint(bp)
    styleguide.init_styleguide(app)
    init_errors(app)
    init_retry(app)
    cli.register(app)
    return app


def _bind_extensions(app: Flask) -> None:
    """Bind what runs around each request; the order here is the order of the checks."""
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    if app.config["PROXY_COUNT"]:
        count = app.config["PROXY_COUNT"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(app.config["DATABASE_URL"])}
    db.init_app(app)
    with app.app_context():
        db.sessionmaker.configure(info={BELL: JobBell(app.config["QUEUE_URL"])})
    init_logs(app)
    init_headers(app)
    init_characters(app)
    init_origin_check(app)
    init_rates(app)
    init_guards(app)
    accounts.init_sign_in(app)
    csrf.init_app(app)
    csrf.exempt(api.bp)  # no cookie lets anybody in there, see guards.by_token
    accounts.init_step_up(app)
    init_assets(app)
    init_filters(app)
    init_menu(app)
    init_subjects(app)
