"""The properties of one XPlanGML object as columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from finder.sources.features import Values, put
from finder.sources.gml_geometry import GEOMETRIES
from finder.sources.markup import HREF, local, namespace

MEASURES = frozenset(
    ("GRZ", "GRZmin", "GRZmax", "GFZ", "GFZmin", "GFZmax", "BMZ", "Z", "Zmin", "Zmax", "Zzwingend", "hoehenangabe")
)
"""The measures of what may be built; they count for an area wherever they stand beneath it."""
_TOLD_APART: dict[str, tuple[str, ...]] = {
    "hoehenangabe": ("hoehenbezug", "bezugspunkt"),
    "externeReferenz": ("typ",),
    "hatGenerAttribut": ("name",),
    "gemeinde": (),
    "sondernutzung": (),
}
"""By which of their properties objects that repeat themselves are told apart; by none: by their number."""
PLACES = ("position", "raeumlicherGeltungsbereich")
"""The properties that tell where an area or a plan is."""
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_GML = "http://www.opengis.net/gml"
_USUAL = {"", "m", "metre", "meter", "m2", "m²", "m^2", "m3", "m³", "m^3", "grad", "deg"}
_LONGEST_KEY = 60
_UNIT = re.compile(r"[^#:/]*$")


def is_gml(element: Element) -> bool:
    """Return whether an element is one of GML's own."""
    return namespace(element.tag).startswith(_GML)


def id_of(feature: Element) -> str | None:
    """Return an object's gml:id."""
    return next((value.strip() for name, value in feature.items() if local(name) == "id" and value.strip()), None)


def href_of(element: Element) -> str:
    """Return where a property refers to, nothing where it does not."""
    return element.get(HREF, "").strip()


def references(feature: Element, name: str) -> list[str]:
    """Return where the properties of a name refer to."""
    return [href for child in feature if local(child.tag) == name and (href := href_of(child))]


def text_of(feature: Element, name: str) -> str:
    """Return the first text that stands beneath an object under a name."""
    return next(((e.text or "").strip() for e in feature.iter() if local(e.tag) == name and e.text), "")


def geometries(feature: Element) -> list[tuple[Element, Element]]:
    """Return an object's geometries with the properties that hold them, that of its place first."""
    found = [
        (child, geometry)
        for child in feature
        if local(child.tag) != "boundedBy"
        for geometry in child
        if is_gml(geometry) and local(geometry.tag) in GEOMETRIES
    ]
    return sorted(found, key=lambda one: local(one[0].tag) not in PLACES)


def values(feature: Element) -> Values:
    """Return an object's properties by column, without its geometries."""
    return _values(child for child in feature if local(child.tag) != "boundedBy")


def with_measures(feature: Element) -> Values:
    """Return an area's properties by column, and the measures that stand deeper as if they were its own."""
    found = values(feature)
    wanted = MEASURES - {local(child.tag) for child in feature}
    deeper: dict[str, list[Element]] = {}
    for element in feature.iter():
        if (name := local(element.tag)) in wanted and not is_gml(element):
            deeper.setdefault(name, []).append(element)
    for name, same in deeper.items():
        equal = not any(map(len, same)) and len({(element.text or "").strip() for element in same}) == 1
        _gather(found, name, same[:1] if equal else same)
    return found


def _values(properties: Iterable[Element]) -> Values:
    together: dict[str, list[Element]] = {}
    for child in properties:
        name = f"gml_{local(child.tag)}" if is_gml(child) else local(child.tag)
        together.setdefault(name, []).append(child)
    found: Values = {}
    for name, same in together.items():
        _gather(found, name, same)
    return found


def _gather(found: Values, name: str, same: list[Element]) -> None:
    """Put what the properties of one name hold into `found`."""
    objects: list[Element] = []
    for element in same:
        if HREF in element.attrib:
            put(found, name, href_of(element) or None)
        elif not len(element):
            if element.get(_NIL) not in ("true", "1"):
                put(found, name, _written(element))
        elif any(len(inner) for inner in element):
            objects += [inner for inner in element if not is_gml(inner)]
        elif not is_gml(element[0]):
            objects.append(element)
    tables = [_values(one) for one in objects]
    if name in _TOLD_APART:
        seen: dict[str, int] = {}
        for table in tables:
            apart = "".join(f"@{table.get(by) or ''}"[:_LONGEST_KEY] for by in _TOLD_APART[name])
            seen[apart] = number = seen.get(apart, 0) + 1
            header = f"{name}{apart}" if number == 1 else f"{name}{apart}@{number}"
            found.update({f"{header}.{inner}": value for inner, value in table.items()})
    elif len(tables) == 1:
        found.update({f"{name}.{inner}": value for inner, value in tables[0].items()})
    elif tables:
        found[name] = [*_listed(found.get(name)), *tables]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _written(element: Element) -> str | None:
    text = (element.text or "").strip()
    found = _UNIT.search(element.get("uom", "").strip())
    unit = found[0] if found else ""
    return f"{text} {unit}" if text and unit.casefold() not in _USUAL else text or None
