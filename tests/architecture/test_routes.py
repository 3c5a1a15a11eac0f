"""Every route says who may call it and either reads or writes."""

from __future__ import annotations

import inspect

import pytest
from flask import Flask

from app.accounts.rules import FRESH_PERMISSIONS, PERMISSIONS
from app.web.guards import PUBLIC, SAFE_METHODS, SIGNED_IN, asks_for_fresh_proof, policy_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class TestRoutes:
    def test_declare_their_policy(self, app: Flask) -> None:
        known = {PUBLIC, SIGNED_IN, *PERMISSIONS}
        unknown = {
            name: policy_of(view)
            for name, view in app.view_functions.items()
            if policy_of(view) not in known
        }
        assert unknown == {}

    def test_either_read_or_write(self, app: Flask) -> None:
        mixed = [
            str(rule)
            for rule in app.url_map.iter_rules()
            if rule.methods and rule.methods & SAFE_METHODS - {"OPTIONS"} and not _only_reads(rule)
        ]
        assert mixed == []

    def test_one_view_serves_reading_or_writing(self, app: Flask) -> None:
        methods: dict[str, set[str]] = {}
        for rule in app.url_map.iter_rules():
            methods.setdefault(rule.endpoint, set()).update(rule.methods or ())
        mixed = [
            name for name, served in methods.items() if "GET" in served and served - SAFE_METHODS
        ]
        assert mixed == []

    def test_live_in_a_routes_module(self, app: Flask) -> None:
        strays = [
            name
            for name, view in app.view_functions.items()
            if name != "static" and ".routes" not in (inspect.unwrap(view).__module__ + ".")
        ]
        assert [name for name in strays if not _is_ours_in_web(app, name)] == []


def _only_reads(rule: object) -> bool:
    return not set(getattr(rule, "methods", None) or ()) - SAFE_METHODS


def _is_ours_in_web(app: Flask, endpoint: str) -> bool:
    """Tell whether a view belongs to what every page shares, such as the health check."""
    return inspect.unwrap(app.view_functions[endpoint]).__module__.startswith("app.web.")


class TestFreshProof:
    def test_is_asked_wherever_money_or_rights_are_decided(self, app: Flask) -> None:
        writing = {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if set(rule.methods or ()) - SAFE_METHODS
        }
        lax = [
            name
            for name in sorted(writing)
            if policy_of(app.view_functions[name]) in FRESH_PERMISSIONS
            and not asks_for_fresh_proof(app.view_functions[name])
        ]
        assert lax == []
        assert asks_for_fresh_proof(app.view_functions["calendar.save_budgets"])

    def test_is_asked_of_changes_only(self, app: Flask) -> None:
        odd = [
            str(rule)
            for rule in app.url_map.iter_rules()
            if asks_for_fresh_proof(app.view_functions[rule.endpoint]) and _only_reads(rule)
        ]
        assert odd == []
