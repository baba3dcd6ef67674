"""GeoJSON, parsed here and nowhere else: no library that would follow what the file points at ever sees it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import orjson
import pyarrow as pa

from finder.limits import Limits
from finder.sources import repeated, splitting, text, wkb
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Columns, Table

FORMAT = "GeoJSON"
_GEOMETRIES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
LONLAT = "OGC:CRS84"
"""What holds unless the file says otherwise: WGS 84 in degrees, longitude first."""
_CODE = re.compile(
    r"(?:EPSG:|urn:(?:x-)?ogc:def:crs:EPSG:[\w.]*:|https?://www\.opengis\.net/def/crs/EPSG/[\w.]+/)([0-9]{4,6})",
    re.IGNORECASE,
)
_CRS84 = re.compile(
    r"(?:OGC:|urn:(?:x-)?ogc:def:crs:OGC:[\w.]*:|https?://www\.opengis\.net/def/crs/OGC/[\w.]+/)?CRS84", re.IGNORECASE
)
_BLOCK = 20_000
_NO_NUMBER = re.compile(
    rb'("(?:[^"\\]|\\.)*")|[-+]?(?:Infinity|NaN|nan|inf)\b'
    rb"|(-?[0-9]+(?:\.[0-9]*)?[eE]\+?[0-9]{3,}|-?[0-9]{309,}(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)",
    re.DOTALL,
)


def read(data: bytes, limits: Limits) -> Table:
    """Return the features of a GeoJSON text as a table.

    Rows whose geometry or properties have a wrong form are kept without them, with a note.

    Raises
    ------
    Refusal
        The text is no GeoJSON, points elsewhere, or goes beyond the limits.
    """
    notes = Notes(limits.max_issues)
    content, encoding = _utf8(data, notes)
    top, blocks = _parsed(content, notes)
    if not isinstance(top, dict):
        raise Refusal("not_geojson")
    system = _Systems(notes)
    system.state(top)
    reader = _Reader(limits, notes, system)
    for block in blocks if blocks is not None else _in_blocks(_features(top)):
        reader.add(block)
    return Table(
        format=FORMAT,
        columns=reader.columns.finish(),
        length=reader.columns.length,
        geometry=pa.chunked_array(reader.geometry, pa.large_binary()),
        crs=system.said,
        encoding=encoding,
        notes=notes,
    )


def _utf8(data: bytes, notes: Notes) -> tuple[bytes, str]:
    if text.mark(data) is None:
        try:
            if data.isascii() or str(data, "utf-8"):
                return data, "utf-8"
        except UnicodeDecodeError:
            pass
    decoded, encoding = text.decode(data, notes)
    return decoded.encode(errors="replace"), encoding


def _parsed(content: bytes, notes: Notes) -> tuple[Any, Iterator[list[Any]] | None]:
    """Return the whole object; of a large text its features come separately, block by block."""
    if (parts := splitting.split(content)) is not None:
        # their own lines would mislead
        blocks = (_loaded(block, notes, whole=False) for block in parts.blocks)
        return _loaded(parts.top, notes, whole=False), blocks
    return _loaded(content, notes, whole=True), None


def _loaded(part: bytes, notes: Notes, *, whole: bool) -> Any:
    try:
        parsed = orjson.loads(part)
    except orjson.JSONDecodeError as error:
        # NaN and Infinity are no JSON, but Python and GDAL write them; and 1e400 is JSON, but no number here
        cleaned = _NO_NUMBER.sub(lambda match: _kept(match) or b"null", part)
        if cleaned == part:
            raise _not_json(error, whole) from error
        notes.once("not_a_number")
        try:
            parsed = orjson.loads(cleaned)
        except orjson.JSONDecodeError as other:
            raise _not_json(_in_place(part) or other, whole) from other
        part = cleaned
    for key in repeated.keys(part, parsed):
        notes.once("key_repeated", key=key)
    return parsed


def _kept(match: re.Match[bytes]) -> bytes | None:
    """Return a text, or a number that can be held; None for what is none."""
    return match[1] or (match[2] if match[2] and math.isfinite(float(match[2])) else None)


def _in_place(part: bytes) -> orjson.JSONDecodeError | None:
    """Return the error where it stands in the text: what is no number is replaced by one that is as long."""
    try:
        orjson.loads(_NO_NUMBER.sub(lambda match: _kept(match) or b"0".ljust(len(match[0])), part))
    except orjson.JSONDecodeError as error:
        return error
    return None


def _not_json(error: orjson.JSONDecodeError, whole: bool) -> Refusal:
    if error.msg.startswith("depth limit"):
        return Refusal("too_deep", limit=1024)
    return Refusal("not_json", line=error.lineno, column=error.colno) if whole else Refusal("failed")


def _features(top: Mapping[str, Any]) -> list[Any]:
    kind = top.get("type")
    if kind == "FeatureCollection" and isinstance(features := top.get("features"), list):
        return features
    if kind == "Feature":
        return [top]
    if isinstance(kind, str) and kind in _GEOMETRIES:
        return [{"type": "Feature", "properties": {}, "geometry": top}]
    if "command_line" in top or kind == "gdal_streamed_alg":
        raise Refusal("command")
    raise Refusal("not_geojson")


def _in_blocks(features: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(features), _BLOCK):
        yield features[start : start + _BLOCK]


class _Systems:
    """The file's coordinate reference system: stated by name or not at all, once for all features."""

    def __init__(self, notes: Notes) -> None:
        self.said: str | None = LONLAT
        self._notes = notes

    def state(self, top: Mapping[str, Any]) -> None:
        """Take the file's own statement."""
        if "crs" in top:
            self.said = self._named(top["crs"])

    def agree(self, member: Mapping[str, Any]) -> None:
        """Check the statement of a feature or geometry."""
        if member["crs"] is not None and self._named(member["crs"]) != self.said:
            raise Refusal("several_crs")

    def _named(self, stated: Any) -> str | None:
        if stated is None:  # GeoJSON 2008: no system can be assumed
            return None
        kind = stated.get("type") if isinstance(stated, dict) else None
        properties = stated.get("properties") if isinstance(stated, dict) else None
        if kind in ("link", "url", "proj4") or (isinstance(properties, dict) and {"href", "url"} & properties.keys()):
            raise Refusal("crs_link")
        if kind != "name" or not isinstance(properties, dict) or not isinstance(properties.get("name"), str):
            raise Refusal("crs_kind")
        name = properties["name"].strip()
        if _CRS84.fullmatch(name):
            return LONLAT
        if match := _CODE.fullmatch(name):
            return f"EPSG:{match[1]}"
        self._notes.once("crs_not_known", stated=name)
        return None


class _Reader:
    """Takes features block by block into columns and geometries."""

    def __init__(self, limits: Limits, notes: Notes, systems: _Systems) -> None:
        self.columns = Columns(limits)
        self.geometry: list[Any] = []
        self._limits = limits
        self._notes = notes
        self._systems = systems
        self._writer = wkb.Writer()

    def add(self, features: list[Any]) -> None:
        """Take one block."""
        first = self.columns.length + 1
        properties = []
        shapes = []
        ids: list[object] = []
        for row, feature in enumerate(features, start=first):
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                self._notes.add("feature_unreadable", row=row)
                feature = {}
            if "crs" in feature:
                self._systems.agree(feature)
            properties.append(self._properties(feature.get("properties"), row))
            shapes.append(self._shape(feature.get("geometry"), row))
            ids.append(feature.get("id"))
        names = dict.fromkeys(chain.from_iterable(properties))
        if len(names) > self._limits.max_columns:
            raise Refusal("too_many_columns", limit=self._limits.max_columns)
        block: dict[str, Sequence[object]] = {name: [values.get(name) for values in properties] for name in names}
        if any(id_ is not None for id_ in ids):
            if "id" in block:
                # the property is the supplier's own; the feature's id stands in where it is absent
                ids = [own if own is not None else id_ for own, id_ in zip(block["id"], ids, strict=True)]
            block = {"id": ids} | {name: values for name, values in block.items() if name != "id"}
        self._check_depth(block)
        self.columns.add(block, len(features))
        self.geometry.append(pa.array(shapes, pa.large_binary()))

    def _properties(self, properties: Any, row: int) -> Mapping[str, object]:
        if isinstance(properties, dict):
            return properties
        if properties is not None:
            self._notes.add("properties_unreadable", row=row)
        return {}

    def _shape(self, geometry: Any, row: int) -> bytes | None:
        if geometry is None:
            return None
        try:
            if isinstance(geometry, dict) and "crs" in geometry:
                self._systems.agree(geometry)
            shape = self._writer.write(geometry)
        except wkb.Unreadable:
            self._notes.add("geometry_unreadable", row=row, field="geometry")
            return None
        if self._writer.flattened:
            self._notes.once("heights_dropped", field="geometry")
        if self._writer.vertices > self._limits.max_vertices:
            raise Refusal("too_many_vertices", limit=self._limits.max_vertices)
        return shape

    def _check_depth(self, block: Mapping[str, Sequence[object]]) -> None:
        for values in block.values():
            level: list[Any] = [value for value in values if type(value) in (dict, list)]
            for _ in range(self._limits.max_depth):
                if not level:
                    break
                members = chain.from_iterable(v.values() if type(v) is dict else v for v in level)
                level = [member for member in members if type(member) in (dict, list)]
            else:
                if level:
                    raise Refusal("too_deep", limit=self._limits.max_depth)
