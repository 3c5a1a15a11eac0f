"""The style sheets measured: colours, contrast, sizes."""

from __future__ import annotations

import pytest

from app.styleguide.presenters.measures import PAPER_SHEETS, measures
from app.styleguide.rules import (
    PAIRS,
    TYPE_SCALE,
    Colour,
    contrast,
    letter_sizes,
    read_colours,
    spaces,
)
from tests.support.sources import ROOT

SHEETS = ROOT / "app" / "static" / "css"


class TestContrast:
    def test_is_21_between_black_and_white_and_1_with_itself(self) -> None:
        assert contrast("#000", "#ffffff") == pytest.approx(21)
        assert contrast("#2450d0", "#2450d0") == pytest.approx(1)

    def test_does_not_depend_on_which_is_in_front(self) -> None:
        assert contrast("#777777", "#fff") == contrast("#fff", "#777777")

    def test_agrees_with_known_figures(self) -> None:
        assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.005)
        assert contrast("#bd7500", "#fff") == pytest.approx(3.68, abs=0.005)


class TestReadColours:
    def test_gives_light_and_dark(self) -> None:
        sheet = (
            ":root {\n  --bg: light-dark(#f4f5f7, #0c0f13);\n  --paper: #fff;\n  --row: 39px;\n}"
        )
        assert read_colours(sheet) == (
            Colour("bg", "#f4f5f7", "#0c0f13"),
            Colour("paper", "#fff", "#fff"),
        )


class TestSizes:
    def test_letters_are_counted_wherever_they_are_declared(self) -> None:
        assert letter_sizes([".a { font-size: 12px; } .b { font: 430 14px/1.45 Inter; }"]) == {
            12: 1,
            14: 1,
        }

    def test_spaces_are_counted_by_width(self) -> None:
        sheet = ".a { gap: 4px 12px; padding: 12px; margin-top: -1px; width: 300px; }"
        assert spaces([sheet]) == {4: 1, 12: 2, 1: 1}


class TestOurSheets:
    def test_every_pair_has_the_contrast_it_needs(self) -> None:
        rows = measures(SHEETS)["pairs"]
        assert len(rows) == len(PAIRS)
        poor = [
            f"{row['name']}, {look['scheme']}: {look['ratio']}"
            for row in rows
            for look in row["looks"]
            if look["state"] != "ok"
        ]
        assert poor == []

    def test_letters_on_the_screen_keep_to_the_scale(self) -> None:
        strays = {
            file.name: sorted(set(letter_sizes([file.read_text()])) - set(TYPE_SCALE))
            for file in SHEETS.glob("*.css")
            if file.name not in PAPER_SHEETS
        }
        assert {name: sizes for name, sizes in strays.items() if sizes} == {}
