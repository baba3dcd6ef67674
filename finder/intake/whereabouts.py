"""Where a file's places may stand, and in which coordinate reference system: by names, and by where they would lie."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs, resources
from finder.errors import UnusableInput
from finder.intake import numbers
from finder.intake.cells import plain_text, shown
from finder.intake.samples import MOST_ROWS, Sample
from finder.intake.wording import Called, Level, system_of
from finder.language import N_
from finder.model.record import RawRecords

Points = NDArray[np.float64]
"""Two columns, x and y; NaN where a row has none."""
_WKT = re.compile(
    r"\s*(?:SRID=(?P<srid>[0-9]{1,6});)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*(?:Z|M|ZM)?\s*\([\s(]*"
    r"(?P<x>-?[0-9.]{1,20})\s+(?P<y>-?[0-9.]{1,20})",
    re.IGNORECASE,
)
_LEAST = 0.8
_MOST_TRIED = 4
_MOST_SYSTEMS = 50
_LEAST_ROWS_UNNAMED = 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """A rule for the profile's geometry; `sure` tells whether it may be active, `why` the reasons."""

    wkt: str | None = None
    x: str | None = None
    y: str | None = None
    crs: str | None = None
    crs_header: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    sure: bool = True
    why: tuple[tuple[str, Mapping[str, object]], ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the columns it takes."""
        return tuple(name for name in (self.wkt, self.x, self.y, self.crs_header) if name is not None)


Names = Mapping[str, Called]
Samples = Mapping[str, Sample]


def find(raw: RawRecords, samples: Samples, names: Names) -> Place | None:
    """Return where a file's places stand; None where it says nothing of them, or all there is to say itself."""
    if raw.geometry is not None and any(shape is not None for shape in raw.geometry[:MOST_ROWS]):
        return None if raw.crs is not None else _own(raw.geometry[:MOST_ROWS])
    found = _in_text(samples, names) or _in_two_columns(raw, samples, names) or _unnamed(raw, samples, names)
    return None if found is None else _with_codes(found, samples, names)


def _own(shapes: Sequence[bytes | None]) -> Place:
    decoded = shapely.from_wkb(np.array([shape or None for shape in shapes], dtype=object), on_invalid="ignore")
    bounds = shapely.bounds(decoded)
    system, share = _system((bounds[:, :2] + bounds[:, 2:]) / 2)
    if system is None:
        return Place(sure=False, crs=f"EPSG:{crs.METRIC}", why=((_NO_SYSTEM, {}),))
    return Place(crs=system, why=(_lies(system, share),))


def _in_text(samples: Samples, names: Names) -> Place | None:
    for header, sample in samples.items():
        matches = [match for text in sample.texts if (match := _WKT.match(text))]
        geojson = sum(text.lstrip()[:1] == "{" and '"coordinates"' in text for text in sample.texts)
        if not sample.cells or len(matches) + geojson < _LEAST * len(sample.cells):
            continue
        basis = N_("The column holds places as text.")
        if geojson > len(matches) or all(match["srid"] for match in matches):
            return Place(wkt=header, crs=f"EPSG:{crs.LONLAT}", why=((basis, {}),))
        return _placed(Place(wkt=header, why=((basis, {}),)), np.array([_pair(match) for match in matches]), sure=True)
    empty = [header for header, called in names.items() if called.targets.get("geometry.wkt", 0) >= Level.EXACT]
    empty = [header for header in empty if not samples[header].cells]
    if empty:
        return Place(wkt=empty[0], crs=f"EPSG:{crs.LONLAT}", why=((N_("The column is empty in this file."), {}),))
    return None


def _pair(match: re.Match[str]) -> tuple[float, float]:
    return _number(match["x"], "."), _number(match["y"], ".")


def _number(cell: object, sign: str) -> float:
    if isinstance(cell, str):
        number = numbers.parse(cell.strip().rstrip("°"), sign=sign)
        return np.nan if number is None else number
    usable = isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < numbers.LARGEST
    return float(cell) if usable else np.nan  # type: ignore[arg-type]


def _in_two_columns(raw: RawRecords, samples: Samples, names: Names) -> Place | None:
    """Return the pair of columns called x and y that lies in the region, else the one whose names say degrees."""
    xs, ys = (_called(f"geometry.{axis}", samples, names) for axis in "xy")
    pairs = [(x, y) for x, y in itertools.product(xs, ys) if x != y]
    points = {pair: _points(raw, *pair) for pair in pairs}
    tried = [(*_fit(points[pair]), pair) for pair in pairs]
    inside = [one for one in tried if one[0] is not None]
    if inside:
        system, share, swapped, (x, y) = max(inside, key=lambda one: one[1])
        lies = _lies(str(system), share)
        if swapped:
            turned = N_("By their names the two columns would be the other way round.")
            return Place(x=y, y=x, crs=system, why=(lies, (turned, {})))
        return Place(x=x, y=y, crs=system, why=(lies,))
    for x, y in pairs:
        sure = min(names[x].targets["geometry.x"], names[y].targets["geometry.y"]) >= Level.CLOSE
        return _placed(Place(x=x, y=y), points[x, y], sure=sure)
    return None


def _called(target: str, samples: Samples, names: Names) -> list[str]:
    """Return the columns of numbers that go by a name, the best first."""
    headers = [header for header in names if target in names[header].targets and samples[header].numeric >= _LEAST]
    return sorted(headers, key=lambda header: -names[header].targets[target])[:_MOST_TRIED]


def _placed(place: Place, points: Points, *, sure: bool) -> Place:
    """Return a rule with the system its points seem to be in; outside the region degrees are told from metres."""
    system, share = _system(points)
    if system is not None:
        lies: tuple[tuple[str, Mapping[str, object]], ...] = (_lies(system, share),)
    elif _degrees(points):
        system, lies = f"EPSG:{crs.LONLAT}", ((N_("The coordinates are degrees, outside the region."), {}),)
    else:
        system, sure, lies = f"EPSG:{crs.METRIC}", False, ((_NO_SYSTEM, {}),)
    return dataclasses.replace(place, crs=system, sure=sure, why=(*place.why, *lies))


def _unnamed(raw: RawRecords, samples: Samples, names: Names) -> Place | None:
    """Return two neighbouring columns of numbers that lie in the region by their values alone."""
    free = [header for header in samples if not names[header].targets and samples[header].numeric >= _LEAST]
    for x, y in itertools.islice(itertools.pairwise(free), _MOST_SYSTEMS):
        points = _points(raw, x, y)
        system, share, swapped = _fit(points)
        if system is not None and np.isfinite(points).all(axis=1).sum() >= _LEAST_ROWS_UNNAMED:
            x, y = (y, x) if swapped else (x, y)
            return Place(x=x, y=y, crs=system, sure=False, why=(_lies(system, share), (_BY_VALUES, {})))
    return None


def _points(raw: RawRecords, x: str, y: str) -> Points:
    columns = []
    for header in (x, y):
        cells = raw.columns[header][:MOST_ROWS]
        sign, _ = numbers.decimal_sign((cell for cell in cells if isinstance(cell, str)), ".")
        columns.append([_number(cell, sign) for cell in cells])
    return np.array(columns, dtype="float64").T


def _fit(points: Points) -> tuple[str | None, float, bool]:
    """Return the system in which points lie in the region, which part of them, and whether only with swapped axes."""
    straight, turned = _system(points), _system(points[:, ::-1])
    if straight[0] is None and turned[0] is not None:
        return (*turned, True)
    return (*straight, False)


def _system(points: Points) -> tuple[str | None, float]:
    """Return the usual system in which the most points lie in the region, None where too few do."""
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None, 0.0
    region = crs.region()
    shares = {}
    for code in resources.region()["coordinate_systems"]:
        with np.errstate(all="ignore"):
            moved = crs.to_metric(shapely.points(points), code)
        x, y = shapely.get_x(moved), shapely.get_y(moved)
        lying = np.isfinite(x) & np.isfinite(y)
        lying[lying] = shapely.contains_xy(region, x[lying], y[lying])
        shares[f"EPSG:{code}"] = float(lying.mean())
    best = max(shares, key=lambda system: shares[system])
    return (best, shares[best]) if shares[best] >= _LEAST else (None, 0.0)


def _degrees(points: Points) -> bool:
    points = np.abs(points[np.isfinite(points).all(axis=1)])
    return bool(len(points)) and bool(((points[:, 0] <= 180) & (points[:, 1] <= 90)).all())


def _with_codes(place: Place, samples: Samples, names: Names) -> Place:
    """Add the column that names each row's system, where there is one that can be read."""
    for header in names:
        if "geometry.crs" not in names[header].targets or header in place.headers or not samples[header].cells:
            continue
        said = list(itertools.islice(samples[header].distinct, _MOST_SYSTEMS))
        known = {word: system for word in said if (system := _system_called(word)) is not None}
        if len(known) == len(said) == len(samples[header].distinct):
            codes = {word: system for word, system in known.items() if plain_text(word) != system}
            named = dataclasses.replace(place, crs_header=header, codes=codes)
            if place.sure:
                return named
            message = N_("“%(header)s” says which system it is.")
            return dataclasses.replace(named, crs=None, sure=True, why=((message, {"header": shown(header, 60)}),))
    return place


def _system_called(word: str) -> str | None:
    if (system := system_of(word)) is not None:
        return system
    if not re.fullmatch(r"(?:EPSG:)?[0-9]{4,6}", word, re.IGNORECASE):
        return None
    system = f"EPSG:{word.upper().removeprefix('EPSG:')}"
    try:
        crs.parse(system)
    except UnusableInput:
        return None
    return system


def _lies(system: str, share: float) -> tuple[str, Mapping[str, object]]:
    message = N_("Read as %(system)s (%(name)s) %(percent)s %% of the places lie in the region.")
    return message, {"system": system, "name": crs.parse(system).name, "percent": f"{share * 100:.0f}"}


_NO_SYSTEM = N_("In none of the usual coordinate reference systems do the places lie in the region; say which it is.")
_BY_VALUES = N_("The columns were found by their values alone.")

__all__ = ["Place", "find"]
