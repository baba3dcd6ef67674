"""Loading people and access points on the command line: what is printed, written and answered with."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner, Result

from finder import crs
from finder.cli import main
from finder.model.place import Municipality
from finder.model.vocabulary import AccessKind
from finder.store import reference
from tests import factories
from tests.factories import ORIGIN


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of one site, a port and a town, used by every command."""
    url = f"sqlite:///{tmp_path / 'finder.sqlite'}"
    monkeypatch.setenv("FINDER_DATABASE", url)
    monkeypatch.setenv("FINDER_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    site = factories.site(id="A-1", geometry=factories.at())
    port = factories.access_point(AccessKind.INLAND_PORT, 3_000, name="Alter Hafen", source="Muster")
    with factories.database(url, [site], access_points=[port]) as database, database.writing() as session:
        town = factories.municipality(inhabitants=60_000, geometry=factories.square(-1_600, -600, 3_200))
        reference.replace(session, Municipality, [town])
    return tmp_path


def finder(*words: str | Path) -> Result:
    """Run a command in this process."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def counts(text: str) -> dict[str, str]:
    """Return what was counted."""
    return dict(re.findall(r"^  (\S.*?) {2,}([\d,]+|not known)$", text, re.MULTILINE))


def cells(path: Path, *inhabitants: object, header: str = "x,y,Einwohner") -> Path:
    """Write cells of a kilometre, the first at the site and each a kilometre farther east."""
    lines = [f"{ORIGIN[0] + 1000 * at},{ORIGIN[1]},{number}" for at, number in enumerate(inhabitants)]
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def points(path: Path, *rows: dict[str, Any]) -> Path:
    """Write points as GeoJSON, each 500 m from the site unless it says otherwise."""
    features = []
    for row in rows:
        lonlat = crs.to_lonlat(factories.at(row.pop("east", 500.0), 0))
        features.append({"type": "Feature", "geometry": json.loads(shapely.to_geojson(lonlat)), "properties": row})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_grid_is_loaded_and_its_sums_are_told(place: Path) -> None:
    result = finder("load", "population", cells(place / "c.csv", 700, 1200, 3000, -1), "--as-of", "2022-05-15")
    assert result.exit_code == 0
    assert counts(result.stdout) == {
        "cells read": "4",
        "cells counted": "3",
        "without a known number": "1",
        "too far away": "0",
        "rejected": "0",
        "inhabitants": "4,900",
        "of these in the region's towns": "1,900",
        "workforce": "not known",
        "sites counted anew": "1",
    }
    assert "coordinates in EPSG:25832" in result.stdout
    assert "15 May 2022" in result.stdout
    assert "only read as EPSG:25832 (ETRS89 / UTM zone 32N) its places lie here" in result.stdout
    assert "Cells whose number is secret or not known (“-1”) are not counted: 1." in result.stdout
    assert "The towns' areas are schematic" in result.stdout
    again = finder("load", "population", place / "c.csv", "--as-of", "2022-05-15")
    assert "Everything is as it was stored before." in again.stdout


def test_rejected_cells_are_an_exit_code_and_in_the_report(place: Path) -> None:
    path = cells(place / "c.csv", 1, 2)
    path.write_text(path.read_text() + "\n,,7", encoding="utf-8")
    result = finder("load", "population", path, "--source", "Zensus", "--report", place / "r.json")
    assert result.exit_code == 1
    told = json.loads((place / "r.json").read_text())
    assert (told["source"], told["cells"], told["rejected"], told["stored"]) == ("Zensus", 2, 1, True)
    (line,) = [line for line in told["issues"] if line["action"] == "rejected"]
    assert (line["row"], line["field"], line["rule"]) == (3, "geometry", "place_missing")


def test_a_dry_run_stores_no_grid(place: Path) -> None:
    result = finder("load", "population", cells(place / "c.csv", 5), "--dry-run")
    assert (result.exit_code, "Nothing was stored." in result.stdout) == (0, True)
    result = finder("load", "population", "--withdraw")
    assert (result.exit_code, result.stderr) == (2, "No population is loaded.\n")


def test_a_grid_is_taken_back(place: Path) -> None:
    finder("load", "population", cells(place / "c.csv", 5), "--source", "Zensus")
    result = finder("load", "population", "--withdraw")
    assert result.exit_code == 0
    assert "Population “Zensus” taken back; towns count again." in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Name a file, or --withdraw"),
        (("c.csv", "--withdraw"), "Name a file, or --withdraw"),
        (("c.csv", "--as-of", "bald"), "“bald” is no date"),
        (("c.csv", "--crs", "EPSG:3035"), "No cell of the file lies in the region, read as EPSG:3035"),
        (("c.csv", "--report", "r.pdf"), "written as .json or .csv"),
        (("ages.csv",), "No column holds inhabitants"),
        (("none.csv",), "none.csv"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(place)
    cells(place / "c.csv", 5)
    cells(place / "ages.csv", 5, header="x,y,Alter")
    result = finder("load", "population", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


# -- access points ----------------------------------------------------------------------------------------------------


def test_points_are_loaded_told_by_kind_and_measured_to(place: Path) -> None:
    rows = ({"kind": "Gleisanschluss", "name": "Gleis 3"}, {"kind": "Hafen", "name": "Neuer Hafen", "east": 900.0})
    result = finder("load", "access", points(place / "p.geojson", *rows), "--source", "Eigene")
    assert result.exit_code == 0
    assert counts(result.stdout) == {
        "rows read": "2",
        "too far away": "0",
        "of other kinds": "0",
        "rejected": "0",
        "sites measured anew": "1",
    }
    assert "rail freight: loaded 1, now 1" in result.stdout
    assert "inland port: loaded 1, now 2" in result.stdout
    shown = finder("show", "A-1").stdout
    assert "Gleis 3" in shown
    assert "Neuer Hafen" in shown
    again = finder("load", "access", place / "p.geojson", "--source", "Eigene")
    assert "Everything is as it was stored before." in again.stdout
    back = finder("load", "access", "--withdraw", "Eigene")
    assert back.exit_code == 0
    assert "inland port: taken away 1, now 1" in back.stdout
    assert re.search(r"rail freight: taken away 1, bundled ones returned (\d+), now \1$", back.stdout, re.MULTILINE)
    assert "Alter Hafen" in finder("show", "A-1").stdout


def test_rejected_points_are_an_exit_code_and_in_the_report(place: Path) -> None:
    path = points(place / "p.geojson", {"kind": "Hafen", "name": "Hafen"}, {"kind": "=Hangar", "name": "Halle"})
    result = finder("load", "access", path, "--replace", "--report", place / "r.csv")
    assert result.exit_code == 1
    assert "inland port: loaded 1, taken away 1, now 1" in result.stdout
    with (place / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["action"] == "rejected"]
    assert [(line["row"], line["field"], line["value"]) for line in lines] == [("2", "kind", "'=Hangar")]


def test_a_dry_run_stores_no_points(place: Path) -> None:
    path = points(place / "p.geojson", {"name": "Terminal"})
    for _ in range(2):
        result = finder("load", "access", path, "--kind", "rail_freight", "--dry-run")
        assert result.exit_code == 0
        assert "rail freight: loaded 1, now 1" in result.stdout
        assert "Nothing was stored." in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Name either a file or a source"),
        (("p.geojson", "--withdraw", "Eigene"), "Name either a file or a source"),
        (("--replace", "--withdraw", "Eigene"), "Name either a file or a source"),
        (("--withdraw", "Eigene"), "No access points of the source “Eigene” were loaded; loaded are: Muster."),
        (("p.geojson", "--kind", "rail_freight"), "no point of the kind rail_freight"),
        (("bare.geojson",), "No column says what kind of access point the rows are"),
    ],
)
def test_what_cannot_be_taken_is_one_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(place)
    points(place / "p.geojson", {"kind": "Hafen", "name": "Hafen"})
    points(place / "bare.geojson", {"name": "Hafen"})
    result = finder("load", "access", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
