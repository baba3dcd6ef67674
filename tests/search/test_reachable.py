"""Near to a place over the road network: who is reached in time, who is not, and of whom that is not known."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Point

from finder import crs, pipeline
from finder.language import Language
from finder.measures import routing
from finder.model.query import Reached, Sort, Within, all_of
from finder.model.site import Site
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.network import Network
from finder.search import answer, question, reachable, surroundings
from finder.store import sites
from finder.store.database import Database
from tests import factories
from tests.roads import extracts

PLOTS = {"here": (210.0, 20.0), "middle": (590.0, 390.0), "corner": (1010.0, 790.0)}
"""Sites in the invented town: metres east and north of its south-western crossing."""
BEYOND = {"island": (5100.0, 50.0), "outside": (9000.0, 9000.0)}
NEAR = {"centre": (200.0, 0.0), "away": (30_000.0, 0.0)}


@pytest.fixture(scope="module")
def town() -> extracts.Grid:
    """A town, and far from it one street that nothing leads to."""
    made = extracts.grid()
    for i, east_m in enumerate((5000.0, 5300.0)):
        made.node(700_000 + i, *made.place(east_m, 0.0))
    made.way(700_000, [700_000, 700_001], highway="residential")
    return made


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory, town: extracts.Grid) -> Network:
    folder = tmp_path_factory.mktemp("roads")
    return pipeline.build_network(town.write(folder / "town.osm.pbf"), folder / "town.network")


def on(town: extracts.Grid, place: tuple[float, float]) -> Point:
    lon, lat = town.place(*place)
    point: Point = crs.points_to_metric([lon], [lat])[0]
    return point


def delivered(town: extracts.Grid) -> list[Site]:
    placed = {**PLOTS, **BEYOND}.items()
    return [*(factories.site(id=id_, geometry=on(town, place)) for id_, place in placed), factories.site(id="nowhere")]


def ask(database: Database, network: Network | None, *pairs: tuple[str, str]) -> answer.Answer:
    with database.reading() as session:
        reach = reachable.over(session, network)
        context = surroundings.context(session, factories.TODAY, Language("en"), reach)
        asked = question.read([*pairs, ("sort", "name")], context)
        return answer.ask(session, asked, today=factories.TODAY, hidden_after_days=365)


def ids(found: answer.Answer) -> set[str]:
    return {hit.site.id for hit in found.hits}


@pytest.mark.parametrize("vehicle", Vehicle)
def test_sites_are_reached_in_the_minutes_of_their_way(
    database_url: str, town: extracts.Grid, roads: Network, vehicle: Vehicle
) -> None:
    # all streets of the town lead both ways: it is as far to a place as from it
    plots = np.array([on(town, place) for place in PLOTS.values()], dtype=object)
    centre = snapping.snap(roads, vehicle, np.array([on(town, NEAR["centre"])], dtype=object), plots=False)
    back = routing.nearest(roads, vehicle, snapping.snap(roads, vehicle, plots), snapping.arcs(roads, vehicle, centre))
    minutes = dict(zip(PLOTS, (back.seconds / 60.0).tolist(), strict=True))
    assert minutes["here"] < minutes["middle"] < minutes["corner"]
    places = [factories.place(name, geometry=on(town, place)) for name, place in NEAR.items()]
    with factories.database(database_url, delivered(town), places=places) as database:
        pipeline.measure(database, network=roads)
        for limit in (*(m + 0.02 for m in minutes.values()), *(m - 0.02 for m in minutes.values() if m > 0.05), 180.0):
            within = f"{limit:.2f}"
            asked = (("near", "centre"), ("within_min", within), ("vehicle", vehicle.value))
            found = ask(database, roads, *asked)
            assert isinstance(found.question.predicates[0], Reached)
            assert ids(found) == {id_ for id_, needed in minutes.items() if needed <= float(within)}
            assert found.left_out == len(BEYOND) + 1
            shown = ask(database, roads, *asked, ("unknown", "include"))
            assert {hit.site.id for hit in shown.hits if hit.unknown} == {*BEYOND, "nowhere"}


def test_what_the_network_cannot_tell_is_estimated(database_url: str, town: extracts.Grid, roads: Network) -> None:
    places = [factories.place(name, geometry=on(town, place)) for name, place in NEAR.items()]
    near = (("near", "centre"), ("within_min", "1"))
    with factories.database(database_url, delivered(town), places=places) as database:
        before = ask(database, roads, *near)
        assert isinstance(before.question.predicates[0], Within), "no site has met this network yet"
        assert before.question.predicates == ask(database, None, *near).question.predicates
        pipeline.measure(database, network=roads)
        assert isinstance(ask(database, roads, *near).question.predicates[0], Reached)
        beside = ask(database, roads, ("near", "away"), ("within_min", "60"))
        assert isinstance(beside.question.predicates[0], Within), "no road of the network is near"
        assert isinstance(ask(database, roads, near[0], ("within_km", "1")).question.predicates[0], Within)


def test_a_site_that_came_later_is_not_known(database_url: str, town: extracts.Grid, roads: Network) -> None:
    places = [factories.place(name, geometry=on(town, place)) for name, place in NEAR.items()]
    with factories.database(database_url, delivered(town), places=places) as database:
        pipeline.measure(database, network=roads)
        with database.writing() as session:
            factories.save(session, [factories.site(id="later", geometry=on(town, PLOTS["here"]))])
        with database.reading() as session:
            assert len(sites.find(session, all_of(()), (), sort=[Sort("id")]).keys) == len(delivered(town)) + 1
        found = ask(database, roads, ("near", "centre"), ("within_min", "60"))
        assert ids(found) == set(PLOTS)
        assert found.left_out == len(BEYOND) + 2
