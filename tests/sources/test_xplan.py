"""XPlanGML of all versions: areas with their plans, texts, measures and outlines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.limits import Limits
from finder.sources import xplan
from finder.sources.sentences import Refusal
from tests.sources.canary import File, Server
from tests.sources.files import read, refused, rules, written
from tests.sources.xplans import (
    BUILDABLE,
    EAST,
    NORTH,
    UTM,
    VERSIONS,
    Ref,
    Xml,
    buildable,
    document,
    feature,
    file,
    height,
    only,
    parsed,
    plan,
    rows,
    said,
    section,
    square,
    surfaces,
    text,
    town,
    whole,
    zone,
)

# -- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_by_its_namespace(tmp_path: Path, version: str) -> None:
    raw = read(written(tmp_path, "a.xml", whole(zone(GRZ="0.8"), version=version)))
    assert (raw.origin.format, raw.crs, rules(raw)) == (f"XPlanGML {version}", UTM, [])
    assert raw.geometry is not None
    assert shapely.from_wkb(raw.geometry[0]).equals(shapely.Polygon(square(EAST, NORTH, 100)))
    cells = {name: values[0] for name, values in raw.columns.items()}
    assert cells["typ"] == "BP_BaugebietsTeilFlaeche"
    assert cells["gml_id"] == "zone"
    assert (cells["allgArtDerBaulNutzung"], cells["besondereArtDerBaulNutzung"], cells["GRZ"]) == (
        "3000",
        "1700",
        "0.8",
    )
    assert (cells["bereich_nummer"], cells["plan_typ"], cells["plan_nummer"]) == ("0", "BP_Plan", "100")
    assert (cells["plan_rechtsstand"], cells["plan_gemeinde.ags"]) == ("4000", "05990001")


@pytest.mark.parametrize(
    ("namespace", "version"),
    [
        ("http://www.xplanung.de/xplangml/4/0", "4.0"),
        ("http://www.xplanung.de/xplangml/4/1", "4.1"),
        ("http://www.xplanung.de/xplangml/3/0", "3.0"),
        ("http://www.xplanung.de/xplangml/7/0", "7.0"),
        ("http://www.xplanung.de/xplangml", "http://www.xplanung.de/xplangml"),
        ("http://example.org/5/2", "http://example.org/5/2"),
    ],
)
def test_other_versions_are_refused_by_name(tmp_path: Path, namespace: str, version: str) -> None:
    path = written(tmp_path, "a.gml", file(plan(), section(), zone(), namespace=namespace))
    with pytest.raises(Refusal) as caught:
        xplan.read(path, Limits())
    assert caught.value.params == {"version": version, "versions": "5.0, 5.1, 5.2, 5.3, 5.4, 6.0, 6.1"}


def test_an_older_version_is_refused_in_a_sentence_of_its_own(tmp_path: Path) -> None:
    error = refused(written(tmp_path, "a.gml", whole(zone(), version="4.1")), "xplan_version")
    assert "XPlanGML 4.1" in str(error)


# -- rows -------------------------------------------------------------------------------------------------------------


def test_areas_of_land_use_plans(tmp_path: Path) -> None:
    area = zone(kind="FP_BebauungsFlaeche", besondereArtDerBaulNutzung=None, GFZ="2.4")
    row = only(tmp_path, file(plan(prefix="FP", name="FNP"), section(prefix="FP"), area))
    assert (row["typ"], row["plan_typ"], row["allgArtDerBaulNutzung"], row["GFZ"]) == (
        "FP_BebauungsFlaeche",
        "FP_Plan",
        "3000",
        "2.4",
    )


def test_buildable_areas_are_areas_where_they_state_a_use(tmp_path: Path) -> None:
    table = parsed(tmp_path, whole(zone("a"), buildable(0, 0), zone("c", BUILDABLE)))
    assert [row["gml_id"] for row in rows(table)] == ["a", "c"]
    assert said(table) == [("features_left_out", None, None)]


def test_what_is_no_area_is_counted_and_named(tmp_path: Path) -> None:
    others = [
        *(feature("XP_PPO", f"p{i}", {"art": "symbol"}) for i in range(3)),
        feature("SO_Strassenverkehrsrecht", "s", {}),
        feature("RP_Gewerbe", "r", {}),
    ]
    table = parsed(tmp_path, whole(zone(), *others))
    (note,) = table.notes
    assert table.length == 1
    assert note.message % note.params == (
        "5 objects that state no kind of building use were left out: "
        "XP_PPO (3), SO_Strassenverkehrsrecht (1), RP_Gewerbe (1)."
    )


def test_all_kinds_are_named_however_many(tmp_path: Path) -> None:
    kinds = [f"BP_VerkehrsflaecheBesondererZweckbestimmung{i}" for i in range(30)]
    raw = read(written(tmp_path, "a.gml", whole(zone(), *(feature(kind, kind, {}) for kind in kinds))))
    (note,) = raw.issues
    assert all(kind in str(note.params["kinds"]) for kind in kinds)


def test_a_file_without_areas_is_its_plans(tmp_path: Path) -> None:
    table = parsed(
        tmp_path,
        file(
            plan("a", internalId="X-1", inkrafttretensDatum="2012-05-30"),
            section(gehoertZuPlan=Ref("#a")),
            plan("b", "FP", name="FNP"),
        ),
    )
    first, second = rows(table)
    assert (first["typ"], first["gml_id"], first["plan_internalId"]) == ("BP_Plan", "a", "X-1")
    assert (first["plan_typ"], first["plan_gml_id"], first["plan_inkrafttretensDatum"]) == (
        "BP_Plan",
        "a",
        "2012-05-30",
    )
    assert (second["typ"], second["plan_name"]) == ("FP_Plan", "FNP")
    assert "plan_raeumlicherGeltungsbereich" not in table.columns
    assert table.geometry is not None
    shapes = shapely.from_wkb(table.geometry.to_pylist())
    assert shapely.area(shapes).tolist() == [160_000, 160_000]


def test_plans_of_other_kinds_only_are_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "a.gml", file(feature("RP_Plan", "a", {"name": "Regionalplan"}), section()))
    assert "RP_Plan (1)" in str(refused(path, "no_plans"))


def test_an_area_without_id_or_outline(tmp_path: Path) -> None:
    table = parsed(tmp_path, whole(zone(None, position=None)))
    (row,) = rows(table)
    assert "gml_id" not in row
    assert table.geometry is None


# -- values -----------------------------------------------------------------------------------------------------------


def test_all_simple_properties_are_columns(tmp_path: Path) -> None:
    stated = {
        "rechtsstand": "1000",
        "gliederung1": "2",
        "gliederung2": "(A, B)",
        "flaechenschluss": "true",
        "abweichungBauNVO": "1000",
        "nutzungText": "Lager & Logistik <1>",
        "GRZ": "0.8",
        "GFZmin": "0.4",
        "GFZ": "2.4",
        "BMZ": "10",
        "Z": "3",
        "bauweise": "2000",
    }
    row = only(tmp_path, whole(zone(**stated)))
    assert {name: row[name] for name in stated} == stated


def test_empty_and_nil_properties_say_nothing(tmp_path: Path) -> None:
    content = whole(zone(gliederung1="", nutzungText="  ", GRZ="0.8"))
    row = only(tmp_path, content.replace("<xplan:GRZ>0.8</xplan:GRZ>", "<xplan:GRZ xsi:nil='true'/>"))
    assert row.keys().isdisjoint({"gliederung1", "nutzungText", "GRZ"})


@pytest.mark.parametrize(
    ("wrap", "column"),
    [
        (lambda stated: stated, None),
        (lambda stated: {"dimensionierung": {"BP_Dimensionierung": stated}}, "dimensionierung.BP_Dimensionierung"),
        (lambda stated: {"festsetzungen": {"A": {"mass": {"B": stated}}}}, None),
    ],
)
def test_measures_count_wherever_they_stand(tmp_path: Path, wrap: Any, column: str | None) -> None:
    stated = {"GRZ": "0.8", "GFZ": "2.4", "BMZ": "10", "Z": "4", "hoehenangabe": height(12.5, name="hMax")}
    row = only(tmp_path, whole(zone(**wrap(stated))))
    assert (row["GRZ"], row["GFZ"], row["BMZ"], row["Z"]) == ("0.8", "2.4", "10", "4")
    assert row["hoehenangabe@2000@3000.hMax"] == "12.5"


def test_an_areas_own_measure_goes_before_deeper_ones(tmp_path: Path) -> None:
    row = only(tmp_path, whole(zone(GRZ="0.6", mass={"A": {"GRZ": "0.8", "GFZ": "1"}}, mehr={"A": {"GFZ": "1.2"}})))
    assert (row["GRZ"], row["GFZ"]) == ("0.6", ["1", "1.2"])


def test_equal_deeper_measures_are_one(tmp_path: Path) -> None:
    row = only(tmp_path, whole(zone(mass=[{"A": {"GRZ": "0.8"}}, {"A": {"GRZ": "0.8"}}])))
    assert row["GRZ"] == "0.8"


def test_heights_by_what_they_refer_to(tmp_path: Path) -> None:
    heights = [height(12), height(9, point="1000"), height(65, "1000"), height(13), height(4, point=None, name="hMin")]
    row = only(tmp_path, whole(zone(hoehenangabe=heights)))
    assert {name: value for name, value in row.items() if name.endswith((".h", ".hMin"))} == {
        "hoehenangabe@2000@3000.h": "12",
        "hoehenangabe@2000@1000.h": "9",
        "hoehenangabe@1000@3000.h": "65",
        "hoehenangabe@2000@3000@2.h": "13",
        "hoehenangabe@2000@.hMin": "4",
    }


def test_units_other_than_the_schemas(tmp_path: Path) -> None:
    inner = "<xplan:XP_Hoehenangabe><xplan:h uom='urn:adv:uom:{}'>40</xplan:h></xplan:XP_Hoehenangabe>"
    for unit, wanted in (("m", "40"), ("ft", "40 ft")):
        row = only(tmp_path, whole(zone(hoehenangabe=Xml(inner.format(unit)))))
        assert row["hoehenangabe@@.h"] == wanted


@pytest.mark.parametrize("version", ["5.4", "6.0"])
def test_special_uses_of_both_generations(tmp_path: Path, version: str) -> None:
    use: Any = (
        "1600" if version == "5.4" else {"BP_KomplexeSondernutzung": {"allgemein": "1600", "nutzungText": "Markt"}}
    )
    row = only(tmp_path, whole(zone(besondereArtDerBaulNutzung="2100", sondernutzung=use), version=version))
    assert row["sondernutzung" if version == "5.4" else "sondernutzung.allgemein"] == "1600"


def test_what_repeats_itself_is_a_list(tmp_path: Path) -> None:
    uses = [{"BP_KomplexeSondernutzung": {"allgemein": code}} for code in ("1600", "1800")]
    lots = [{"XP_Vermerk": {"art": "a"}}, {"XP_Vermerk": {"art": "b"}}]
    row = only(tmp_path, whole(zone(sondernutzung=uses, vermerk=lots), planArt=["10001", "3000"]))
    assert row["plan_planArt"] == ["10001", "3000"]
    assert (row["sondernutzung.allgemein"], row["sondernutzung@2.allgemein"]) == ("1600", "1800")
    assert row["vermerk"] == [{"art": "a"}, {"art": "b"}]


def test_towns_and_documents_of_a_plan(tmp_path: Path) -> None:
    row = only(
        tmp_path,
        whole(
            zone(),
            gemeinde=[town(), town(ags="05990002", gemeindeName="Beispielhausen")],
            externeReferenz=[
                document("1010", "https://example.org/b.pdf"),
                document("1030", "https://example.org/p.pdf"),
            ],
        ),
    )
    assert (row["plan_gemeinde.ags"], row["plan_gemeinde@2.ags"]) == ("05990001", "05990002")
    assert row["plan_externeReferenz@1030.referenzURL"] == "https://example.org/p.pdf"
    assert row["plan_externeReferenz@1010.referenzURL"] == "https://example.org/b.pdf"


def test_versions_of_the_law(tmp_path: Path) -> None:
    old = only(tmp_path, whole(zone(), versionBauNVODatum="1990-01-23", veraenderungssperre="true"))
    assert (old["plan_versionBauNVODatum"], old["plan_veraenderungssperre"]) == ("1990-01-23", "true")
    law = {"XP_GesetzlicheGrundlage": {"name": "BauNVO", "datum": "2017-11-21"}}
    lock = {"BP_VeraenderungssperreDaten": {"startDatum": "2020-01-01", "endDatum": "2022-01-01"}}
    new = only(tmp_path, whole(zone(), version="6.1", versionBauNVO=law, veraenderungssperre=lock))
    assert (new["plan_versionBauNVO.datum"], new["plan_veraenderungssperre.endDatum"]) == ("2017-11-21", "2022-01-01")


# -- references -------------------------------------------------------------------------------------------------------


def test_references_lead_forwards_and_backwards(tmp_path: Path) -> None:
    told = [text("t1", "Kein Handel."), text("t2", "Kein Lager.", "§ 2")]
    members = [zone(refTextInhalt=[Ref("#t1"), Ref("#t2")]), *told, section(), plan()]
    for order in (members, members[::-1]):
        row = only(tmp_path, file(*order))
        assert (row["plan_name"], row["bereich_gml_id"]) == ("Bebauungsplan Nr. 100", "bereich")
        assert row["refTextInhalt"] == "§ 1: Kein Handel.\n§ 2: Kein Lager."


def test_references_the_other_way_round(tmp_path: Path) -> None:
    plans = [plan("p1", name="Eins", bereich=Ref("#b1")), plan("p2", name="Zwei", bereich=Ref("#b2"))]
    sections = [
        section("b1", gehoertZuPlan=None, planinhalt=[Ref("#z1")]),
        section("b2", gehoertZuPlan=None, planinhalt=[Ref("#z2")]),
    ]
    zones = [zone("z1", gehoertZuBereich=None), zone("z2", gehoertZuBereich=None)]
    told = text("t", "Gilt.", kind="XP_TextAbschnitt", gehoertZuObjekt=[Ref("#z1"), Ref("#z2")])
    table = parsed(tmp_path, file(*zones, *plans, *sections, told, version="6.1"))
    assert said(table) == []
    assert [(row["plan_name"], row["bereich_gml_id"], row["refTextInhalt"]) for row in rows(table)] == [
        ("Eins", "b1", "§ 1: Gilt."),
        ("Zwei", "b2", "§ 1: Gilt."),
    ]


def test_a_text_that_stands_elsewhere_is_its_address(tmp_path: Path) -> None:
    elsewhere = {"XP_ExterneReferenz": {"referenzURL": "https://example.org/t.pdf"}}
    told = feature("BP_TextAbschnitt", "t", {"schluessel": "§ 3", "refText": elsewhere})
    row = only(tmp_path, whole(zone(refTextInhalt=Ref("#t")), told))
    assert row["refTextInhalt"] == "§ 3: https://example.org/t.pdf"


def test_the_only_plan_is_taken_where_none_is_named(tmp_path: Path) -> None:
    table = parsed(tmp_path, file(plan(), zone("a", gehoertZuBereich=None), zone("b", gehoertZuBereich=None)))
    assert said(table) == [("plan_assumed", None, None)]
    assert [row["plan_name"] for row in rows(table)] == ["Bebauungsplan Nr. 100"] * 2


def test_of_several_plans_none_is_guessed(tmp_path: Path) -> None:
    table = parsed(tmp_path, file(plan("a"), plan("b"), zone(gehoertZuBereich=None)))
    assert said(table) == [("plan_missing", 1, None)]
    assert "plan_name" not in rows(table)[0]


def test_references_to_nothing_are_noted(tmp_path: Path) -> None:
    table = parsed(
        tmp_path,
        file(
            plan("a"),
            plan("b"),
            section(gehoertZuPlan=Ref("#c")),
            zone("z1", refTextInhalt=[Ref("#t"), Ref("#bereich")]),
            zone("z2", gehoertZuBereich=Ref("#z1")),
        ),
    )
    assert said(table) == [
        ("reference_missing", 1, "#t"),
        ("reference_missing", 1, "#bereich"),
        ("reference_missing", 1, "#c"),
        ("plan_missing", 1, None),
        ("reference_missing", 2, "#z1"),
        ("plan_missing", 2, None),
    ]


def test_of_equal_ids_the_first_is_meant(tmp_path: Path) -> None:
    table = parsed(tmp_path, file(plan(name="Eins"), plan(name="Zwei"), section(), zone(), zone()))
    assert said(table) == [("id_repeated", None, "plan"), ("id_repeated", None, "zone")]
    assert [(row["gml_id"], row["plan_name"]) for row in rows(table)] == [("zone", "Eins")] * 2
    again = parsed(tmp_path, file(plan(name="Eins"), plan(name="Zwei")))
    assert [row["plan_name"] for row in rows(again)] == ["Eins", "Zwei"]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[File]:
    file = File(tmp_path / "ours")
    yield file
    file.close()


def test_nothing_outside_the_file_is_fetched(tmp_path: Path, server: Server, secret: File) -> None:
    web, local = f"{server.address}/plan.gml", f"file://{secret.path}"
    content = file(
        plan(externeReferenz=document("1030", web), bereich=Ref(web)),
        section(gehoertZuPlan=Ref(f"{web}#plan")),
        zone("a", refTextInhalt=[Ref(web), Ref(local)]),
        zone("b", gehoertZuBereich=Ref(str(secret.path)), position=Ref(web)),
        zone("c", position=Xml(surfaces(f'<gml:Polygon xlink:href="{web}"/>'))),
        zone("d", position=Xml(f'<gml:MultiSurface><gml:surfaceMember xlink:href="{web}"/></gml:MultiSurface>')),
    ).replace("<xplan:XPlanAuszug", f'<xplan:XPlanAuszug xsi:schemaLocation="{web} {web}"', 1)
    raw = read(written(tmp_path, "a.gml", content))
    assert len(raw) == 4
    assert {rule for rule, row, _ in said(raw) if row} >= {"reference_outside", "reference_left_out"}
    assert raw.columns["plan_externeReferenz@1030.referenzURL"][0] == web
    assert (server.connections, secret.opened()) == (0, False)


# -- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_features": 2}, "too_many_features"),
        ({"max_vertices": 12}, "too_many_vertices"),
        ({"max_columns": 5}, "too_many_columns"),
        ({"max_depth": 5}, "too_deep"),
    ],
)
def test_limits(tmp_path: Path, limits: dict[str, int], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        parsed(tmp_path, whole(zone("a"), zone("b"), zone("c")), **limits)


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    content = whole(zone()).replace("<xplan:XPlanAuszug", '<!DOCTYPE a [<!ENTITY b "c">]><xplan:XPlanAuszug', 1)
    refused(written(tmp_path, "a.gml", content), "doctype")


def test_long_keys_make_no_long_names(tmp_path: Path) -> None:
    table = parsed(tmp_path, whole(zone(hoehenangabe=height(12, "x" * 5000))))
    assert max(map(len, table.columns)) < 200


# -- any structure ----------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["GRZ", "Z", "gliederung1", "hoehenangabe", "sondernutzung", "refTextInhalt", "position", "text"]
)
LEAVES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=8)
REFERENCES = st.sampled_from(["#zone", "#plan", "#bereich", "#t", "#", "", "plan", "http://example.invalid/#plan"]).map(
    Ref
)
VALUES = st.recursive(
    st.one_of(LEAVES, REFERENCES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ABC"), st.dictionaries(NAMES, inner, max_size=3))
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(
    [
        "BP_Plan",
        "FP_Plan",
        "BP_Bereich",
        "BP_BaugebietsTeilFlaeche",
        "FP_BebauungsFlaeche",
        "BP_TextAbschnitt",
        "XP_PPO",
    ]
)
IDS = st.sampled_from(["zone", "plan", "bereich", "t", None])
PROPERTIES = st.dictionaries(
    st.one_of(
        NAMES, st.sampled_from(["gehoertZuBereich", "gehoertZuPlan", "bereich", "planinhalt", "gehoertZuObjekt"])
    ),
    st.one_of(VALUES, REFERENCES),
    max_size=4,
)


@given(st.lists(st.builds(feature, KINDS, IDS, PROPERTIES), max_size=6), st.sampled_from(VERSIONS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_object_is_accounted_for(tmp_path: Path, members: list[str], version: str) -> None:
    zones = sum(
        "BP_BaugebietsTeilFlaeche gml" in m or "TeilFlaeche>" in m or "FP_BebauungsFlaeche" in m for m in members
    )
    plans = sum("<xplan:BP_Plan" in m or "<xplan:FP_Plan" in m for m in members)
    others = sum("<xplan:XP_PPO" in m for m in members)
    content = file(*members, version=version)
    if others and not zones and not plans:
        with pytest.raises(Refusal, match="no_plans"):
            parsed(tmp_path, content)
        return
    table = parsed(tmp_path, content)
    assert table.length == len(rows(table)) == (zones or plans)
    told = {issue.rule: issue.params for issue in table.notes}
    assert told.get("features_left_out", {"count": 0})["count"] == others
    for column in table.columns.values():
        assert len(column.values) == table.length
