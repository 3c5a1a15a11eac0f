"""Settings are read once, and production refuses to guess."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from config import SETTINGS, ConfigurationError, complete_settings, read_settings

GOOD_KEY = "k3yW1thEnoughD1fferentCharacters-and-length"
GOOD = {"SECRET_KEY": GOOD_KEY, "TRUSTED_HOSTS": "a.test"}


def _complete(tmp_path: Path, **environ: str) -> dict[str, Any]:
    return complete_settings(read_settings(environ), tmp_path)


class TestReadSettings:
    def test_turns_text_into_values(self) -> None:
        values = read_settings(
            {"TRUSTED_HOSTS": "a.test, b.test", "DEMO": "yes", "PROXY_COUNT": "1"}
        )
        assert values["TRUSTED_HOSTS"] == ["a.test", "b.test"]
        assert (values["DEMO"], values["PROXY_COUNT"]) == (True, 1)

    def test_names_a_malformed_setting(self) -> None:
        with pytest.raises(ConfigurationError, match="SESSION_HOURS cannot be “soon”"):
            read_settings({"SESSION_HOURS": "soon"})

    def test_counts_blank_as_not_set(self) -> None:
        assert read_settings({"SESSION_HOURS": " "})["SESSION_HOURS"] == 12

    def test_says_what_every_setting_means(self) -> None:
        assert all(setting.meaning for setting in SETTINGS)
        assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


class TestCompleteSettings:
    @pytest.mark.parametrize(
        ("environ", "required"),
        [
            ({}, False),
            ({"ENVIRONMENT": "production"}, True),
            ({"ENVIRONMENT": "production", "REQUIRE_SECOND_FACTOR": "0"}, False),
            ({"DEMO": "1", "REQUIRE_SECOND_FACTOR": "1"}, True),
        ],
    )
    def test_requires_a_second_factor_in_production(
        self, tmp_path: Path, environ: dict[str, str], required: bool
    ) -> None:
        safe = {"SECRET_KEY": GOOD_KEY, "TRUSTED_HOSTS": "a.test"}
        assert _complete(tmp_path, **safe, **environ)["REQUIRE_SECOND_FACTOR"] is required

    def test_makes_a_secret_once_in_development(self, tmp_path: Path) -> None:
        first = _complete(tmp_path)["SECRET_KEY"]
        assert len(first) >= 32
        assert _complete(tmp_path)["SECRET_KEY"] == first
        assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0

    def test_answers_on_this_machine_only_in_development(self, tmp_path: Path) -> None:
        assert _complete(tmp_path)["TRUSTED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]

    @pytest.mark.parametrize(
        ("environ", "names"),
        [
            ({"TRUSTED_HOSTS": "a.test"}, "SECRET_KEY"),
            ({"SECRET_KEY": "short", "TRUSTED_HOSTS": "a.test"}, "SECRET_KEY"),
            ({"SECRET_KEY": "a" * 64, "TRUSTED_HOSTS": "a.test"}, "SECRET_KEY"),
            ({"SECRET_KEY": GOOD_KEY}, "TRUSTED_HOSTS"),
            ({"SECRET_KEY": GOOD_KEY, "TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS"),
            ({**GOOD, "SECURE_COOKIES": "0"}, "SECURE_COOKIES"),
            ({**GOOD, "DEMO": "1"}, "DEMO"),
            ({**GOOD, "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2}, "SECRET_KEY"),
            ({**GOOD, "SECRET_KEY": "0123456789abcdef" * 2}, "SECRET_KEY"),
            ({**GOOD, "SECRET_KEY": "Please-change-me-to-something-random"}, "SECRET_KEY"),
        ],
    )
    def test_refuses_unsafe_production(
        self, tmp_path: Path, environ: dict[str, str], names: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=names):
            _complete(tmp_path, ENVIRONMENT="production", **environ)

    def test_is_strict_about_cookies_in_production(self, tmp_path: Path) -> None:
        values = _complete(tmp_path, ENVIRONMENT="production", **GOOD)
        assert values["SESSION_COOKIE_SECURE"]
        assert values["SESSION_COOKIE_NAME"] == "__Host-waymark"

    def test_needs_no_shared_file_where_the_database_is_postgresql(self, tmp_path: Path) -> None:
        url = "postgresql+psycopg://waymark@db.test/waymark"
        assert _complete(tmp_path, DATABASE_URL=url)["QUEUE_URL"] == url
        redis = _complete(tmp_path, DATABASE_URL=url, QUEUE_URL="redis://queue.test/0")
        assert redis["QUEUE_URL"] == "redis://queue.test/0"
        assert _complete(tmp_path)["QUEUE_URL"] == f"sqlite:///{tmp_path / 'queue.db'}"

    def test_refuses_a_queue_of_no_known_kind(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="QUEUE_URL must begin with"):
            _complete(tmp_path, QUEUE_URL="amqp://queue.test")

    def test_uses_every_core_unless_told_otherwise(self, tmp_path: Path) -> None:
        assert _complete(tmp_path)["SOLVER_PROCESSES"] == os.cpu_count()
        assert _complete(tmp_path, SOLVER_PROCESSES="1")["SOLVER_PROCESSES"] == 1
        with pytest.raises(ConfigurationError, match="1 or more"):
            _complete(tmp_path, SOLVER_PROCESSES="0")

    def test_refuses_a_token_that_can_be_guessed(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="METRICS_TOKEN"):
            _complete(tmp_path, METRICS_TOKEN="short")

    def test_refuses_an_unknown_environment(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="ENVIRONMENT"):
            _complete(tmp_path, ENVIRONMENT="prod")


class TestMail:
    ON = {"MAIL_HOST": "mail.test", "MAIL_FROM": "w@a.test", "PUBLIC_URL": "https://a.test/"}

    def test_is_off_unless_it_is_named(self, tmp_path: Path) -> None:
        assert _complete(tmp_path, **GOOD, **self.ON)["PUBLIC_URL"] == "https://a.test"
        assert _complete(tmp_path)["MAIL_PORT"] == 587

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"PUBLIC_URL": ""}, "Set PUBLIC_URL"),
            ({"PUBLIC_URL": "https://evil.test"}, "names evil.test"),
            ({"PUBLIC_URL": "http://a.test"}, "must begin with https"),
            ({"PUBLIC_URL": "javascript:alert(1)"}, "must be an address"),
            ({"MAIL_FROM": "nobody"}, "Set MAIL_FROM"),
            ({"MAIL_TLS": "none"}, "Set MAIL_TLS"),
            ({"MAIL_TLS": "maybe"}, "must be one of"),
            ({"MAIL_FOLDER": "/tmp/x"}, "one way only"),
        ],
    )
    def test_refuses_what_could_not_arrive(
        self, tmp_path: Path, wrong: dict[str, str], said: str
    ) -> None:
        environ = {"ENVIRONMENT": "production", **GOOD, **self.ON, **wrong}
        with pytest.raises(ConfigurationError, match=said):
            _complete(tmp_path, **environ)


class TestProvider:
    ON = {
        "OIDC_ISSUER": "https://id.test", "OIDC_CLIENT_ID": "w", "OIDC_CLIENT_SECRET": "s",
        "PUBLIC_URL": "https://a.test",
    }  # fmt: skip

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"OIDC_ISSUER": "http://id.test"}, "must begin with https"),
            ({"OIDC_CLIENT_SECRET": ""}, "Set OIDC_CLIENT_SECRET"),
            ({"PUBLIC_URL": ""}, "Set PUBLIC_URL"),
            ({"OIDC_ISSUER": "", "PASSWORD_SIGN_IN": "0"}, "Unset PASSWORD_SIGN_IN"),
        ],
    )
    def test_is_whole_or_refused(self, tmp_path: Path, wrong: dict[str, str], said: str) -> None:
        environ = {"ENVIRONMENT": "production", **GOOD, **self.ON}
        assert _complete(tmp_path, **environ)["OIDC_ISSUER"] == "https://id.test"
        with pytest.raises(ConfigurationError, match=said):
            _complete(tmp_path, **environ | wrong)
