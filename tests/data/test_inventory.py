"""The bundled inventory of documented reserves: its script on rows of our own, and the file that is shipped."""

from __future__ import annotations

import csv
import datetime as dt
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely

from finder import crs, resources
from finder.config import Freshness
from finder.language import LANGUAGES, Language
from finder.model.place import Municipality
from finder.model.vocabulary import Evidence, GeometryQuality, Status
from finder.presentation import expose
from finder.sources import bundled
from finder.store.sites import Listed
from tests.data.deliveries import all_listed, delivered, region

SCRIPT = resources.DATA / "build" / "inventory.py"
COLUMNS = (
    *("id", "name", "municipality", "ags", "second_ags", "gross_ha", "net_ha", "available_ha", "zoning", "plan_status"),
    *("former_use", "owner_or_developer", "availability_as_stated", "transport_as_stated", "target_sectors_as_stated"),
    *("restrictions_as_stated", "as_of", "lat", "lon", "coordinate_basis", "coord_uncertainty_m", "town_check"),
    *("compiler_status", "source_url", "source_url_2", "source_trace", "notes"),
)
DECISIONS = """
source = "Probebestand"
compiler = "Probensammlung"
[publishers]
"example.org" = "Probeblatt"
"zwei.example.org" = "Zweites Blatt"
[as_of]
"undatiert (um 2020)" = "ca. 2020"
"undatiert" = ""
[plan_status]
P-1 = "in_force"
[plan_name]
[zoning.P-1]
kinds = ["GI"]
detail = "GI im Norden"
[restriction_kinds]
"NSG" = "nature"
[[origins]]
id = "P-1"
facts = ["planning_note"]
second = true
as_of = "2019"
"""
ROW = {
    "id": "P-1",
    "name": "Probefläche",
    "municipality": "Musterstadt",
    "ags": "05990001",
    "second_ags": "05990002",
    "gross_ha": "12.5",
    "available_ha": "3",
    "zoning": "GI",
    "plan_status": "Plan 1 rechtskräftig",
    "availability_as_stated": "sofort",
    "restrictions_as_stated": "grenzt an ein NSG; Klage (2018)",
    "as_of": "2021-08",
    "lat": "51.6",
    "lon": "7.1",
    "coordinate_basis": "middle of the road",
    "coord_uncertainty_m": "400",
    "compiler_status": "marketing",
    "source_url": "https://www.example.org/a",
    "source_url_2": "https://zwei.example.org/b",
    "notes": "Two figures differ.",
}
REMARK = "Zwei Angaben weichen voneinander ab."
EMPTY = dict.fromkeys(("second_ags", "gross_ha", "available_ha", "zoning", "source_url_2", "notes"), "")


def built(
    folder: Path, *rows: Mapping[str, str], remarks: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    if remarks is None:
        remarks = {row["id"]: REMARK for row in rows if row["notes"]}
    with (folder / "facts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys((*COLUMNS, *(name for row in rows for name in row)))), "")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "decisions.toml").write_text(DECISIONS, encoding="utf-8")
    written = "".join(f'{key} = "{text}"\n' for key, text in remarks.items())
    (folder / "remarks.toml").write_text(written, encoding="utf-8")
    options = ("--decisions", "decisions.toml", "--remarks", "remarks.toml")
    command = (sys.executable, SCRIPT, "facts.csv", "out.geojson", *options)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def features(folder: Path, *rows: Mapping[str, str], remarks: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    result = built(folder, *rows, remarks=remarks)
    assert result.returncode == 0, result.stderr
    found: list[dict[str, Any]] = orjson.loads((folder / "out.geojson").read_bytes())["features"]
    return found


def metric(geometry: Mapping[str, Any]) -> Any:
    return crs.to_metric(shapely.from_geojson(orjson.dumps(geometry).decode()))


# -- the script -------------------------------------------------------------------------------------------------------


def test_a_row_becomes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    (feature,) = features(tmp_path, ROW)
    site = feature["properties"]
    provenance = site.pop("provenance")
    assert site == {
        "id": "P-1",
        "source": "Probebestand",
        "source_id": "P-1",
        "name": "Probefläche",
        "municipality": "05990001",
        "further_municipalities": ["05990002"],
        "status": "published",
        "evidence": "marketing",
        "stated_area_m2": 125_000,
        "available_area_m2": 30_000,
        "zoning": ["GI"],
        "zoning_detail": "GI im Norden",
        "plan_status": "in_force",
        "planning_note": "Plan 1 rechtskräftig",
        "availability_note": "sofort",
        "restrictions": [
            {"kind": "nature", "note": "grenzt an ein NSG"},
            {"kind": "other", "note": "Klage (2018)", "as_of": "2018"},
        ],
        "note": REMARK,
        "geometry_quality": "approximate",
        "position_uncertainty_m": 400.0,
    }
    assert provenance["*"] == {"source": "Probeblatt", "url": "https://www.example.org/a", "as_of": "2021-08"}
    second = {"source": "Zweites Blatt", "url": "https://zwei.example.org/b", "as_of": "2019"}
    assert provenance["planning_note"] == second
    assert {provenance[name]["source"] for name in ("geometry", "evidence", "note")} == {"Probensammlung"}
    assert "Kreis von 12,5 ha (Bruttofläche)" in provenance["geometry"]["method"]
    assert "middle of the road" in provenance["geometry"]["method"]


@pytest.mark.parametrize(
    ("sizes", "hectares"),
    [
        ({"gross_ha": "40", "net_ha": "20", "available_ha": "5"}, 40),
        ({"gross_ha": "", "net_ha": "20", "available_ha": "5"}, 20),
        ({"gross_ha": "", "net_ha": "", "available_ha": "0.7"}, 0.7),
    ],
)
def test_outline_is_a_circle_of_the_widest_documented_area(
    tmp_path: Path, sizes: dict[str, str], hectares: float
) -> None:
    (feature,) = features(tmp_path, {**ROW, **sizes})
    outline = metric(feature["geometry"])
    (place,) = crs.points_to_metric([7.1], [51.6])
    assert outline.area == pytest.approx(hectares * 10_000, rel=0.002)
    assert outline.centroid.distance(place) < 0.2
    reach = shapely.distance(shapely.points(shapely.get_coordinates(outline)), place)
    assert reach.max() - reach.min() < 0.3


def test_a_second_source_that_no_fact_names_is_cited_with_the_remark(tmp_path: Path) -> None:
    (feature,) = features(tmp_path, {**ROW, "id": "P-2", "zoning": ""})
    assert feature["properties"]["provenance"]["note"] == {
        "source": "Probensammlung, auch nach: Zweites Blatt",
        "url": "https://zwei.example.org/b",
    }


def test_an_empty_remark_leaves_nothing_to_show(tmp_path: Path) -> None:
    (feature,) = features(tmp_path, ROW, remarks={"P-1": ""})
    assert "note" not in feature["properties"]
    assert "note" not in feature["properties"]["provenance"]


@pytest.mark.parametrize(
    ("notes", "remarks"),
    [("Two figures differ.", {}), ("", {"P-1": REMARK}), ("Two figures differ.", {"P-1": REMARK, "P-9": REMARK})],
    ids=["notes without a remark", "remark without notes", "remark without a row"],
)
def test_notes_and_remarks_belong_together(tmp_path: Path, notes: str, remarks: dict[str, str]) -> None:
    result = built(tmp_path, {**ROW, "notes": notes}, remarks=remarks)
    assert result.returncode != 0
    assert "a remark" in result.stderr
    assert not (tmp_path / "out.geojson").exists()


def test_without_an_area_a_point_without_a_place_nothing(tmp_path: Path) -> None:
    nowhere = {"lat": "", "lon": "", "coord_uncertainty_m": "", "coordinate_basis": ""}
    point, none = features(tmp_path, {**ROW, **EMPTY, "id": "P-2"}, {**ROW, **EMPTY, **nowhere, "id": "P-3"})
    assert point["geometry"] == {"type": "Point", "coordinates": [7.1, 51.6]}
    assert point["properties"]["geometry_quality"] == "point"
    assert none["geometry"] is None
    assert not {"geometry_quality", "position_uncertainty_m"} & none["properties"].keys()
    assert "geometry" not in none["properties"]["provenance"]


def test_zero_is_kept_where_it_is_stated_and_draws_nothing(tmp_path: Path) -> None:
    (feature,) = features(tmp_path, {**ROW, **EMPTY, "id": "P-2", "available_ha": "0", "compiler_status": "taken"})
    assert feature["properties"]["available_area_m2"] == 0
    assert feature["properties"]["status"] == "sold"
    assert feature["geometry"]["type"] == "Point"


@pytest.mark.parametrize(
    ("stated", "as_of"),
    [("2013", "2013"), ("2021-08-03", "2021-08-03"), ("undatiert (um 2020)", "ca. 2020"), ("undatiert", None)],
)
def test_dates_stay_as_exact_as_they_are_stated(tmp_path: Path, stated: str, as_of: str | None) -> None:
    (feature,) = features(tmp_path, {**ROW, "as_of": stated})
    assert feature["properties"]["provenance"]["*"].get("as_of") == as_of


@pytest.mark.parametrize(
    "change",
    [
        {"price": "80"},
        {"as_of": "neulich"},
        {"source_url": "https://unbekannt.example/x"},
        {"zoning": ""},
        {"id": "P-2"},
        {"id": "P-2", "zoning": "", "notes": ""},
        {"compiler_status": "sold"},
        {"plan_status": ""},
    ],
    ids=lambda change: "-".join(change),
)
def test_what_is_not_decided_stops_the_script(tmp_path: Path, change: dict[str, str]) -> None:
    result = built(tmp_path, {**ROW, **change})
    assert result.returncode != 0
    assert not (tmp_path / "out.geojson").exists()


# -- the file that is shipped -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory, towns: dict[str, Municipality]) -> list[Listed]:
    url = f"sqlite:///{tmp_path_factory.mktemp('bundled') / 'finder.sqlite'}"
    return all_listed(url, towns, bundled.INVENTORY)


def test_inventory_comes_in_whole_and_without_complaint(database_url: str, towns: dict[str, Municipality]) -> None:
    with region(database_url, towns) as database:
        report = delivered(database, bundled.INVENTORY)
        assert (report.read, report.new, report.issues) == (resources.sources()[bundled.INVENTORY]["count"], 60, ())
        again = delivered(database, bundled.INVENTORY)
        assert (again.unchanged, again.changed, again.missing) == (60, 0, ())


def test_states_of_evidence(listed: list[Listed]) -> None:
    assert Counter(found.site.evidence for found in listed) == {
        Evidence.MARKETING: 1,
        Evidence.RESERVED_OR_RESIDUAL: 18,
        Evidence.IN_PREPARATION: 12,
        Evidence.CONTESTED_PLAN: 6,
        Evidence.POTENTIAL_ONLY: 13,
        Evidence.TAKEN: 10,
    }
    for found in listed:
        sold = found.site.status is Status.SOLD
        assert sold == (found.site.evidence is Evidence.TAKEN)
        assert sold or found.site.status is Status.PUBLISHED
        assert not found.site.sample


def test_nothing_is_said_that_no_source_says(listed: list[Listed]) -> None:
    never = (
        "availability",
        "available_from",
        "price_eur_m2",
        "seveso",
        "ownership",
        "servicing",
        "verified_on",
        "contact",
        "media",
    )
    for found in listed:
        assert all(getattr(found.site, name) is None for name in never)
        assert all(r.severity is None and r.expected_end is None for r in found.site.restrictions or ())
        assert found.site.max_restriction is None
        assert found.site.available_area_m2 != 0 or found.site.status is Status.SOLD
        assert found.site.area_m2 is None, "a circle drawn around a place measures nothing"
        assert found.site.restrictions != ()
    assert {found.site.id for found in listed if found.site.zoning is not None} == {"EL-007", "EL-053", "EL-056"}


def test_remarks_speak_to_a_reader_not_of_the_table(listed: list[Listed]) -> None:
    remarks = {found.site.id: found.site.note for found in listed if found.site.note}
    assert len(remarks) == 58
    columns = {name for name in COLUMNS if "_" in name} | {"notes", "zoning"}
    for key, remark in remarks.items():
        words = set(re.findall(r"\w+", remark))
        assert not words & (columns | {"vs", "slug", "URL", "title"}), key
        assert re.search("[.)]$", remark), key
        assert remark.count("„") == remark.count("“"), key
        assert set(re.findall(r"EL-\d+", remark)) <= {found.site.id for found in listed} - {key}, key


def test_every_fact_has_a_source_with_an_address(listed: list[Listed]) -> None:
    for found in listed:
        whole = found.site.provenance["*"]
        assert whole.source
        assert whole.url
        assert whole.url.startswith(("https://", "http://"))
        assert all(origin.source for origin in found.site.provenance.values())
        if found.site.geometry is not None:
            assert found.site.origin("geometry").method
            assert found.site.origin("geometry").url is None, "no source shows an outline"


def test_outlines_have_the_documented_area_at_the_documented_place(
    listed: list[Listed], towns: dict[str, Municipality]
) -> None:
    kinds = Counter()
    for found in listed:
        site = found.site
        kinds[site.geometry_quality] += 1
        if site.geometry is None:
            assert site.geometry_quality is None
            continue
        assert site.position_uncertainty_m
        home = towns[site.municipality].geometry
        assert home is not None
        # the towns' areas are schematic themselves
        assert site.geometry.centroid.distance(home) <= site.position_uncertainty_m + 1000
        if site.geometry_quality is GeometryQuality.APPROXIMATE:
            documented = next(s for s in (site.stated_area_m2, site.net_area_m2, site.available_area_m2) if s)
            assert site.geometry.area == pytest.approx(documented, rel=0.002)
    assert kinds == {GeometryQuality.APPROXIMATE: 46, GeometryQuality.POINT: 8, None: 6}


@pytest.mark.parametrize("language", LANGUAGES)
def test_exposes_show_sources_and_say_that_it_is_no_offer(
    listed: list[Listed], towns: dict[str, Municipality], language: str
) -> None:
    for found in listed:
        shown = expose.expose(found, towns, Freshness(), dt.date(2026, 11, 1), Language(language))
        named = {origin.url for origin in found.site.provenance.values() if origin.url}
        assert named <= {source.url for source in shown.sources}
        assert shown.badge.state.value == "documented"
