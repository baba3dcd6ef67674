"""The quickest ways over the network, against a search that shares nothing with it but the rules of the roads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.measures import routing
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.snapping import Stops
from tests.roads import networks
from tests.roads.networks import Built

vehicles = st.sampled_from(Vehicle)
SLACK_S = 5e-6
"""Changes of state on the spot cost 1e-6 s each, and so does what has no length."""


def agree(made: Built, vehicle: Vehicle, starts: list[tuple[int, float]], ends: list[tuple[int, float]]) -> None:
    """Hold all ways from the starts to the nearest of the ends against the search by runs."""
    stops = snapping.arcs(made.network, vehicle, networks.snaps(ends))
    found = routing.nearest(made.network, vehicle, networks.snaps(starts), stops)
    places = [made.place(*end) for end in ends]
    for i, start in enumerate(starts):
        ways = made.search(vehicle).ways(made.place(*start), places)
        best = min(seconds for seconds, _, _ in ways)
        if math.isinf(best):
            assert found.point[i] == -1
            assert np.isnan(found.seconds[i])
            assert np.isnan(found.metres[i])
            continue
        assert found.seconds[i] == pytest.approx(best, abs=SLACK_S, rel=1e-9)
        seconds, least, most = ways[found.point[i]]
        assert seconds == pytest.approx(best, abs=SLACK_S), "the point is one of the nearest"
        assert least - 0.01 <= found.metres[i] <= most + 0.01


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), networks.any_built(), vehicles)
def test_nearest_is_what_a_search_by_runs_finds(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    agree(made, vehicle, data.draw(networks.any_places(made)), data.draw(networks.any_places(made)))


def test_nobody_asks_and_nothing_is_there(town: Built) -> None:
    some, none = networks.snaps([(0, 0.5)]), networks.snaps([])
    no_stops = snapping.arcs(town.network, Vehicle.CAR, none)
    stops = snapping.arcs(town.network, Vehicle.CAR, some)
    assert routing.nearest(town.network, Vehicle.CAR, some, no_stops).point.tolist() == [-1]
    assert len(routing.nearest(town.network, Vehicle.CAR, none, stops).point) == 0
    nowhere = networks.snaps([(-1, math.nan), (0, 0.25)])
    found = routing.nearest(town.network, Vehicle.CAR, nowhere, stops)
    assert found.point.tolist() == [-1, 0]
    assert np.isnan(found.seconds[0])
