"""Files appear whole or not at all, hold what everybody may see, and lead back to the same sites."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest

from finder import pipeline
from finder.errors import UnusableInput
from finder.exports import files
from finder.model.query import all_of
from finder.model.vocabulary import GeometryQuality, Status
from finder.search.question import Question
from finder.store import sites
from finder.store.sites import Listed
from tests import factories
from tests.store import strategies


def test_a_file_is_written_and_nothing_beside_it(listed: list[Listed], target: Path) -> None:
    assert files.write(target, iter(listed)) == 3
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert gpd.read_file(target)["id"].tolist() == ["whole", "bare", "spot"]


def test_a_name_may_hold_any_bytes(listed: list[Listed], target: Path) -> None:
    odd = target.with_name(os.fsdecode(b"\xff\xfe") + target.name)
    assert files.write(odd, listed) == 3
    assert [path.name for path in target.parent.iterdir()] == [odd.name]


def test_endings_are_read_in_any_case(listed: list[Listed], tmp_path: Path) -> None:
    assert files.write(tmp_path / "SITES.CSV", listed) == 3


def test_what_breaks_off_leaves_the_old_file(listed: list[Listed], target: Path) -> None:
    target.write_bytes(b"old")

    def breaking() -> Iterator[Listed]:
        yield listed[0]
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        files.write(target, breaking())
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("name", ["sites", "sites.pdf", "sites.geojson.zip"])
def test_unknown_endings_are_refused(listed: list[Listed], tmp_path: Path, name: str) -> None:
    with pytest.raises(UnusableInput, match=f"“{name}” has no known ending; write to one of .geojson, .gpkg, .csv"):
        files.write(tmp_path / name, listed)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(listed: list[Listed], tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"The folder of “sites.csv” does not exist"):
        files.write(tmp_path / "nowhere" / "sites.csv", listed)


def test_a_folder_in_the_way_is_named(listed: list[Listed], target: Path) -> None:
    target.mkdir()
    with pytest.raises(UnusableInput, match=f"“{target.name}” cannot be written"):
        files.write(target, listed)


def test_a_file_that_cannot_grow_is_named_and_left_as_it_was(listed: list[Listed], target: Path) -> None:
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(UnusableInput, match=f"“{target.name}” cannot be written: "):
            files.write(target, listed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_drafts_are_in_no_export(database_url: str, target: Path) -> None:
    delivered = [factories.site(id=status.value, status=status) for status in Status]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        scope = Question().scope(factories.TODAY, 365)
        files.write(target, sites.each(session, sites.find(session, scope, ()).keys))
    assert sorted(gpd.read_file(target)["id"]) == ["published", "reserved"]
    assert b"draft" not in target.read_bytes()


def test_an_export_brought_in_again_changes_nothing(database_url: str, target: Path) -> None:
    # as the intake leaves them: outlines measured, points called so
    placed = (
        {"geometry": factories.at(0.123, 7.7), "geometry_quality": GeometryQuality.POINT},
        {"geometry": factories.square(33.3, 1 / 3).reverse(), "area_m2": 40_000.0},
        {"available_from": strategies.DATES[0]},
    )
    delivered = [
        factories.complete_site(),
        factories.site(),
        factories.site(zoning=(), sectors=(), restrictions=(), media=(), sale_form=()),
        factories.site(note="=1+1", owner="'=2", funding_programmes=("a; b", "c"), source_id="007"),
        *(factories.site(**known, quay=i % 2 == 0) for i, known in enumerate(placed)),
    ]
    with factories.database(database_url, delivered, access_points=[factories.access_point()]) as database:
        with database.reading() as session:
            before = sites.load(session, sites.find(session, all_of(()), ()).keys)
        files.write(target, before)
        report = pipeline.deliver(database, target, status=Status.PUBLISHED)
        assert (report.read, report.unchanged) == (len(delivered), len(delivered)), report.issues
        assert (report.new, report.changed, report.rejected, report.missing) == (0, 0, 0, ())
        with database.reading() as session:
            assert sites.load(session, sites.find(session, all_of(()), ()).keys) == before


def test_an_export_fills_another_database_alike(database_url: str, target: Path, tmp_path: Path) -> None:
    point = factories.site(geometry=factories.at(5, 5), geometry_quality=GeometryQuality.POINT)
    delivered = [factories.complete_site(), factories.site(), point]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        first = sites.load(session, sites.find(session, all_of(()), ()).keys)
        files.write(target, first)
    with factories.database(f"sqlite:///{tmp_path / 'other.sqlite'}") as other:
        report = pipeline.deliver(other, target)
        assert (report.new, report.rejected) == (3, 0), report.issues
        with other.reading() as session:
            again = sites.load(session, sites.find(session, all_of(()), ()).keys)
    for a, b in zip(first, again, strict=True):
        same = {"geometry", "area_m2"}  # moved by less than a centimetre, and measured anew
        assert {k: v for k, v in vars(a.site).items() if k not in same} == {
            k: v for k, v in vars(b.site).items() if k not in same
        }
        if a.site.geometry is not None and b.site.geometry is not None:
            assert a.site.geometry.hausdorff_distance(b.site.geometry) < 0.02
