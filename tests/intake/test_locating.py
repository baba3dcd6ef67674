"""Where rows of reference files lie: read in the system that is said, or the only one that fits, which is then told."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder import crs
from finder.errors import UnusableInput
from finder.intake import locating, usual
from finder.intake.locating import Located
from finder.intake.usual import Columns
from finder.model.record import RawRecords
from tests.factories import at
from tests.intake import deliveries

GRID = 3035
SYSTEMS = [25832, 4326, 4647, 31466, 31467, 3857, GRID]


def located(raw: RawRecords, **how: object) -> Located:
    words = usual.words("population")
    how = {"given": None, "systems": words["coordinate_systems"], "cell_system": words["cell_ids"]} | how
    return locating.locate(raw, Columns(raw, words["columns"]), **how)  # type: ignore[arg-type]


def written_in(code: int, *points: shapely.Point) -> RawRecords:
    """Return points of the region as a table in another system."""
    moved = shapely.get_coordinates(crs.transform(np.array(points, dtype=object), crs.METRIC, code))
    return deliveries.table({"x": [f"{x:.7f}" for x, _ in moved], "y": [f"{y:.7f}" for _, y in moved]})


@pytest.mark.parametrize("code", SYSTEMS)
def test_the_only_usual_system_that_puts_places_here_is_taken_and_told(code: int) -> None:
    places = (at(), at(5_000, -3_000), at(90_000, 70_000))
    found = located(written_in(code, *places))
    assert found.system == f"EPSG:{code}"
    assert shapely.distance(found.geometry, np.array(places, dtype=object)).max() < 0.1
    assert [(issue.rule, issue.value) for issue in found.issues] == [("crs_inferred", f"EPSG:{code}")]


def test_a_system_that_is_given_is_used_and_not_told() -> None:
    found = located(written_in(GRID, at()), given=f"EPSG:{GRID}")
    assert (found.system, found.issues) == (f"EPSG:{GRID}", ())


def test_what_a_file_says_counts_and_what_is_given_counts_more() -> None:
    raw = deliveries.file({"n": [1]}, [at()])
    assert (located(raw).system, located(raw).issues) == (deliveries.METRES, ())
    found = located(raw, given="EPSG:31466")
    assert found.system == "EPSG:31466"
    assert [issue.rule for issue in found.issues] == ["crs_given"]
    assert shapely.distance(found.geometry[0], at()) > 1e6


def test_no_usual_system_that_fits_is_a_refusal_naming_those_tried() -> None:
    raw = deliveries.table({"x": ["500000"], "y": ["180000"]})
    with pytest.raises(UnusableInput, match=r"EPSG:25832.*EPSG:3035.*--crs"):
        located(raw)


def test_a_file_without_places_is_refused_naming_its_columns() -> None:
    with pytest.raises(UnusableInput, match="no columns x and y; it has: Einwohner, Ort"):
        located(deliveries.table({"Einwohner": ["1"], "Ort": ["hier"]}))


def test_rows_without_a_place_have_none() -> None:
    x, y = shapely.get_coordinates(at())[0].tolist()
    raw = deliveries.table({"x": [x, None, "?", 0, x, "nan"], "y": [y, y, y, 0, None, y]})
    found = located(raw)
    assert [shape is not None for shape in found.geometry] == [True, False, False, False, False, False]


def test_numbers_may_have_decimal_commas() -> None:
    raw = deliveries.table({"lon": ["7,09", "7,1"], "lat": ["51,66", "51,6"]}, delimiter=";")
    assert located(raw).system == "EPSG:4326"


def test_places_may_stand_there_as_text() -> None:
    raw = deliveries.table({"wkt": [at().wkt, "nirgends", None]})
    assert [shape is not None for shape in located(raw).geometry] == [True, False, False]
    said = deliveries.table({"wkt": [f"SRID=31466;{at().wkt}"]})
    assert located(said).system == "EPSG:31466"


def test_areas_are_told() -> None:
    raw = deliveries.file({"n": [1, 2]}, [at(), at().buffer(50)])
    assert located(raw).areas == 1


def test_a_long_definition_goes_by_its_name() -> None:
    raw = deliveries.file({"n": [1]}, [at()], crs=crs.parse(crs.METRIC).to_wkt())
    assert located(raw).system == "ETRS89 / UTM zone 32N"


# -- cells of a grid --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CRS3035RES1000mN3140000E4081000", (3035, 4_081_500, 3_140_500)),
        ("CRS3035RES100mN3140100E4081200", (3035, 4_081_250, 3_140_150)),
        ("1kmN3140E4081", (3035, 4_081_500, 3_140_500)),
        ("100mN31401E40812", (3035, 4_081_250, 3_140_150)),
        ("250mN314025E408175", (3035, 4_081_875, 3_140_375)),
        ("10kmN314E408", (3035, 4_085_000, 3_145_000)),
        ("DE_CRS3035RES1000mN3140000E4081000", (3035, 4_081_500, 3_140_500)),
        ("CRS25832RES1000mN5720000E368000", (25832, 368_500, 5_720_500)),
        ("1kmS1W2", (3035, -1_500, -500)),
        ("0kmN1E1", None),
        ("1kmN3140", None),
        ("Feld 12", None),
        ("1kmN3140E4081 und mehr", None),
        ("1kmN٣E٤", None),
    ],
)
def test_ids_of_cells_say_where_they_lie(text: str, expected: tuple[int, float, float] | None) -> None:
    assert locating.parse_cell(text, 3035) == expected


@given(st.integers(1, 8_000), st.integers(1, 8_000), st.sampled_from([100, 250, 500, 1000, 10_000]))
def test_the_two_ways_to_write_an_id_mean_one_cell(east: int, north: int, size_m: int) -> None:
    step = 10 ** (len(str(size_m)) - len(str(size_m).rstrip("0")))
    x, y = east * size_m, north * size_m
    name = f"{size_m // 1000}km" if size_m % 1000 == 0 else f"{size_m}m"
    long, short = f"CRS3035RES{size_m}mN{y}E{x}", f"{name}N{y // step}E{x // step}"
    assert locating.parse_cell(long, 1) == (3035, x + size_m / 2, y + size_m / 2)
    assert locating.parse_cell(short, 3035) == locating.parse_cell(long, 1)


@given(st.text(max_size=40))
def test_any_text_is_a_cell_or_none(text: str) -> None:
    found = locating.parse_cell(text, 3035)
    assert found is None or len(found) == 3


def test_cells_by_id_need_no_system() -> None:
    raw = deliveries.table({"Gitter_ID_1km": ["1kmN3163E4112", "1kmN3164E4112", "x"], "x": [1, 1, 1], "y": [2, 2, 2]})
    found = located(raw)
    assert (found.system, found.issues) == ("EPSG:3035", ())
    assert [shape is not None for shape in found.geometry] == [True, True, False]
    told = located(raw, given="EPSG:4326")
    assert (told.system, [issue.rule for issue in told.issues]) == ("EPSG:3035", ["crs_given"])


def test_ids_that_are_none_of_cells_give_way_to_coordinates() -> None:
    x, y = shapely.get_coordinates(at())[0].tolist()
    assert located(deliveries.table({"id": ["a", "b"], "x": [x, x], "y": [y, y]})).system == deliveries.METRES


def test_ids_of_several_systems_are_refused() -> None:
    raw = deliveries.table({"id": ["CRS3035RES1000mN3140000E4081000", "CRS25832RES1000mN5720000E368000"]})
    with pytest.raises(UnusableInput, match="EPSG:3035, EPSG:25832"):
        located(raw)
