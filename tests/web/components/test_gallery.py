"""The components drawn with sample data, read as HTML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.support.pages import error_on, links, parse, table, text
from tests.support.sound_html import mistakes
from tests.web.components.gallery_app import APP, PAGES, create_gallery
from tests.web.components.samples import roadmap_sample

BUTTON = r'_button\([^)]*?, "(?:primary|quiet|danger)", "([a-z0-9-]+)"'


@pytest.fixture(scope="module")
def gallery() -> Flask:
    return create_gallery()


def read(gallery: Flask, path: str) -> str:
    answer = gallery.test_client().get(f"/gallery/{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


class TestEveryPage:
    @pytest.mark.parametrize("name", PAGES)
    def test_is_sound_html(self, gallery: Flask, name: str) -> None:
        assert mistakes(read(gallery, f"{name}?broken=1&flash=1")) == []

    @pytest.mark.parametrize("name", PAGES)
    def test_has_nothing_the_policy_forbids(self, gallery: Flask, name: str) -> None:
        html = read(gallery, name)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)


class TestFrame:
    def test_menu_leaves_out_what_a_person_may_not_open(self, gallery: Flask) -> None:
        viewer = links(read(gallery, "parts?role=viewer"))
        admin = links(read(gallery, "parts?role=admin"))
        assert "People" not in viewer
        assert "Audit" not in viewer
        assert "Roadmap" in viewer
        assert admin["People"] == "/admin/people"

    def test_menu_leaves_out_pages_that_are_not_built(self, gallery: Flask) -> None:
        views = gallery.view_functions
        kept = views.pop("roadmap.gates")
        try:
            assert "Gate calendar" not in links(read(gallery, "parts"))
        finally:
            views["roadmap.gates"] = kept

    def test_choice_of_appearance_is_written_by_the_server(self, gallery: Flask) -> None:
        assert parse(read(gallery, "parts?theme=dark")).html["data-theme"] == "dark"
        assert not parse(read(gallery, "parts?theme=system")).html.has_attr("data-theme")

    def test_demo_company_is_named_on_every_page(self, gallery: Flask) -> None:
        assert "invented figures" in text(read(gallery, "empty"))

    def test_title_ends_the_crumbs(self, gallery: Flask) -> None:
        crumbs = parse(read(gallery, "roadmap")).select(".crumbs [aria-current]")
        assert [text(crumb) for crumb in crumbs] == ["Roadmap"]


class TestField:
    def test_problem_stands_at_the_field_and_in_the_summary(self, gallery: Flask) -> None:
        html = read(gallery, "forms?broken=1")
        assert error_on(html, "Title") == "Enter a title."
        summary = parse(html).select_one(".error-summary")
        assert summary is not None
        assert "2 things need your attention" in text(summary)
        assert summary.find("a", href="#title") is not None

    def test_hint_and_problem_both_describe_the_field(self, gallery: Flask) -> None:
        field = parse(read(gallery, "forms?broken=1")).find(id="cost")
        assert field["aria-describedby"] == "cost-hint cost-error"

    def test_day_is_asked_with_a_date_field(self, gallery: Flask) -> None:
        assert parse(read(gallery, "forms")).find(id="due")["type"] == "date"


class TestTables:
    def test_unfunded_initiative_carries_its_reason_below_it(self, gallery: Flask) -> None:
        rows = table(read(gallery, "workbench"), "Funded and not funded initiatives")
        assert any("Forcing it in costs €16,000" in word for word in rows.rows[4].values())

    def test_money_is_exact(self, gallery: Flask) -> None:
        rows = table(read(gallery, "workbench"), "Funded and not funded initiatives")
        assert rows.rows[0]["Cost"] == "€4,200,000.00"

    def test_heat_map_is_a_table_of_channels_and_stages(self, gallery: Flask) -> None:
        heat = table(read(gallery, "journey"), "Pain per stage and channel")
        assert heat.columns[1].startswith("Awareness")
        assert next(iter(heat.rows[0].values())) == "Website"


class TestRoadmap:
    def test_names_every_diamond(self, gallery: Flask) -> None:
        marks = parse(read(gallery, "roadmap?rows=40")).select(".rm-track a")
        assert len(marks) == 120
        assert all(mark["aria-label"].startswith("H") for mark in marks)

    def test_draws_two_thousand_bars_in_little_markup(self, gallery: Flask) -> None:
        lanes, axis = roadmap_sample(2000, fit=False)
        with gallery.test_request_context():
            template = gallery.jinja_env.from_string(
                '{% from "components/roadmap.html" import roadmap %}{{ roadmap(lanes, axis) }}'
            )
            html = template.render(lanes=lanes, axis=axis)
        assert html.count("<use ") > 6000
        assert len(html) < 1_600_000


class TestFiles:
    def test_every_icon_that_is_asked_for_is_in_the_sprite(self) -> None:
        sprite = set(re.findall(r'symbol id="([^"]+)"', (APP / "static/icons.svg").read_text()))
        asked: set[str] = set()
        for file in (APP / "templates").rglob("*.html"):
            source = file.read_text(encoding="utf-8")
            asked |= set(re.findall(r'\bicon\("([a-z0-9-]+)"', source))
            asked |= set(re.findall(r'icon_name="([a-z0-9-]+)"', source))
            asked |= set(re.findall(BUTTON, source))
        assert asked - sprite == set()

    def test_vendored_files_lie_beside_their_licences(self) -> None:
        static = APP / "static"
        for licence in ("fonts/OFL.txt", "icons.LICENSE.txt", "vendor/htmx.LICENSE.txt"):
            assert (static / licence).stat().st_size > 300
        assert (Path(__file__).parents[2] / "vendor/axe/LICENSE").exists()

    def test_scripts_stay_small(self) -> None:
        for file in (APP / "static/js").glob("*.js"):
            assert file.stat().st_size <= 5 * 1024, file.name

    def test_style_sheets_take_colours_only_from_the_tokens(self) -> None:
        for file in (APP / "static/css").glob("*.css"):
            if file.name != "tokens.css":
                assert not re.search(r"#[0-9a-f]{3,8}\b(?=[;, )])", file.read_text()), file.name
