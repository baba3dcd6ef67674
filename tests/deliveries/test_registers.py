"""Registers of English brownfield land, generated, in the header variants of three years: no row gets lost."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely

from finder import crs, pipeline
from finder.store import sites
from finder.store.database import Database
from tests import factories

ROWS = 60
GRID = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
OURS = pyproj.Transformer.from_crs("EPSG:4258", f"EPSG:{crs.METRIC}", always_xy=True)


@dataclass(frozen=True)
class Row:
    """One made-up site, whatever the year."""

    key: str
    name: str
    lon: float
    lat: float
    hectares: float


Cells = dict[str, str]


def of_2017(row: Row) -> Cells:
    """National grid, days first, named by its council."""
    x, y = GRID.transform(row.lon, row.lat)
    return {
        "SiteReference": row.key,
        "SiteAddress": row.name,
        "GeoX": f"{x:.0f}",
        "GeoY": f"{y:.0f}",
        "CoordinateSystem": "OSGB36",
        "Hectares": f"{row.hectares}",
        "OrganisationName": "Sampleshire Council",
        "OrganisationURI": "https://example.org/doc/district-council/sampleshire",
        "OwnershipStatus": "not owned by a public authority",
        "FirstAddedDate": "21/12/2017",
    }


def of_2018(row: Row) -> Cells:
    """Degrees, latitude before longitude, ISO dates."""
    return {
        "OrganisationURI": "http://example.org/id/district-council/sampleshire",
        "OrganisationLabel": "Sampleshire District Council",
        "SiteReference": row.key,
        "SiteNameAddress": row.name,
        "CoordinateReferenceSystem": "ETRS89",
        "GeoY": f"{row.lat}",
        "GeoX": f"{row.lon}",
        "Hectares": f"{row.hectares}",
        "OwnershipStatus": "owned by a public authority",
        "PlanningStatus": "not permissioned",
        "FirstAddedDate": "2017-11-28",
        "LastUpdatedDate": "2018-12-18",
    }


def of_today(row: Row) -> Cells:
    """A place as WKT, small letters with hyphens."""
    return {
        "name": row.key,
        "site-address": row.name,
        "entry-date": "2019-10-20",
        "hectares": f"{row.hectares}",
        "organisation": "district-council:sampleshire",
        "ownership-status": "mixed ownership",
        "point": f"POINT({row.lon} {row.lat})",
        "site": row.key,
        "start-date": "2019-12-15",
    }


YEARS = (of_2017, of_2018, of_today)
KEYS = ("SiteReference", "site")
PLACES = ("GeoX", "point")


def spoil(cells: Cells, names: tuple[str, ...], value: str) -> None:
    """Put a value in the place of that of the first of these columns that is there."""
    name = next(name for name in names if name in cells)
    cells[name] = value


def register(path: Path, year: Callable[[Row], Cells]) -> tuple[Path, list[Row], set[int]]:
    """Write a register; return it, its rows, and the numbers of those that cannot be stored."""
    dice = random.Random(year.__name__)
    rows = [
        Row(
            f"BP{n:03}",
            f"{n} Mill Lane, “Old Yard” & Sons",
            round(dice.uniform(-3.0, 0.5), 6),
            round(dice.uniform(51.0, 54.5), 6),
            round(dice.uniform(0.1, 20), 2),
        )
        for n in range(ROWS)
    ]
    table = [year(row) for row in rows]
    spoil(table[10], KEYS, "")
    spoil(table[20], KEYS, rows[19].key)
    spoil(table[30], PLACES, "POINT(here)" if year is of_today else "here")  # these lose a value each, no more
    for cells in (table[40], table[41]):
        spoil(cells, ("Hectares", "hectares"), "about 3")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path, rows, {11, 21}


@pytest.mark.parametrize("year", YEARS)
def test_stored_and_rejected_are_all_that_was_read(
    database_url: str, tmp_path: Path, year: Callable[[Row], Cells]
) -> None:
    path, rows, bad = register(tmp_path / "register.csv", year)
    with factories.database(database_url) as database:
        report = pipeline.deliver(database, path, anywhere=True)
        assert report.profile == "uk-brownfield"
        assert report.crs == ("EPSG:4326" if year is of_today else None), "the other years say it row by row"
        assert (report.read, report.new, report.rejected) == (ROWS, ROWS - len(bad), len(bad))
        assert {one.row for one in report.rejections} == bad
        assert all(one.reasons for one in report.rejections)
        assert {(issue.row, issue.field) for issue in report.issues if issue.action == "kept"} == {
            (31, "geometry" if year is of_today else "x"),
            (41, "stated_area_m2"),
            (42, "stated_area_m2"),
        }
        found = stored(database)
        again = pipeline.deliver(database, path, anywhere=True)
        assert (again.unchanged, again.rejected) == (report.new, report.rejected)
    wanted = {row.key: row for number, row in enumerate(rows, 1) if number not in bad}
    assert set(found) == set(wanted)
    assert found.pop(rows[30].key) is None
    for key in found:
        row = wanted[key]
        assert found[key].distance(shapely.Point(OURS.transform(row.lon, row.lat))) < 3.0, "metres, on a grid of metres"


def stored(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        listed = sites.load(session, range(1, ROWS - 1))
    return {one.site.source_id: one.site.geometry for one in listed}
