"""GML feature collections of any version: one row per feature, by what stands in the file alone, no schema fetched.

A feature's properties are columns by their local names; what they nest is `outer.inner`, their attributes `name@uom`.
A property that occurs again makes a list of its values.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from finder.limits import Limits
from finder.sources import markup
from finder.sources.features import Features, Values, put
from finder.sources.gml_geometry import GEOMETRIES, Shapes
from finder.sources.markup import local
from finder.sources.sentences import Notes
from finder.sources.table import Table

FORMAT = "GML"
HOLDERS = frozenset({"featureMember", "featureMembers", "member", "members"})
"""The local names of what holds features."""
ID, TYPE = "gml_id", "feature_type"
"""The columns of what is no property."""
_GML = "http://www.opengis.net/gml"
_SHAPES = GEOMETRIES | {"Solid", "MultiSolid", "CompositeSolid"}  # bodies cannot be read, but their features say so
_ASIDE = {"{http://www.w3.org/2001/XMLSchema-instance}" + name for name in ("type", "nil", "schemaLocation")} | {
    "{http://www.w3.org/1999/xlink}type"
}

_Found = list[tuple[str, Element, Sequence[Element]]]


def read(path: Path, limits: Limits) -> Table:
    """Return the features of a collection as a table.

    Raises
    ------
    Refusal
        The text is no XML, has a document type, names several reference systems, or goes beyond the limits.
    """
    notes = Notes(limits.max_issues)
    shapes = Shapes(limits, notes)
    features = Features(limits)
    types: set[str] = set()
    wanted = 0
    for around, feature in markup.members(path, HOLDERS, limits):
        row = len(features) + 1
        if row == 1 and around:
            wanted = _matched(around[0])
        if (href := feature.get(markup.HREF)) is not None and not len(feature):
            notes.add("feature_left_out", row=row, href=href)
            features.add({}, None, placed=False)
            continue
        types.add(local(feature.tag))
        values, found = _values(feature, around, notes)
        shape = None
        for name, _, _ in found[1:]:
            notes.add("geometry_further", row=row, field=name, header=name)
        if found:
            _, geometry, within = found[0]
            shape = shapes.read(geometry, within, row=row)
        features.add(values, shape, placed=bool(found))
    if wanted > len(features):
        notes.once("part_of_more", found=len(features), wanted=wanted)
    return features.table(
        FORMAT, without=frozenset({TYPE} if len(types) < 2 else ()), srs_name=shapes.srs_name, notes=notes
    )


def _matched(top: Element) -> int:
    """Return how many features a service says it has; it may deliver fewer at a time."""
    stated = top.get("numberMatched", "")
    return int(stated) if stated.isdecimal() and stated.isascii() and len(stated) < 10 else 0


def _values(feature: Element, around: Sequence[Element], notes: Notes) -> tuple[Values, _Found]:
    """Return a feature's values by column, and its geometries: where they stand, they, and what is around them."""
    values: Values = {TYPE: local(feature.tag)}
    for name, value in feature.items():
        if local(name) in ("id", "fid"):
            values.setdefault(ID, value)
        elif name not in _ASIDE:
            values[f"@{local(name)}"] = value
    found: _Found = []
    for child in feature:
        if local(child.tag) != "boundedBy":
            name = local(child.tag)
            if name in (ID, TYPE):
                notes.once("header_repeated", field=name, stated=name, header=f"{name}_2")
                name = f"{name}_2"
            _gather(child, name, (*around, feature), values, found)
    return values, found


def _gather(element: Element, name: str, around: Sequence[Element], values: Values, found: _Found) -> None:
    """Put what a property holds into `values`, and the geometries in it into `found`."""
    within = (*around, element)
    text = (element.text or "").strip()
    if text or not len(element):
        put(values, name, text or None)
    for attribute, value in element.items():
        if attribute not in _ASIDE:
            put(values, f"{name}@{local(attribute)}", value)
    for child in element:
        kind = local(child.tag)
        if kind in _SHAPES and markup.namespace(child.tag).startswith(_GML):
            found.append((name, child, within))
        else:
            _gather(child, f"{name}.{kind}", within, values, found)
