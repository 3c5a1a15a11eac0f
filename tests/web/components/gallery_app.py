"""A bare application that shows every component with sample data, for tests and for looking at."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from flask import Flask, flash, render_template, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.wrappers import Response

from app.accounts.rules import PERMISSIONS, Role
from app.extensions import db
from app.roadmap.presenters.drawn import roadmap_row
from app.styleguide.forms import sample_form
from app.styleguide.presenters.samples import (
    heat_sample,
    level_sample,
    line_sample,
    radar_sample,
)
from app.values.money import Money
from app.web.assets import init_assets
from app.web.filters import init_filters
from app.web.headers import CONTENT_SECURITY_POLICY
from app.web.menu import init_menu
from app.web.paging import Page
from tests.web.components.samples import roadmap_sample

APP = Path(__file__).resolve().parents[3] / "app"
PAGES = ("parts", "journey", "workbench", "roadmap", "forms", "table", "empty")
ENDPOINTS = {
    "reporting.home": "/",
    "search.index": "/search",
    "journeys.index": "/journeys",
    "initiatives.index": "/initiatives",
    "portfolio.index": "/scenarios",
    "approvals.index": "/proposals",
    "roadmap.index": "/roadmap",
    "roadmap.gates": "/gates",
    "calendar.index": "/cycles",
    "audit.events": "/audit",
    "accounts.people": "/admin/people",
    "jobs.system": "/admin/system",
    "accounts.account": "/account",
    "accounts.set_theme": "/account/theme",
    "accounts.sign_out": "/sign-out",
}


class Person:
    """Whoever looks at the gallery."""

    is_authenticated = True
    name = "Maya Osei"

    def __init__(self, theme: str, roles: frozenset[Role]) -> None:
        self.theme = theme
        self.roles = roles

    def may(self, permission: str) -> bool:
        return not self.roles.isdisjoint(PERMISSIONS[permission])


def create_gallery() -> Flask:
    """Build the gallery; ?theme=dark and ?role=viewer change who looks."""
    app = Flask(__name__, static_folder=str(APP / "static"), static_url_path="/static")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(APP / "templates"), FileSystemLoader(Path(__file__).parent / "gallery")]
    )
    app.config.update(SECRET_KEY="gallery", DEMO=True, LOCALE="en_GB")
    app.config["SQLALCHEMY_ENGINES"] = {"default": "sqlite://"}
    db.init_app(app)  # pages ask how the reader writes numbers
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    CSRFProtect(app)
    LoginManager(app).request_loader(lambda _: _person())
    init_assets(app)
    init_filters(app)
    init_menu(app)
    app.jinja_env.globals["typed_here"] = lambda: None
    app.jinja_env.globals["roadmap_row"] = roadmap_row
    for endpoint, path in ENDPOINTS.items():
        app.add_url_rule(path, endpoint, _nowhere, methods=["GET", "POST"])
    app.add_url_rule("/gallery/<name>", "gallery", _page)
    app.add_url_rule("/gallery/run/1", "gallery_run", _run)
    app.context_processor(_frame)
    app.after_request(_protect)
    return app


def _nowhere() -> str:
    return "This page is not part of the gallery."


def _run() -> str:
    """Answer as a run does that has ended: the part alone, and it asks no more."""
    return render_template("run.html")


def _page(name: str) -> str:
    if request.args.get("flash"):
        flash("The scenario is saved.", "ok")
    form = sample_form(broken=bool(request.args.get("broken")))
    count = int(request.args.get("rows", "15"))
    lanes, axis = roadmap_sample(count, fit=bool(request.args.get("fit")))
    return render_template(
        f"{name}.html",
        form=form,
        heat=heat_sample(),
        points=line_sample(),
        radar_view=radar_sample(),
        level_view=level_sample(),
        lanes=lanes,
        axis=axis,
        page=Page(items=[None] * 50, total=1240, number=2, size=50),
        amount=Money(4_200_000_00, "EUR"),
    )


def _person() -> Person:
    roles = frozenset({Role(request.args.get("role", "cx_lead")), Role.ADMIN})
    if request.args.get("role"):
        roles = frozenset({Role(request.args["role"])})
    return Person(request.args.get("theme", "system"), roles)


def _frame() -> dict[str, object]:
    return {
        "nav_counts": {"initiatives": 24, "proposals": 1, "gates": 4},
        "nav_cycle": SimpleNamespace(name="FY27 H1", href="/cycles/1"),
    }


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
