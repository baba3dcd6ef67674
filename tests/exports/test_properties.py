"""What a site reaches under its names: each vehicle's point, method and obstacle, and the people within minutes."""

from __future__ import annotations

from typing import Any

import pytest

from finder.exports.properties import ACCESS_NAMES, PEOPLE_NAMES, properties
from finder.model.reach import CATCHMENT_MIN, Catchment
from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle
from finder.store.sites import Listed
from tests import factories
from tests.presentation.test_listing import way


def told(*access: Any, catchment: tuple[Catchment, ...] = ()) -> dict[str, Any]:
    return properties(Listed(site=factories.site(), access=access, version=1, catchment=catchment))


def test_each_vehicle_has_its_own_point_method_and_obstacle() -> None:
    driven = way(
        vehicle=Vehicle.CAR,
        point_name="Nebenkreuz",
        method=Method.NETWORK,
        network_as_of="2026-10-01",
        snap_m=23.456,
        km=1.9,
    )
    shown = told(way(obstacle=Obstacle.UNREACHED), driven)
    names = ("name", "method", "obstacle")
    assert [shown[f"motorway_junction_truck_{name}"] for name in names] == [
        "A 99 Musterkreuz",
        "estimate",
        "unreached",
    ]
    assert [shown[f"motorway_junction_car_{name}"] for name in names] == ["A 99 Nebenkreuz", "network", None]
    assert (shown["truck_snap_m"], shown["car_snap_m"]) == (None, 23.5)
    assert (shown["motorway_junction_name"], shown["motorway_junction_method"]) == ("A 99 Musterkreuz", "estimate")
    assert shown["motorway_junction_network_as_of"] == "2026-10-01", "of the roads, though only one vehicle drives them"


def test_nothing_known_has_every_name() -> None:
    shown = told()
    assert {shown[name] for name in (*ACCESS_NAMES, *PEOPLE_NAMES)} == {None}


@pytest.mark.parametrize("vehicle", Vehicle)
def test_people_have_their_basis_and_method(vehicle: Vehicle) -> None:
    catchment = tuple(
        Catchment(
            vehicle=vehicle,
            minutes=minutes,
            inhabitants=1000 * minutes,
            workforce=None,
            method=Method.NETWORK,
            basis="Zensusgitter",
            as_of="2011",
            network_as_of="2026-10-01",
            at_least=minutes > 30,
        )
        for minutes in CATCHMENT_MIN
    )
    shown = told(catchment=catchment)
    own = f"catchment_{vehicle.value}"
    assert (shown["catchment_basis"], shown["catchment_as_of"]) == ("Zensusgitter", "2011")
    assert (shown[f"{own}_method"], shown[f"{own}_network_as_of"]) == ("network", "2026-10-01")
    assert shown[f"{own}_30_min_inhabitants"] == 30_000, "as it was counted: it is rounded where it is shown"
    assert [shown[f"{own}_{minutes}_min_at_least"] for minutes in CATCHMENT_MIN] == [False, False, True, True]
    assert shown[f"{own}_60_min_workforce"] is None
    (other,) = set(Vehicle) - {vehicle}
    assert shown[f"catchment_{other.value}_30_min_inhabitants"] is None


def test_every_name_is_that_of_a_kind_or_a_vehicle() -> None:
    assert len(set(ACCESS_NAMES)) == len(ACCESS_NAMES)
    starts = tuple(f"{kind.value}_" for kind in AccessKind) + tuple(f"{vehicle.value}_" for vehicle in Vehicle)
    assert all(name.startswith(starts) for name in ACCESS_NAMES)
    assert all(name.startswith("catchment_") for name in PEOPLE_NAMES)
