"""Plans in XPlanGML of every version, written from scratch. Everything here is fictional."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import shapely

from finder.limits import Limits
from finder.model.record import RawRecords
from finder.sources import xplan
from finder.sources.table import Table
from tests.sources.files import written

VERSIONS = ("5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1")
UTM = "EPSG:25832"
TOWN = {"ags": "05990001", "gemeindeName": "Musterstadt"}
EAST, NORTH = 374_000.0, 5_722_000.0
"""A corner in the region, in UTM."""

BUILDABLE = "BP_UeberbaubareGrundstuecksFlaeche"

Value = Any  # text, Ref, Xml, a mapping of one object's kind to its properties, or a list of such


class Xml(str):
    """What stands there as it is."""


class Ref(str):
    """A reference to somewhere."""


# -- properties -------------------------------------------------------------------------------------------------------


def tags(properties: Mapping[str, Value]) -> str:
    """Return properties as elements; None leaves one out."""
    return "".join(_tag(name, value) for name, value in properties.items())


def _tag(name: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_tag(name, one) for one in value)
    if isinstance(value, Ref):
        return f"<xplan:{name} xlink:href={quoteattr(str(value))}/>"
    if isinstance(value, Xml):
        return f"<xplan:{name}>{value}</xplan:{name}>"
    if isinstance(value, Mapping):
        return f"<xplan:{name}>{tags(value)}</xplan:{name}>"
    return f"<xplan:{name}>{escape(str(value))}</xplan:{name}>"


def town(**properties: Value) -> Mapping[str, Value]:
    """Return a town of a plan."""
    return {"XP_Gemeinde": properties or TOWN}


def height(value: float, base: str = "2000", point: str | None = "3000", name: str = "h") -> Mapping[str, Value]:
    """Return a height above what `base` says."""
    return {"XP_Hoehenangabe": {"hoehenbezug": base, "bezugspunkt": point, name: str(value)}}


def document(kind: str, url: str) -> Mapping[str, Value]:
    """Return a document of a plan."""
    return {"XP_SpezExterneReferenz": {"referenzName": "Dokument", "referenzURL": url, "typ": kind}}


# -- objects ----------------------------------------------------------------------------------------------------------


def feature(kind: str, id_: str | None, properties: Mapping[str, Value], body: str = "") -> str:
    """Return one object as a member."""
    named = "" if id_ is None else f" gml:id={quoteattr(id_)}"
    return f"<gml:featureMember><xplan:{kind}{named}>{body}{tags(properties)}</xplan:{kind}></gml:featureMember>"


def plan(id_: str = "plan", prefix: str = "BP", **properties: Value) -> str:
    """Return a plan in force of one town; its outline is a square unless said otherwise."""
    usual: dict[str, Value] = {
        "name": "Bebauungsplan Nr. 100",
        "nummer": "100",
        "raeumlicherGeltungsbereich": Xml(polygon(square(EAST, NORTH, 400))),
        "gemeinde": town(),
        "rechtsstand": "4000",
    }
    return feature(f"{prefix}_Plan", id_, usual | properties)


def section(id_: str = "bereich", prefix: str = "BP", **properties: Value) -> str:
    """Return a section of a plan."""
    return feature(f"{prefix}_Bereich", id_, {"nummer": "0", "gehoertZuPlan": Ref("#plan"), **properties})


def zone(id_: str | None = "zone", kind: str = "BP_BaugebietsTeilFlaeche", **properties: Value) -> str:
    """Return an area for business with a square for outline unless said otherwise."""
    usual: dict[str, Value] = {
        "gehoertZuBereich": Ref("#bereich"),
        "position": Xml(polygon(square(EAST, NORTH, 100))),
        "allgArtDerBaulNutzung": "3000",
        "besondereArtDerBaulNutzung": "1700",
    }
    return feature(kind, id_, usual | properties)


def text(id_: str, words: str, key: str = "§ 1", kind: str = "BP_TextAbschnitt", **properties: Value) -> str:
    """Return a text of a plan."""
    return feature(kind, id_, {"schluessel": key, "text": words, **properties})


def file(
    *members: str, version: str = "5.2", srs: str | None = UTM, namespace: str | None = None, root: str = "XPlanAuszug"
) -> str:
    """Return a file of one version; its envelope names the reference system."""
    said = namespace or f"http://www.xplanung.de/xplangml/{version.replace('.', '/')}"
    corner = f"{EAST} {NORTH}"
    envelope = "" if srs is None else (
        f'<gml:boundedBy><gml:Envelope srsName="{srs}"><gml:lowerCorner>{corner}</gml:lowerCorner>'
        f"<gml:upperCorner>{corner}</gml:upperCorner></gml:Envelope></gml:boundedBy>"
    )  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><xplan:{root} xmlns:xplan="{said}" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" gml:id="auszug">'
        f"{envelope}{''.join(members)}</xplan:{root}>"
    )


def whole(*zones: str, version: str = "5.2", **properties: Value) -> str:
    """Return a file of one plan with one section and these areas."""
    return file(plan(**properties), section(), *zones, version=version)


def buildable(x: float, y: float, side: float = 10, outline: str | None = None, **measures: Any) -> str:
    """Return a buildable area x metres east and y metres north of the corner of areas, without a kind of use."""
    shape = outline or polygon(square(EAST + x, NORTH + y, side))
    none = {"allgArtDerBaulNutzung": None, "besondereArtDerBaulNutzung": None}
    return zone(None, BUILDABLE, position=Xml(shape), **none, **measures)


# -- geometries -------------------------------------------------------------------------------------------------------

Positions = Sequence[tuple[float, float]]


def square(x: float, y: float, side: float) -> Positions:
    """Return a closed square by its lower left corner."""
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def listed(positions: Iterable[tuple[float, float]]) -> str:
    """Return positions as GML writes them."""
    return " ".join(f"{x!r} {y!r}" for x, y in positions)


def ring(positions: Positions) -> str:
    """Return a ring of straight lines."""
    return f"<gml:LinearRing><gml:posList>{listed(positions)}</gml:posList></gml:LinearRing>"


def polygon(shell: Positions, *holes: Positions, kind: str = "Polygon", srs: str | None = UTM) -> str:
    """Return a polygon, or a patch of a surface."""
    return pierced(ring(shell), *map(ring, holes), kind=kind, srs=srs)


def pierced(shell: str, *holes: str, kind: str = "Polygon", srs: str | None = None) -> str:
    """Return a polygon of rings."""
    inner = "".join(f"<gml:interior>{hole}</gml:interior>" for hole in holes)
    named = "" if srs is None else f' srsName="{srs}"'
    return f"<gml:{kind}{named}><gml:exterior>{shell}</gml:exterior>{inner}</gml:{kind}>"


def surface(*patches: str, srs: str | None = UTM) -> str:
    """Return a surface of patches."""
    named = "" if srs is None else f' srsName="{srs}"'
    return f"<gml:Surface{named}><gml:patches>{''.join(patches)}</gml:patches></gml:Surface>"


def surfaces(*members: str, srs: str | None = UTM) -> str:
    """Return several surfaces as one."""
    named = "" if srs is None else f' srsName="{srs}"'
    held = "".join(f"<gml:surfaceMember>{member}</gml:surfaceMember>" for member in members)
    return f"<gml:MultiSurface{named}>{held}</gml:MultiSurface>"


def bent(x: float, y: float, side: float) -> tuple[str, float]:
    """Return a ring of three straight sides and a half circle above, and the area inside."""
    radius = side / 2
    straight = [(x, y + side), (x, y), (x + side, y), (x + side, y + side)]
    arc = [(x + side, y + side), (x + radius, y + side + radius), (x, y + side)]
    segments = (
        f"<gml:LineStringSegment><gml:posList>{listed(straight)}</gml:posList></gml:LineStringSegment>"
        f"<gml:ArcString><gml:posList>{listed(arc)}</gml:posList></gml:ArcString>"
    )
    curve = f"<gml:curveMember><gml:Curve><gml:segments>{segments}</gml:segments></gml:Curve></gml:curveMember>"
    return f"<gml:Ring>{curve}</gml:Ring>", side**2 + math.pi * radius**2 / 2


# -- reading --------------------------------------------------------------------------------------------------------


def parsed(tmp_path: Path, content: str, **limits: Any) -> Table:
    """Read a file in this process."""
    return xplan.read(written(tmp_path, "plan.gml", content), Limits(**limits))


def rows(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table, each with what it says only."""
    columns = {}
    for name, column in table.columns.items():
        cells = column.values.to_pylist()
        columns[name] = [c and json.loads(c) for c in cells] if column.kind == "json" else cells
    return [{n: v[i] for n, v in columns.items() if v[i] is not None} for i in range(table.length)]


def only(tmp_path: Path, content: str) -> dict[str, Any]:
    """Return the only row of a file that nothing is to be said of."""
    table = parsed(tmp_path, content)
    assert [issue.rule for issue in table.notes] == []
    (row,) = rows(table)
    return row


def said(table: Table | RawRecords) -> list[tuple[str, int | None, str | None]]:
    """Return (rule, row, value) of all that was noted."""
    notes = table.notes if isinstance(table, Table) else table.issues
    return [(note.rule, note.row, note.value) for note in notes]


def outline(table: Table) -> Any:
    """Return the outline of the only row."""
    assert table.geometry is not None
    (shape,) = table.geometry.to_pylist()
    return shapely.from_wkb(shape)
