"""Plans, offers and GML in ZIP archives, among what comes with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.files import read, refused, zipped
from tests.sources.xplans import file, plan, whole, zone

PLAN = whole(zone()).encode()
OFFERS = "<openimmo><anbieter><immobilie><geo><ort>Musterstadt</ort></geo></immobilie></anbieter></openimmo>"
GML = (
    '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"><gml:featureMember><Flaeche><name>A</name>'
    "</Flaeche></gml:featureMember></gml:FeatureCollection>"
)


@pytest.mark.parametrize("name", ["plan.gml", "folder/xplan.xml", "PLAN.GML"])
def test_a_plan_among_its_documents(tmp_path: Path, name: str) -> None:
    others = {"plan.pdf": b"%PDF", "karte.tif": b"II*\0", "meta.xml": b"<metadata/>", "__MACOSX/plan.gml": PLAN}
    raw = read(zipped(tmp_path / "a.zip", {name: PLAN, **others}))
    assert (raw.origin.format, raw.columns["gml_id"]) == ("XPlanGML 5.2", ["zone"])


def test_several_plans_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.gml": PLAN, "b.gml": file(plan()).encode()})
    assert "2 files to read (a.gml, b.gml)" in str(refused(path, "zip_several"))


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("daten.xml", OFFERS, "OpenImmo"),
        ("daten.gml", GML, "GML"),
    ],
)
def test_offers_and_gml(tmp_path: Path, name: str, content: str, format_: str) -> None:
    raw = read(zipped(tmp_path / "a.zip", {name: content.encode(), "bild.jpg": b"\xff\xd8\xff"}))
    assert (raw.origin.format, len(raw)) == (format_, 1)


def test_layers_cannot_be_chosen(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "a.zip", {"a.gml": PLAN}), "no_layers", layer="x")


def test_other_versions_are_refused_as_outside(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "a.zip", {"a.gml": whole(zone(), version="4.1").encode()}), "xplan_version")


@pytest.mark.parametrize("content", [b"<html/>", b"", b"<!DOCTYPE a><XPlanAuszug/>", b"<OGRVRTDataSource/>"])
def test_other_markup_is_nothing_to_read(tmp_path: Path, content: bytes) -> None:
    refused(zipped(tmp_path / "a.zip", {"a.gml": content}), "zip_content")
