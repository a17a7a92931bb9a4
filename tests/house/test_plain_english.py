"""Code, comments, docstrings and pages for developers use common words; texts for users are excluded."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHAIC = re.compile(r"whoever|whomever|anew|reckon|lodg|(^|[^lhr])owed", re.IGNORECASE)
GETTEXT = {"_", "_l", "N_", "gettext", "ngettext", "lazy_gettext"}
FILES = sorted([*(ROOT / "dialogues").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])


def archaic_words(source: str, *, quotes: bool = False) -> Iterator[tuple[int, str]]:
    """Line and text of each archaic word outside gettext.

    :param quotes: leave out strings that are no docstrings, because tests quote texts of pages.
    """
    tree = ast.parse(source)
    allowed = {id(part) for call in ast.walk(tree) if _is_gettext(call) for part in ast.walk(call)}
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
    for node in ast.walk(tree):
        is_ours = id(node) not in allowed and (not quotes or id(node) in docstrings)
        if is_ours and isinstance(node, ast.Constant) and ARCHAIC.search(str(node.value)):
            yield node.lineno, str(node.value)
        for name in _names(node):
            if ARCHAIC.search(name):
                yield getattr(node, "lineno", 0), name
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and ARCHAIC.search(token.string):
            yield token.start[0], token.string


def _is_gettext(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT


def _has_docstring(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def _names(node: ast.AST) -> Iterator[str]:
    for field in ("name", "id", "attr", "arg", "module"):
        value = getattr(node, field, None)
        if isinstance(value, str):
            yield value


@pytest.mark.parametrize(
    "source",
    [
        "def lodge(): ...",
        "x = 1  # sent anew",
        'def f():\n    """Whoever asks."""',
        "owed = 1",
        'x = "reckoned"',
        "def f(whoever): ...",
    ],
)
def test_an_archaic_word_is_found(source: str) -> None:
    assert list(archaic_words(source))


def test_texts_for_translators_are_left_out() -> None:
    assert not list(archaic_words('N_("Lodge the list")\nallowed = followed = 1'))


def test_the_code_uses_no_archaic_words() -> None:
    found = []
    for path in FILES:
        if path != Path(__file__):
            in_tests = path.is_relative_to(ROOT / "tests")
            found += [(path.name, *one) for one in archaic_words(path.read_text("utf-8"), quotes=in_tests)]
    assert found == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_pages_for_developers_use_no_archaic_words(page: str) -> None:
    assert not ARCHAIC.findall((ROOT / page).read_text("utf-8"))
