"""Nobody reads WTForms' own words: every form and row says our sentences."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import flask_wtf.file
import pytest
import wtforms
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, SelectField, SelectMultipleField, validators
from wtforms.fields import choices, core, datetime, numeric, simple
from wtforms.fields import list as lists

import app
from app.web.fields import ChoiceField
from app.web.forms import Form
from app.web.refusals import SENTENCES, InOurWords
from app.web.rows import BareForm, RowForm

SAID = re.compile(r'gettext\(\s*(?:_\()?"([^"]+)"(?:,\s*"([^"]+)")?')
FOR_PROGRAMMERS = {"Choices cannot be None.", "Invalid field name '%s'."}
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _form_classes() -> Iterator[type[Any]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if "forms" in module.name or module.name.startswith("app.web"):
            import_module(module.name)
    waiting = list(wtforms.Form.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("app."):
            yield one


FORMS = sorted(set(_form_classes()), key=lambda one: f"{one.__module__}.{one.__name__}")


class TestSentences:
    def test_cover_all_that_wtforms_says(self) -> None:
        parts = (validators, choices, core, datetime, numeric, simple, lists, flask_wtf.file)
        said = {
            words
            for part in parts
            for found in SAID.findall(inspect.getsource(part))
            for words in found
            if words
        }
        assert len(said) > 30
        assert said - FOR_PROGRAMMERS <= SENTENCES.keys()

    def test_are_sentences_with_no_other_places_to_fill_in(self) -> None:
        for theirs, ours in SENTENCES.items():
            assert ours[0].isupper() and ours.endswith(".")
            assert set(PLACES.findall(ours)) <= set(PLACES.findall(theirs)), theirs
            assert ours != theirs


class TestEveryForm:
    def test_is_found(self) -> None:
        assert len(FORMS) > 60
        assert {Form, RowForm, BareForm} <= set(FORMS)

    @pytest.mark.parametrize("form", FORMS, ids=lambda one: f"{one.__module__}.{one.__name__}")
    def test_says_our_sentences(self, form: type[Any]) -> None:
        assert issubclass(form, Form | BareForm)
        metas = [one.__dict__["Meta"] for one in form.__mro__ if "Meta" in one.__dict__]
        assert next(one for one in metas if "get_translations" in vars(one)) is InOurWords


class Inner(RowForm):
    """A row with a list to choose from."""

    pool = SelectField("Pool", coerce=int, choices=[(1, "One")])


class Outer(Form):
    """Every kind of list, alone and in rows."""

    one = SelectField("One", coerce=int, choices=[(1, "One")])
    word = SelectField("Word", choices=[("a", "A")])
    several = SelectMultipleField("Several", coerce=int, choices=[(1, "One")])
    other = SelectMultipleField("Other", choices=[("a", "A")])
    choice = ChoiceField("Choice")
    needed = wtforms.StringField("Needed", [validators.InputRequired()])
    rows = FieldList(FormField(Inner))


class TestGarbled:
    def test_ids_are_refused_in_our_words(self) -> None:
        flask = Flask(__name__)
        flask.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
        sent = {
            "one": "x", "word": "b", "several": "x", "other": ["b", "c"], "choice": "x",
            "rows-0-pool": "x",
        }  # fmt: skip
        with flask.test_request_context():
            form = Outer(MultiDict(sent))
            form.choice.offer([("1", "One")])
            assert not form.validate()
            said = [message for _, _, message in form.error_list()]
        garbled = "This can't be read. Choose again from the list."
        gone = "This is not in the list any more. Choose again from it."
        assert sorted(said) == sorted([garbled] * 4 + [gone] * 2 + ["Fill this in."])
