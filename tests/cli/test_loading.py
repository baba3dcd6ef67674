"""Zoning layers on the command line: what is printed, written and answered with."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner, Result

from finder.cli import main
from finder.model.place import Municipality
from finder.store import reference
from finder.store.database import Database
from tests import factories
from tests.sources import xplans

WEST, SOUTH = 7.09, 51.66


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of three sites, used by every command."""
    url = f"sqlite:///{tmp_path / 'finder.sqlite'}"
    monkeypatch.setenv("FINDER_DATABASE", url)
    monkeypatch.setenv("FINDER_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    database = Database(url)
    database.migrate()
    with database.writing() as session:
        reference.replace(session, Municipality, [factories.municipality(code) for code in factories.TOWNS])
        reference.set_setting(session, "inventory", "own")
    database.close()
    sites = [
        {"id": "A-1", "name": "Am Kanal", "place": box(0.0)},
        {"id": "A-2", "name": "Am Hafen", "place": box(0.01), "zoning": "GI"},
        {"id": "A-3", "name": "Am Rand", "place": box(0.05)},
    ]
    assert finder("import", written(tmp_path / "sites.geojson", *sites, municipality="05990001")).exit_code == 0
    return tmp_path


def box(east: float) -> shapely.Polygon:
    """Return a plot so many degrees east."""
    return shapely.box(WEST + east, SOUTH, WEST + east + 0.003, SOUTH + 0.002)


def written(path: Path, *rows: dict[str, Any], **common: Any) -> Path:
    """Write rows as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(row["place"])),
            "properties": common | {name: value for name, value in row.items() if name != "place"},
        }
        for row in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def plans(place: Path) -> Path:
    """A layer of two zones."""
    zones = [{"zoning": "GE", "grz": 0.8, "place": box(0.0)}, {"zoning": "GE", "place": box(0.01)}]
    return written(place / "plans.geojson", *zones, plan_name="Nr. 12", plan_status="in_force", as_of="2019-05-01")


def finder(*words: str | Path) -> Result:
    """Run a command in this process."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def counts(text: str) -> dict[str, int]:
    """Return the counts that were printed and are not zero."""
    return {name: int(n) for name, n in re.findall(r"^  (\S.*?) +(\d+)$", text, re.MULTILINE) if int(n)}


HOW = "by the overlap of its outline with the plan"
FIRST = {
    **dict.fromkeys(("zones read", "zones stored", "of plans in force"), 2),
    **dict.fromkeys(("sites given a zoning", "stated, and different", "in no zone"), 1),
}


def test_a_layer_gives_compares_and_is_shown_with_its_source(plans: Path) -> None:
    result = finder("load", "zoning", plans)
    assert (result.exit_code, counts(result.stdout)) == (0, FIRST)
    assert (
        "Stated is GI, a plan in force shows GE 100 % (Nr. 12 (plans.geojson)). What is stated stays." in result.stdout
    )
    shown = finder("show", "A-1").stdout
    assert re.search(rf"Zoning +GE commercial area \(100 %\) +Nr\. 12 \(plans\.geojson\) · {HOW} · 1 May 2019", shown)
    assert re.search(rf"GRZ +0\.8 +Nr\. 12 \(plans\.geojson\) · {HOW} · 1 May 2019", shown)
    again = finder("load", "zoning", plans)
    assert "The zones are those that were stored before." in again.stdout
    assert counts(again.stdout)["given it before"] == 1


def test_a_dry_run_stores_nothing(plans: Path) -> None:
    for _ in range(2):
        result = finder("load", "zoning", plans, "--dry-run")
        assert (result.exit_code, counts(result.stdout)) == (0, FIRST)
        assert "Nothing was stored." in result.stdout


def test_rejected_rows_are_an_exit_code_and_in_the_report(place: Path, plans: Path) -> None:
    path = written(place / "more.geojson", {"zoning": "GE", "place": box(0.05)}, {"zoning": "Wald", "place": box(0.1)})
    result = finder("load", "zoning", path, "--source", "Musterstadt", "--report", place / "r.json")
    assert result.exit_code == 1
    assert "No zone is of a plan in force: none says anything of a site." in result.stdout
    told = json.loads((place / "r.json").read_text())
    assert (told["layer"], told["rejected"], told["stored"]) == ("Musterstadt", 1, True)
    assert [line["rule"] for line in told["issues"] if line["action"] == "rejected"] == ["zone_kind"]
    finder("load", "zoning", plans, "--report", place / "r.csv")
    with (place / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = [row for row in csv.DictReader(file) if row["about"] == "site"]
    assert (line["id"], line["value"], line["rule"]) == ("A-2", "GI", "zoning_differs")


def test_a_layer_is_taken_back(plans: Path) -> None:
    finder("load", "zoning", plans)
    dry = finder("load", "zoning", "--withdraw", "plans.geojson", "--dry-run")
    real = finder("load", "zoning", "--withdraw", "plans.geojson")
    assert counts(dry.stdout) == counts(real.stdout) == {"taken back from": 1, "in no zone": 2}
    assert "Nothing was stored." in dry.stdout
    assert re.search(r"Zoning +not known", finder("show", "A-1").stdout)
    assert (
        "There is no zoning layer “plans.geojson”; stored are: –."
        in finder("load", "zoning", "--withdraw", "plans.geojson").stderr
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Name either a file or a layer"),
        (("plans.geojson", "--withdraw", "plans"), "Name either a file or a layer"),
        (("none.geojson",), "none.geojson"),
        (("plans.geojson", "--report", "r.txt"), ".json or .csv"),
        (("plans.geojson", "--profile", "none"), "There is no profile “none”"),
        (("sites.geojson",), "lacks an outline or a kind"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(plans: Path, words: tuple[str, ...], said: str) -> None:
    if words == ("sites.geojson",):
        written(plans.parent / "sites.geojson", {"zoning": None, "place": box(0.0)})
    result = finder("load", "zoning", *(plans.parent / word if "." in word else word for word in words))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_plan_in_xplangml_is_a_layer_of_its_own(place: Path) -> None:
    east, north = xplans.EAST, xplans.NORTH
    outline = xplans.Xml(xplans.polygon(xplans.square(east + 100, north, 100)))
    zones = (xplans.zone("a"), xplans.zone("b", besondereArtDerBaulNutzung="1800", position=outline))
    plan = place / "plan.gml"
    plan.write_text(xplans.whole(*zones, inkrafttretensDatum="2019-05-01"))
    half = shapely.box(east + 50, north, east + 150, north + 100)
    sites = place / "sites.csv"
    sites.write_text(f"id;name;municipality;wkt\nB-1;Auf der Grenze;05990001;{half.wkt}\n")
    finder("import", sites, "--crs", xplans.UTM, "--partial")
    result = finder("load", "zoning", plan)
    assert result.exit_code == 0
    assert "layer “Bebauungsplan Nr. 100, Musterstadt”" in result.stdout
    shown = finder("show", "B-1").stdout
    assert "GE commercial area (50 %); GI industrial area (50 %)" in shown
    assert f"Bebauungsplan Nr. 100, Musterstadt · {HOW} · 1 May 2019" in shown
    plan.write_text(xplans.whole(*zones, rechtsstand="5000"))
    assert counts(finder("load", "zoning", plan).stdout)["taken back from"] == 1
