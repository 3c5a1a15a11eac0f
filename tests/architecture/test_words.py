"""One word per thing: the glossary names what exists, and nothing has a second name."""

from __future__ import annotations

import ast
import re

from tests.support.sources import ROOT, Source, sources, texts

SECOND_WORDS = {
    r"users?": "person",
    r"projects?": "initiative",
    r"log[ -]?(?:in|out|on|off)": "sign in, sign out",
    r"touch[ -]points?": "touchpoint",
    r"checkpoints?": "milestone, hurdle",
    r"stage[ -]gates?": "milestone, hurdle",
    r"instal?lments?": "tranche",
    r"kpis?": "business metric",
    r"phases?": "stage",
}
SECOND = re.compile(rf"\b(?:{'|'.join(SECOND_WORDS)})\b", re.IGNORECASE)
FOREIGN_WORDS_ALLOWED = ("registry", "importing")
"""Files about what other systems call things."""

LIBRARY_WORDS = {"LoginManager"}

JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)


def _is_about_foreign_data(name: str) -> bool:
    return any(part in name for part in FOREIGN_WORDS_ALLOWED)


def _sentences(source: Source) -> list[tuple[ast.Constant, str]]:
    """Return the text literals that people read: they begin like a sentence and have a space."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node, node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and node.value[:1].isupper()
        and " " in node.value
    ]


def _glossary_classes() -> set[str]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return set(re.findall(r"\| `(\w+)` \|$", text, re.MULTILINE))


class TestGlossary:
    def test_names_classes_that_exist(self) -> None:
        classes = {
            node.name
            for source in sources()
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ClassDef)
        }
        assert _glossary_classes() - classes == set()


class TestSecondWords:
    def test_no_class_carries_one(self) -> None:
        carried = [
            f"{source.at(node)} {node.name}"
            for source in sources()
            if not _is_about_foreign_data(source.name)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ClassDef)
            and not any(node.name.endswith(word) for word in LIBRARY_WORDS)
            and SECOND.search(re.sub(r"(?<!^)(?=[A-Z])", " ", node.name))
        ]
        assert carried == []

    def test_no_page_says_one(self) -> None:
        said = {
            name: sorted(found)
            for name, text in texts("app/templates", "*.html")
            if not _is_about_foreign_data(name)
            and (found := set(SECOND.findall(TAG.sub(" ", JINJA.sub(" ", text)))))
        }
        assert said == {}

    def test_no_message_says_one(self) -> None:
        said = [
            f"{source.at(node)} {text}"
            for source in sources()
            if not _is_about_foreign_data(source.name)
            for node, text in _sentences(source)
            if SECOND.search(text)
        ]
        assert said == []
