"""What a profile makes of several columns, read strictly."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from finder.errors import UnusableInput
from finder.intake import profiles
from finder.intake.parts import Making, Part, Record, Sign
from finder.language import LANGUAGES, Language

TABLE: dict[str, Any] = {
    "name": "town",
    "title": "A town's own list",
    "columns": {
        "address": {
            "join": ", ",
            "parts": [
                {"from": ["Straße", "Nr"], "join": " ", "when": {"from": ["frei"], "words": ["ja"], "empty": True}},
                {"from": ["Ort"], "unless": ["?"], "form": "in {}"},
            ],
        },
        "grz": {"parts": [{"from": ["GRZ"], "unless": ["0"]}]},
        "sale_form": {"flags": {"Kauf": "sale", "Pacht": "rent"}},
        "restrictions": {"records": [{"kind": "contamination", "note": {"from": ["Altlasten"]}}]},
        "media": {"from": ["Bilder"], "entries": {"pfad": "url", "größe": ""}},
    },
    "only": [{"from": ["Art"], "words": ["Grundstück"]}],
    "withdrawn": {"from": ["Ende"]},
    "partial": {"from": ["Umfang"], "words": ["Teil"]},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the table with one key set; the path's parts are set apart by bars."""
    table: Any = copy.deepcopy(TABLE)
    *folders, name = path.split("|")
    inner = table
    for folder in folders:
        inner = inner[int(folder)] if isinstance(inner, list) else inner.setdefault(folder, {})
    inner[name] = value
    return table  # type: ignore[no-any-return]


def refused(table: dict[str, Any]) -> UnusableInput:
    with pytest.raises(UnusableInput) as caught:
        profiles.parse(table)
    for code in LANGUAGES:
        assert "%(" not in Language(code).error(caught.value)
    return caught.value


def test_a_profile_with_all_of_it() -> None:
    profile = profiles.parse(TABLE)
    columns = {column.attribute: column for column in profile.columns}
    released = Sign(headers=("frei",), words=("ja",), empty=True)
    assert columns["address"].making.parts == (
        Part(headers=("Straße", "Nr"), join=" ", when=released),
        Part(headers=("Ort",), unless=("?",), form="in {}"),
    )
    assert columns["sale_form"].making.flags == {"Kauf": "sale", "Pacht": "rent"}
    record = Record(members={"kind": "contamination", "note": Part(headers=("Altlasten",))})
    assert columns["restrictions"].making.records == (record,)
    assert columns["media"].making == Making(entries={"pfad": "url", "größe": ""})
    assert (profile.only, profile.withdrawn, profile.partial) == (
        (Sign(headers=("Art",), words=("Grundstück",)),),
        Sign(headers=("Ende",)),
        Sign(headers=("Umfang",), words=("Teil",)),
    )
    assert len(profile.signs()) == 3


def test_a_column_knows_all_headers_it_is_made_of() -> None:
    headers = {column.attribute: column.headers for column in profiles.parse(TABLE).columns}
    assert headers == {
        "address": ("Straße", "Nr", "frei", "Ort"),
        "grz": ("GRZ",),
        "sale_form": ("Kauf", "Pacht"),
        "restrictions": ("Altlasten",),
        "media": ("Bilder",),
    }


def test_a_profile_without_any_of_it() -> None:
    profile = profiles.parse({"name": "bare", "title": "Bare", "columns": {"name": {"from": ["x"]}}})
    assert profile.columns[0].making == Making()
    assert profile.signs() == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("only", {"from": ["x"]}), ("only", ["x"]), ("only|0|words", "x"), ("only|0|empty", 1)),
        *(("withdrawn", ["x"]), ("withdrawn|unless", [1]), ("partial", "TEIL"), ("partial|words", [""])),
        *(("columns|address|parts", "x"), ("columns|address|parts", ["x"]), ("columns|address|parts|0|join", 1)),
        *(("columns|address|parts|0|form", 1), ("columns|address|parts|0|when", ["x"])),
        *(("columns|address|parts|0|when|from", "x"), ("columns|sale_form|flags", ["x"])),
        *(("columns|sale_form|flags|Kauf", 1), ("columns|restrictions|records", {}), ("columns|media|entries", [])),
        *(("columns|restrictions|records|0|note", ["x"]), ("columns|restrictions|records|0|kind", 1)),
        *(("columns|media|entries|pfad", 1),),
    ],
)
def test_values_of_the_wrong_kind_are_refused_by_name(path: str, value: object) -> None:
    assert str(refused(changed(path, value)).params["key"]).startswith(path.replace("|", "."))


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("only|0|from", [], "only.0.from"),
        ("withdrawn", {"words": ["x"]}, "withdrawn.from"),
        ("columns|address|parts|0|from", [], "columns.address.parts.0.from"),
        ("columns|address|parts|0|when|from", [], "columns.address.parts.0.when.from"),
        ("columns|address|parts|1|form", "{name}", "columns.address.parts.1.form"),
        ("columns|address|parts|1|form", "{", "columns.address.parts.1.form"),
        ("columns|address|from", ["Adresse"], "columns.address.parts"),
        ("columns|restrictions|from", ["x"], "columns.restrictions.records"),
        ("columns|sale_form|parts", [{"from": ["x"]}], "columns.sale_form.flags"),
        ("columns|sale_form|flags|Tausch", "barter", "columns.sale_form.flags.Tausch"),
        ("columns|restrictions|records|0|kind", "dragons", "columns.restrictions.records.0.kind"),
        ("columns|restrictions|records|0|severity", "awful", "columns.restrictions.records.0.severity"),
        ("columns|restrictions|records", [{"kind": "mining"}], "columns.restrictions.records.0"),
        ("columns|media|entries|pfad", "path", "columns.media.entries.pfad"),
    ],
)
def test_values_that_make_no_sense_are_refused_by_name(path: str, value: object, key: str) -> None:
    assert refused(changed(path, value)).params["key"] == key


@pytest.mark.parametrize(
    "path",
    [
        *("only|0|word", "withdrawn|join", "partial|form", "columns|address|parts|0|codes"),
        *("columns|address|parts|0|when|join", "columns|restrictions|records|0|colour"),
        *("columns|address|flags", "columns|grz|flags", "columns|restrictions|parts", "columns|address|records"),
        *("columns|grz|check", "columns|grz|entries", "columns|sale_form|records"),
    ],
)
def test_unknown_keys_are_refused_by_name(path: str) -> None:
    error = refused(changed(path, [{"from": ["x"]}]))
    assert error.message == "The profile's key “%(key)s” is not known."
    assert error.params["key"] == path.replace("|", ".")
