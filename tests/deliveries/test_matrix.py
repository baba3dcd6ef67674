"""The same twelve sites in every format and in many systems: stored, they are the same sites."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import shapely

from finder import pipeline
from finder.model.query import all_of
from finder.model.site import ATTRIBUTES, Contact, Site
from finder.model.vocabulary import GeometryQuality, PlanStatus, Zoning
from finder.store import sites as stored_sites
from finder.store.database import Database
from tests import factories
from tests.deliveries import markup, wording, writing
from tests.deliveries.sites import SITES, SOURCE

NEAR_M, NEAR_SHARE = 0.5, 0.001
Made = Path | tuple[Path, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """One way of writing: `make` writes into a folder and returns the deliveries with their options.

    `carried` returns a site as it can come out of the format, None where it cannot be in it; `given_ids` tells whether
    the format has our public ids.
    """

    name: str
    make: Callable[[Path], Sequence[Made]]
    format: str
    carried: Callable[[Site], Site | None] = lambda site: site
    given_ids: bool = True

    def __str__(self) -> str:
        return self.name


def only(*names: str, **changed: Callable[[Site], Any]) -> Callable[[Site], Site]:
    """Return what leaves a site these attributes and its place; `changed` ones are what a function makes of them."""
    lost = {name: None for name in ATTRIBUTES if name not in (*names, "geometry")}
    return lambda site: dataclasses.replace(site, **lost, **{name: change(site) for name, change in changed.items()})


FROM_PLANS = only("grz", "gfz", "bmz", "max_floors", "plan_status", "zoning")


def from_a_plan(site: Site) -> Site | None:
    """Return a site as the area of a plan: of one kind of use, with an outline, named by its plan."""
    if isinstance(site.geometry, shapely.Point):
        return None
    kind = site.zoning[0] if site.zoning else None
    shown = {None: "", Zoning.OTHER: "", Zoning.GEE: " GE"}.get(kind, f" {kind}")
    return dataclasses.replace(
        FROM_PLANS(site),
        source=f"{site.name}, Musterstadt",
        source_id=markup.xplan_key(site),
        name=f"{site.name}{shown}",
        plan_name=site.name,
        zoning=None if kind is None else (kind,),
        zoning_detail="Nutzung eingeschränkt" if kind is Zoning.GEE else None,
        plan_status=site.plan_status if site.plan_status in markup.STATES else None,
    )


OFFERED = only(
    *("address", "stated_area_m2", "divisible_from_m2", "zoning", "grz", "gfz", "bmz", "price_eur_m2"),
    *("price_on_request", "sale_form", "servicing"),
)


def from_an_offer(site: Site) -> Site:
    """Return a site as OpenImmo has it: a point, its plan's state only where that is in force."""
    zoning = ";".join(site.zoning or ())
    return dataclasses.replace(
        OFFERED(site),
        geometry=shapely.centroid(site.geometry),
        geometry_quality=GeometryQuality.POINT,
        plan_status=site.plan_status if site.plan_status is PlanStatus.IN_FORCE else None,
        planning_note="Grundstückstyp GEWERBE",
        price_eur_m2=site.price_eur_m2 or None,  # 0 is what many programs write where nothing is known
        sale_form=site.sale_form or None,  # no form at all is what nobody ticks
        zoning_detail=zoning if ";" in zoning or zoning == "other" else None,
        contact=Contact(organisation="Musterstadt"),
    )


def one(name: str, ending: str, write: Callable[..., Path], format_: str, *args: Any, **how: Any) -> Case:
    """Return the case of a single file."""
    return Case(name, lambda folder: [write(folder / f"sites.{ending}", SITES, *args, **how)], format_)


def office(name: str, ending: str, write: Callable[..., Path], format_: str, *args: Any, **how: Any) -> Case:
    """Return the case of an office's table, read by its own profile."""

    def make(folder: Path) -> Sequence[Made]:
        profile = wording.profile(folder / "amt.toml", wording.OFFICE, SOURCE)
        return [(write(folder / f"sites.{ending}", SITES, *args, **how), {"profile": str(profile)})]

    return Case(name, make, format_, given_ids=False)


def shapefile(name: str, **how: Any) -> Case:
    """Return the case of a zipped Shapefile: two layers are two deliveries."""

    def make(folder: Path) -> Sequence[Made]:
        profile = str(wording.profile(folder / "kataster.toml", wording.DBASE, SOURCE))
        path = writing.shapefile(folder / "sites.zip", SITES, wording.DBASE, **how)
        return [(path, {"profile": profile, "layer": layer}) for layer in ("flaechen", "punkte")]

    return Case(f"Shapefile, {name}", make, "Shapefile", only(*wording.DBASE), given_ids=False)


def plans(folder: Path, version: str, system: str) -> Sequence[Made]:
    return [markup.xplan(folder / "plan.gml", SITES, version, system)]


def layered(folder: Path) -> Sequence[Made]:
    return [(writing.geopackage(folder / "sites.gpkg", SITES, beside="gemarkungen"), {"layer": "flächen"})]


SYSTEMS = ("EPSG:4326", "EPSG:25832", "EPSG:25833", "EPSG:31466", "EPSG:31467", "EPSG:3857", "EPSG:4647", "EPSG:3035")
URN, ADDRESS = "urn:ogc:def:crs:EPSG::{}", "http://www.opengis.net/def/crs/EPSG/0/{}"
OLD_NAME = "urn:ogc:def:crs:EPSG::25832"
CASES = (
    one("GeoJSON", "geojson", writing.geojson, "GeoJSON"),
    one("GeoJSON with a mark before it", "geojson", writing.geojson, "GeoJSON", lead="\ufeff"),
    one("GeoJSON with the system of old", "geojson", writing.geojson, "GeoJSON", writing.METRES, named=OLD_NAME),
    *(one(f"GeoPackage in {s}", "gpkg", writing.geopackage, "GeoPackage", s) for s in SYSTEMS),
    Case("GeoPackage with another layer", layered, "GeoPackage"),
    *(shapefile(f"in {s}", system=s) for s in SYSTEMS),
    shapefile("in a subfolder", folder="Lieferung/Flächen 2026/"),
    shapefile("cp1252, said so", encoding="CP1252", code_page="1252"),
    shapefile("UTF-8, not said", code_page=None),
    *(one(f"FlatGeobuf in {s}", "fgb", writing.flatgeobuf, "FlatGeobuf", s) for s in SYSTEMS),
    one("CSV", "csv", writing.csv_plain, "CSV"),
    one("CSV with a mark before it", "csv", writing.csv_plain, "CSV", encoding="utf-8-sig"),
    office("CSV of an office", "csv", writing.csv_german, "CSV", wording.OFFICE),
    one("XLSX", "xlsx", writing.xlsx, "XLSX"),
    office("XLSX of an office", "xlsx", writing.xlsx, "XLSX", writing.METRES, wording.OFFICE, title="Stand Juni"),
    *(one(f"GeoParquet in {s}", "parquet", writing.geoparquet, "GeoParquet", s) for s in SYSTEMS),
    one("KML", "kml", markup.kml, "KML"),
    one("KMZ", "kmz", markup.kmz, "KMZ"),
    one("KML of GDAL", "kml", writing.gdal_kml, "KML"),
    one("KMZ of GDAL", "kmz", writing.gdal_kml, "KMZ"),
    *(one(f"GML of GDAL in {s}", "gml", writing.gdal_gml, "GML", s) for s in SYSTEMS),
    *(one(f"GML in {s}", "gml", markup.gml, "GML", s) for s in SYSTEMS),
    *(one(f"GML in {s}, by its URN", "gml", markup.gml, "GML", s, named=URN.format(s[5:])) for s in SYSTEMS),
    *(
        Case(f"XPlanGML {v} in {s}", partial(plans, version=v, system=s), f"XPlanGML {v}", from_a_plan, given_ids=False)
        for v in ("5.4", "6.0")
        for s in ("EPSG:25832", "EPSG:31467", "EPSG:4647")
    ),
    Case("OpenImmo", lambda f: [markup.openimmo(f / "a.xml", SITES)], "OpenImmo 1.2.7", from_an_offer, given_ids=False),
    one("GML, by an address", "gml", markup.gml, "GML", "EPSG:4326", named=ADDRESS.format("4326")),
)


def assert_same(found: Site, wanted: Site) -> None:
    """Assert that a stored site is the one that was written."""
    assert (found.name, found.municipality, found.source) == (wanted.name, wanted.municipality, wanted.source)
    assert found.geometry is not None
    assert wanted.geometry is not None
    assert shapely.hausdorff_distance(found.geometry, wanted.geometry, densify=0.05) < NEAR_M
    area = wanted.geometry.area
    assert found.geometry.area == pytest.approx(area, rel=NEAR_SHARE)
    measured = bool(area) and wanted.geometry_quality is not GeometryQuality.APPROXIMATE
    assert found.area_m2 == (pytest.approx(area, rel=NEAR_SHARE) if measured else None)
    for name in ATTRIBUTES:
        if name not in ("geometry", "area_m2"):
            given, want = getattr(found, name), getattr(wanted, name)
            assert given == (pytest.approx(want, rel=1e-9) if isinstance(want, float) else want), name


def deliver(database: Database, made: Sequence[Made]) -> list[pipeline.Report]:
    """Bring in all files of a case."""
    pairs = [one if isinstance(one, tuple) else (one, {}) for one in made]
    return [pipeline.deliver(database, path, at=factories.NOW, **how) for path, how in pairs]


def stored(database: Database) -> dict[str, Site]:
    """Return all sites by their key at the source."""
    with database.reading() as session:
        keys = stored_sites.find(session, all_of(()), ()).keys
        return {listed.site.source_id: listed.site for listed in stored_sites.load(session, keys)}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database to copy: making one takes longer than most deliveries."""
    path = tmp_path_factory.mktemp("empty") / "finder.sqlite"
    with factories.database(f"sqlite:///{path}"):
        pass
    return path


@pytest.fixture
def database(empty: Path, tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{shutil.copy(empty, tmp_path / 'finder.sqlite')}")
    yield database
    database.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_sites(database: Database, tmp_path: Path, case: Case) -> None:
    made = case.make(tmp_path)
    reports = deliver(database, made)
    wanted = {carried.source_id: carried for site in SITES if (carried := case.carried(site)) is not None}
    assert {report.origin.format for report in reports} == {case.format}
    assert [issue for report in reports for issue in report.issues if issue.row is not None] == []
    found = stored(database)
    assert set(found) == set(wanted)
    for key, site in wanted.items():
        assert_same(found[key], site)
        assert (found[key].id == site.id) is case.given_ids
    again = deliver(database, made)
    assert sum(report.unchanged for report in again) == len(wanted)
    assert stored(database) == found


def test_on_both_databases(database_url: str, tmp_path: Path) -> None:
    with factories.database(database_url) as database:
        deliver(database, [writing.geopackage(tmp_path / "sites.gpkg", SITES)])
        found = stored(database)
        for site in SITES:
            assert_same(found[site.source_id], site)
