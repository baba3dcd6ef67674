"""Places as a file writes them: WKB of its own, WKT or GeoJSON in a column, or two columns of coordinates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from finder import crs
from finder.errors import UnusableInput
from finder.intake import numbers
from finder.intake.cells import is_empty, plain_text, shown
from finder.intake.profiles import GeometryRule, key
from finder.language import N_
from finder.model.record import Issue

Geometries = NDArray[np.object_]
_EWKT = re.compile(r"\s*SRID=([0-9]{1,6});\s*", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:urn:ogc:def:crs:[A-Z]+:[0-9.]*:|https?://www\.opengis\.net/def/crs/[A-Z]+/[0-9.]+/|[A-Z]+:)?[A-Z0-9]{1,12}",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """Places as the file gives them: geometries (None: none given), each with its CRS (None: not said or not known)."""

    rows: Sequence[int]
    geometry: Geometries
    crs: NDArray[np.object_]
    issues: list[Issue] = field(default_factory=list)

    def unsaid(self) -> NDArray[np.bool_]:
        """Return which places stand there without a word on their CRS, so that somebody has to say it."""
        named = {issue.row for issue in self.issues if issue.rule == "crs_unknown"}
        silent = [system is None and row not in named for system, row in zip(self.crs, self.rows, strict=True)]
        unsaid: NDArray[np.bool_] = ~shapely.is_missing(self.geometry) & np.array(silent, dtype=bool)
        return unsaid


def from_wkb(values: Sequence[bytes | None], rows: Sequence[int], system: str | None) -> Written:
    """Read a file's own geometries. An unclosed ring is closed, what is no geometry is left out; both are said."""
    raw = np.empty(len(values), dtype=object)
    raw[:] = [value or None for value in values]
    geometry = _decoded(shapely.from_wkb, raw)
    issues = []
    given = np.array([value is not None for value in raw], dtype=bool)
    for position in np.flatnonzero(shapely.is_missing(geometry) & given).tolist():
        geometry[position] = _one(shapely.from_wkb, raw[position], "fix")
        if geometry[position] is None:
            issues.append(_unreadable(rows[position], None))
        else:
            message = N_("A ring of the outline was not closed; it was closed.")
            issues.append(
                Issue(rule="ring_closed", action="repaired", message=message, row=rows[position], field="geometry")
            )
    systems = np.full(len(values), system, dtype=object)
    return Written(rows=rows, geometry=shapely.force_2d(geometry), crs=systems, issues=issues)


def _decoded(read: Callable[..., Any], values: Geometries) -> Geometries:
    """Return the geometries; those that cannot be read are None."""
    try:
        with np.errstate(all="ignore"):  # infinite coordinates are judged later
            geometry: Geometries = read(values, on_invalid="ignore")
    except NotImplementedError:  # a curve among them stops the whole column
        geometry = np.full(len(values), None, dtype=object)
        geometry[:] = [_one(read, value, "ignore") for value in values]
    return geometry


def _one(read: Callable[..., Any], value: object, on_invalid: str) -> Any:
    try:
        with np.errstate(all="ignore"):
            return read(value, on_invalid=on_invalid)
    except NotImplementedError:
        return None


def from_columns(
    rows: Sequence[int],
    rule: GeometryRule,
    *,
    wkt: Sequence[object] | None,
    xy: tuple[Sequence[object], Sequence[object]] | None,
    codes: Sequence[object] | None,
    given: str | None,
    signs: tuple[str, str] = (".", "."),
) -> Written:
    """Read places from a table's columns; where a row's WKT is empty its two coordinates count.

    Parameters
    ----------
    codes : what the rows say of their CRS; the rule's holds where they say nothing.
    given : the CRS of all rows, whatever they say.
    signs : the decimal signs of x and y, see `numbers.decimal_sign`.
    """
    systems, issues = systems_of(None if given else codes, rows, rule, given or rule.crs)
    geometry = np.full(len(rows), None, dtype=object)
    if wkt is not None:
        geometry, own, unread = _from_texts(wkt, rows)
        issues += unread
        for position, srid in own.items() if given is None else ():
            systems[position] = known = _parsed(f"EPSG:{srid}")
            if known is None:
                issues.append(_unknown_system(rows[position], f"SRID={srid}"))
    if xy is not None:
        x, y = xy
        if wkt is not None:
            x, y = ([cell if is_empty(text) else None for cell, text in zip(c, wkt, strict=True)] for c in xy)
        points, unread = _from_xy(x, y, rows, signs)
        issues += unread
        geometry = np.where(shapely.is_missing(geometry), points, geometry)
    return Written(rows=rows, geometry=geometry, crs=systems, issues=issues)


def _from_texts(values: Sequence[object], rows: Sequence[int]) -> tuple[Geometries, dict[int, str], list[Issue]]:
    """Read WKT, EWKT (its SRID is returned by position, unless it is 0: not said) or GeoJSON geometries."""
    texts = np.empty(len(values), dtype=object)
    own: dict[int, str] = {}
    for position, value in enumerate(values):
        text = _text(value)
        if text is not None and (match := _EWKT.match(text)):
            text = text[match.end() :]
            if srid := match[1].lstrip("0"):
                own[position] = srid
        texts[position] = text
    is_json = np.array([text is not None and text[:1] == "{" for text in texts], dtype=bool)
    geometry = np.full(len(values), None, dtype=object)
    geometry[~is_json] = _decoded(shapely.from_wkt, texts[~is_json])
    geometry[is_json] = _decoded(shapely.from_geojson, texts[is_json])
    unread = [i for i, value in enumerate(values) if geometry[i] is None and not is_empty(value)]
    return shapely.force_2d(geometry), own, [_unreadable(rows[i], values[i]) for i in unread]


def _text(value: object) -> str | None:
    """Return a cell as geometry text, None where it cannot be one."""
    if isinstance(value, dict):
        try:
            return orjson.dumps(value).decode()
        except orjson.JSONEncodeError:  # integers beyond 64 bits, surrogates without a partner
            return None
    text = plain_text(value)
    return text if text is not None and text.isascii() and "\0" not in text else None


def _from_xy(
    x: Sequence[object], y: Sequence[object], rows: Sequence[int], signs: tuple[str, str]
) -> tuple[Geometries, list[Issue]]:
    """Read points from two columns; a row with only one of the two numbers has no place, and that is said."""
    columns = []
    issues = []
    well = np.ones(len(rows), dtype=bool)
    for name, values, sign in (("x", x, signs[0]), ("y", y, signs[1])):
        read, failed = _coordinates(values, sign)
        columns.append(read)
        well[failed] = False
        message = N_("“%(value)s” is not a coordinate; the site stays without a place.")
        issues += [_kept("coordinate", message, rows[i], name, shown(values[i])) for i in failed]
    given_x, given_y = (np.array([not is_empty(value) for value in values], dtype=bool) for values in (x, y))
    message = N_("Only one of the two coordinates is given; the site stays without a place.")
    issues += [
        _kept("coordinate_missing", message, rows[i], "geometry", None)
        for i in np.flatnonzero(given_x != given_y).tolist()
    ]
    well &= given_x & given_y
    points = np.full(len(rows), None, dtype=object)
    points[well] = shapely.points(columns[0][well], columns[1][well])
    return points, issues


def _coordinates(values: Sequence[object], sign: str) -> tuple[NDArray[np.float64], list[int]]:
    out = np.full(len(values), np.nan)
    failed = []
    for position, value in enumerate(values):
        number: float | None = None
        match value:
            case str():
                # NaN and infinity as words are coordinates that lead nowhere, not missing ones
                word = value.strip().casefold()
                lost = word in ("nan", "inf", "-inf")
                number = float(word) if lost else numbers.parse(word.rstrip("°"), sign=sign)
            case bool():
                pass
            case float():
                number = value
            case int() if abs(value) < numbers.LARGEST:
                number = float(value)
        if number is not None:
            out[position] = number
        elif not is_empty(value):
            failed.append(position)
    return out, failed


def systems_of(
    values: Sequence[object] | None, rows: Sequence[int], rule: GeometryRule, default: str | None
) -> tuple[NDArray[np.object_], list[Issue]]:
    """Return each row's CRS from its code, the default where it has none; unknown codes are said and count as none."""
    out = np.full(len(rows), default, dtype=object)
    issues = []
    known: dict[str, str | None] = {}
    for position, value in enumerate(values or ()):
        text = plain_text(value)
        if text is None:
            continue
        if text not in known:
            known[text] = rule.codes.get(key(text)) or _parsed(text)
        out[position] = known[text]
        if known[text] is None:
            issues.append(_unknown_system(rows[position], text))
    return out, issues


def _parsed(text: str) -> str | None:
    # only names: PROJ also takes pipelines and files
    if not _NAMED.fullmatch(text):
        return None
    try:
        crs.parse(text)
    except UnusableInput:
        return None
    return text


def _unknown_system(row: int, text: str) -> Issue:
    message = N_("“%(value)s” names no coordinate reference system that is known here.")
    return _kept("crs_unknown", message, row, "crs", shown(text))


def _unreadable(row: int, value: object) -> Issue:
    message = N_("The geometry cannot be read; the site stays without a place.")
    return _kept("geometry_unreadable", message, row, "geometry", None if value is None else shown(value))


def _kept(rule: str, message: str, row: int, name: str, value: str | None) -> Issue:
    params = {} if value is None else {"value": value}
    return Issue(rule=rule, action="kept", message=message, row=row, field=name, value=value, params=params)


__all__ = ["Geometries", "Written", "from_columns", "from_wkb", "systems_of"]
