"""Say plainly which tests this machine could not run; where CI=true, that is a failure."""

from __future__ import annotations

import os
from collections import Counter

import pytest

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _not_run(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return []
    return [*reporter.stats.get("skipped", []), *reporter.stats.get("xfailed", [])]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if IN_CI and _not_run(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    reasons = Counter(_reason(report) for report in _not_run(config))
    if not reasons:
        return
    terminalreporter.section("NOT RUN" + (" (a failure here, CI is set)" if IN_CI else " here"))
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} tests: {reason}")


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return getattr(report, "wasxfail", "") or "expected to fail"
