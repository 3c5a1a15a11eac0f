"""Every setting once: its name in the environment, its default and its meaning.

A setting is read from the environment variable of the same name. `create_app` takes overrides
for tests. Production refuses to start on an unsafe setting instead of guessing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ENVIRONMENTS = ("development", "production", "test")
PERSONAL_DATA = ("refuse", "mask", "keep")
QUEUES = ("postgresql", "postgres", "redis", "rediss", "unix", "sqlite")
MAIL_TLS = ("starttls", "tls", "none")
HERE = ("localhost", "127.0.0.1", "::1")
SHORTEST_SECRET = 32
SHORTEST_TOKEN = 16
KNOWN_SECRETS = (
    "0123456789abcdef",
    "only-for-",
    "change-me",
    "changeme",
    "secret_key",
    "secret-key",
)
"""Pieces of keys that stand in tests and instructions: anybody could sign a cookie with them."""


class ConfigurationError(RuntimeError):
    """A setting is missing, malformed or unsafe; the message says which and what to do."""


def _text(value: str) -> str:
    return value.strip()


def _address(value: str) -> str:
    return value.strip().rstrip("/")


def _flag(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes", "on"}


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; ``read`` turns the environment's text into its value."""

    name: str
    default: Any
    read: Callable[[str], Any]
    meaning: str


SETTINGS = (
    Setting(
        "ENVIRONMENT",
        "development",
        _text,
        "development answers on this machine only; production checks its settings; test",
    ),
    Setting(
        "DATABASE_URL",
        "",
        _text,
        "SQLAlchemy address; empty: the SQLite file waymark.db in the instance folder",
    ),
    Setting(
        "QUEUE_URL",
        "",
        _text,
        "what wakes workers, postgresql://…, redis://… or sqlite:///…; empty: the database itself "
        "where that is PostgreSQL, else queue.db in the instance folder",
    ),
    Setting(
        "SECRET_KEY",
        "",
        _text,
        "signs cookies and forms, 32 characters or more; empty: development keeps one of its own",
    ),
    Setting(
        "SECRET_KEY_FALLBACKS",
        [],
        _names,
        "earlier SECRET_KEYs, separated by commas: what they signed or sealed is still read",
    ),
    Setting(
        "TRUSTED_HOSTS",
        [],
        _names,
        "host names this site answers to, separated by commas; production needs them",
    ),
    Setting("PROXY_COUNT", 0, int, "reverse proxies in front that set X-Forwarded-For and -Proto"),
    Setting(
        "SECURE_COOKIES",
        None,
        _flag,
        "cookies over https only, and browsers told to stay there; empty: in production",
    ),
    Setting(
        "REQUIRE_SECOND_FACTOR",
        None,
        _flag,
        "Finance and Admin open nothing without a second factor; empty: in production, but no demo",
    ),
    Setting(
        "PUBLIC_URL",
        "",
        _address,
        "address of this site as links begin with it, such as https://waymark.example.com",
    ),
    Setting("MAIL_HOST", "", _text, "mail server that takes letters; empty: no mail is sent"),
    Setting("MAIL_PORT", None, int, "its port; empty: 587, and 465 with MAIL_TLS=tls"),
    Setting(
        "MAIL_TLS",
        "starttls",
        _text,
        "starttls, tls, or none, which production takes for a server on the same machine only",
    ),
    Setting("MAIL_AUTHORITIES", "", _text, "file of authorities to trust instead of the system's"),
    Setting("MAIL_NAME", "", _text, "name to sign in to the mail server with; empty: not at all"),
    Setting("MAIL_PASSWORD", "", str, "password to sign in to the mail server with"),
    Setting("MAIL_FROM", "", _text, "address letters come from"),
    Setting("MAIL_SECONDS", 20.0, float, "longest the mail server may take for one answer"),
    Setting("MAIL_FOLDER", "", _text, "folder that takes letters as .eml files, not a server"),
    Setting("OIDC_ISSUER", "", _text, "OpenID provider people sign in at; empty: none"),
    Setting("OIDC_CLIENT_ID", "", _text, "what the provider calls this site"),
    Setting("OIDC_CLIENT_SECRET", "", _text, "the secret this site shows the provider"),
    Setting("OIDC_NAME", "your organisation", _text, "what people call the provider"),
    Setting(
        "OIDC_SECOND_FACTORS",
        [],
        _names,
        "values of amr or acr by which the provider says that it asked for a second factor; empty: "
        "Finance and Admin keep one of their own here",
    ),
    Setting("PASSWORD_SIGN_IN", True, _flag, "people may sign in with passwords kept here"),
    Setting("DEMO", False, _flag, "this is the demo company: every page says so"),
    Setting(
        "DEMO_PASSWORD", "seven tides over slate", _text, "password of the demo company's people"
    ),
    Setting("LOCALE", "en_GB", _text, "how money, numbers and days are written"),
    Setting("ORGANISATION", "", _text, "name of the organisation, for the header"),
    Setting("MAX_CONTENT_LENGTH", 5 * 1024 * 1024, int, "largest request in bytes, with uploads"),
    Setting("MAX_FORM_MEMORY_SIZE", 1024 * 1024, int, "largest form field in bytes"),
    Setting("MAX_FORM_PARTS", 5000, int, "most fields in one form"),
    Setting("SESSION_HOURS", 12, int, "hours after which everybody signs in again"),
    Setting("IDLE_MINUTES", 480, int, "idle minutes after which a session ends"),
    Setting("IDLE_MINUTES_SENSITIVE", 30, int, "the same for people with finance or admin role"),
    Setting("BASELINE_MAX_AGE_DAYS", 190, int, "oldest baseline a cycle may open with, in days"),
    Setting("SOLVER_SECONDS", 60, int, "longest a solve may take; the best plan so far is kept"),
    Setting("SOLVER_MEMORY_MB", 1024, int, "memory a solver process may use"),
    Setting(
        "SOLVER_PROCESSES",
        None,
        int,
        "solver processes one job may use at once; empty: as many as this machine has cores",
    ),
    Setting(
        "INTERACTIONS_FOLDER",
        "",
        _text,
        "where logs of interactions are kept, shared by web servers and workers; empty: the folder "
        "interactions in the instance folder",
    ),
    Setting("INTERACTIONS_MEGABYTES", 50, int, "largest log of interactions that is uploaded"),
    Setting("INTERACTIONS_MEMORY_MB", 1024, int, "memory for reading or counting one log"),
    Setting("INTERACTIONS_SECONDS", 25, int, "longest a page waits until an uploaded log is read"),
    Setting(
        "PERSONAL_DATA",
        "refuse",
        _text,
        "e-mail addresses, phone numbers and names in the texts of a log: refuse, mask or keep",
    ),
    Setting("PAGE_INITIATIVES", 1000, int, "most candidates a scenario chooses from on the page"),
    Setting("FILE_INITIATIVES", 20_000, int, "most initiatives in a problem file"),
    Setting("FILE_RULES", 20_000, int, "most rules in a problem file"),
    Setting("FILE_MEGABYTES", 40, int, "largest problem file that is read"),
    Setting("WORKER_POLL_SECONDS", 1.0, float, "how often an idle worker looks for jobs"),
    Setting("JOB_LOST_SECONDS", 20.0, float, "silence after which a running job is taken back"),
    Setting("REQUEST_KEY_DAYS", 30, int, "days a form sent twice still gets its first answer"),
    Setting("API_PER_MINUTE", 120, int, "requests a minute by one token, in each server process"),
    Setting(
        "METRICS_TOKEN",
        "",
        _text,
        "what a monitoring system sends to read /metrics, 16 characters or more; empty: no page",
    ),
    Setting("LOG_LEVEL", "INFO", _text, "least severe level that is logged"),
)


def read_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read every setting from the environment, else its default; raises ConfigurationError."""
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name)
        if text is None or not text.strip():
            values[setting.name] = setting.default
            continue
        try:
            values[setting.name] = setting.read(text)
        except ValueError as error:
            raise ConfigurationError(
                f"{setting.name} cannot be “{text}”: {setting.meaning}."
            ) from error
    return values


def complete_settings(values: dict[str, Any], instance: Path) -> dict[str, Any]:
    """Fill in what follows from other settings and refuse what is unsafe."""
    if values["ENVIRONMENT"] not in ENVIRONMENTS:
        raise ConfigurationError(f"ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}.")
    production = values["ENVIRONMENT"] == "production"
    if production:
        _refuse_unsafe(values)
    else:
        values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(instance / "secret_key")
        values["TRUSTED_HOSTS"] = values["TRUSTED_HOSTS"] or ["localhost", "127.0.0.1", "[::1]"]
    if values["PERSONAL_DATA"] not in PERSONAL_DATA:
        raise ConfigurationError(f"PERSONAL_DATA must be one of {', '.join(PERSONAL_DATA)}.")
    if values["METRICS_TOKEN"] and len(values["METRICS_TOKEN"]) < SHORTEST_TOKEN:
        raise ConfigurationError(f"METRICS_TOKEN needs {SHORTEST_TOKEN} characters or more.")
    if values["QUEUE_URL"] and _scheme(values["QUEUE_URL"]) not in QUEUES:
        raise ConfigurationError(f"QUEUE_URL must begin with one of {', '.join(QUEUES)}.")
    _refuse_odd_mail(values, production=production)
    _refuse_odd_provider(values, production=production)
    database = values["DATABASE_URL"] or f"sqlite:///{instance / 'waymark.db'}"
    secure = values["SECURE_COOKIES"] if values["SECURE_COOKIES"] is not None else production
    required = values["REQUIRE_SECOND_FACTOR"]
    if required is None:
        required = production and not values["DEMO"]
    return values | {
        "SECURE_COOKIES": secure,
        "REQUIRE_SECOND_FACTOR": required,
        "DEVICE_COOKIE_NAME": "__Host-waymark-device" if secure else "waymark-device",
        "DATABASE_URL": database,
        "QUEUE_URL": values["QUEUE_URL"] or _queue_beside(database, instance),
        "INTERACTIONS_FOLDER": values["INTERACTIONS_FOLDER"] or str(instance / "interactions"),
        "SOLVER_PROCESSES": _processes(values["SOLVER_PROCESSES"]),
        "SESSION_COOKIE_NAME": "__Host-waymark" if secure else "waymark",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAIL_PORT": values["MAIL_PORT"] or (465 if values["MAIL_TLS"] == "tls" else 587),
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": secure,
    }


def _queue_beside(database: str, instance: Path) -> str:
    """The queue where none is named: several machines share nothing but the database."""
    is_postgresql = _scheme(database) in ("postgresql", "postgres")
    return database if is_postgresql else f"sqlite:///{instance / 'queue.db'}"


def _scheme(address: str) -> str:
    """What stands before the colon, without a driver's name."""
    return address.partition(":")[0].partition("+")[0]


def _processes(asked: int | None) -> int:
    if asked is not None and asked < 1:
        raise ConfigurationError("SOLVER_PROCESSES must be 1 or more.")
    return asked or os.cpu_count() or 1


def _refuse_unsafe(values: Mapping[str, Any]) -> None:
    key = values["SECRET_KEY"]
    is_known = any(piece in key.lower() for piece in KNOWN_SECRETS)
    if len(key) < SHORTEST_SECRET or len(set(key)) < 8 or is_known:
        raise ConfigurationError(
            "Set SECRET_KEY to at least 32 random characters, for example the output of "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    if not values["TRUSTED_HOSTS"]:
        raise ConfigurationError(
            "Set TRUSTED_HOSTS to the host names people use, for example waymark.example.com."
        )
    if "*" in values["TRUSTED_HOSTS"]:
        raise ConfigurationError("TRUSTED_HOSTS cannot contain *; name each host.")
    if values["SECURE_COOKIES"] is False:
        raise ConfigurationError("Unset SECURE_COOKIES: cookies must travel over https only.")
    if values["DEMO"]:
        raise ConfigurationError("Unset DEMO: the password of the demo company’s people is public.")


def _refuse_odd_mail(values: Mapping[str, Any], *, production: bool) -> None:
    """Refuse mail that could not arrive, or whose links would lead nowhere."""
    if values["MAIL_TLS"] not in MAIL_TLS:
        raise ConfigurationError(f"MAIL_TLS must be one of {', '.join(MAIL_TLS)}.")
    if values["PUBLIC_URL"]:
        _refuse_odd_site(values, production=production)
    if not values["MAIL_HOST"] and not values["MAIL_FOLDER"]:
        return
    if values["MAIL_HOST"] and values["MAIL_FOLDER"]:
        raise ConfigurationError("Unset MAIL_HOST or MAIL_FOLDER: letters go one way only.")
    if not values["PUBLIC_URL"]:
        raise ConfigurationError("Set PUBLIC_URL, which links in letters begin with.")
    if "@" not in values["MAIL_FROM"]:
        raise ConfigurationError("Set MAIL_FROM to the e-mail address letters come from.")
    is_here = values["MAIL_HOST"] in HERE or values["MAIL_FOLDER"]
    if production and values["MAIL_TLS"] == "none" and not is_here:
        raise ConfigurationError("Set MAIL_TLS to starttls or tls: letters hold links to sign in.")


def _refuse_odd_provider(values: Mapping[str, Any], *, production: bool) -> None:
    """Refuse a provider nobody could sign in at, and a site without any way in."""
    issuer = values["OIDC_ISSUER"]
    if not issuer:
        if not values["PASSWORD_SIGN_IN"]:
            raise ConfigurationError("Unset PASSWORD_SIGN_IN, or name a provider in OIDC_ISSUER.")
        return
    if not issuer.startswith("https://") and (production or not issuer.startswith("http://")):
        raise ConfigurationError("OIDC_ISSUER must begin with https://.")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PUBLIC_URL"):
        if not values[name]:
            raise ConfigurationError(f"Set {name}, without which OIDC_ISSUER is of no use.")


def _refuse_odd_site(values: Mapping[str, Any], *, production: bool) -> None:
    try:
        site = urlsplit(values["PUBLIC_URL"])
        host = site.hostname
    except ValueError:
        site, host = urlsplit(""), None
    if site.scheme not in ("http", "https") or not host or site.query or site.fragment:
        raise ConfigurationError(
            "PUBLIC_URL must be an address such as https://waymark.example.com."
        )
    if production and site.scheme != "https":
        raise ConfigurationError("PUBLIC_URL must begin with https://.")
    if not any(_covers(known, host) for known in values["TRUSTED_HOSTS"]):
        raise ConfigurationError(f"PUBLIC_URL names {host}, which TRUSTED_HOSTS does not.")


def _covers(trusted: str, host: str) -> bool:
    """Whether a trusted name means a host; one that begins with a dot means all that end so."""
    name = trusted.strip("[]")
    return host == name.lstrip(".") or (name.startswith(".") and host.endswith(name))


def _kept_secret(path: Path) -> str:
    """Give the secret kept in ``path``, making it at first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
