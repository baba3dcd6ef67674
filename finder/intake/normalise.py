"""Raw columns become a frame in the model's words: units, commas, dates, code lists, nested facts and places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from finder import crs as systems
from finder.errors import UnusableInput
from finder.intake import admission, casting, composing, coordinates, nested, numbers, origins, placing
from finder.intake.casting import cast_column
from finder.intake.cells import Problem, check_count, shown
from finder.intake.findings import Marks
from finder.intake.headers import Headers, left_out
from finder.intake.profiles import FIELDS, Column, Profile
from finder.language import N_
from finder.model.attributes import Attribute, Type
from finder.model.outcome import PLACE_COLUMN
from finder.model.record import Issue, RawRecords
from finder.model.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A file's rows on their way in. `frame` has one row per record not rejected so far, indexed by the row's number.

    Columns are the attributes the file or the profile delivers, beside name, municipality, source, source_id, status
    and provenance (id and sample where delivered). None is not known; numbers are float64 with NaN. `geometry`, where
    the file has places, is in metres. `only_new` are columns that hold for new sites and never touch one that exists;
    `status` is that of new sites which state none. `lost` tells the original coordinates of places that could not be
    moved to metres, by row. `marks` tell which rows are no sites or withdrawn, `partial` whether the file says that
    it holds only some sites.
    """

    frame: pd.DataFrame
    issues: list[Issue]
    read: int
    rejected: set[int] = field(default_factory=set)
    only_new: frozenset[str] = frozenset()
    status: Status = Status.DRAFT
    lost: Mapping[int, str] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    partial: bool = False


@dataclass(frozen=True, kw_only=True)
class Whole:
    """What only the whole of a file tells, so that its parts are read alike.

    `decimal` is the decimal sign of each number's column, by attribute, "x" and "y"; `placed` whether the file has
    geometries of its own.
    """

    rows: int
    placed: bool
    decimal: Mapping[str, str]
    issues: tuple[Issue, ...]
    partial: bool = False


def survey(raw: RawRecords, profile: Profile) -> Whole:
    """Return what the parts of a file have in common."""
    headers = Headers(raw)
    issues = list(raw.issues)
    decimal = {}
    for rule in profile.columns:
        number = FIELDS[rule.attribute].type in (Type.NUMBER, Type.INTEGER)
        if number and (cells := composing.cells(headers, rule)) is not None:
            decimal[rule.attribute] = _decimal(raw, profile, rule, cells, issues)
    for name, variants in (("x", profile.geometry.x), ("y", profile.geometry.y)):
        if present := headers.take(variants):
            decimal[name], _ = numbers.decimal_sign(_texts(headers.cells(present)), ".")
    placed = raw.geometry is not None and any(shape is not None for shape in raw.geometry)
    issues += _file_issues(raw, profile)
    partial = admission.partial(headers, profile)
    issues += [admission.partial_issue()] if partial else []
    return Whole(rows=len(raw), placed=placed, decimal=decimal, issues=tuple(issues), partial=partial)


def normalise(
    raw: RawRecords,
    profile: Profile,
    *,
    crs: str | None = None,
    municipality: str | None = None,
    status: Status = Status.DRAFT,
    whole: Whole | None = None,
) -> Batch:
    """Return the file's records in the model's words; a cell that cannot be read is not known and named in an issue.

    Parameters
    ----------
    raw : a file, or a part of one.
    whole : of which file it is a part, whose issues are not said again; itself where not given.
    crs : the coordinate reference system, whatever the file says of it.
    municipality : holds for rows that name none.
    status : holds for rows that state none, and only for sites that are new.

    Raises
    ------
    UnusableInput
        A column is missing that every row needs, or nobody says which CRS the file's geometry is in.
    """
    issues: list[Issue] = []
    if whole is None:
        whole = survey(raw, profile)
        issues += whole.issues
    headers = Headers(raw)
    columns: dict[str, pd.Series[Any]] = {}
    for rule in profile.columns:
        cells = composing.cells(headers, rule, profile.decimal or ".")
        if cells is not None:
            columns[rule.attribute] = _cast(raw, rule, profile, cells, whole, issues)
            check_count(len(issues))
        elif rule.required and whole.rows:
            raise _column_missing(raw, rule, profile)
    geometry, lost = _place(raw, profile, headers, crs, whole, issues)
    if geometry is not None:
        columns["geometry"] = geometry
    if "contact" not in columns and (contact := _flat_contact(raw, profile, headers, issues)) is not None:
        columns["contact"] = contact
    if profile.provenance is not None and "provenance" not in columns:
        cells = origins.of_rows(headers, profile.provenance, profile.dates, len(raw))
        columns["provenance"] = _objects(raw, cells)
    marks = admission.marks(headers, profile, list(raw.rows))
    only_new = frozenset(("status", "provenance", "sample")) - set(columns)
    status = _fill(raw, profile, columns, municipality, status)
    issues += left_out(headers, profile)
    order = (*FIELDS, "geometry")
    frame = pd.DataFrame({name: columns[name] for name in order if name in columns}, index=_index(raw))
    return Batch(
        frame=frame,
        issues=issues,
        read=len(raw),
        only_new=only_new,
        status=status,
        lost=lost,
        marks=marks,
        partial=whole.partial,
    )


# -- columns ----------------------------------------------------------------------------------------------------------


def _index(raw: RawRecords) -> pd.Index[Any]:
    return pd.Index(list(raw.rows), dtype="int64")


def _objects(raw: RawRecords, values: Iterable[Any]) -> pd.Series[Any]:
    # numpy would take a list of tuples for a table
    cells = np.empty(len(raw), dtype=object)
    for position, value in enumerate(values):
        cells[position] = value
    return pd.Series(cells, index=_index(raw), dtype=object)


def _figures(raw: RawRecords, values: Any) -> pd.Series[Any]:
    return pd.Series(np.asarray(values, dtype="float64"), index=_index(raw), dtype="float64")


def _cast(
    raw: RawRecords, rule: Column, profile: Profile, values: list[Any], whole: Whole, issues: list[Issue]
) -> pd.Series[Any]:
    attribute = FIELDS[rule.attribute]
    number = attribute.type is Type.NUMBER
    if number and (plain := _plain_numbers(values, rule, attribute)) is not None:
        return _figures(raw, plain)
    escaped = raw.origin.format.casefold().startswith("csv")
    if attribute.type is Type.RECORDS:
        cast = nested.caster(rule.attribute, profile.dates, rule.codes, profile.separators)
    else:
        cast = casting.caster(rule, attribute, profile, decimal=whole.decimal.get(rule.attribute, "."), escaped=escaped)
    cells, problems = cast_column(values, cast)
    issues += _issues(raw, rule.attribute, problems)
    if number:
        return _figures(raw, [np.nan if cell is None else cell for cell in cells])
    if rule.attribute == "provenance":
        cells = [cell or {} for cell in cells]
    return _objects(raw, cells)


def _plain_numbers(values: list[Any], rule: Column, attribute: Attribute) -> Any:
    """Return a column of nothing but ordinary numbers in one step, None where a closer look is needed."""
    if not set(map(type, values)) <= {int, float, type(None)}:
        return None
    try:
        plain = np.array([np.nan if value is None else value for value in values], dtype="float64")
    except OverflowError:
        return None
    if np.isinf(plain).any() or (np.abs(plain[~np.isnan(plain)]) > numbers.LARGEST).any():
        return None
    if rule.unit is not None and rule.unit != attribute.unit:
        plain = np.round(plain * numbers.UNITS[rule.unit, attribute.unit], 6)
    return plain


def _decimal(raw: RawRecords, profile: Profile, rule: Column, values: list[Any], issues: list[Issue]) -> str:
    # a German spreadsheet writes semicolons between cells because the comma is its decimal sign
    default = profile.decimal or ("," if raw.origin.delimiter == ";" else ".")
    sign, doubtful = numbers.decimal_sign(_texts(values), default)
    if doubtful is not None:
        message = N_("Numbers such as “%(value)s” can be read in two ways; “%(sign)s” was taken for the decimal sign.")
        text = shown(doubtful)
        params = {"value": text, "sign": sign}
        issues.append(
            Issue(rule="decimal_sign", action="noted", message=message, field=rule.attribute, value=text, params=params)
        )
    return sign


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _issues(raw: RawRecords, name: str, problems: Sequence[tuple[int, Problem]]) -> list[Issue]:
    return [
        Issue(
            rule=problem.rule,
            action=problem.action,
            message=problem.message,
            row=raw.rows[position],
            field=name,
            value=problem.value,
            params=problem.params,
        )
        for position, problem in problems
    ]


def _column_missing(raw: RawRecords, rule: Column, profile: Profile) -> UnusableInput:
    return UnusableInput(
        N_("The profile “%(profile)s” needs a column for %(field)s (%(expected_headers)s); the file has: %(columns)s."),
        profile=profile.name,
        field=rule.attribute,
        expected_headers=", ".join(rule.headers)[:200],
        columns=", ".join(shown(header, 40) for header in list(raw.columns)[:20]) or "–",
    )


def _flat_contact(raw: RawRecords, profile: Profile, headers: Headers, issues: list[Issue]) -> pd.Series[Any] | None:
    """Return contacts from columns of their members: those the profile names, and contact_name, contact_email …"""
    parts: dict[str, list[Any]] = {}
    for member in nested.CONTACT:
        if present := headers.take([*profile.contact.get(member, ()), f"contact_{member}"]):
            parts[member], problems = cast_column(headers.cells(present), nested.contact_text)
            issues += _issues(raw, "contact", problems)
    if not parts:
        return None
    return _objects(
        raw, (nested.contact(dict(zip(parts, row, strict=True))) for row in zip(*parts.values(), strict=True))
    )


# -- places -----------------------------------------------------------------------------------------------------------


def _place(
    raw: RawRecords, profile: Profile, headers: Headers, given: str | None, whole: Whole, issues: list[Issue]
) -> tuple[pd.Series[Any] | None, dict[int, str]]:
    written = _written(raw, profile, headers, given, whole, issues)
    if written is None:
        return (None if raw.geometry is None else _objects(raw, [None] * len(raw))), {}
    placed = placing.place(written, profile.geometry)
    issues += placed.issues
    return _objects(raw, placed.geometry), {raw.rows[position]: text for position, text in placed.lost.items()}


def _written(
    raw: RawRecords, profile: Profile, headers: Headers, given: str | None, whole: Whole, issues: list[Issue]
) -> coordinates.Written | None:
    """Return the file's places as they stand in it: its own geometry, else what columns say; None where it has none."""
    rule = profile.geometry
    if given is not None:
        systems.parse(given)
        if raw.crs is not None and systems.parse(raw.crs) != systems.parse(given):
            message = N_("The file states the system %(said)s; %(system)s was asked for and used.")
            params = {"said": shown(systems.parse(raw.crs).name), "system": shown(given)}
            issues.append(Issue(rule="crs_given", action="noted", message=message, field="geometry", params=params))
    if raw.geometry is not None and whole.placed:
        written = coordinates.from_wkb(raw.geometry, raw.rows, given or raw.crs)
    else:
        wkt, x, y = (headers.take(names) for names in ((*rule.wkt, PLACE_COLUMN), rule.x, rule.y))
        if not wkt and not (x and y):
            return None
        codes = headers.take(rule.crs_headers)
        written = coordinates.from_columns(
            raw.rows,
            rule,
            wkt=headers.cells(wkt) if wkt else None,
            xy=(headers.cells(x), headers.cells(y)) if x and y else None,
            codes=headers.cells(codes) if codes else None,
            given=given,
            signs=(whole.decimal.get("x", "."), whole.decimal.get("y", ".")),
        )
    if written.unsaid().any():
        raise UnusableInput(N_("The file does not say its coordinate reference system; give it with --crs EPSG:N."))
    return written


# -- what holds for the whole file ------------------------------------------------------------------------------------


def _fill(
    raw: RawRecords, profile: Profile, columns: dict[str, pd.Series[Any]], municipality: str | None, status: Status
) -> Status:
    """Fill what rows leave open with what was said for the whole file; return the state of sites that are new."""
    whole: dict[str, object] = {**profile.constants}
    if profile.source is not None:
        whole.setdefault("source", profile.source)
    if municipality is not None:
        whole["municipality"] = municipality
    whole.setdefault("status", status)
    for name, value in whole.items():
        attribute = FIELDS[name]
        constant, problems = casting.caster(Column(attribute=name, headers=()), attribute, profile)(value)
        if problems:
            raise UnusableInput(
                N_("The profile's key “%(key)s” has a value that is not foreseen."), key=f"constants.{name}"
            )
        if name == "status":
            status = Status(constant)
            if name in columns:
                continue  # an empty cell leaves the state of a site that exists
        if attribute.type is Type.NUMBER:
            figures = columns.get(name)
            columns[name] = _figures(raw, [constant] * len(raw)) if figures is None else figures.fillna(constant)
        else:
            cells = columns.get(name, [None] * len(raw))
            columns[name] = _objects(raw, [constant if cell is None else cell for cell in cells])
    for name in ("name", "municipality", "source", "source_id"):
        columns.setdefault(name, _objects(raw, [None] * len(raw)))
    columns.setdefault("provenance", _objects(raw, [{} for _ in raw.rows]))
    return status


def _file_issues(raw: RawRecords, profile: Profile) -> list[Issue]:
    """Say that the file is unusually short or long, and that its municipalities are not the region's."""
    issues = []
    least, most = profile.rows
    if not len(raw):
        issues.append(Issue(rule="no_rows", action="noted", message=N_("The file holds no rows.")))
    elif (least is not None and len(raw) < least) or (most is not None and len(raw) > most):
        message = N_("The file has %(rows)s rows; the profile expects %(least)s to %(most)s.")
        params = {"rows": len(raw), "least": 0 if least is None else least, "most": "…" if most is None else most}
        issues.append(Issue(rule="row_count", action="noted", message=message, params=params))
    if profile.municipality_scheme is not None:
        message = N_("Municipalities are named by %(scheme)s, not by the region's codes.")
        scheme = {"scheme": profile.municipality_scheme}
        issues.append(
            Issue(rule="municipality_scheme", action="noted", message=message, field="municipality", params=scheme)
        )
    return issues


__all__ = ["Batch", "normalise"]
