"""Both languages say everything: each message has its German, and the compiled catalogue is the written one."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from finder import errors, language, resources
from tests import tree
from tests.tree import TOP

CATALOGUES = sorted(resources.TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
REFUSALS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.FinderError)
}
SAYING = {"N_", "text", "plural"} | REFUSALS
"""Calls whose texts are message ids."""
PLACES = re.compile(r"%\((\w+)\)[sd]|%%")


def written(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def messages() -> Iterator[tuple[str, str]]:
    """Yield every message id of the program with the place that says it."""
    for path in tree.modules():
        for node in ast.walk(tree.parsed(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            said = node.args[:2] if called == "plural" else node.args[:1]
            for part in said if called in SAYING else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                    yield part.value, f"{path}:{node.lineno}"
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    for path in tree.files():
        if path.parts[0] == "templates" and path.suffix in (".html", ".txt", ".typ"):
            for line, _function, found in environment.extract_translations((TOP / path).read_text(encoding="utf-8")):
                for message in found if isinstance(found, tuple) else (found,):
                    if message:
                        yield message, f"{path}:{line}"


def test_german_is_there() -> None:
    assert {path.parent.parent.name for path in CATALOGUES} <= set(language.LANGUAGES)
    assert resources.TRANSLATIONS / "de/LC_MESSAGES/messages.po" in CATALOGUES


def test_every_message_has_its_german_and_nothing_else_is_kept() -> None:
    catalogue = written(resources.TRANSLATIONS / "de/LC_MESSAGES/messages.po")
    known = {part for m in catalogue if m.id for part in (m.id if isinstance(m.id, tuple) else (m.id,))}
    said = dict(messages())
    assert not {message: place for message, place in said.items() if message not in known}
    assert not known - set(said)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_catalogue_is_finished(path: Path) -> None:
    catalogue = written(path)
    entries = [message for message in catalogue if message.id]
    assert entries
    assert not [message.id for message in entries if message.fuzzy]
    assert not [m.id for m in entries if not (all(m.string) if isinstance(m.string, tuple) else m.string)]
    assert not list(catalogue.obsolete)
    for message in entries:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {place for text in ids for place in PLACES.findall(text)}
        for text in strings:
            assert set(PLACES.findall(text)) <= wanted, f"{message.id!r} has no such place"
        assert {p for text in strings for p in PLACES.findall(text)} == wanted, f"{message.id!r} loses a place"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_compiled_catalogue_is_in_step(path: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "messages.mo"
    with fresh.open("wb") as file:
        write_mo(file, written(path))
    assert texts(path.with_suffix(".mo")) == texts(fresh)


def texts(path: Path) -> dict[object, str]:
    """Return a compiled catalogue without its head, which holds the time of its making."""
    with path.open("rb") as file:
        catalogue: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {message: text for message, text in catalogue.items() if message}
