"""The tables of everything that reading can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from finder.errors import UnsafeInput, UnusableInput
from finder.language import Language
from finder.sources import sentences
from finder.sources.sentences import NOTES, REFUSALS, Notes
from tests import tree

PLACES = re.compile(r"%\((\w+)\)s")
MODULES = [path for path in tree.modules() if path.parts[1] == "sources"]


def calls(*names: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the row and the parameters of every refusal or note that the code raises or adds."""
    for path in MODULES:
        for node in ast.walk(tree.parsed(path)):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0].value
            if name in names and isinstance(first, str) and (first in REFUSALS or first in NOTES):
                yield first, {keyword.arg for keyword in node.keywords if keyword.arg}


def test_refusals_are_given_their_parameters() -> None:
    used = set()
    for code, given in calls("Refusal"):
        used.add(code)
        assert given == set(PLACES.findall(REFUSALS[code][1])) - {"name"}, code
    # the worker hands over these two without raising them
    assert used | {"memory"} == set(REFUSALS)


def test_notes_are_given_their_parameters() -> None:
    used = set()
    for rule, given in calls("add", "once", "note"):
        used.add(rule)
        if rule != "more_of_a_kind":
            assert given - {"row", "field", "value"} == set(PLACES.findall(NOTES[rule][1])), rule
    assert used == set(NOTES)


def test_every_row_is_one_sentence() -> None:
    for kind, message in REFUSALS.values():
        assert kind in (UnusableInput, UnsafeInput)
        assert message.endswith(".")
    for action, message in NOTES.values():
        assert action in ("noted", "kept")
        assert message.endswith(".")


def test_an_error_speaks_both_languages() -> None:
    error = sentences.error("too_large", {"limit": 5})
    assert str(error) == "The file is larger than 5 MB."
    assert "5" in Language("de").error(error)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(5, 5), (1.5, 1.5), ("a\nb", "a b"), ("x" * 201, "x" * 199 + "…"), (None, "None"), ("\u202eab\x1b[1m", " ab [1m")],
)
def test_parameters_are_fit_to_be_shown(value: object, shown: object) -> None:
    assert sentences.plain(value) == shown


def test_notes_are_counted_past_the_limit() -> None:
    notes = Notes(2)
    for row in range(5):
        notes.add("geometry_unreadable", row=row, field="geometry")
    notes.once("heights_dropped", field="geometry")
    notes.once("heights_dropped", field="geometry")
    assert [(note.rule, note.row) for note in notes] == [
        ("geometry_unreadable", 0),
        ("geometry_unreadable", 1),
        ("heights_dropped", None),
        ("more_of_a_kind", None),
    ]
