"""The project's own source, parsed once, for the tests that keep its shape."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LADDER = (
    "values",
    "db",
    "web",
    "audit",
    "jobs",
    "mail",
    "accounts",
    "calendar",
    "journeys",
    "interactions",
    "initiatives",
    "portfolio",
    "approvals",
    "roadmap",
    "comments",
    "meetings",
    "registry",
    "reviews",
    "reporting",
    "demo",
    "styleguide",
    "search",
)
"""Packages in the order of the business process, earliest first."""

DOMAINS = frozenset(LADDER) - {"values", "db", "web"}


@dataclass(frozen=True)
class Source:
    """One Python file: where it is and what it says."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """The package on the ladder it belongs to, or "" for what stands above or beside it."""
        parts = self.path.relative_to(ROOT).parts
        return parts[1] if len(parts) > 2 and parts[0] == "app" else ""

    @property
    def shelf(self) -> str:
        """Its rung in the package: `services` for services.py and services/anything.py."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return parts[2] if len(parts) > 2 else ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]

    def imported(self) -> list[tuple[ast.AST, str]]:
        """Every imported module by its full name, with `from x import y` given as `x.y`."""
        found: list[tuple[ast.AST, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node, f"{node.module}.{alias.name}") for alias in node.names]
        return found


@cache
def sources(folder: str = "app") -> tuple[Source, ...]:
    """Return every Python file below `folder`."""
    return tuple(Source(path) for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def texts(folder: str, *patterns: str) -> tuple[tuple[str, str], ...]:
    """Return name and text of the files below `folder` that fit one of `patterns`."""
    paths = sorted(path for pattern in patterns for path in (ROOT / folder).rglob(pattern))
    return tuple((p.relative_to(ROOT).as_posix(), p.read_text(encoding="utf-8")) for p in paths)
