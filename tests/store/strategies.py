"""Sites with any attribute known or not, from few values so that they meet; predicates about them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import shapely
from hypothesis import strategies as st

from finder.model.access import ACCESS_ATTRIBUTES
from finder.model.attributes import Attribute, Type
from finder.model.query import (
    And,
    AnyOf,
    Compare,
    Intersects,
    IsUnknown,
    Not,
    Operator,
    Or,
    Predicate,
    Reached,
    Within,
    Words,
)
from finder.model.site import ATTRIBUTES, Contact, Medium, Restriction, Site
from finder.model.vocabulary import RestrictionKind, Severity
from tests import factories

TEXTS = ("", "Ährenweg 1", "Ahrenweg 2", "apfel", "Zeche", "zu alt", "|", "'; --")
NUMBERS = (0.0, 1.5, 10.0, 40_000.0)
DATES = (dt.date(2024, 2, 29), dt.date(2026, 6, 1), dt.date(2031, 1, 1))
LISTS = ((), ("a",), ("a", "b c"), ("b",))
KM = (0.0, 0.5, 4.0, 60.0)


def values(attribute: Attribute) -> tuple[Any, ...]:
    """Return the values an attribute takes here."""
    match attribute.type:
        case Type.TEXT | Type.URL:
            return TEXTS
        case Type.NUMBER:
            return NUMBERS
        case Type.INTEGER:
            return (0, 4, 10)
        case Type.FLAG:
            return (True, False)
        case Type.DATE:
            return DATES
        case Type.CHOICE:
            assert attribute.choices
            return tuple(attribute.choices)
        case Type.CHOICES:
            assert attribute.choices
            members = tuple(attribute.choices)
            return ((), members[:1], members[1:3], members[:2])
        case Type.WORDS:
            return LISTS
        case Type.GEOMETRY:
            return (
                factories.at(50, 50),
                factories.square(),
                factories.square(150, 150),
                factories.square(3000, 0, 900),
            )
    return {
        "restrictions": ((), *((Restriction(kind=RestrictionKind.MINING, severity=s),) for s in (*Severity, None))),
        "media": ((), (Medium(url="https://example.org/1"),)),
        "contact": (Contact(name="Ansprechstelle"),),
    }[attribute.name]


def mixed_sites(n: int, seed: int = 7) -> list[Site]:
    """Return sites of which every attribute is known to about half."""
    dice = random.Random(seed)
    return [
        factories.site(
            municipality=dice.choice(list(factories.TOWNS)),
            **{name: dice.choice((None, dice.choice(values(row)))) for name, row in ATTRIBUTES.items()},
        )
        for _ in range(n)
    ]


def mixed_access(n: int, seed: int = 8) -> dict[str, list[float | None]]:
    """Return access figures for n sites by the attribute's name."""
    dice = random.Random(seed)
    return {name: [dice.choice((None, *KM)) for _ in range(n)] for name in ACCESS_ATTRIBUTES}


def boxes() -> st.SearchStrategy[shapely.Polygon]:
    """Boxes on and around the sites of `values`, their edges often on the sites' own."""
    edge = st.sampled_from([-500.0, 0.0, 50.0, 100.0, 150.0, 200.0, 350.0, 2999.5, 3000.0, 20_000.0])
    corner = st.tuples(edge, edge)
    return st.tuples(corner, corner).map(
        lambda c: shapely.box(
            *(o + min(a, b) for o, a, b in zip(factories.ORIGIN, *c, strict=True)),
            *(o + max(a, b) for o, a, b in zip(factories.ORIGIN, *c, strict=True)),
        )
    ).filter(lambda box: box.area > 0)  # fmt: skip


def reached(most: int = 60) -> st.SearchStrategy[Reached]:
    """Keys within reach and not known to be, also of both, and of sites that do not exist."""
    keys = st.sets(st.integers(1, most)).map(frozenset)
    return st.builds(Reached, keys, keys)


def predicates(*, spatial: bool = True) -> st.SearchStrategy[Predicate]:
    """Any predicate about these sites, nested."""
    plain = st.sampled_from(sorted(ATTRIBUTES)).flatmap(_about)
    access = st.sampled_from(sorted(ACCESS_ATTRIBUTES))
    reach = st.builds(Compare, access, st.sampled_from(Operator), st.sampled_from(KM))
    derived = st.one_of(
        st.builds(Compare, st.just("size_m2"), st.sampled_from(Operator), st.sampled_from(NUMBERS)),
        st.builds(AnyOf, st.just("max_restriction"), _some(("none", "minor", "serious", "blocking"))),
        st.builds(AnyOf, st.just("municipality"), _some(tuple(factories.TOWNS))),
        st.builds(Compare, st.just("potential"), st.just(Operator.EQ), st.booleans()),
        st.builds(IsUnknown, st.sampled_from(["size_m2", "size_basis", "max_restriction", *ACCESS_ATTRIBUTES])),
        st.builds(Words, _some(("aehrenweg", "zeche", "muster", "t-1", "'; --"))),
    )
    leaves = [plain, reach, derived, reached()]
    if spatial:
        leaves.append(st.builds(Intersects, boxes()))
        leaves.append(st.builds(Within, boxes().map(shapely.centroid), st.sampled_from([0.0, 1.0, 250.0, 9000.0])))
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )


def _some(words: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=3, unique=True).map(tuple)


def _about(name: str) -> st.SearchStrategy[Predicate]:
    attribute = ATTRIBUTES[name]
    unknown = st.just(IsUnknown(name))
    match attribute.type:
        case Type.GEOMETRY | Type.RECORDS:
            return unknown
        case Type.CHOICES | Type.WORDS:
            words = sorted({word for known in values(attribute) for word in known})
            return unknown | st.builds(AnyOf, st.just(name), _some(words))
        case Type.FLAG:
            operators = [Operator.EQ, Operator.NE]
        case _:
            operators = list(Operator)
    known = values(attribute)
    compare = st.builds(Compare, st.just(name), st.sampled_from(operators), st.sampled_from(known))
    some = st.lists(st.sampled_from(known), max_size=3, unique=True).map(tuple)
    return st.one_of(unknown, compare, st.builds(AnyOf, st.just(name), some))
