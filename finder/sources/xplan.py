"""XPlanGML 5.0 to 6.1: one row per area with a kind of building use, or where a file has none, one per plan.

A row's columns are the properties by their names in the schema, what they nest as `outer.inner`, followed by those of
the section it belongs to (`bereich_…`) and of its plan (`plan_…`): references are followed within the file, whichever
way they lead and whatever comes first. Heights are columns by what they refer to, `hoehenangabe@2000@3000.h`, documents
by their type, `plan_externeReferenz@1030.referenzURL`, further towns by their number, `plan_gemeinde@2.ags`. Measures
count wherever they stand beneath the area, and where it states none, those of the buildable areas inside it. In the
place of references to texts stand the texts. Everything is text as it stands there; a unit other than the schema's
follows the number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from finder.limits import Limits
from finder.sources import markup, xplan_values
from finder.sources.features import Features, Values
from finder.sources.gml_geometry import Shapes
from finder.sources.markup import local
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table
from finder.sources.xplan_context import PLANS, Context
from finder.sources.xplan_inside import KIND, Inside

FORMAT = "XPlanGML"
VERSIONS = ("5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1")
_NAMESPACE = re.compile(r"http://www\.xplanung\.de/xplangml/([0-9]{1,3})/([0-9]{1,3})")
_HOLDERS = frozenset({"featureMember", "featureMembers", "member", "members"})
_ZONES = {"BP_BaugebietsTeilFlaeche", "FP_BebauungsFlaeche"}
_USES = {"besondereArtDerBaulNutzung", "allgArtDerBaulNutzung"}


def read(path: Path, limits: Limits) -> Table:
    """Return the areas of a file's plans as a table.

    Raises
    ------
    Refusal
        The version is none of those read here, the text is no XML, has a document type, names several reference
        systems, or goes beyond the limits.
    """
    version = _version(markup.root(path))
    notes = Notes(limits.max_issues)
    context, inside = Context(notes), Inside(limits)
    zones, others = 0, Counter[str]()
    for around, feature in _features(path, limits):
        kind = local(feature.tag)
        if _is_zone(feature):
            zones += 1
            context.name(feature)
        elif kind == KIND:
            inside.take(around, feature)
            others[kind] += 1
        elif not context.take(feature):
            others[kind] += 1
    rows = _Rows(context, inside, limits, notes)
    for around, feature in _features(path, limits):
        if _is_zone(feature) if zones else local(feature.tag) in PLANS:
            rows.add(around, feature)
    if others:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in others.most_common())
        if not rows:
            raise Refusal("no_plans", kinds=kinds)
        notes.once("features_left_out", count=others.total(), kinds=kinds)
    if inside.outside:
        notes.once("measures_left_out", count=inside.outside, kind=KIND)
    return rows.table(f"{FORMAT} {version}")


def _version(root: str) -> str:
    """Return the version that the root's namespace names."""
    namespace = markup.namespace(root)
    found = _NAMESPACE.fullmatch(namespace)
    version = f"{found[1]}.{found[2]}" if found else namespace or "–"
    if local(root) != "XPlanAuszug" or version not in VERSIONS:
        raise Refusal("xplan_version", version=version, versions=", ".join(VERSIONS))
    return version


def _features(path: Path, limits: Limits) -> Iterator[tuple[Sequence[Element], Element]]:
    yield from markup.members(path, _HOLDERS, limits)


def _is_zone(feature: Element) -> bool:
    return local(feature.tag) in _ZONES or any(local(child.tag) in _USES for child in feature)


class _Rows:
    """Makes rows of areas and plans."""

    def __init__(self, context: Context, inside: Inside, limits: Limits, notes: Notes) -> None:
        self._context = context
        self._inside = inside
        self._notes = notes
        self._shapes = Shapes(limits, notes)
        self._features = Features(limits)

    def __len__(self) -> int:
        return len(self._features)

    def add(self, around: Sequence[Element], feature: Element) -> None:
        """Take one area or plan."""
        row = len(self._features) + 1
        kind = local(feature.tag)
        own: Values = {"typ": kind}
        if (name := xplan_values.id_of(feature)) is not None:
            own["gml_id"] = name
        shape, placed = self._shape(around, feature, row)
        if kind in PLANS:
            own |= self._context.of_plan(feature)
        else:
            own |= self._context.of_zone(feature, row)
            own |= self._measures(own, shape, row)
        self._features.add(own, shape, placed=placed)

    def _shape(self, around: Sequence[Element], feature: Element, row: int) -> tuple[bytes | None, bool]:
        found = xplan_values.geometries(feature)
        for property_, _ in found[1:]:
            header = local(property_.tag)
            self._notes.add("geometry_further", row=row, field=header, header=header)
        for property_, geometry in found[:1]:
            return self._shapes.read(geometry, (*around, feature, property_), row=row), True
        for href in (href for name in xplan_values.PLACES for href in xplan_values.references(feature, name)):
            self._notes.add("reference_left_out", row=row, field="geometry", href=href)
            return None, True
        return None, False

    def _measures(self, own: Values, shape: bytes | None, row: int) -> Values:
        measures, taken, differing = self._inside.of(shape, self._shapes.srs_name, own)
        if taken:
            self._notes.add("measures_inside", row=row, field=taken[0], measures=", ".join(taken))
        if differing:
            self._notes.add("measures_differ", row=row, field=differing[0], measures=", ".join(differing))
        return measures

    def table(self, format_: str) -> Table:
        """Return all rows."""
        return self._features.table(format_, srs_name=self._shapes.srs_name, notes=self._notes)
