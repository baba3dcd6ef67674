"""Plans in XPlanGML as sites: kinds of use, plan states and measures of every version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finder.intake import choosing, profiles
from finder.intake.normalise import Batch
from finder.limits import Limits
from finder.model.site import Provenance
from finder.model.vocabulary import PlanStatus, Zoning
from finder.sources import xplan
from tests.intake.deliveries import check, facts, named, read, told
from tests.intake.deliveries import table as as_table
from tests.sources import files
from tests.sources.xplans import (
    EAST,
    NORTH,
    VERSIONS,
    Ref,
    Xml,
    bent,
    document,
    file,
    height,
    pierced,
    plan,
    section,
    surface,
    text,
    town,
    whole,
    zone,
)

PROFILE = profiles.load("xplan")
UUID = "9f1c2a34-0b5d-4e6f-8a7b-123456789abc"


def batch(tmp_path: Path, content: str) -> Batch:
    """Return a file as sites, checked."""
    return check(read(files.read(files.written(tmp_path, "plan.gml", content)), PROFILE))


def cells(tmp_path: Path, names: tuple[str, ...], *zones: str, **properties: Any) -> list[dict[str, Any]]:
    """Return what many areas become, by attribute; all in one reading."""
    found = batch(tmp_path, whole(*zones, **properties))
    return [{name: facts(found, i)[name] for name in names} for i in range(len(found.frame))]


# -- the whole --------------------------------------------------------------------------------------------------------


def test_an_area_becomes_a_site(tmp_path: Path) -> None:
    members = (
        plan(
            name="Bebauungsplan Nr. 100",
            gemeinde=[town(), town(ags="05990002", gemeindeName="Beispielhausen")],
            inkrafttretensDatum="2012-05-30",
            aufstellungsbeschlussDatum="2008-01-15",
            externeReferenz=[
                document("1010", "https://example.org/b.pdf"),
                document("1030", "https://example.org/p.pdf"),
            ],
            versionBauNVODatum="1990-01-23",
        ),
        section(),
        zone(
            f"GML_{UUID}",
            besondereArtDerBaulNutzung="1800",
            gliederung1="2",
            GRZ="0.8",
            GFZ="2.4",
            BMZ="10",
            Z="4",
            hoehenangabe=[height(16.5), height(9, point="1000"), height(80, "1000")],
            refTextInhalt=Ref("#t"),
            laermkontingent={"BP_EmissionskontingentLaerm": {"ekwertTag": "65", "ekwertNacht": "50"}},
        ),
        text("t", "Einzelhandel ist unzulässig.", "1.1"),
    )
    found = batch(tmp_path, file(*members, version="5.2"))
    assert told(found) == []
    site = facts(found)
    assert site["name"] == "Bebauungsplan Nr. 100 GI 2"
    assert (site["source"], site["source_id"]) == ("Bebauungsplan Nr. 100, Musterstadt", UUID)
    assert (site["municipality"], site["further_municipalities"]) == ("05990001", ("05990002",))
    assert (site["zoning"], site["plan_status"]) == ((Zoning.GI,), PlanStatus.IN_FORCE)
    assert site["plan_name"] == "Bebauungsplan Nr. 100"
    assert site["plan_url"] == "https://example.org/p.pdf"
    assert (site["grz"], site["gfz"], site["bmz"], site["max_floors"]) == (0.8, 2.4, 10, 4)
    assert (site["max_height_m"], site["noise_day_db"], site["noise_night_db"]) == (16.5, 65, 50)
    assert site["zoning_detail"] == "Gliederung 2; 1.1: Einzelhandel ist unzulässig."
    assert site["planning_note"] == "BauNVO vom 1990-01-23; Höhe bis 80 m über NHN"
    assert site["area_m2"] == 10_000
    origin = Provenance(source="Bebauungsplan Nr. 100", url="https://example.org/p.pdf", as_of="2012-05-30")
    assert site["provenance"] == {"*": origin}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_says_the_same(tmp_path: Path, version: str) -> None:
    law: Any = {"versionBauNVODatum": "1990-01-23"}
    use: Any = "1800"
    if version >= "6":
        law = {"versionBauNVO": {"XP_GesetzlicheGrundlage": {"datum": "1990-01-23"}}}
        use = {"BP_KomplexeSondernutzung": {"allgemein": "1800"}}
    ring, area = bent(EAST, NORTH, 200)
    areas = zone(
        besondereArtDerBaulNutzung="2100",
        sondernutzung=use,
        GRZ="0.6",
        hoehenangabe=height(20, "2500", "6000", "hMax"),
        position=Xml(surface(pierced(ring, kind="PolygonPatch"))),
    )
    found = batch(tmp_path, whole(areas, version=version, **law))
    assert told(found) == []
    site = facts(found)
    assert (site["zoning"], site["zoning_detail"], site["grz"], site["max_height_m"]) == (
        (Zoning.SO,),
        "Hafen",
        0.6,
        20,
    )
    assert site["planning_note"] == "BauNVO vom 1990-01-23"
    assert site["area_m2"] == pytest.approx(area, rel=1e-3)


def test_nothing_of_the_schema_is_left_out_unnamed(tmp_path: Path) -> None:
    found = batch(tmp_path, whole(zone(bauweise="2000", DNmin="10", GRZ_Ausn="0.9", neuesMerkmal="7")))
    assert [issue.field for issue in named(found, "column_not_taken")] == ["neuesMerkmal"]
    assert facts(found)["planning_note"] == "GRZ ausnahmsweise 0,9"


def test_the_profile_is_chosen_by_the_format(tmp_path: Path) -> None:
    raw = files.read(files.written(tmp_path, "a.xml", whole(zone(), version="6.1")))
    chosen, reason = choosing.choose(raw)
    assert chosen.name == "xplan"
    assert reason.params["format"] == "XPlanGML 6.1"


def test_plans_without_areas_are_sites_by_themselves(tmp_path: Path) -> None:
    found = batch(tmp_path, file(plan("GML_7", internalId="100-A", rechtsstand="2000"), section()))
    site = facts(found)
    assert (site["name"], site["source_id"], site["area_m2"]) == ("Bebauungsplan Nr. 100", "100-A", 160_000)
    assert (site["plan_status"], site.get("zoning")) == (PlanStatus.IN_PROCEDURE, None)


def test_areas_with_one_id_are_one_site(tmp_path: Path) -> None:
    found = batch(tmp_path, whole(zone("a"), zone("a")))
    assert [(rule, action) for rule, action, _, _ in told(found)] == [("repeated", "rejected")]


# -- kinds of use -----------------------------------------------------------------------------------------------------

KINDS = {
    "1000": "WS", "1100": "WR", "1200": "WA", "1300": "WB", "1400": "MD", "1450": "MDW", "1500": "MI", "1550": "MU",
    "1600": "MK", "1700": "GE", "1800": "GI", "2000": "SO", "2100": "SO", "3000": "SO", "4000": "SO", "9999": "other",
}  # fmt: skip
GENERAL = {"1000": "W", "2000": "M", "3000": "G", "4000": "SO", "9999": "other"}


def test_special_kinds_go_before_general_ones(tmp_path: Path) -> None:
    special = [zone(code, besondereArtDerBaulNutzung=code, allgArtDerBaulNutzung="1000") for code in KINDS]
    general = [zone(f"g{code}", besondereArtDerBaulNutzung=None, allgArtDerBaulNutzung=code) for code in GENERAL]
    found = cells(tmp_path, ("zoning", "name"), *special, *general)
    kinds = [*KINDS.values(), *GENERAL.values()]
    assert [row["zoning"] for row in found] == [(kind,) for kind in kinds]
    assert [row["name"] for row in found] == [
        "Bebauungsplan Nr. 100" + ("" if kind == "other" else f" {kind}") for kind in kinds
    ]


def test_codes_of_no_list_are_said_and_never_guessed(tmp_path: Path) -> None:
    areas = (
        zone("a", besondereArtDerBaulNutzung="1750"),
        zone("b", besondereArtDerBaulNutzung=None, allgArtDerBaulNutzung="1700"),
    )
    found = batch(tmp_path, whole(*areas, rechtsstand="4711"))
    assert [(rule, action, field, value) for rule, action, field, value in told(found)] == [
        ("code", "kept", "zoning", "1750"),
        ("code", "kept", "zoning", "general 1700"),
        ("code", "kept", "plan_status", "BP 4711"),
        ("code", "kept", "plan_status", "BP 4711"),
    ]
    assert [facts(found, i)["zoning"] for i in (0, 1)] == [None, None]


@pytest.mark.parametrize("reverse", [False, True])
def test_restricted_commercial_areas(tmp_path: Path, reverse: bool) -> None:
    restricted = [{"abweichungBauNVO": "1000"}]
    restricted += [
        {"gliederung1": part} for part in ("e", "E 3", "-E 3", "(e)", "e1", "2 (e)", "GEe 4", "eingeschränkt")
    ]
    open_ = [{"abweichungBauNVO": code} for code in ("2000", "3000", "9999")]
    open_ += [{"gliederung1": part} for part in ("1", "A", "Erweiterung", "2 a", "")]
    given = [*((said, Zoning.GEE) for said in restricted), *((said, Zoning.GE) for said in open_)]
    given = given[::-1] if reverse else given
    found = cells(tmp_path, ("zoning",), *(zone(f"z{i}", **said) for i, (said, _) in enumerate(given)))
    assert [row["zoning"] for row in found] == [(kind,) for _, kind in given]


def test_only_commercial_areas_are_restricted_ones(tmp_path: Path) -> None:
    (row,) = cells(
        tmp_path, ("zoning",), zone(besondereArtDerBaulNutzung="1800", abweichungBauNVO="1000", gliederung1="e")
    )
    assert row["zoning"] == (Zoning.GI,)


def test_a_division_that_repeats_the_kind_is_said_once(tmp_path: Path) -> None:
    areas = (zone("a", gliederung1="GE 2"), zone("b", gliederung1="2"), zone("c"), zone("d", gliederung1="GI"))
    names = [row["name"] for row in cells(tmp_path, ("name",), *areas)]
    assert names == [f"Bebauungsplan Nr. 100 {end}" for end in ("GE 2", "GE 2", "GE", "GE GI")]


def test_what_holds_for_a_time_or_a_level_only_is_said(tmp_path: Path) -> None:
    until = {"XP_WirksamkeitBedingung": {"bedingung": "Rückbau der Halde"}}
    lapsed = {"untergangsDatum": "2021-05-01", "rechtsstand": "50000"}
    areas = (zone("a", ebene="-1", endeBedingung=until, startBedingung=""), zone("b", ebene="0"))
    found = [row["planning_note"] for row in cells(tmp_path, ("planning_note",), *areas, **lapsed)]
    assert found == [
        "gilt bis: Rückbau der Halde; Ebene -1; außer Kraft seit 2021-05-01",
        "außer Kraft seit 2021-05-01",
    ]


# -- plan states ------------------------------------------------------------------------------------------------------

P = PlanStatus
STATES = {
    "1000": P.IN_PROCEDURE, "2000": P.IN_PROCEDURE, "2050": P.IN_PROCEDURE, "2100": P.IN_PROCEDURE,
    "2200": P.IN_PROCEDURE, "2250": P.IN_PROCEDURE, "2260": P.IN_PROCEDURE, "2300": P.IN_PROCEDURE,
    "2400": P.IN_PROCEDURE, "3000": P.ADOPTED, "4000": P.IN_FORCE, "4500": P.IN_FORCE, "45000": P.IN_FORCE,
    "45001": P.IN_FORCE, "1500": P.NONE, "5000": P.NONE, "50000": P.NONE, "50001": P.NONE,
}  # fmt: skip


def many(prefix: str, states: list[tuple[str, dict[str, Any]]]) -> str:
    """Return one file with a plan and an area for each state."""
    members = []
    for i, (code, more) in enumerate(states):
        members += [
            plan(f"p{i}", prefix, name=f"Plan {code}", rechtsstand=code, **more),
            section(f"b{i}", prefix, gehoertZuPlan=Ref(f"#p{i}")),
            zone(f"z{i}", gehoertZuBereich=Ref(f"#b{i}")),
        ]
    return file(*members, version="6.1")


def states(found: Batch) -> list[Any]:
    return [facts(found, i)["plan_status"] for i in range(len(found.frame))]


def test_states_of_plans(tmp_path: Path) -> None:
    found = batch(tmp_path, many("BP", [(code, {}) for code in STATES]))
    assert states(found) == list(STATES.values())
    lapsed = [code for code, state in STATES.items() if state is P.NONE]
    assert [issue.value for issue in named(found, "plan_lapsed")] == [f"Plan {code}" for code in lapsed]
    assert found.rejected == set()
    notes = [facts(found, i)["planning_note"] for i, code in enumerate(STATES) if code in ("4500", "45000", "45001")]
    assert notes == ["Plan teilweise außer Kraft"] * 3


def test_land_use_plans_give_no_right_to_build(tmp_path: Path) -> None:
    found = batch(tmp_path, many("FP", [(code, {}) for code in ("1000", "2400", "3000", "4000", "5000", "50001")]))
    assert states(found) == [P.IN_PROCEDURE] * 3 + [P.LAND_USE_PLAN] + [P.NONE] * 2


def test_statutes_for_inner_and_outer_areas(tmp_path: Path) -> None:
    kinds = ["4000", "40000", "40001", "40002", "5000", "10001", ["10001", "3000"]]
    found = batch(tmp_path, many("BP", [("4000", {"planArt": kind}) for kind in kinds]))
    assert states(found) == [P.INNER_AREA] * 4 + [P.OUTER_AREA] + [P.IN_FORCE] * 2
    assert facts(found, 6)["planning_note"] == "vorhabenbezogen"
    draft = batch(tmp_path, many("BP", [("2000", {"planArt": "4000"})]))
    assert states(draft) == [P.IN_PROCEDURE]


def test_a_state_nobody_told_is_not_known(tmp_path: Path) -> None:
    (row,) = cells(tmp_path, ("plan_name",), zone(), rechtsstand=None)
    assert row["plan_name"] == "Bebauungsplan Nr. 100"
    found = batch(tmp_path, whole(zone(), rechtsstand=None, inkrafttretensDatum="2012-05-30"))
    assert facts(found).get("plan_status") is None


def test_an_area_that_was_lifted_is_of_no_plan_in_force(tmp_path: Path) -> None:
    found = batch(tmp_path, whole(zone("a", rechtsstand="4000"), zone("b", rechtsstand="3000"), version="6.1"))
    assert states(found) == [P.NONE, P.IN_FORCE]
    assert [issue.row for issue in named(found, "plan_lapsed")] == [1]
    assert facts(found, 1)["zoning_detail"] == "soll künftig wegfallen"


# -- measures ---------------------------------------------------------------------------------------------------------


def test_measures_wherever_they_stand(tmp_path: Path) -> None:
    names = ("grz", "gfz", "bmz", "max_floors", "max_height_m")
    stated = {"GRZ": "0.8", "GFZmax": "2.4", "BMZ": "10", "Zzwingend": "3", "hoehenangabe": height(14)}
    ranges = {"GRZmin": "0.2", "GRZmax": "0.8", "GFZmin": "1", "GFZmax": "2.4", "BMZ": "10", "Zmin": "1", "Zmax": "3"}
    found = cells(
        tmp_path,
        names,
        zone("a", dimensionierung={"BP_Dimensionierung": stated}),
        zone("b", **ranges, hoehenangabe=height(14, "4000", "5000", "hZwingend")),
    )
    assert found == [{"grz": 0.8, "gfz": 2.4, "bmz": 10, "max_floors": 3, "max_height_m": 14}] * 2


@pytest.mark.parametrize(
    ("heights", "metres"),
    [
        ([height(12, base)], 12)
        for base in ("2000", "2500", "3000", "3500", "4000")
    ]
    + [([height(65, base)], None) for base in ("1000", "1100", "1200")]
    + [([height(12, point=point)], 12) for point in ("2000", "3000", "5000", "6000")]
    + [([height(12, point=point)], None) for point in ("1000", "3500", "4000", "4500", "5500", "6500", "6600", None)]
    + [([height(9, point="2000"), height(12, point="5000")], 12), ([height(4, name="hMin")], None)],
)  # fmt: skip
def test_heights_above_the_ground(tmp_path: Path, heights: list[Any], metres: float | None) -> None:
    table = xplan.read(files.written(tmp_path, "a.gml", whole(zone(hoehenangabe=heights))), Limits())
    columns = {name: column.values.to_pylist() for name, column in table.columns.items()}
    found = read(as_table(columns, written="XPlanGML 5.2"), PROFILE)
    assert facts(found).get("max_height_m") == metres


def test_german_numbers_and_feet(tmp_path: Path) -> None:
    feet = Xml("<xplan:XP_Hoehenangabe><xplan:hoehenbezug>2000</xplan:hoehenbezug><xplan:bezugspunkt>3000"
               "</xplan:bezugspunkt><xplan:h uom='ft'>40</xplan:h></xplan:XP_Hoehenangabe>")  # fmt: skip
    (row,) = cells(tmp_path, ("grz", "max_height_m"), zone(GRZ="0,8", hoehenangabe=feet))
    assert row == {"grz": 0.8, "max_height_m": pytest.approx(12.192)}
