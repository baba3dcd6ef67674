"""Rejected rows of every format come in again as they were, by the profile of the file that they were rejected from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from finder import sources
from finder.exports import rejected
from finder.intake import choosing, normalise, profiles
from finder.model.record import RawRecords
from tests.deliveries.test_matrix import CASES, Case

NAMES = (
    *("GeoJSON", "GeoPackage in EPSG:25832", "Shapefile, in EPSG:31466", "Shapefile, cp1252, said so"),
    *("FlatGeobuf in EPSG:3857", "CSV", "CSV of an office", "XLSX", "XLSX of an office", "GeoParquet in EPSG:4326"),
    *("KML", "KMZ of GDAL", "GML in EPSG:31467", "GML of GDAL in EPSG:4326", "XPlanGML 5.4 in EPSG:25832", "OpenImmo"),
)
ONE_OF_EACH = [case for case in CASES if case.name in NAMES]
NEAR_M = 1e-3


def facts(raw: RawRecords, profile: profiles.Profile) -> pd.DataFrame:
    """Return what the intake makes of a file, without the columns in which nothing stands."""
    frame = normalise.normalise(raw, profile).frame.reset_index(drop=True)
    return frame.dropna(axis="columns", how="all")


def known(column: pd.Series[Any]) -> list[Any]:
    return [None if value is None or value != value else value for value in column.tolist()]


@pytest.mark.parametrize("ending", [".csv", ".gpkg"])
@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_rejected_rows_come_back(tmp_path: Path, case: Case, ending: str) -> None:
    for made in case.make(tmp_path):
        path, how = made if isinstance(made, tuple) else (made, {})
        raw = sources.read(path, layer=how.get("layer"))
        if ending == ".gpkg" and raw.geometry is None:
            continue
        profile = profiles.load(how["profile"]) if "profile" in how else choosing.choose(raw)[0]
        back = tmp_path / f"back{ending}"
        rejected.write(back, raw, dict.fromkeys(raw.rows, "so"))
        before, after = facts(raw, profile), facts(sources.read(back), profile)
        assert set(after) == set(before)
        for name in before:
            if name == "geometry":
                pairs: Any = zip(before[name], after[name], strict=True)
                assert all(a is b or shapely.equals_exact(a, b, tolerance=NEAR_M) for a, b in pairs)
            else:
                assert known(after[name]) == known(before[name]), name


def test_each_format_is_tried() -> None:
    assert {case.name for case in ONE_OF_EACH} == set(NAMES)
    assert {case.format.split()[0] for case in CASES} == {case.format.split()[0] for case in ONE_OF_EACH}
