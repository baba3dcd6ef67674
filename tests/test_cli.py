"""The command line as people use it: what it prints, what it stores, and its exit codes."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner, Result

from finder import pipeline
from finder.cli import main
from finder.resources import DATA
from finder.store.database import Database
from tests import factories

MARL = (7.09, 51.66)
"""A place inside the bundled region, longitude and latitude."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the first start leaves it."""
    path = tmp_path_factory.mktemp("filled") / "finder.sqlite"
    database = Database(f"sqlite:///{path}")
    pipeline.start(database, "documented")
    database.close()
    return path


@pytest.fixture
def place(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with its own copy of the filled database, used by every command."""
    shutil.copy(filled, tmp_path / "finder.sqlite")
    monkeypatch.setenv("FINDER_DATABASE", f"sqlite:///{tmp_path / 'finder.sqlite'}")
    monkeypatch.setenv("FINDER_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def finder(*words: str | Path) -> Result:
    """Run a command in this process."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def counts(text: str) -> dict[str, int]:
    """Return the counts that an import printed."""
    return {name: int(n) for name, n in re.findall(r"^  (\S.*?) +(\d+)$", text, re.MULTILINE)}


def written(path: Path, *properties: Mapping[str, Any], lonlat: tuple[float, float] = MARL) -> Path:
    """Write a GeoJSON file with one plot of a few hectares per row of properties."""
    lon, lat = lonlat

    def plot(west: float, south: float) -> Any:
        return json.loads(shapely.to_geojson(shapely.box(west, south, west + 0.003, south + 0.002)))

    features = [
        {
            "type": "Feature",
            "properties": {"id": f"P-{i}", "name": f"Musterplatz {i}", "municipality": "Marl"} | dict(values),
            "geometry": json.loads(
                shapely.to_geojson(shapely.box(lon + i / 100, lat, lon + i / 100 + 0.003, lat + 0.002))
            ),
        }
        for i, values in enumerate(properties)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


# -- bringing in ------------------------------------------------------------------------------------------------------


def test_import_counts_every_row_and_again_changes_nothing(place: Path) -> None:
    file = written(place / "plots.geojson", {"zoning": "GI"}, {"zoning": "GE"}, {"municipality": "Nirgendheim"})
    first = finder("import", file, "--as", "published")
    assert first.exit_code == 1
    assert counts(first.output) == {
        "read": 3,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "repaired": 2,
        "rejected": 1,
        "missing from file": 0,
        "kept as edited": 0,
    }
    assert "“Nirgendheim” is not a municipality of this region." in first.output
    before = (place / "finder.sqlite").read_bytes()
    again = finder("import", file, "--as", "published")
    assert counts(again.output)["unchanged"] == 2
    assert counts(again.output)["new"] == counts(again.output)["changed"] == 0
    assert (place / "finder.sqlite").read_bytes() == before


def test_limits_are_settings(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place / "sites.csv"
    path.write_text("name;municipality\nSüd;Marl\nNord;Marl\n", encoding="utf-8")
    monkeypatch.setenv("FINDER_MAX_FEATURES", "1")
    for words in (
        ["import", path],
        ["import", "--suggest", path],
        ["load", "boundaries", path],
        ["load", "zoning", path],
    ):
        result = finder(*words)
        assert (result.exit_code, result.stderr) == (2, "The file has more than 1 rows.\n"), words


def test_imported_drafts_stay_out_of_searches(place: Path) -> None:
    file = written(place / "plots.geojson", {})
    assert finder("import", file).exit_code == 0
    assert json.loads(finder("search", "--q", "Musterplatz", "--format", "json").output)["matched"] == 0
    assert finder("show", "P-0").exit_code == 0, "the command line is the operator's"


def test_dry_run_stores_nothing(place: Path) -> None:
    result = finder("import", written(place / "plots.geojson", {}), "--dry-run")
    assert result.exit_code == 0
    assert counts(result.output)["new"] == 1
    assert "Nothing was stored." in result.output
    assert finder("show", "P-0").exit_code == 2


def test_strict_stores_nothing_if_one_row_is_rejected_and_still_reports(place: Path) -> None:
    file = written(place / "plots.geojson", {}, {"municipality": "Nirgendheim"})
    result = finder("import", file, "--strict", "--report", place / "report.json")
    assert result.exit_code == 2
    assert finder("show", "P-0").exit_code == 2
    report = json.loads((place / "report.json").read_text())
    assert (report["read"], report["rejected"], report["stored"]) == (2, 1, False)
    assert [issue["row"] for issue in report["issues"] if issue["action"] == "rejected"] == [2]


def test_report_as_table_is_harmless_to_spreadsheets(place: Path) -> None:
    file = written(place / "plots.geojson", {"municipality": "=1+1"})
    assert finder("import", file, "--report", place / "report.csv").exit_code == 1
    with (place / "report.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["value"] for row in rows if row["action"] == "rejected"] == ["'=1+1"]


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_report_tells_every_change_before_and_after(place: Path) -> None:
    finder("import", written(place / "plots.geojson", {"grz": 0.6}, {}, {}), "--as", "published")
    file = written(place / "plots.geojson", {"grz": 0.8, "zoning": "GI"}, {}, {"id": "P-9", "municipality": "=1"})
    before = (place / "finder.sqlite").read_bytes()
    dry = finder("import", file, "--dry-run", "--report", place / "dry.json")
    assert (place / "finder.sqlite").read_bytes() == before
    assert "Site occupancy index GRZ: 0.6 → 0.8" in dry.output
    assert "Missing from the file and proposed for withdrawal" in dry.output
    real = finder("import", file, "--report", place / "real.json")
    assert (dry.exit_code, real.exit_code) == (1, 1)
    told, again = (json.loads((place / f"{name}.json").read_text()) for name in ("dry", "real"))
    assert (told["dry_run"], told["stored"], again["dry_run"], again["stored"]) == (True, False, False, True)
    same = ("sites", "rejected_rows", "missing", "issues", "read", "new", "changed", "unchanged", "rejected")
    assert [told[name] for name in same] == [again[name] for name in same]
    (site,) = again["sites"]
    assert [(one["field"], one["before"], one["after"]) for one in site["changes"]] == [
        ("zoning", None, ["GI"]),
        ("grz", 0.6, 0.8),
    ]
    assert [one["id"] for one in again["missing_sites"]] == ["P-2"]
    assert finder("import", file, "--report", place / "again.csv").exit_code == 1
    assert [
        (line["kind"], line["row"], line["id"]) for line in lines(place / "again.csv") if line["kind"] != "issue"
    ] == [
        ("missing", "", "P-2"),
        ("rejected", "3", ""),
    ]


def test_reports_speak_german(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDER_LANGUAGE", "de")
    finder("import", written(place / "plots.geojson", {"grz": 0.6}))
    finder("import", written(place / "plots.geojson", {"grz": 0.8, "quay": True}), "--report", place / "r.csv")
    told = {
        line["field"]: (line["before"], line["after"]) for line in lines(place / "r.csv") if line["kind"] == "changed"
    }
    assert told == {"grz": ("0,6", "0,8"), "quay": ("nicht bekannt", "ja")}


def test_proposed_withdrawals_are_shown(place: Path) -> None:
    finder("import", written(place / "plots.geojson", {}, {}))
    finder("import", written(place / "plots.geojson", {}), "--partial")
    assert "Proposed for withdrawal" not in finder("show", "P-1").output
    finder("import", written(place / "plots.geojson", {}))
    assert "“plots.geojson” no longer names it." in finder("show", "P-1").output
    check = finder("check")
    assert "• No site is proposed for withdrawal: 1 (P-1)" in check.output
    assert check.exit_code == 0
    finder("import", written(place / "plots.geojson", {}, {}))
    assert "Proposed for withdrawal" not in finder("show", "P-1").output


def test_the_way_back_of_rejected_rows_names_the_profile_that_was_given(place: Path) -> None:
    own = place / "own.toml"
    own.write_text((DATA / "profiles" / "finder.toml").read_text(encoding="utf-8"), encoding="utf-8")
    file = written(place / "plots.geojson", {}, {"municipality": "Nirgendheim"})
    result = finder("import", file, "--profile", own, "--rejected", place / "back.csv")
    assert f"--profile {own}." in result.output


@pytest.mark.parametrize("ending", [".csv", ".gpkg"])
def test_rejected_rows_are_corrected_and_come_in_by_themselves(place: Path, ending: str) -> None:
    file = written(place / "plots.geojson", {}, {"municipality": "Nirgendheim", "note": "=1+1"}, {"grz": 0.6})
    result = finder("import", file, "--rejected", place / f"back{ending}")
    assert result.exit_code == 1
    assert f"The rejected rows are in “back{ending}”; corrected, they come in with --partial" in result.output
    if ending == ".csv":
        text = (place / "back.csv").read_text(encoding="utf-8-sig")
        (place / "back.csv").write_text(text.replace("Nirgendheim", "Marl", 1))
    else:
        frame = gpd.read_file(place / "back.gpkg", use_arrow=False)
        assert "Nirgendheim" in frame["_reasons"].iloc[0]
        frame.assign(municipality="Marl").to_file(place / "back.gpkg", layer="rejected")
    back = finder("import", place / f"back{ending}", "--partial", "--rejected", place / "none.csv")
    assert (back.exit_code, counts(back.output)["new"], counts(back.output)["missing from file"]) == (0, 1, 0)
    assert "_r" not in back.output, "what was added says nothing"
    assert "No row was rejected; “none.csv” was not written." in back.output
    assert not (place / "none.csv").exists()
    shown = json.loads(finder("show", "P-1", "--format", "json").output)
    assert (shown["note"], shown["geometry_quality"]) == ("=1+1", None)
    assert shown["area_m2"] == pytest.approx(46_000, rel=0.02)
    assert counts(finder("import", file, "--partial").output)["unchanged"] == 2


@pytest.mark.parametrize("option", ["--report", "--rejected"])
@pytest.mark.parametrize("name", ["r.pdf", "absent/r.csv", "/proc/r.csv", "folder.csv"])
def test_files_that_cannot_be_written_are_refused_before_anything_is_stored(
    place: Path, option: str, name: str
) -> None:
    (place / "folder.csv").mkdir()
    file = written(place / "plots.geojson", {"municipality": "Nirgendheim"}, {})
    result = finder("import", file, option, place / name)
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert finder("show", "P-1").exit_code == 2


@pytest.mark.parametrize("options", [("--report",), ("--rejected",), ("--report", "--rejected")])
def test_no_file_is_written_over_the_one_that_is_read_or_another(place: Path, options: tuple[str, ...]) -> None:
    file = place / "t.csv"
    file.write_text("id,name,municipality\n1,Eins,Marl\n2,Zwei,Nirgendheim\n")
    before = file.read_bytes()
    target = place / "both.csv" if len(options) > 1 else place / "." / ".." / place.name / file.name
    result = finder("import", file, *(part for option in options for part in (option, target)))
    assert (result.exit_code, len(result.output.strip().splitlines())) == (2, 1)
    assert (file.read_bytes(), (place / "both.csv").exists()) == (before, False)
    assert finder("show", "1").exit_code == 2


def test_rejected_rows_that_cannot_be_written_leave_nothing_stored(place: Path) -> None:
    (place / "t.csv").write_text("id,name,municipality\n1,Eins,Marl\n2,Zwei,Nirgendheim\n")
    before = (place / "finder.sqlite").read_bytes()
    result = finder("import", place / "t.csv", "--rejected", place / "r.gpkg", "--report", place / "r.json")
    assert (result.exit_code, (place / "r.gpkg").exists(), (place / "r.json").exists()) == (2, False, False)
    assert "its rejected rows go into a .csv file" in result.output
    assert (place / "finder.sqlite").read_bytes() == before
    assert sorted(path.name for path in place.iterdir() if path.name.startswith(".")) == []


def test_a_report_is_of_one_file(place: Path) -> None:
    file = written(place / "plots.geojson", {})
    result = finder("import", file, file, "--report", place / "report.json")
    assert (result.exit_code, (place / "report.json").exists()) == (2, False)
    assert finder("show", "P-0").exit_code == 2


def test_outside_the_region_only_where_asked(place: Path) -> None:
    file = written(place / "plots.geojson", {"municipality": "Elsewhere"}, lonlat=(10.0, 53.5))
    assert finder("import", file).exit_code == 1
    assert counts(finder("import", file, "--anywhere").output)["new"] == 1


@pytest.mark.parametrize("name", ["plots.geojson", "plots.gml"])
def test_virtual_file_is_refused_in_one_sentence(place: Path, name: str) -> None:
    secret = place / "secret.csv"
    secret.write_text("name,lon,lat\nsecret,7.09,51.66\n")
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
    (place / name).write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
    before = (place / "finder.sqlite").read_bytes()
    result = finder("import", place / name)
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert "Traceback" not in result.output
    assert "secret" not in result.output
    assert (place / "finder.sqlite").read_bytes() == before


def test_link_to_a_crs_is_not_followed(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        link = {"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/crs", "type": "proj4"}}
        file = written(place / "plots.geojson", {})
        file.write_text(json.dumps({**json.loads(file.read_text()), "crs": link}))
        result = finder("import", file)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert result.exit_code == 2
    assert result.output.strip() == "The file asks for its coordinate reference system to be fetched from elsewhere."
    assert finder("show", "P-0").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("import", "plots.geojson", "--crs", "EPSG:\x1b[2J\n"),
        ("import", "plots.geojson", "--profile", "\x1b]0;x\x07.toml"),
        ("import", "plots.geojson", "--municipality", "Marl\nMarl\u202e"),
        ("search", "--q", "\n", "--zoning", "\x9b2J"),
        ("show", "\x1b[31m"),
        ("export", "\x1b\n.x"),
    ],
)
def test_refusals_are_one_line_that_steers_no_terminal(
    place: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    written(place / "plots.geojson", {})
    result = finder(*words)
    assert result.exit_code == 2
    assert result.output.endswith("\n")
    assert result.output[:-1].isprintable()


@pytest.mark.parametrize("name", ["[b]x[i].geojson", "[@click=x()]x[.geojson"])
def test_names_of_files_are_no_markup(place: Path, name: str) -> None:
    assert name in finder("import", written(place / name, {})).output
    assert name in finder("export", place / name).output


def test_breaking_off_stores_nothing_and_is_no_partial_success(place: Path) -> None:
    slow = place / "slow.geojson"
    slow.write_text('{"a":NaN,"b":"' + '\\"' * 2_000_000)  # keeps the reading busy for minutes
    before = (place / "finder.sqlite").read_bytes()
    (temporary := place / "temporary").mkdir()
    command = [sys.executable, "-m", "finder", "import", str(slow)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(temporary)})
    while not list(temporary.glob("*/said")):  # opened for the words of the process that reads
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, b"")
    assert not list(temporary.iterdir())
    assert (place / "finder.sqlite").read_bytes() == before


def test_refusals_speak_german(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDER_LANGUAGE", "de")
    result = finder("import", place / "nowhere.geojson")
    assert (result.exit_code, result.output.strip()) == (2, "Die Datei „nowhere.geojson“ gibt es nicht.")


# -- asking -----------------------------------------------------------------------------------------------------------


def test_search_says_what_it_left_out(place: Path) -> None:
    finder("import", written(place / "plots.geojson", {"zoning": "GI"}, {}), "--as", "published")
    answer = json.loads(finder("search", "--q", "Musterplatz", "--zoning", "GI", "--format", "json").output)
    assert (answer["matched"], answer["left_out_unknown"], answer["left_out_by"]) == (1, 1, {"zoning": 1})
    table = finder("search", "--q", "Musterplatz", "--zoning", "GI").output
    assert "1 more is left out only because something is not known of it (Zoning 1)." in table
    both = json.loads(
        finder("search", "--q", "Musterplatz", "--zoning", "GI", "--unknown", "include", "--format", "json").output
    )
    assert sorted((s["id"], s["unknown_criteria"]) for s in both["sites"]) == [("P-0", []), ("P-1", ["zoning"])]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--zoning", "GX"), "“GX”"),
        (("--min-area", "big"), "“big”"),
        (("--municipality", "Hamburg"), "“Hamburg”"),
        (("--max-motorway-junction-min", "-3"), "“-3”"),
        (("--near", "Marl"), "“within_min”"),
        (("--near", "Marl", "--within-min", "0"), "“within_min” cannot be “0”"),
        (("--near", "Marl", "--within-min", "5", "--within-km", "5"), "only one"),
        (("--bbox", "1,2,3"), "“1,2,3”"),
    ],
)
def test_wrong_values_are_refused_by_name(place: Path, words: tuple[str, ...], named: str) -> None:
    result = finder("search", *words)
    assert result.exit_code == 2
    assert named in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_minutes_by_the_vehicle_chosen_are_asked_and_ordered(place: Path) -> None:
    near = ("--near", "Recklinghausen", "--within-min", "20", "--vehicle")
    words = ("--max-motorway-junction-min", "10", "--sort", "rail_freight_min", *near)
    found = {}
    for vehicle in ("car", "truck"):
        answer = json.loads(finder("search", *words, vehicle, "--format", "json", "--limit", "1000").output)
        found[vehicle] = {site["id"] for site in answer["sites"]}
        minutes = [site[f"rail_freight_{vehicle}_min"] for site in answer["sites"]]
        assert minutes == sorted(minutes)
        assert all(site[f"motorway_junction_{vehicle}_min"] <= 10 for site in answer["sites"])
        assert answer["left_out_by"]["near"] >= 1
    assert found["truck"] < found["car"]
    sentence = finder("search", *words, "car").output.replace("\u00a0", " ")
    assert "within 20 min by car (estimate) of Recklinghausen" in sentence


def test_unknown_option_is_refused_by_name(place: Path) -> None:
    result = finder("search", "--min-aera", "4ha")
    assert result.exit_code == 2
    assert "--min-aera" in result.output


@pytest.mark.parametrize("kind", ["json", "geojson", "csv", "table"])
def test_every_format_tells_the_same_sites(place: Path, kind: str) -> None:
    output = finder("search", "--municipality", "Marl", "--format", kind, "--limit", "1000").output
    wanted = {
        s["id"] for s in json.loads(finder("search", "--municipality", "Marl", "--format", "json").output)["sites"]
    }
    assert wanted
    match kind:
        case "json":
            found = {s["id"] for s in json.loads(output)["sites"]}
        case "geojson":
            found = {f["id"] for f in json.loads(output)["features"]}
        case "csv":
            found = {row["id"] for row in csv.DictReader(output.removeprefix("\ufeff").splitlines())}
        case _:
            found = set(re.findall(r"^(EL-\d+) ", output, re.MULTILINE))
    assert found == wanted


def test_show_prints_every_group_and_says_what_is_not_known(place: Path) -> None:
    output = finder("show", "EL-007").output
    assert "not known" in output
    assert "beeline" in output
    shown = json.loads(finder("show", "EL-007", "--format", "json").output)
    found = json.loads(finder("search", "--q", "EL-007", "--format", "json").output)["sites"]
    assert [{**shown, "unknown_criteria": []}] == found, "one site looks alike in both"
    assert json.loads(finder("show", "EL-007", "--format", "geojson").output)["geometry"]["type"] == "Polygon"


def test_show_says_towns_and_sectors_by_name(place: Path) -> None:
    row = {"sectors": "logistics", "further_municipalities": "05562008"}
    finder("import", written(place / "plots.geojson", row))
    output = finder("show", "P-0").output
    assert "Logistics" in output
    assert "Datteln" in output
    assert "05562" not in output, "the town that delivered the list is its source, by name"


def test_wrong_settings_are_told_in_the_readers_language(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDER_DUE_DAYS", "soon")
    result = finder("check")
    assert (result.exit_code, "must be a whole number of days" in result.output) == (2, True)


def test_show_of_no_site(place: Path) -> None:
    result = finder("show", "EL-999")
    assert (result.exit_code, result.output.strip()) == (2, "There is no site “EL-999”.")


# -- writing out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "csv"])
def test_export_and_import_change_nothing(place: Path, ending: str) -> None:
    finder("import", written(place / "plots.geojson", {"zoning": "GI", "grz": 0.8}, {}), "--as", "published")
    file = place / f"out.{ending}"
    result = finder("export", file, "--municipality", "Marl")
    assert result.exit_code == 0
    back = finder("import", file, "--as", "published")
    found = counts(back.output)
    assert (found["new"], found["changed"], found["rejected"]) == (0, 0, 0), back.output
    assert found["unchanged"] == found["read"] > 2


def test_export_refuses_an_unknown_ending(place: Path) -> None:
    result = finder("export", place / "out.docx")
    assert result.exit_code == 2
    assert "out.docx" in result.output
    assert not (place / "out.docx").exists()


# -- keeping ----------------------------------------------------------------------------------------------------------


def test_check_and_measure_agree_that_all_is_well(place: Path) -> None:
    assert finder("check").exit_code == 0
    assert "Nothing is stale" in finder("measure").output
    assert re.search(r"Access of [1-9]\d* sites measured", finder("measure", "--all").output)
    assert finder("measure", "--kind", "airport").exit_code == 0
    assert finder("check").exit_code == 0


def test_check_does_not_blame_what_was_admitted_anywhere(place: Path) -> None:
    elsewhere = written(place / "plots.geojson", {"municipality": "Elsewhere"}, lonlat=(10.0, 53.5))
    assert finder("import", elsewhere, "--anywhere").exit_code == 0
    result = finder("check")
    assert result.exit_code == 0
    assert "• Every site lies in a municipality of the region: 1 (P-0)" in result.output


def test_check_finds_a_damaged_index(place: Path) -> None:
    database = Database(os.environ["FINDER_DATABASE"])
    with database.writing() as session:
        session.exec_driver_sql("DELETE FROM site_rtree WHERE pk = (SELECT min(pk) FROM site_rtree)")
    database.close()
    result = finder("check")
    assert result.exit_code == 1
    assert "✗ The spatial index agrees with the sites" in result.output


def test_boundaries_come_from_a_file_of_ones_own(place: Path) -> None:
    shape = shapely.box(*shapely.buffer(factories.at(), 3000).bounds)
    for number, codes in enumerate((["05562024", "01001000"], [5562024, 1001000])):
        frame = gpd.GeoDataFrame({"AGS": codes, "GEN": ["a", "b"]}, geometry=[shape, shape], crs=25832)
        frame.to_file(place / f"{number}.gpkg", layer="towns")
        assert (
            "1 municipality has its real boundary now." in finder("load", "boundaries", place / f"{number}.gpkg").output
        )
    (place / "towns.csv").write_text("AGS;GEN\n05562024;Marl\n")
    assert "only a table" in finder("load", "boundaries", place / "towns.csv").output
    assert finder("load", "boundaries", place / "plots.gpkg").exit_code == 2


# -- the program as a process -----------------------------------------------------------------------------------------


@pytest.fixture
def server(place: Path) -> Iterator[str]:
    """The address of a real `finder serve`, stopped with Ctrl+C."""
    command = [sys.executable, "-m", "finder", "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        timer = threading.Timer(60, process.kill)
        timer.start()
        line = process.stderr.readline()
        timer.cancel()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line + process.stderr.read()
        yield address[0]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr
        process.stderr.close()


def test_serve_prints_its_address_and_answers(server: str) -> None:
    with urllib.request.urlopen(server + "healthz") as response:
        assert json.loads(response.read())["status"] == "ok"
    with urllib.request.urlopen(server + "sites?municipality=Marl&lang=de") as response:
        assert "Flächen" in response.read().decode()


def test_idle_connections_shut_nobody_out(server: str) -> None:
    host, port = re.fullmatch(r"http://(.*):(\d+)/", server).groups()  # type: ignore[union-attr]
    with ExitStack() as open_:
        for _ in range(200):
            open_.enter_context(socket.create_connection((host, int(port))))
        with urllib.request.urlopen(server + "healthz", timeout=20) as response:
            assert response.status == 200


def test_serving_other_machines_needs_a_secret(place: Path) -> None:
    result = finder("serve", "--host", "0.0.0.0", "--port", "0")
    assert result.exit_code == 2
    assert "FINDER_SECRET_KEY" in result.output


@pytest.mark.parametrize("host", ["192.0.2.1", "absent.invalid"])
def test_serving_at_an_address_of_others_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("FINDER_SECRET_KEY", "x" * 40)
    # in a process of its own: waitress leaves what it began open
    command = [sys.executable, "-m", "finder", "serve", "--host", host, "--port", "0"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, f"“{host}” is not an address of this machine.\n")


def test_sample_is_never_mixed_with_real_data(place: Path) -> None:
    result = finder("serve", "--sample", "--port", "0")
    assert result.exit_code == 2
    assert "real data" in result.output


def test_nothing_is_brought_into_the_sample(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINDER_DATABASE")
    result = finder("--sample", "import", written(place / "plots.geojson", {}))
    assert result.exit_code == 2
    assert "fictional sample" in result.output
    assert json.loads(finder("--sample", "search", "--q", "Musterplatz", "--format", "json").output)["matched"] == 0


def test_closed_pipe_is_no_error(place: Path) -> None:
    command = f"{sys.executable} -m finder search --format csv | head -1"
    result = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert result.stdout.count("\n") == 1
    assert "Traceback" not in result.stderr
