"""Files on their way in, as a reader hands them over. Everything here is fictional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from finder import crs, resources
from finder.intake import profiles
from finder.intake.normalise import Batch, normalise
from finder.intake.profiles import Profile
from finder.intake.validate import validate
from finder.language import LANGUAGES, Language
from finder.model.record import Issue, Origin, RawRecords
from tests.factories import TODAY, TOWNS

METRES = f"EPSG:{crs.METRIC}"
REGION = crs.lonlat_box(*resources.region()["box"])
FINDER = profiles.load("finder")
WHO = {"name": "Musterfläche", "source_id": "1", "municipality": "05990001", "source": "test"}
"""What every row of our own schema needs."""


def table(columns: Mapping[str, Sequence[object]], *, written: str = "CSV", **origin: Any) -> RawRecords:
    """Return a table without geometry of its own."""
    return file(columns, written=written, **origin)


def file(
    columns: Mapping[str, Sequence[object]],
    geometry: Sequence[shapely.Geometry | bytes | None] | None = None,
    *,
    crs: str | None = METRES,
    written: str = "GeoJSON",
    **origin: Any,
) -> RawRecords:
    """Return a file with these columns and, where given, places."""
    length = max((len(cells) for cells in columns.values()), default=len(geometry or ()))
    return RawRecords(
        columns=columns,
        rows=range(1, length + 1),
        geometry=None if geometry is None else [wkb(shape) for shape in geometry],
        crs=None if geometry is None else crs,
        origin=Origin(name="lieferung", format=written, sha256="0" * 64, size_bytes=1, **origin),
    )


def wkb(shape: shapely.Geometry | bytes | None) -> bytes | None:
    """Return a geometry as files hold it."""
    return shape if shape is None or isinstance(shape, bytes) else shapely.to_wkb(shape)


def rows(*cells: Mapping[str, object], geometry: Sequence[Any] | None = None, **how: Any) -> RawRecords:
    """Return a file of rows; each has a name, a key, a town and a source unless it says otherwise."""
    full = [{**WHO, "source_id": str(number), **given} for number, given in enumerate(cells, 1)]
    names = dict.fromkeys(name for row in full for name in row)
    return file({name: [row.get(name) for row in full] for name in names}, geometry, **how)


def read(raw: RawRecords, profile: Profile = FINDER, **how: Any) -> Batch:
    """Return a delivery in the model's words."""
    return normalise(raw, profile, **how)


def check(batch: Batch, *, towns: Mapping[str, str] = TOWNS, area: Any = REGION, home: Any = None) -> Batch:
    """Return the batch after all rules."""
    return validate(batch, municipalities=towns, area=area, home=home, today=TODAY)


def judge(*cells: Mapping[str, object], geometry: Sequence[Any] | None = None, area: Any = REGION, **how: Any) -> Batch:
    """Return rows of our own schema, read and checked."""
    return check(read(rows(*cells, geometry=geometry, **how)), area=area)


def one(**cells: object) -> dict[str, Any]:
    """Return what a single row becomes, without checks; its issues are ignored."""
    return facts(read(rows(cells)))


def facts(batch: Batch, position: int = 0) -> dict[str, Any]:
    """Return one row of a batch by attribute, None for NaN."""
    row = batch.frame.iloc[position].to_dict()
    return {name: None if isinstance(cell, float) and cell != cell else cell for name, cell in row.items()}


def named(batch: Batch, *rules: str) -> list[Issue]:
    """Return the issues of these rules."""
    return [issue for issue in batch.issues if issue.rule in rules]


def told(batch: Batch) -> list[tuple[str, str, str | None, str | None]]:
    """Return (rule, action, field, value) of all issues of single rows."""
    return [(issue.rule, issue.action, issue.field, issue.value) for issue in batch.issues if issue.row is not None]


def sentences(issues: Sequence[Issue]) -> list[str]:
    """Return what the issues say, German then English; a message its parameters do not fill fails."""
    said = []
    for code in LANGUAGES:
        for issue in issues:
            sentence = Language(code).text(issue.message, **issue.params)
            assert sentence.strip()
            assert not [sign for sign in ("%(", "%%") if sign in sentence and sign not in str(issue.params)]
            said.append(sentence)
    return said
