"""Code lists: stable words, labels in words, and the vehicle that counts for each kind of access."""

from __future__ import annotations

import itertools
import re

import pytest

from finder.model import vocabulary
from finder.model.access import ACCESS_ATTRIBUTES, km_name, min_name
from finder.model.vocabulary import LINKED, LISTED, AccessKind, Labelled, Status, Vehicle

LISTS = [
    kind
    for kind in vars(vocabulary).values()
    if isinstance(kind, type) and issubclass(kind, Labelled) and kind is not Labelled
]


@pytest.mark.parametrize("codes", LISTS)
def test_codes_are_words_with_labels(codes: type[Labelled]) -> None:
    assert len(codes) > 1
    for member in codes:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", member.value), "they stand in files and addresses"
        assert str(member) == member.value
        assert member.label
        assert codes(member.value) is member
    assert len({member.value.casefold() for member in codes}) == len(codes), "case does not matter where they are read"
    assert len({member.label for member in codes}) == len(codes)


def test_only_listed_and_linked_states_are_public() -> None:
    assert LISTED == (Status.PUBLISHED, Status.RESERVED)
    assert set(LINKED) == set(Status) - {Status.DRAFT, Status.SUBMITTED}


def test_goods_count_by_truck() -> None:
    trucks = {kind.value for kind in AccessKind if kind.vehicle is Vehicle.TRUCK}
    assert trucks == {"motorway_junction", "federal_road", "rail_freight", "inland_port"}


def test_access_attributes_are_named_by_kind_vehicle_and_unit() -> None:
    assert min_name(AccessKind.MOTORWAY_JUNCTION, Vehicle.TRUCK) == "motorway_junction_truck_min"
    assert km_name(AccessKind.AIRPORT, Vehicle.CAR) == "airport_car_km"
    assert set(ACCESS_ATTRIBUTES.values()) == set(itertools.product(AccessKind, Vehicle, ("km", "min")))
    for name, (kind, vehicle, unit) in ACCESS_ATTRIBUTES.items():
        assert name == f"{kind.value}_{vehicle.value}_{unit}"
