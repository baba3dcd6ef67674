"""Which bundled profile reads a file. The files are made up."""

from __future__ import annotations

import dataclasses

import pytest

from finder.errors import UnusableInput
from finder.exports.table import COLUMNS
from finder.intake import choosing, profiles
from finder.intake.profiles import Profile
from finder.language import LANGUAGES, Language
from finder.model.record import Issue, RawRecords
from tests.intake import test_brownfield
from tests.intake.deliveries import WHO, rows, sentences, table

SPREADSHEET = {
    "OrganisationURI": "http://example.org/id/district-council/sampleshire",
    "Site Reference": "K1",
    "SiteNameAddress": "Old Yard",
    "Geo X": "-1.31",
    "GeoY": "51.06",
    "HECTARES": "0.9",
    "MinNetDwellings": "10",
}


def of(row: dict[str, str]) -> RawRecords:
    """Return a table of one row."""
    return table({name: [cell] for name, cell in row.items()})


def chosen(raw: RawRecords) -> str:
    """Return the chosen profile's name; the reason must be a sentence."""
    profile, reason = choosing.choose(raw)
    assert (reason.rule, reason.action, reason.row) == ("profile_chosen", "noted", None)
    assert all(profile.name in sentence for sentence in sentences([reason]))
    return profile.name


@pytest.mark.parametrize(
    "row", [test_brownfield.OF_2017, test_brownfield.OF_2018, test_brownfield.OF_TODAY, SPREADSHEET]
)
def test_registers_are_recognised_by_their_headers(row: dict[str, str]) -> None:
    assert chosen(of(row)) == "uk-brownfield"


def test_what_we_export_is_ours() -> None:
    assert chosen(table({name: ["x"] for name in (*COLUMNS, "wkt")})) == "finder"
    assert choosing.choose(rows({}))[1].params["known"] == len(WHO)


def test_strange_columns_are_read_by_our_schema_where_it_has_what_it_needs() -> None:
    raw = table({name: ["x"] for name in ("id", "name", "Farbe", "Form", "Klang", "Duft")})
    profile, reason = choosing.choose(raw)
    assert profile.name == "finder"
    assert (reason.params["known"], reason.params["columns"]) == (2, 6)
    assert "--suggest" in reason.message


@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        (("Bezeichnung", "Fläche_ha"), "name, source_id/id"),
        (("Bezeichnung", "id"), "name"),
        (("name", "Fläche_ha"), "source_id/id"),
        ((), "name, source_id/id"),
        (("\x1b[31mrot\n",), "name, source_id/id"),
    ],
)
def test_what_is_missing_is_named_where_nothing_fits(headers: tuple[str, ...], missing: str) -> None:
    raw = dataclasses.replace(table({header: ["x"] for header in headers}), rows=[1])
    with pytest.raises(UnusableInput) as caught:
        choosing.choose(raw)
    assert caught.value.params["missing"] == missing
    for code in LANGUAGES:
        said = Language(code).error(caught.value)
        assert "--suggest" in said
        assert said.isprintable()


def test_a_few_columns_do_not_make_a_register() -> None:
    strange = {f"Spalte {n}": "x" for n in range(20)}
    with pytest.raises(UnusableInput):
        choosing.choose(of({"Reference": "1", "Organisation": "Sampleshire", **strange}))


def named(name: str, *headers: str, formats: tuple[str, ...] = ()) -> Profile:
    columns = {header: {"from": [header]} for header in headers}
    profile = profiles.parse({"name": name, "title": name, "columns": columns, "formats": list(formats)})
    return dataclasses.replace(profile, name=name)


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> list[Profile]:
    """Profiles in the place of the bundled ones, our own the first of them."""
    own = [profiles.load("finder")]
    monkeypatch.setattr(choosing, "_bundled", lambda: tuple(own))
    return own


def test_a_format_has_its_profile(bundled: list[Profile]) -> None:
    bundled += [named("estate", "owner", formats=("OpenImmo",)), named("plans", "grz", formats=("XPlanGML",))]
    everything = {name: ["1"] for name in ("id", "name", "owner", "grz")}
    assert chosen(table(everything, written="OpenImmo")) == "estate"
    assert chosen(table({"farbe": ["rot"]}, written="OpenImmo")) == "estate"
    assert chosen(table(everything, written="XPlanGML 5.4")) == "plans"
    assert chosen(table(everything, written="CSV")) == "finder"
    assert chosen(table({**everything, "name": ["x"]}, written="OpenImmoder")) == "finder"


def test_among_the_profiles_of_a_format_the_columns_decide(bundled: list[Profile]) -> None:
    bundled += [named("one", "owner", formats=("X",)), named("two", "grz", "gfz", formats=("X",))]
    assert chosen(table({"grz": [1], "gfz": [1]}, written="X")) == "two"
    assert chosen(table({"owner": [1]}, written="X")) == "one"


def test_of_equals_none_is_taken(bundled: list[Profile]) -> None:
    bundled += [named("one", "owner", "grz"), named("two", "owner", "grz")]
    with pytest.raises(UnusableInput):
        choosing.choose(table({"owner": ["x"], "grz": [1]}))
    assert chosen(table({"owner": ["x"], "grz": [1], "id": [1], "name": ["x"]})) == "finder"


def test_an_empty_file_is_ours() -> None:
    assert chosen(table({"Farbe": []})) == "finder"


def test_the_reason_says_how_much_is_known() -> None:
    reason: Issue = choosing.choose(of(SPREADSHEET))[1]
    assert sentences([reason])[1] == ("The profile “uk-brownfield” was chosen: it knows 7 of the file's 7 columns.")
