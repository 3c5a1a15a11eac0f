"""A bare application that shows every component with sample data, for tests and for looking at."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from flask import Flask, flash, render_template, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.form import Form as PlainForm
from wtforms.validators import InputRequired

from app.accounts.rules import PERMISSIONS, Role
from app.errors import InvalidError
from app.roadmap.presenters.drawn import roadmap_row
from app.values.money import Money
from app.web.assets import init_assets
from app.web.fields import DayField, MeasureField, MoneyField, PercentField
from app.web.filters import init_filters
from app.web.forms import OnceForm
from app.web.headers import CONTENT_SECURITY_POLICY
from app.web.menu import init_menu
from app.web.paging import Page
from tests.web.components.samples import (
    heat_sample,
    level_sample,
    line_sample,
    radar_sample,
    roadmap_sample,
)

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


class MilestoneForm(PlainForm):
    currency = "EUR"
    title = StringField("Milestone")
    due = DayField("Due")
    threshold = MeasureField("Threshold")
    spend = MoneyField("Holds", currency="EUR")


class SampleForm(OnceForm):
    title = StringField("Title", validators=[InputRequired("Enter a title.")])
    journey = SelectField("Journey", choices=[("motor", "Motor insurance"), ("home", "Home")])
    cost = MoneyField("Cost", description="Everything until the last milestone.")
    share = PercentField("Removal fraction")
    need = TextAreaField("Latent need")
    due = DayField("Go-live")
    log = FileField("Log")
    must = BooleanField("Must meet", description="A missed criterion stops the money.")
    grade = RadioField("Evidence", choices=[("a", "Measured in a pilot"), ("b", "Benchmark")])
    milestones = FieldList(FormField(MilestoneForm), min_entries=4)
    quarters = FieldList(MoneyField("Spend", currency="EUR"), min_entries=8)


def sample_form(*, broken: bool) -> SampleForm:
    """A form half filled in; ``broken`` has been refused."""
    form = SampleForm(formdata=None, currency="EUR", title="Claim status tracker", grade="a")
    form.cost.data = Money(460_000_00, "EUR")
    form.milestones.entries[0].form.title.data = "Pilot evidence"
    for i in range(4):
        form.quarters.entries[i].data = Money((i + 1) * 40_000_00, "EUR")
    if broken:
        form.refuse(
            InvalidError(
                "Two fields need another look.",
                fields={
                    "title": "Enter a title.",
                    "cost": "€999,999,999 is more than the fund holds.",
                },
            )
        )
    return form


def create_gallery() -> Flask:
    """Build the gallery; ?theme=dark and ?role=viewer change who looks."""
    app = Flask(__name__, static_folder=str(APP / "static"), static_url_path="/static")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(APP / "templates"), FileSystemLoader(Path(__file__).parent / "gallery")]
    )
    app.config.update(SECRET_KEY="gallery", DEMO=True, LOCALE="en_GB")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    CSRFProtect(app)
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


def _frame() -> dict[str, object]:
    roles = frozenset({Role(request.args.get("role", "cx_lead")), Role.ADMIN})
    if request.args.get("role"):
        roles = frozenset({Role(request.args["role"])})
    return {
        "current_user": Person(request.args.get("theme", "system"), roles),
        "nav_counts": {"initiatives": 24, "proposals": 1, "gates": 4},
        "nav_cycle": SimpleNamespace(name="FY27 H1", href="/cycles/1"),
    }


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
